"""Judging invoices: every line held against what was decided, and what is right made payable.

Facts are read for all lines at once. The party is locked, so that two invoices about the same care
are judged one after the other; the database refuses the second all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from billing.models import (
    DeclaredLine,
    Entitlement,
    Indication,
    InvoiceFinding,
    InvoiceLine,
    InvoicingParty,
    ReceivedInvoice,
)
from billing.rules import explain
from billing.rules.explain import Explanation
from billing.rules.received import (
    STANDS_IN_THE_WAY,
    Billed,
    Bounds,
    Found,
    Line,
    Rule,
    judge,
    judge_whole,
    line_amount,
)
from billing.rules.received_credits import Credit, Debit, judge_credits, taken_quantity
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontractor

State, Status = InvoiceLine.State, ReceivedInvoice.Status
_RELATED: Final = (
    *("indication__product", "invoice__subcontractor"),
    *("credits__invoice", "credits__indication__product"),
)


@transaction.atomic
def judge_waiting(*, scope: Scope, subcontractor_id: int) -> None:
    """Judge everything of a party again that waits; the oldest first, for it uses what is left."""
    lock_party(scope, subcontractor_id)
    rows = ReceivedInvoice.objects.visible_to(scope).light().waiting()
    for invoice in rows.filter(subcontractor=subcontractor_id).order_by("pk"):
        judge_invoice(scope, invoice)


def lock_party(scope: Scope, subcontractor_id: int) -> Subcontractor:
    """The relation, locked as when its month is closed."""
    rows = Subcontractor.objects.visible_to(scope).select_for_update(of=("self",))
    return rows.get(pk=subcontractor_id)


def judge_invoice(scope: Scope, invoice: ReceivedInvoice) -> None:
    """Judge what waits of one invoice, within the transaction that locked its party."""
    lines = _waiting(invoice)
    if not lines:
        return
    _match(scope, invoice, lines)
    found = _credits(lines) if invoice.is_credit else _debits(scope, invoice, lines)
    _write(scope, invoice, lines, found, _whole(invoice))
    if not invoice.findings.open().filter(invoice_line=None).exists():
        accept(scope, [line for line in lines if not found[line.pk]])
    close(scope, invoice)


def _waiting(invoice: ReceivedInvoice) -> list[InvoiceLine]:
    rows = invoice.lines.filter(state=State.WAITING).select_related(*_RELATED)
    return list(rows.defer("invoice__content").select_for_update(of=("self",)).order_by("line"))


def _match(scope: Scope, invoice: ReceivedInvoice, lines: Sequence[InvoiceLine]) -> None:
    """Find the indication, or the credited line, that each means."""
    if invoice.is_credit:
        _match_credits(invoice, lines)
    else:
        _match_indications(scope, invoice, lines)
    InvoiceLine.objects.bulk_update(lines, ["indication", "client", "credits"])


def _match_indications(
    scope: Scope, invoice: ReceivedInvoice, lines: Sequence[InvoiceLine]
) -> None:
    """By its reference; else the only one for this client and product in which the care lies."""
    known = (
        Indication.objects.visible_to(scope)
        .filter(subcontractor=invoice.subcontractor_id)
        .filter(
            Q(reference__in={line.given_reference for line in lines if line.given_reference})
            | Q(client__in={line.client_id for line in lines if line.client_id})
        )
        .select_related("product", "client")
    )
    by_reference: dict[str, Indication] = {}
    by_client: defaultdict[int, list[Indication]] = defaultdict(list)
    for one in known:
        by_reference[one.reference] = one
        by_client[one.client_id].append(one)
    for line in lines:
        line.indication = by_reference.get(line.given_reference)
        if line.indication is None and not line.given_reference and line.client_id:
            fitting = [one for one in by_client[line.client_id] if _fits(one, line)]
            line.indication = fitting[0] if len(fitting) == 1 else None


def _fits(indication: Indication, line: InvoiceLine) -> bool:
    period = Period(indication.start_date, indication.end_date)
    is_product = line.given_product in ("", indication.product.code)
    return is_product and period.contains(line.start_date) and period.contains(line.end_date)


def _match_credits(invoice: ReceivedInvoice, lines: Sequence[InvoiceLine]) -> None:
    numbers = {line.given_credit.rpartition("/")[0] for line in lines}
    rows = InvoiceLine.objects.filter(
        subcontractor=invoice.subcontractor_id, is_credit=False, invoice__number_key__in=numbers
    )
    known = {
        f"{row.invoice.number_key}/{row.line}": row
        for row in rows.select_related("invoice", "indication__product").defer("invoice__content")
    }
    for line in lines:
        line.credits = known.get(line.given_credit)


def _credits(lines: Sequence[InvoiceLine]) -> dict[int, list[Found]]:
    return judge_credits([_credit(line) for line in lines])


def _credit(line: InvoiceLine) -> Credit:
    of = line.credits
    return Credit(
        key=line.pk,
        period=Period(line.start_date, line.end_date),
        quantity=line.quantity,
        price=line.price,
        amount=line.amount,
        vat=line.vat,
        of=_debit(of) if of and of.state == State.ACCEPTED and not of.is_credited else None,
    )


def _debit(line: InvoiceLine) -> Debit:
    """An accepted line with what earlier credits left of it."""
    if line.indication is None:
        raise ValueError("an accepted line is about an indication")
    return Debit(
        key=line.pk,
        period=Period(line.start_date, line.end_date),
        unit=line.indication.product.unit,
        price=line.price,
        quantity=line.quantity - line.credited_quantity,
        amount=line.left,
    )


def _debits(
    scope: Scope, invoice: ReceivedInvoice, lines: Sequence[InvoiceLine]
) -> dict[int, list[Found]]:
    terms = InvoicingParty.objects.visible_to(scope).get(subcontractor=invoice.subcontractor_id)
    used = {line.indication_id for line in lines if line.indication_id}
    declared = _declared(invoice, lines)
    return judge(
        [_line(line, invoice, declared) for line in lines],
        _billed(used),
        received=invoice.received_date,
        today=scope.today,
        oldest_months=terms.oldest_months,
        number=invoice.number,
    )


def _billed(indications: Iterable[int]) -> list[Billed]:
    """What stands of these indications."""
    rows = InvoiceLine.objects.standing().filter(indication__in=list(indications))
    return [
        Billed(indication, Period(start, end), quantity, amount, f"{number}/{place}")
        for indication, start, end, quantity, amount, number, place in rows.order_by(
            "pk"
        ).values_list(
            *("indication", "start_date", "end_date"),
            *(F("quantity") - F("credited_quantity"), F("amount") - F("credited_amount")),
            *("invoice__number", "line"),
        )
        if indication is not None
    ]


def _declared(
    invoice: ReceivedInvoice, lines: Sequence[InvoiceLine]
) -> Mapping[tuple[int, int], list[tuple[Period, str]]]:
    """What the same organisation declared of these clients under a subcontract, by product."""
    clients = {line.indication.client_id for line in lines if line.indication}
    rows = DeclaredLine.objects.filter(
        main_contractor=invoice.main_contractor_id,
        placement__subcontractor=invoice.subcontractor_id,
        placement__client__in=clients,
        is_approved=True,
        is_credit=False,
        is_credited=False,
    )
    found: defaultdict[tuple[int, int], list[tuple[Period, str]]] = defaultdict(list)
    for client, product, start, end, reference in rows.values_list(
        "placement__client", "product", "start_date", "end_date", "reference"
    ):
        if client is not None and product is not None:
            found[client, product].append((Period(start, end), reference))
    return found


def _line(
    line: InvoiceLine,
    invoice: ReceivedInvoice,
    declared: Mapping[tuple[int, int], list[tuple[Period, str]]],
) -> Line:
    period, indication = Period(line.start_date, line.end_date), line.indication
    same = declared.get((indication.client_id, indication.product_id), ()) if indication else ()
    return Line(
        key=line.pk,
        period=period,
        quantity=line.quantity,
        price=line.price,
        amount=line.amount,
        vat=line.vat,
        bounds=_bounds(indication, invoice) if indication else None,
        is_other=indication is not None and _is_other(line, indication),
        contract=next((name for one, name in same if one.overlaps(period)), ""),
    )


def _bounds(indication: Indication, invoice: ReceivedInvoice) -> Bounds:
    recorded, entered = indication.recorded_by_id, invoice.entered_by_id
    return Bounds(
        key=indication.pk,
        period=Period(indication.start_date, indication.end_date),
        unit=indication.product.unit,
        volume=indication.volume,
        price=indication.price,
        budget=indication.budget,
        is_monthly=indication.per == Indication.Per.MONTH,
        is_by_same_person=recorded is not None and recorded == entered,
    )


def _is_other(line: InvoiceLine, indication: Indication) -> bool:
    is_client = line.client_id in (None, indication.client_id)
    return not is_client or line.given_product not in ("", indication.product.code)


def _whole(invoice: ReceivedInvoice) -> list[Found]:
    rows = invoice.lines.values_list("amount", "vat")
    return judge_whole(
        total=invoice.total,
        amounts=[amount + vat for amount, vat in rows],
        # Nothing is paid by a credit.
        iban="" if invoice.is_credit else invoice.iban,
        known_iban=invoice.subcontractor.iban,
    )


def _write(
    scope: Scope,
    invoice: ReceivedInvoice,
    lines: Sequence[InvoiceLine],
    found: Mapping[int, Sequence[Found]],
    whole: Sequence[Found],
) -> None:
    """The findings as they are now; what a person set aside of the whole stays so."""
    judged = Q(invoice_line__in=lines) | Q(invoice_line=None)
    known = {(one.invoice_line_id, one.rule): one for one in invoice.findings.filter(judged)}
    now: dict[tuple[int | None, str], Found] = {(None, one.rule.value): one for one in whole}
    now |= {(line.pk, one.rule.value): one for line in lines for one in found[line.pk]}
    gone = [
        one.pk
        for key, one in known.items()
        if one.settled_at is None and (key not in now or one.facts != dict(now[key].facts))
    ]
    invoice.findings.filter(pk__in=gone).delete()
    InvoiceFinding.objects.bulk_create(
        InvoiceFinding(
            main_contractor_id=invoice.main_contractor_id,
            invoice=invoice,
            invoice_line_id=key[0],
            rule=key[1],
            facts=dict(one.facts),
            recorded_at=scope.at,
        )
        for key, one in now.items()
        if key not in known or known[key].pk in gone
    )


def accept(
    scope: Scope, lines: Sequence[InvoiceLine], *, by: int | None = None, ground: str = ""
) -> None:
    """Let these lines be paid: each gives its entitlement, a credit the opposite of its debit's, or
    of the part that it takes back.
    """
    if not lines:
        return
    for line in lines:
        line.state = State.ACCEPTED
        line.decided_by_id = by
        line.decided_at = scope.at
        line.ground = ground
    # First what is taken back: only then may other care of the same days stand.
    taken = _take_back(lines)
    InvoiceLine.objects.bulk_update(lines, ["state", "decided_by", "decided_at", "ground"])
    debits = {
        row.invoice_line_id: row for row in Entitlement.objects.filter(invoice_line__in=taken)
    }
    for line in lines:
        if line.credits_id in taken:
            line.credits = taken[line.credits_id]
    rows = Entitlement.objects.bulk_create(
        _entitlement(scope, line, debits.get(line.credits_id)) for line in lines
    )
    audit.record_many(scope, "invoice_line.accepted", lines)
    audit.record_many(scope, "entitlement.recorded", rows)


def _take_back(lines: Sequence[InvoiceLine]) -> dict[int, InvoiceLine]:
    """Count what these credits take of their lines; returns those lines by their key."""
    asked = {line.credits_id for line in lines if line.is_credit and line.credits_id}
    rows = InvoiceLine.objects.filter(pk__in=asked).select_related("indication__product")
    taken = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    for line in lines:
        if of := taken.get(line.credits_id or 0):
            price = line.price
            of.credited_quantity += taken_quantity(line.amount, line.quantity, price, _debit(of))
            of.credited_amount += line.amount
            of.is_credited = not of.left
    InvoiceLine.objects.bulk_update(
        taken.values(), ["is_credited", "credited_amount", "credited_quantity"]
    )
    return taken


def _entitlement(scope: Scope, line: InvoiceLine, debit: Entitlement | None) -> Entitlement:
    why = _explained(line, debit)
    party, indication = line.invoice.subcontractor, line.indication
    product = indication.product_id if indication else None
    is_whole = debit is None or debit.amount == line.amount
    return Entitlement(
        main_contractor_id=line.main_contractor_id,
        provider_organisation_id=party.provider_organisation_id,
        subcontractor_id=line.subcontractor_id,
        form=Entitlement.INVOICE,
        month=debit.month if debit else Month.of(line.start_date).first,
        product_id=debit.product_id if debit else product,
        invoice_line=line,
        reference=line.reference,
        amount=why.amount,
        explanation=why.as_dict(),
        corrects=debit if is_whole else None,
        corrects_part=None if is_whole else debit,
        recorded_at=scope.at,
    )


def _explained(line: InvoiceLine, debit: Entitlement | None) -> Explanation:
    invoice = explain.text("invoice", line.reference)
    if debit is not None:
        inputs = (invoice, explain.text("line", debit.reference))
        if debit.amount == line.amount or line.credits is None:
            return Explanation("invoice.credit", inputs, -line.amount)
        left = explain.euro("left", line.credits.left)
        return Explanation("invoice.credit_part", (*inputs, left), -line.amount)
    indication = line.indication
    if indication is None:
        raise ValueError("an accepted line is about an indication")
    known = (invoice, explain.text("indication", indication.reference))
    if line_amount(line.quantity, line.price) != line.amount:
        return Explanation("invoice.amount", known, line.amount)
    inputs_of_line = (
        *known,
        explain.number("quantity", line.quantity),
        explain.word("unit", f"unit.{indication.product.unit}"),
        explain.euro("price", line.price),
    )
    return Explanation("invoice.line", inputs_of_line, line.amount)


def close(scope: Scope, invoice: ReceivedInvoice) -> None:
    """Nothing of it waits any more: say so."""
    if invoice.status == Status.WAITING and not invoice.lines.filter(state=State.WAITING).exists():
        invoice.status = Status.HANDLED
        invoice.save(update_fields=["status"])
        audit.record(scope, "invoice.handled", invoice)


def blocks(found: Iterable[str]) -> list[Rule]:
    """Those of these rules in spite of which no person may accept a line."""
    return [Rule(one) for one in found if Rule(one) in STANDS_IN_THE_WAY]
