"""Issuing statements: what was not stated yet, added up, numbered, printed and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Min
from django.utils import timezone

from billing.models import (
    Adjustment,
    Entitlement,
    Hold,
    ReceivedInvoice,
    Statement,
    StatementLine,
)
from billing.pdf import StatementDocument
from billing.rules.late import last_day
from billing.rules.recovery import Taken
from billing.rules.statement import Opening, Posting, PostingKind, Totals, totals
from billing.selectors.late_payments import term_days
from billing.services import documents, invoicing, recovering, vat
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import is_bank_day
from subcontracts.models import Subcontractor

#: Calendar days from issue to payment where nothing shorter was agreed.
PAY_DAYS: Final = 14
#: Calendar days to object.
OBJECTION_DAYS: Final = 30

_POSTED: Final = {
    StatementLine.Kind.ENTITLEMENT: PostingKind.ENTITLEMENT,
    StatementLine.Kind.CORRECTION: PostingKind.CORRECTION,
    StatementLine.Kind.HOLD: PostingKind.HOLD,
    StatementLine.Kind.RELEASE: PostingKind.RELEASE,
    StatementLine.Kind.DEFERRAL: PostingKind.DEFERRAL,
    StatementLine.Kind.SET_OFF: PostingKind.SET_OFF,
    StatementLine.Kind.REST: PostingKind.SET_OFF,
    StatementLine.Kind.ADJUSTMENT: PostingKind.ADJUSTMENT,
}


def issue(*, scope: Scope, subcontractor: Subcontractor, month: Month) -> Statement | None:
    """Issue the statement of a month, within the transaction that closes it.

    Holds that came and went between two statements are on neither. None where there is nothing to
    state.
    """
    previous = (
        Statement.objects.light().filter(subcontractor=subcontractor).order_by("-month").first()
    )
    lines = _lines(subcontractor, month)
    if not lines:
        return None
    vat.mark(lines, subcontractor)
    opening, still_held = _opening(previous, subcontractor)
    before = totals([_posting(line) for line in lines], opening)
    entitlements = [line.entitlement for line in lines if line.entitlement]
    plans = recovering.taken_by(subcontractor, month, before, entitlements)
    lines += [_of_plan(subcontractor, one) for one in plans]
    summed = totals([_posting(line) for line in lines], opening)
    number = _number(subcontractor.main_contractor_id, month)
    days = term_days(subcontractor, scope.today)
    frame = documents.Frame(
        number=number,
        month=month,
        issued_date=scope.today,
        sender=subcontractor.main_contractor.organisation,
        receiver=subcontractor.provider_organisation,
        iban=subcontractor.iban,
        pay_date=_pay_date(scope.today, lines, days) if summed.payable else None,
        object_before=_objection_ends(scope.today),
    )
    held = [line.hold for line in lines if line.kind == StatementLine.Kind.HOLD and line.hold]
    released = {line.hold_id for line in lines if line.kind == StatementLine.Kind.RELEASE}
    open_holds = [one for one in (*still_held, *held) if one.pk not in released]
    beside = [line.adjustment for line in lines if line.adjustment]
    made = documents.document(
        frame, entitlements, open_holds, summed, vat.words(lines), plans, beside
    )
    printed = (made, documents.rendered(made))
    chain = Chain(month, previous, days)
    statement = _store(scope, subcontractor, chain, lines, printed)
    recovering.finish(scope, subcontractor)
    return statement


@dataclass(frozen=True)
class Chain:
    """Where a statement stands among those of its party, and its term in days."""

    month: Month
    previous: Statement | None
    term_days: int


def _store(
    scope: Scope,
    subcontractor: Subcontractor,
    chain: Chain,
    lines: Sequence[StatementLine],
    printed: tuple[StatementDocument, bytes],
) -> Statement:
    made, pdf = printed
    statement = Statement.objects.create(
        main_contractor_id=subcontractor.main_contractor_id,
        provider_organisation_id=subcontractor.provider_organisation_id,
        subcontractor=subcontractor,
        month=chain.month.first,
        number=made.number,
        previous=chain.previous,
        term_days=chain.term_days,
        **_sums(made.totals),
        issued_at=scope.at,
        pay_date=made.pay_date,
        document=documents.to_json(made),
        pdf=pdf,
        pdf_digest=hashlib.sha256(pdf).hexdigest(),
    )
    for line in lines:
        line.statement = statement
    StatementLine.objects.bulk_create(lines)
    invoicing.made_out(scope, statement)
    audit.record(scope, "statement.issued", statement, payable=str(statement.payable))
    return statement


def _sums(summed: Totals) -> dict[str, Decimal]:
    names = (
        "entitled", "corrected", "held", "released", "carried_in", "deferred", "set_off",
        "adjusted", "payable", "carried_out",
    )  # fmt: skip
    return {name: getattr(summed, name) for name in names}


def _lines(subcontractor: Subcontractor, month: Month) -> list[StatementLine]:
    """What was recorded and not stated yet, up to this month."""
    owners = {
        "main_contractor_id": subcontractor.main_contractor_id,
        "provider_organisation_id": subcontractor.provider_organisation_id,
    }
    kinds = StatementLine.Kind
    lines = [
        StatementLine(
            **owners,
            kind=kinds.CORRECTION
            if one.corrects_id or one.corrects_part_id or one.month < month.first
            else kinds.ENTITLEMENT,
            entitlement=one,
            amount=one.amount,
        )
        for one in Entitlement.objects.without_statement()
        .filter(subcontractor=subcontractor, month__lte=month.first)
        .select_related("product", "placement", "funding_line", "settlement")
        .order_by("form", "month", "reference", "pk")
    ]
    holds = Hold.objects.filter(subcontractor=subcontractor, month__lte=month.first)
    holds = holds.select_related("entitlement").order_by("pk")
    new = holds.open().filter(statement_lines=None)
    freed = holds.filter(released_at__isnull=False).on_a_statement()
    lines += [StatementLine(**owners, kind=kinds.HOLD, hold=one, amount=one.amount) for one in new]
    lines += [
        StatementLine(**owners, kind=kinds.RELEASE, hold=one, amount=one.amount) for one in freed
    ]
    granted = Adjustment.objects.to_state().filter(
        subcontractor=subcontractor, month__lte=month.first
    )
    return lines + [
        StatementLine(**owners, kind=kinds.ADJUSTMENT, adjustment=one, amount=one.amount)
        for one in granted.select_related("dispute__line").order_by("pk")
    ]


def _of_plan(subcontractor: Subcontractor, one: Taken) -> StatementLine:
    return StatementLine(
        main_contractor_id=subcontractor.main_contractor_id,
        provider_organisation_id=subcontractor.provider_organisation_id,
        kind=one.part.value,
        plan_id=one.key,
        amount=one.amount,
        explanation=one.why.as_dict(),
    )


def _opening(
    previous: Statement | None, subcontractor: Subcontractor
) -> tuple[Opening, list[Hold]]:
    """What the statement before left: its balance below zero, and the holds it or earlier made."""
    if previous is None:
        return Opening(), []
    stated = list(Hold.objects.filter(subcontractor=subcontractor).on_a_statement().order_by("pk"))
    held = {_reference(one): one.amount for one in stated}
    return Opening(previous.carried_out, held), stated


def _reference(hold: Hold) -> str:
    return f"hold:{hold.pk}"


def _posting(line: StatementLine) -> Posting:
    kind = _POSTED[StatementLine.Kind(line.kind)]
    if line.hold:
        return Posting(kind, line.hold.kind, _reference(line.hold), line.amount)
    if line.plan_id:
        return Posting(kind, "", line.reference, line.amount)
    if line.adjustment:
        return Posting(kind, "", line.reference, line.amount)
    entitlement = line.entitlement
    if entitlement is None:
        raise ValueError("a posting has a fact")
    return Posting(kind, entitlement.form, entitlement.reference, line.amount)


def _number(main_contractor_id: int, month: Month) -> str:
    compact = str(month).replace("-", "")
    return f"MO{compact}-{next_number(main_contractor_id, f'statement:{compact}'):04d}"


def _objection_ends(issued: date) -> date:
    return issued + timedelta(days=OBJECTION_DAYS)


def objection_ends(statement: Statement) -> date:
    """The last day on which one may object to a statement."""
    return _objection_ends(timezone.localdate(statement.issued_at))


def pay_date(issued: date) -> date:
    """The day on which a statement is paid: a bank day, fourteen days after issue or a bit more."""
    day = issued + timedelta(days=PAY_DAYS)
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


def _pay_date(issued: date, lines: Sequence[StatementLine], days: int) -> date:
    """As usual, or earlier where the agreed term, or that of an invoice on it, ends before that."""
    usual = _within(issued, pay_date(issued), last_day(issued, days))
    invoiced = [
        line.entitlement.invoice_line_id
        for line in lines
        if line.entitlement and line.entitlement.invoice_line_id and line.amount > 0
    ]
    if not invoiced:
        return usual
    rows = ReceivedInvoice.objects.filter(lines__in=invoiced).order_by()
    return _within(issued, usual, rows.aggregate(day=Min("due_date"))["day"])


def _within(issued: date, usual: date, term: date) -> date:
    """The usual day, or the last bank day of a term that ends before; never before tomorrow."""
    while not is_bank_day(term):
        term -= timedelta(days=1)
    soonest = issued + timedelta(days=1)
    while not is_bank_day(soonest):
        soonest += timedelta(days=1)
    return max(min(usual, term), soonest)


def made_again(statement: Statement) -> bytes:
    """The PDF from what was kept; the same bytes as the one that was issued."""
    return documents.rendered(documents.from_json(statement.document))
