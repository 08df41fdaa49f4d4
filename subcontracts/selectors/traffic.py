"""The work list's items about traffic that stands still, for who must set it going."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import moment_nl
from messaging.exchange import health
from subcontracts.worklist import WorkItem

KIND = gettext_lazy("Message traffic that stands still")


def items(scope: Scope) -> Iterator[WorkItem]:
    """What waits longer than is normal, and work that fell silent."""
    for one in health.late(scope):
        if one.oldest is None:
            continue
        yield WorkItem(
            kind=KIND,
            text=f"{one.label}: {one.count}",
            url=one.url or reverse("message_attention"),
            verb=_("Look"),
            due=localdate(one.oldest),
            detail=_("The oldest since %(moment)s") % {"moment": moment_nl(one.oldest)},
        )
    # Whether workers live is for who can start them.
    if scope.role != Role.ADMINISTRATOR:
        return
    for sign in health.signs(scope):
        # What never ran shows by what waits for it.
        if sign.is_silent and sign.ended_at is not None:
            yield WorkItem(
                kind=KIND,
                text=_("No sign of life: %(work)s") % {"work": sign.label},
                url=reverse("message_health"),
                verb=_("Look"),
                due=localdate(sign.ended_at),
                detail=_("Last done on %(moment)s") % {"moment": moment_nl(sign.ended_at)},
            )
