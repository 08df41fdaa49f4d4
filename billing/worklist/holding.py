"""What is held: for who acts on it, and after its due date for the controllers as well."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import Hold
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.worklist import WorkItem

#: Items on the page, the latest first.
MOST = 20


def of_subcontractor(scope: Scope) -> Iterable[WorkItem]:
    """What is held until the subcontractor does something."""
    rows = Hold.objects.visible_to(scope).open().filter(owner=Hold.Owner.SUBCONTRACTOR)
    for hold in rows.order_by("due_date", "pk")[:MOST]:
        yield WorkItem(
            kind=_("Held back"),
            text=f"{format_euro(hold.amount)}. {hold.reason}",
            url=hold.get_absolute_url(),
            verb=_("See what to do"),
            due=hold.due_date,
            detail=late_text(hold, scope),
        )


def of_main(scope: Scope) -> Iterable[WorkItem]:
    """What was handed to oneself; for a controller also what nobody was named for, and all late."""
    wanted = Q(holder=scope.user_id)
    if scope.role == Role.CONTROLLER:
        wanted |= Q(owner=Hold.Owner.MAIN_CONTRACTOR, holder=None) | Q(due_date__lt=scope.today)
    rows = Hold.objects.visible_to(scope).open().filter(wanted)
    related = rows.select_related("provider_organisation", "holder")
    for hold in related.order_by("due_date", "pk")[:MOST]:
        name, amount = hold.provider_organisation.name, format_euro(hold.amount)
        late = late_text(hold, scope)
        yield WorkItem(
            kind=_("Held back"),
            text=f"{name}, {amount}. {hold.reason}",
            url=hold.get_absolute_url(),
            verb=_("See what to do"),
            due=hold.due_date,
            detail=f"{hold.who_acts}, {late}" if late else hold.who_acts,
        )


def late_text(hold: Hold, scope: Scope) -> str:
    """How late it is, in words; empty in time."""
    days = hold.days_late(scope.today)
    if not days:
        return ""
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": days}
