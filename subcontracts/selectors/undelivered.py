"""The work list's items about mail that did not arrive, for who manages people."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.accounts.models import OutgoingMail
from hoofdaannemer.core.scope import Scope
from subcontracts.worklist import WorkItem

KIND = gettext_lazy("Mail that did not arrive")
MOST = 50


def items(scope: Scope) -> Iterator[WorkItem]:
    """One item a person: the page of that person tells which mail, and sends it again."""
    failed = OutgoingMail.objects.visible_to(scope).filter(state=OutgoingMail.State.FAILED)
    seen: set[int] = set()
    for mail in failed.select_related("user").defer("text").order_by("created_at", "pk")[:MOST]:
        if mail.user_id in seen:
            continue
        seen.add(mail.user_id)
        yield WorkItem(
            kind=KIND,
            text=mail.user.name or mail.user.email,
            url=reverse("user_detail", args=[mail.user_id]),
            verb=_("Look"),
            due=localdate(mail.created_at),
            detail=str(mail.get_kind_display()),
        )
