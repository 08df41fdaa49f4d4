"""What one side answers, agrees to or confirms for the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import (
    AccountChange,
    Adjustment,
    Dispute,
    ProductionPart,
    RecoveryPlan,
    Settlement,
    TrajectoryResult,
)
from billing.models.disputes import Side
from billing.production_words import title_of
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.worklist import WorkItem

#: Working days in which each side deals with a change of account.
ACCOUNT_DAYS: Final = 3
#: Working days in which a second person decides about a correction or interest.
ADJUSTMENT_DAYS: Final = 5


def disputes(scope: Scope, side: Side) -> Iterable[WorkItem]:
    """Questions and disputes in which it is this side's turn."""
    rows = Dispute.objects.visible_to(scope).waiting_for(side)
    related = rows.select_related(
        *("line__hold", "line__entitlement", "line__adjustment", "provider_organisation")
    )
    for row in related.order_by("due_date")[:20]:
        who = "" if side == Side.SUBCONTRACTOR else f"{row.provider_organisation.name}, "
        yield WorkItem(
            kind=_("Questions and disputes"),
            text=_("%(who)sline %(line)s") % {"who": who, "line": row},
            url=row.get_absolute_url(),
            verb=_("Answer") if side == Side.MAIN else _("Read the answer"),
            due=row.due_date,
        )


def adjustments(scope: Scope) -> Iterable[WorkItem]:
    """Corrections and interest that somebody else proposed."""
    rows = Adjustment.objects.visible_to(scope).proposed().exclude(proposed_by=scope.user_id)
    for row in rows.select_related("provider_organisation").order_by("proposed_at", "pk")[:20]:
        yield WorkItem(
            kind=_("Corrections and interest"),
            text=f"{row.provider_organisation.name}, {format_euro(row.amount)}",
            url=row.get_absolute_url(),
            verb=_("Accept or refuse"),
            detail=str(row.get_kind_display()),
            due=add_working_days(timezone.localdate(row.proposed_at), ADJUSTMENT_DAYS),
        )


def own_results(scope: Scope) -> Iterable[WorkItem]:
    """Results to show, and verdicts that one may still object to."""
    verbs = {
        TrajectoryResult.Status.AWAITED: _("Show the result"),
        TrajectoryResult.Status.JUDGED: _("Read the verdict"),
    }
    rows = TrajectoryResult.objects.visible_to(scope).filter(
        Q(status=TrajectoryResult.Status.AWAITED, ended_on__lt=scope.today)
        | Q(
            status=TrajectoryResult.Status.JUDGED,
            share__lt=1,
            due_date__gte=scope.today,
        )
    )
    related = rows.select_related("placement", "funding_line")
    for row in related.order_by("due_date", "pk")[:20]:
        yield _result(row, verbs[TrajectoryResult.Status(row.status)])


def results(scope: Scope) -> Iterable[WorkItem]:
    """Results to judge, also those that nobody showed in time, and objections to decide about."""
    status = TrajectoryResult.Status
    rows = TrajectoryResult.objects.visible_to(scope).filter(
        Q(status=status.HANDED_IN)
        | Q(status=status.AWAITED, due_date__lt=scope.today)
        | Q(status=status.OBJECTED) & ~Q(judged_by=scope.user_id)
    )
    related = rows.select_related("placement", "funding_line", "provider_organisation")
    for row in related.order_by("due_date")[:20]:
        is_objected = row.status == status.OBJECTED
        verb = _("Decide about the objection") if is_objected else _("Judge the result")
        yield _result(row, verb, row.provider_organisation.name)


def _result(row: TrajectoryResult, verb: str, who: str = "") -> WorkItem:
    amount = format_euro(row.at_stake)
    if row.is_bonus:
        text = _("bonus “%(name)s”, %(amount)s") % {"name": row, "amount": amount}
    else:
        text = _("placement %(number)s, %(amount)s") % {"number": row, "amount": amount}
    return WorkItem(
        kind=_("Results"),
        text=f"{who}, {text}" if who else text,
        url=row.get_absolute_url(),
        verb=verb,
        due=row.due_date,
    )


def plans(scope: Scope) -> Iterable[WorkItem]:
    """Recovery plans that wait for the subcontractor's agreement."""
    rows = RecoveryPlan.objects.visible_to(scope).light()
    for row in rows.filter(status=RecoveryPlan.Status.PROPOSED).order_by("pk")[:20]:
        yield WorkItem(
            kind=_("Recovery plans"),
            text=_("%(total)s in parts of %(monthly)s a month")
            % {"total": format_euro(row.total), "monthly": format_euro(row.monthly)},
            url=row.get_absolute_url(),
            verb=_("Agree or refuse"),
        )


def to_agree(scope: Scope) -> Iterable[WorkItem]:
    """Settlements of a year that wait for a subcontractor's agreement."""
    rows = Settlement.objects.visible_to(scope).light().filter(state=Settlement.State.PROPOSED)
    for row in rows.select_related("funding_line").order_by("pk")[:20]:
        yield WorkItem(
            kind=_("Settlement of a year"),
            text=f"{row}, {format_euro(row.amount)}",
            url=row.get_absolute_url(),
            verb=_("Agree or object"),
        )


def to_confirm(scope: Scope) -> Iterable[WorkItem]:
    """The own production of a year that waits to be confirmed."""
    rows = ProductionPart.objects.visible_to(scope).filter(
        state=ProductionPart.State.PROPOSED, established_at=None
    )
    for row in rows.select_related("municipality").order_by("pk")[:20]:
        yield WorkItem(
            kind=_("Production of a year"),
            text=f"{title_of(row)}, {format_euro(row.amount)}",
            url=row.get_absolute_url(),
            verb=_("Confirm or object"),
        )


def accounts(scope: Scope, status: AccountChange.Status) -> Iterable[WorkItem]:
    """Changes of an account that wait for this side; one does not decide about one's own."""
    rows = AccountChange.objects.visible_to(scope).filter(status=status)
    for row in rows.exclude(asked_by=scope.user_id).select_related("provider_organisation"):
        yield WorkItem(
            kind=_("Accounts"),
            text=f"{row.provider_organisation.name}, {row}",
            url=row.get_absolute_url(),
            verb=_("Confirm the account")
            if status == AccountChange.Status.TO_CONFIRM
            else _("Check the account"),
            due=add_working_days(timezone.localdate(row.asked_at), ACCOUNT_DAYS),
        )
