"""What the home page shows of money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import (
    AccountChange,
    AuditOpinion,
    Declaration,
    DeclarationFile,
    Dispute,
    Hold,
    MonthRun,
    Payment,
    PaymentRun,
    ProductionPart,
    ProductionStatement,
    RecoveryPlan,
    Settlement,
    SettlementRound,
    Statement,
    TrajectoryResult,
    UpwardDeclaration,
    UpwardSettlement,
)
from billing.models.disputes import Side
from billing.models.readers import MONEY
from billing.production_words import title_of
from billing.rules.late import LEGAL_DAYS, last_day
from billing.selectors import received, upward_work
from billing.selectors.forecasts import open_warnings
from billing.selectors.fte_reports import open_months
from billing.selectors.month_cards import cards, hand_in_by
from billing.selectors.own_teams import missing
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.worklist import WorkItem

#: Working days after a month in which it is closed.
CLOSE_DAYS = 12
#: Working days in which each side deals with a change of account.
ACCOUNT_DAYS = 3
#: Calendar days before the last day by law from which an unpaid statement is shown.
NEAR_DAYS = 7


def items(scope: Scope) -> Iterable[WorkItem]:
    """The month to hand in and what is held for a subcontractor; the rest for a controller."""
    if scope.role in SUBCONTRACTOR:
        yield from _month_to_hand_in(scope)
        yield from _files(scope)
        yield from _reports(scope)
        yield from _holds(scope)
        yield from _own_teams(scope)
        yield from _disputes(scope, Side.SUBCONTRACTOR)
        yield from _own_results(scope)
        yield from _plans(scope)
    if scope.role == Role.SUBCONTRACTOR_ADMIN:
        yield from _accounts(scope, AccountChange.Status.TO_CONFIRM)
        yield from _to_agree(scope)
        yield from _to_confirm(scope)
    if scope.role in MONEY:
        yield from _forecasts(scope)
        yield from _results(scope)
    if scope.role == Role.CONTROLLER:
        yield from _disputes(scope, Side.MAIN)
        yield from _month_to_close(scope)
        yield from _settlements(scope)
        yield from _production(scope)
        yield from _runs(scope)
        yield from _invoices(scope)
        yield from _unpaid(scope)
        yield from _accounts(scope, AccountChange.Status.TO_DECIDE)
        yield from _own_teams(scope)
        yield from _upward(scope)


def _due(month: Month, days: int) -> date:
    return add_working_days(month.last, days)


def _month_to_hand_in(scope: Scope) -> Iterable[WorkItem]:
    month = Month.of(scope.today).previous()
    open_cards = [card for card in cards(scope, month) if not card.approved and not card.no_care]
    declared = Declaration.objects.visible_to(scope).standing().filter(month=month.first)
    if open_cards and not declared.exists():
        yield WorkItem(
            kind=_("To hand in"),
            text=_("Your hours of %(month)s") % {"month": month_nl(month)},
            url=reverse("month_page", args=[str(month)]),
            verb=_("Hand in the month"),
            due=hand_in_by(month),
        )


def _files(scope: Scope) -> Iterable[WorkItem]:
    """Files that were uploaded and wait for a person."""
    waiting = (DeclarationFile.Status.MAPPING, DeclarationFile.Status.CHECKED)
    for file in DeclarationFile.objects.visible_to(scope).light().filter(status__in=waiting)[:20]:
        yield WorkItem(
            kind=_("To hand in"),
            text=_("File %(name)s was not handed in yet") % {"name": file.name},
            url=file.get_absolute_url(),
            verb=_("Look at the file"),
        )


def _reports(scope: Scope) -> Iterable[WorkItem]:
    running = Month.of(scope.today)
    for one in open_months(scope):
        if one.month != running:
            yield WorkItem(
                kind=_("To hand in"),
                text=_("FTE report of %(month)s") % {"month": month_nl(one.month)},
                url=reverse("fte_report_list"),
                verb=_("Hand in the report"),
                due=hand_in_by(one.month),
            )


def _holds(scope: Scope) -> Iterable[WorkItem]:
    rows = Hold.objects.visible_to(scope).open().filter(owner=Hold.Owner.SUBCONTRACTOR)
    for hold in rows.order_by("due_date")[:20]:
        yield WorkItem(
            kind=_("Held back"),
            text=f"{format_euro(hold.amount)}. {hold.reason}",
            url=reverse("hold_list"),
            verb=_("See what to do"),
            due=hold.due_date,
        )


def _disputes(scope: Scope, side: Side) -> Iterable[WorkItem]:
    """Questions and disputes in which it is this side's turn."""
    rows = Dispute.objects.visible_to(scope).waiting_for(side)
    related = rows.select_related("line__hold", "line__entitlement", "provider_organisation")
    for row in related.order_by("due_date")[:20]:
        who = "" if side == Side.SUBCONTRACTOR else f"{row.provider_organisation.name}, "
        yield WorkItem(
            kind=_("Questions and disputes"),
            text=_("%(who)sline %(line)s") % {"who": who, "line": row},
            url=row.get_absolute_url(),
            verb=_("Answer") if side == Side.MAIN else _("Read the answer"),
            due=row.due_date,
        )


def _own_results(scope: Scope) -> Iterable[WorkItem]:
    """Results to show, and verdicts that one may still object to."""
    verbs = {
        TrajectoryResult.Status.AWAITED: _("Show the result"),
        TrajectoryResult.Status.JUDGED: _("Read the verdict"),
    }
    rows = TrajectoryResult.objects.visible_to(scope).filter(
        Q(status=TrajectoryResult.Status.AWAITED)
        | Q(
            status=TrajectoryResult.Status.JUDGED,
            share__lt=1,
            due_date__gte=scope.today,
        )
    )
    for row in rows.select_related("placement").order_by("due_date", "pk")[:20]:
        yield _result(row, verbs[TrajectoryResult.Status(row.status)])


def _results(scope: Scope) -> Iterable[WorkItem]:
    """Results to judge, also those that nobody showed in time, and objections to decide about."""
    status = TrajectoryResult.Status
    rows = TrajectoryResult.objects.visible_to(scope).filter(
        Q(status=status.HANDED_IN)
        | Q(status=status.AWAITED, due_date__lt=scope.today)
        | Q(status=status.OBJECTED) & ~Q(judged_by=scope.user_id)
    )
    for row in rows.select_related("placement", "provider_organisation").order_by("due_date")[:20]:
        is_objected = row.status == status.OBJECTED
        verb = _("Decide about the objection") if is_objected else _("Judge the result")
        yield _result(row, verb, row.provider_organisation.name)


def _result(row: TrajectoryResult, verb: str, who: str = "") -> WorkItem:
    text = _("placement %(number)s, %(amount)s") % {
        "number": row,
        "amount": format_euro(row.at_stake),
    }
    return WorkItem(
        kind=_("Results"),
        text=f"{who}, {text}" if who else text,
        url=row.get_absolute_url(),
        verb=verb,
        due=row.due_date,
    )


def _plans(scope: Scope) -> Iterable[WorkItem]:
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


def _to_agree(scope: Scope) -> Iterable[WorkItem]:
    """Settlements of a year that wait for a subcontractor's agreement."""
    rows = Settlement.objects.visible_to(scope).light().filter(state=Settlement.State.PROPOSED)
    for row in rows.select_related("funding_line").order_by("pk")[:20]:
        yield WorkItem(
            kind=_("Settlement of a year"),
            text=f"{row}, {format_euro(row.amount)}",
            url=row.get_absolute_url(),
            verb=_("Agree or object"),
        )


def _to_confirm(scope: Scope) -> Iterable[WorkItem]:
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


def _production(scope: Scope) -> Iterable[WorkItem]:
    """Production statements that a colleague put forward and everybody answered, those objected to,
    and established ones that lack an auditor's opinion.
    """
    kind = _("Production of a year")
    rows = ProductionStatement.objects.visible_to(scope).select_related("municipality")
    proposed = rows.filter(status=ProductionStatement.Status.PROPOSED)
    parts = ProductionPart.objects.filter(statement=OuterRef("pk"))
    against = proposed.filter(Exists(parts.filter(state=ProductionPart.State.OBJECTED)))
    for row in against.order_by("pk")[:20]:
        yield WorkItem(kind, title_of(row), row.get_absolute_url(), _("Look at the objection"))
    ready = proposed.exclude(proposed_by=scope.user_id).exclude(
        Exists(parts.exclude(state=ProductionPart.State.CONFIRMED))
    )
    for row in ready.order_by("pk")[:20]:
        yield WorkItem(kind, title_of(row), row.get_absolute_url(), _("Establish it"))
    given = AuditOpinion.objects.filter(statement=OuterRef("pk"))
    later = ProductionStatement.objects.filter(
        contract=OuterRef("contract"),
        municipality=OuterRef("municipality"),
        year=OuterRef("year"),
        number__gt=OuterRef("number"),
    )
    without = rows.established().filter(amount__gt=F("threshold")).exclude(Exists(given))
    for row in without.exclude(Exists(later)).order_by("opinion_due", "pk")[:20]:
        yield WorkItem(
            kind,
            title_of(row),
            row.get_absolute_url(),
            _("Record an auditor's opinion"),
            due=row.opinion_due,
        )


def _settlements(scope: Scope) -> Iterable[WorkItem]:
    """Settlements that a colleague proposed and everybody agreed to, and those objected to."""
    rounds = SettlementRound.objects.visible_to(scope).open()
    ready = rounds.filter(status=SettlementRound.Status.PROPOSED).exclude(proposed_by=scope.user_id)
    waits = Settlement.objects.exclude(state=Settlement.State.AGREED)
    for one in ready.exclude(pk__in=waits.values("round")).order_by("pk")[:20]:
        yield _settlement(one, _("Settle the year"))
    yield from _years_with_municipalities(scope)
    reopened = rounds.filter(status=SettlementRound.Status.DRAFT, proposed_at__isnull=False)
    for one in reopened.order_by("pk")[:20]:
        yield _settlement(one, _("Compute it again"))


def _years_with_municipalities(scope: Scope) -> Iterable[WorkItem]:
    """Years that are over, and were filled in by a colleague."""
    rows = UpwardSettlement.objects.visible_to(scope).light().select_related("contract")
    drafts = rows.filter(status=UpwardSettlement.Status.DRAFT, year__lt=scope.today.year)
    for row in drafts.exclude(filled_in_by=scope.user_id).order_by("pk")[:20]:
        yield WorkItem(
            kind=_("Settlements with municipalities"),
            text=f"{row}, {format_euro(row.amount)}",
            url=row.get_absolute_url(),
            verb=_("Lock the settlement"),
        )


def _settlement(one: SettlementRound, verb: str) -> WorkItem:
    rows = one.settlements.select_related("funding_line", "provider_organisation")
    row = rows.defer("signed_file").earliest("pk")
    return WorkItem(
        kind=_("Settlement of a year"),
        text=f"{row.provider_organisation.name}, {row}",
        url=row.get_absolute_url(),
        verb=verb,
    )


def _month_to_close(scope: Scope) -> Iterable[WorkItem]:
    month = Month.of(scope.today).previous()
    stated = Statement.objects.visible_to(scope).filter(month=month.first)
    running = MonthRun.objects.visible_to(scope).filter(
        month=month.first, state__in=[MonthRun.State.WAITING, MonthRun.State.RUNNING]
    )
    if not stated.exists() and not running.exists():
        yield WorkItem(
            kind=_("Months"),
            text=_("Close %(month)s") % {"month": month_nl(month)},
            url=reverse("month_close", args=[str(month)]),
            verb=_("Close the month"),
            due=_due(month, CLOSE_DAYS),
        )


def _runs(scope: Scope) -> Iterable[WorkItem]:
    prepared = PaymentRun.objects.visible_to(scope).filter(status=PaymentRun.Status.PREPARED)
    for run in prepared.exclude(prepared_by=scope.user_id).defer("file"):
        yield WorkItem(
            kind=_("Payment runs"),
            text=f"{run.number}, {format_euro(run.total)}",
            url=run.get_absolute_url(),
            verb=_("Release the payments"),
            due=run.execution_date,
        )


def _invoices(scope: Scope) -> Iterable[WorkItem]:
    """Invoices about which somebody decides, and those that must be paid soon."""
    for row in received.waiting(scope)[: received.MOST]:
        yield WorkItem(
            kind=_("Invoices"),
            text=_("%(number)s of %(name)s waits for a decision")
            % {"number": row, "name": row.subcontractor},
            url=row.get_absolute_url(),
            verb=_("Judge the invoice"),
            due=row.due_date,
        )
    for row in received.near_their_term(scope)[: received.MOST]:
        yield WorkItem(
            kind=_("Invoices"),
            text=_("%(number)s of %(name)s was accepted and not paid yet")
            % {"number": row, "name": row.subcontractor},
            url=row.get_absolute_url(),
            verb=_("Pay the invoice"),
            due=row.due_date,
        )


def _unpaid(scope: Scope) -> Iterable[WorkItem]:
    """Statements whose last day by law is near or has passed, and that were not paid."""
    near = scope.at - timedelta(days=LEGAL_DAYS - NEAR_DAYS)
    rows = Statement.objects.visible_to(scope).light().filter(payable__gt=0, issued_at__lte=near)
    paid = Payment.objects.standing().filter(statement=OuterRef("pk"))
    for row in rows.exclude(Exists(paid)).select_related("provider_organisation")[:20]:
        yield WorkItem(
            kind=_("Payments"),
            text=_("%(name)s was not paid %(amount)s yet")
            % {"name": row.provider_organisation.name, "amount": format_euro(row.payable)},
            url=row.get_absolute_url(),
            verb=_("Pay the statement"),
            due=last_day(timezone.localdate(row.issued_at)),
        )


def _accounts(scope: Scope, status: AccountChange.Status) -> Iterable[WorkItem]:
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


def _forecasts(scope: Scope) -> Iterable[WorkItem]:
    """Limits that will be passed, about which nobody wrote what is done."""
    for one in open_warnings(scope)[:20]:
        words = {
            "name": one.subcontract.provider_organisation.name if one.subcontract else "",
            "contract": one.forecast.contract.name,
            "month": month_nl(Month.of(one.reached_in)),
        }
        text = (
            _("The ceiling of %(name)s is passed in %(month)s")
            if one.subcontract
            else _("The budget of %(contract)s is passed in %(month)s")
        )
        yield WorkItem(
            kind=_("Forecast"),
            text=text % words,
            url=reverse("municipal_contract_forecast", args=[one.forecast.contract_id]),
            verb=_("See what drives it"),
        )


def _own_teams(scope: Scope) -> Iterable[WorkItem]:
    """Months that an own team did not report yet."""
    for one in missing(scope)[:20]:
        yield WorkItem(
            kind=_("To hand in"),
            text=_("%(team)s, costs of %(month)s")
            % {"team": one.team, "month": month_nl(one.month)},
            url=reverse("own_team_report_new"),
            verb=_("Report the month"),
            due=hand_in_by(one.month),
        )


def _upward(scope: Scope) -> Iterable[WorkItem]:
    """What municipalities refused, and months that were not declared to them."""
    for one in upward_work.refused_lines(scope):
        yield WorkItem(
            kind=_("Declarations to municipalities"),
            text=ngettext(
                "%(name)s rejected %(count)s line of %(month)s",
                "%(name)s rejected %(count)s lines of %(month)s",
                one.lines,
            )
            % {
                "name": one.declaration.municipality.name,
                "count": one.lines,
                "month": month_nl(one.declaration.month),
            },
            url=one.declaration.get_absolute_url(),
            verb=_("Decide about the lines"),
            is_sealed=one.is_sealed,
        )
    for declaration in upward_work.refused_wholes(scope):
        yield _whole(declaration)
    month = Month.of(scope.today).previous()
    for part in upward_work.to_declare(scope, month):
        yield WorkItem(
            kind=_("Declarations to municipalities"),
            text=_("Declare %(month)s to %(name)s")
            % {"month": month_nl(month), "name": part.municipality.name},
            url=reverse("upward_month", args=[part.pk, str(month)]),
            verb=_("See what goes up"),
            due=_due(month, CLOSE_DAYS),
        )


def _whole(declaration: UpwardDeclaration) -> WorkItem:
    return WorkItem(
        kind=_("Declarations to municipalities"),
        text=_("%(name)s refused the declaration of %(month)s")
        % {"name": declaration.municipality.name, "month": month_nl(declaration.month)},
        url=declaration.get_absolute_url(),
        verb=_("See why"),
    )
