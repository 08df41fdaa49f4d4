"""What each message type of the standard is, in words: people know the care, not the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Final[Mapping[str, str | Promise]] = {
    "301": _("allocation"),
    "302": _("return of an allocation"),
    "305": _("start of care"),
    "306": _("return of a start of care"),
    "307": _("end of care"),
    "308": _("return of an end of care"),
    "315": _("request for an allocation"),
    "316": _("return of a request for an allocation"),
    "317": _("request for a change"),
    "318": _("return of a request for a change"),
    "319": _("answer to a request"),
    "320": _("return of an answer"),
    "323": _("declaration"),
    "325": _("answer to a declaration"),
}


def kind_text(message_type: str) -> str:
    """The kind in words; empty for a document that is no message."""
    return str(KINDS.get(message_type, ""))
