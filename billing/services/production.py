"""The production statement of a year: built from entitlements, confirmed, established by a second.

Every entitlement of the year counts once: with the municipality that allocated the care or to
which an invoice for a client belongs, or, where it is for no client, shared over the municipalities
of the contract by their shares. So is what own teams spent on care, which gives nobody a right.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from billing import policies
from billing.models import ProductionLine, ProductionPart, ProductionStatement
from billing.selectors.audit_terms import terms_of
from billing.selectors.production import not_ready
from billing.selectors.unreported import as_stored, not_waived, still_waived, unreported
from billing.services.production_building import build, check_fresh
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.locks import lock_text
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract
from subcontracts.selectors.divisions import shares_over

Status = ProductionStatement.Status
State = ProductionPart.State
_DECEMBER: Final = 12


@transaction.atomic
def begin(
    *, scope: Scope, contract: MunicipalContract, year: int, last_month: Month | None = None
) -> list[ProductionStatement]:
    """A draft for every municipality of a contract of which none is open; from December, or until
    an earlier month. Where the year was established before, it is the next version.

    Raises RuleError BIL-180 where all are open already, BIL-181 for a year or month in which the
    contract did not run or that has yet to begin.
    """
    policies.check_can_settle(scope, contract.main_contractor_id)
    lock_text(f"production:{contract.pk}:{year}")
    until = last_month or Month(year, _DECEMBER)
    _check_ran(scope, contract, year, until)
    known = ProductionStatement.objects.visible_to(scope).filter(contract=contract, year=year)
    is_open = set(known.exclude(status=Status.LOCKED).values_list("municipality", flat=True))
    parts = shares_over(contract, Period(date(year, 1, 1), until.last))
    towns = sorted((part.municipality for part, _share in parts), key=lambda one: one.code)
    made = []
    for town in towns:
        if town.pk in is_open:
            continue
        row = ProductionStatement(
            main_contractor_id=contract.main_contractor_id,
            contract=contract,
            municipality=town,
            contract_number=contract.number,
            contract_name=contract.name,
            year=year,
            last_month=until.first,
            number=known.filter(municipality=town).count() + 1,
        )
        build(scope, row)
        audit.record(scope, "production_statement.begun", row, year=year)
        made.append(row)
    if not made:
        raise RuleError(
            "BIL-180", _("The statements of this year are being made already. Go on there.")
        )
    return made


def _check_ran(scope: Scope, contract: MunicipalContract, year: int, until: Month) -> None:
    ended = contract.end_date or date.max
    first, last = date(year, 1, 1), until.first
    if (
        until.year != year
        or contract.start_date > until.last
        or ended < first
        or last > scope.today
    ):
        raise RuleError(
            "BIL-181", _("The contract did not run in these months. Choose another year or month.")
        )


@transaction.atomic
def rebuild(*, scope: Scope, statement: ProductionStatement) -> ProductionStatement:
    """Build a draft anew from what is known now. Raises ConflictError for what is no draft."""
    policies.check_can_settle(scope, statement.main_contractor_id)
    row = _locked(scope, statement, Status.DRAFT)
    _trim_waiver(row)
    build(scope, row)
    audit.record(scope, "production_statement.built", row, amount=str(row.amount))
    return row


@transaction.atomic
def propose(*, scope: Scope, statement: ProductionStatement) -> ProductionStatement:
    """Put a draft before its subcontractors, each its own part; a part that is all on one's own
    invoices or in one's own reports needs no answer.

    Raises ConflictError for what is no draft, RuleError BIL-182 with what it still waits for,
    BIL-183 where entitlements came since it was built, BIL-232 where an own team gave care in a
    month of which it reported nothing, and nobody waived that.
    """
    policies.check_can_put_forward(scope, statement)
    row = _locked(scope, statement, Status.DRAFT)
    if waits := not_ready(scope, row):
        raise RuleError("BIL-182", " ".join([_("This is not ready yet."), *waits]))
    _check_reported(row)
    check_fresh(scope, row)
    row.status, row.proposed_at = Status.PROPOSED, scope.at
    row.proposed_by_id = scope.user_id
    row.save()
    # What somebody invoiced or reported itself it need not confirm again.
    asked = ProductionLine.objects.filter(part=OuterRef("pk"), entitlement__invoice_line=None)
    asked = asked.exclude(entitlement=None)
    drafts = row.parts.filter(state=State.DRAFT)
    drafts.filter(Exists(asked)).update(state=State.PROPOSED)
    row.parts.filter(state=State.DRAFT).update(state=State.GIVEN)
    audit.record(scope, "production_statement.proposed", row, amount=str(row.amount))
    return row


@transaction.atomic
def waive_reports(
    *, scope: Scope, statement: ProductionStatement, reason: str
) -> ProductionStatement:
    """Do without the reports that own teams lack of months with care: they count as nothing.

    It holds for these teams and months alone: what comes to lack later stops the statement again.
    Raises ConflictError for what is no draft, RuleError BIL-233 without a reason, BIL-234 where
    nothing lacks.
    """
    policies.check_can_put_forward(scope, statement)
    row = _locked(scope, statement, Status.DRAFT)
    if not reason.strip():
        raise RuleError("BIL-233", _("Say why the statement does without these reports."))
    found = unreported(row)
    if not found:
        raise RuleError("BIL-234", _("Every own team reported the months in which it gave care."))
    row.unreported = as_stored(found)
    row.unreported_reason = reason.strip()[:300]
    row.unreported_by_id, row.unreported_at = scope.user_id, scope.at
    row.save(update_fields=["unreported", "unreported_reason", "unreported_by", "unreported_at"])
    audit.record(scope, "production_statement.waived", row, months=len(row.unreported))
    return row


def _trim_waiver(row: ProductionStatement) -> None:
    """Of what was waived only what still lacks stays: a report that came in is counted."""
    row.unreported = as_stored(still_waived(row))
    if not row.unreported:
        row.unreported_reason, row.unreported_by, row.unreported_at = "", None, None


def _check_reported(row: ProductionStatement) -> None:
    _trim_waiver(row)
    if found := not_waived(row):
        raise RuleError(
            "BIL-232",
            _(
                "Own teams gave care and reported nothing of it: %(teams)s. Hand in their reports,"
                " or say why the statement does without."
            )
            % {"teams": "; ".join(one.said for one in found)},
        )


@transaction.atomic
def take_back(*, scope: Scope, statement: ProductionStatement) -> ProductionStatement:
    """Make a draft again of what was put before subcontractors, built anew; answers lapse.

    Raises ConflictError for what was not put before them.
    """
    policies.check_can_settle(scope, statement.main_contractor_id)
    row = _locked(scope, statement, Status.PROPOSED)
    # A part goes only as a draft: the database holds that for who is no system.
    row.parts.update(state=State.DRAFT, answered_by=None, answered_at=None, objection="")
    row.status = Status.DRAFT
    _trim_waiver(row)
    build(scope, row)
    audit.record(scope, "production_statement.taken_back", row)
    return row


@transaction.atomic
def confirm(*, scope: Scope, part: ProductionPart) -> ProductionPart:
    """Say that one's own part is right. Raises ConflictError for what is not asked any more."""
    policies.check_can_confirm_production(scope, part)
    row = _asked(scope, part)
    row.objection = ""
    _answer(scope, row, State.CONFIRMED)
    audit.record(scope, "production_part.confirmed", row, amount=str(row.amount))
    return row


@transaction.atomic
def object_to(*, scope: Scope, part: ProductionPart, text: str) -> ProductionPart:
    """Say what is wrong with one's own part.

    Raises ConflictError for what is not asked any more, RuleError BIL-184 without words.
    """
    policies.check_can_confirm_production(scope, part)
    if not text.strip():
        raise RuleError("BIL-184", _("Say what is wrong, so that it can be looked into."))
    row = _asked(scope, part)
    row.objection = text.strip()
    _answer(scope, row, State.OBJECTED)
    audit.record(scope, "production_part.objected", row)
    return row


@transaction.atomic
def lock(*, scope: Scope, statement: ProductionStatement, reason: str = "") -> ProductionStatement:
    """Establish what a colleague put forward, with what holds for its audit.

    `reason` says why it is established although a part was not answered. Raises NotAllowedError for
    who put it forward, ConflictError for what was not, RuleError BIL-183 where entitlements came
    since, BIL-185 where a subcontractor does not agree, or did not answer and no reason is given,
    BIL-232 where an own team began to lack a report since.
    """
    # One after the other, so that what was invoiced is established in one place.
    lock_text(f"production-established:{statement.main_contractor_id}:{statement.year}")
    row = _locked(scope, statement, Status.PROPOSED)
    policies.check_can_establish(scope, row)
    check_fresh(scope, row)
    _check_reported(row)
    _check_answers(row, reason)
    terms = terms_of(scope, row.contract, row.year)
    row.status, row.locked_at, row.locked_by_id = Status.LOCKED, scope.at, scope.user_id
    row.unconfirmed_reason = reason.strip()
    row.threshold = terms.threshold
    row.statement_due = terms.statement_due(row.year)
    row.opinion_due = terms.opinion_due(row.year)
    row.save()
    row.parts.update(established_at=scope.at)
    audit.record(scope, "production_statement.locked", row, amount=str(row.amount))
    return row


def _check_answers(row: ProductionStatement, reason: str) -> None:
    states = set(row.parts.values_list("state", flat=True))
    if State.OBJECTED in states:
        raise RuleError(
            "BIL-185", _("A subcontractor does not agree. Take it back, or ask it to confirm.")
        )
    if State.PROPOSED in states and not reason.strip():
        raise RuleError(
            "BIL-185", _("Not every subcontractor confirmed. Wait for them, or say why not.")
        )


def _answer(scope: Scope, row: ProductionPart, state: ProductionPart.State) -> None:
    row.state, row.answered_at = state, scope.at
    row.answered_by_id = scope.user_id
    row.save(update_fields=["state", "answered_at", "answered_by", "objection"])


def _asked(scope: Scope, part: ProductionPart) -> ProductionPart:
    row = ProductionPart.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=part.pk)
    if row.established_at or row.state not in (State.PROPOSED, State.OBJECTED):
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row


def _locked(
    scope: Scope, statement: ProductionStatement, status: ProductionStatement.Status
) -> ProductionStatement:
    row = (
        ProductionStatement.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("contract")
        .get(pk=statement.pk)
    )
    if row.status != status:
        raise ConflictError(_("This went on meanwhile. Reload the page."))
    return row
