"""The money of the canary scenario: declarations, FTE reports, statements and payment runs.

The first month of the quarter is paid, the second waits for its release, the third is open.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from billing.models import DisputeEntry, Hold, Payment, PaymentTerm, StatementLine
from billing.rules import filecolumns
from billing.rules.ftefile import FteField, FteLayout
from billing.rules.officefile import OfficeLayout
from billing.rules.whatif.terms import Converted, Counted, Form, Terms
from billing.selectors.month_cards import Card, cards
from billing.services import (
    account_changes,
    bank,
    column_mappings,
    declaration_files,
    disputes,
    file_checking,
    fte,
    hold_owners,
    invoicing,
    month_page,
    month_runs,
    office_dividing,
    office_files,
    payment_terms,
    payments,
    run_checks,
    upward,
    what_ifs,
)
from hoofdaannemer.core import workbooks
from hoofdaannemer.core.money import to_cents
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, acting_as, system
from hoofdaannemer.scenarios.canary import audits, own_teams, results, settlements
from hoofdaannemer.scenarios.canary.care import Care, moment
from hoofdaannemer.scenarios.canary.cast import OFFICE_NAME
from hoofdaannemer.scenarios.canary.catalogue import ALFA, CASES, OFFICES, RELATIONS, TASKS, Case
from hoofdaannemer.scenarios.people import iban
from messaging.istandaard import builders
from messaging.istandaard.model.declaration import ServiceLine
from messaging.istandaard.model.values import Amount, ClosedPeriod, LineReference
from messaging.models import OutgoingMessage
from subcontracts.models import ContractMunicipality, FundingLine, Subcontract, Subcontractor

CENT = Decimal("0.01")
_VAT_NUMBERS = ("NL000000001B64", "NL000000002B55", "NL000000003B46", "NL000000004B37")
UNITS = 6
TERM_DAYS = 20
FTE, HOURS = Decimal("1.000"), Decimal("80")
DECLARE_DAYS, UPWARD_DAYS, CLOSE_DAYS = 3, 5, 9

_numbers = count(1)


def run(care: Care, first: Month) -> None:
    """Declare three months, close two, pay one."""
    second = first.next()
    settlements.provide(care, first, moment(first.first, 9))
    for main, provider in RELATIONS:
        _by_software(care, main, provider, first)
        _report(care, main, provider, first, hand_in=True)
    for task in TASKS:
        for municipality in task.shares:
            _declare_upward(care, task.main, municipality, first)
    for provider in dict.fromkeys(provider for _main, provider in RELATIONS):
        _on_page(care, provider, second)
        _as_file(care, provider, second)
    for office in OFFICES:
        _of_office(care, office, second)
    for main, provider in RELATIONS:
        _report(care, main, provider, second, hand_in=False)
    _agree_to_invoices(care, first)
    for task in TASKS:
        _close(care, task.main, first)
        _pay(care, task.main, first, release=True)
        _bank(care, task.main, first)
        _accounts(care, task.main, first)
        _dispute(care, task.main, first)
        _terms(care, task.main, first)
        _hand_over(care, task.main, first)
        settlements.agree(care, task.main, first.year, _after(first, CLOSE_DAYS, 14))
        settlements.draft_upward(care, task.main, first.year, _after(first, CLOSE_DAYS, 15))
        own_teams.report(care, task.main, first, _after(first, CLOSE_DAYS, 16))
        audits.account(care, task.main, first, _after(first, CLOSE_DAYS, 16))
        results.plan(care, task.main, second, _after(first, CLOSE_DAYS, 16))
        _close(care, task.main, second)
        _pay(care, task.main, second, release=False)
        _what_if(care, task.main, first, second)
        results.show(care, task.main, _after(second, CLOSE_DAYS, 17))


def _after(month: Month, days: int, hour: int) -> datetime:
    return moment(month.last + timedelta(days=days), hour)


def _cards(care: Care, main: str, provider: str, month: Month, at: datetime) -> list[Card]:
    """What the month page asks of a provider for one main contractor."""
    scope = care.cast.scope("medewerker", provider, at)
    with acting_as(scope):
        of_main = care.parties.mains[main].pk
        return [one for one in cards(scope, month) if one.placement.main_contractor_id == of_main]


def _by_software(care: Care, main: str, provider: str, month: Month) -> None:
    """A 323 for each municipality of which clients were served."""
    at = _after(month, DECLARE_DAYS, 9)
    by_number = {
        placement.number: case
        for case in CASES
        if case.main == main
        if (placement := care.placed.get((case.surname, provider))) is not None
    }
    lines: dict[str, list[tuple[Case, Card]]] = {}
    for card in _cards(care, main, provider, month, at):
        case = by_number[card.placement.number]
        lines.setdefault(case.municipality, []).append((case, card))
    for of_municipality in lines.values():
        case = of_municipality[0][0]
        message = builders.declaration(
            care.envelope(case, provider, at),
            f"D{next(_numbers):09d}",
            ClosedPeriod(start=month.first, end=month.last),
            [(one.bsn, _line(one, card, care)) for one, card in of_municipality],
        )
        care.hand_in(main, provider, message, at)


def _line(case: Case, card: Card, care: Care) -> ServiceLine:
    task = care.parties.tasks[case.main]
    cents = to_cents(task.price)
    return ServiceLine(
        reference=LineReference(number=f"K{next(_numbers):012d}"),
        allocation_number=card.placement.number,
        category=task.allocated.category,
        code=task.allocated.code,
        product_period=ClosedPeriod(
            start=card.period.start, end=card.period.end or card.period.start
        ),
        delivered_volume=UNITS,
        unit=task.allocated.unit,
        tariff=cents,
        submitted_amount=Amount(cents=UNITS * cents),
    )


def _on_page(care: Care, provider: str, month: Month) -> None:
    """The month page, for all main contractors at once; one of Alfa's lines asks too much."""
    scope = care.cast.scope("medewerker", provider, _after(month, DECLARE_DAYS, 10))
    with acting_as(scope):
        asked = cards(scope, month)
        entries = {card.placement.pk: month_page.Entry(volume=UNITS) for card in asked}
        if provider == ALFA:
            last = asked[-1]
            entries[last.placement.pk] = month_page.Entry(volume=(last.cap or UNITS) + 100)
        month_page.hand_in(scope=scope, month=month, entries=entries)


def _declare_upward(care: Care, main: str, municipality: str, month: Month) -> None:
    """The controller declares what the municipality pays by the unit; it rejects the first line."""
    scope = care.cast.scope("controle", main, _after(month, UPWARD_DAYS, 9))
    with acting_as(scope):
        part = ContractMunicipality.objects.visible_to(scope).get(
            contract=care.parties.contracts[main],
            municipality=care.parties.municipalities[municipality],
        )
        sent = upward.send(scope=scope, part=part, month=month)
        message = OutgoingMessage.objects.visible_to(scope).get(pk=sent.message_id)
    care.award(main, municipality, message, _after(month, UPWARD_DAYS + 3, 9))


def _as_file(care: Care, provider: str, month: Month) -> None:
    """An export of each provider, of which one row cannot be read; checked, not handed in."""
    scope = care.cast.scope("medewerker", provider, _after(month, DECLARE_DAYS, 11))
    with acting_as(scope):
        rows: list[tuple[object, ...]] = [("Toewijzingsnummer", "Maand", "Volume")]
        rows += [(one.placement.number, str(month), UNITS) for one in cards(scope, month)]
        raw = workbooks.text([*rows, (provider, str(month), UNITS)])
        file = declaration_files.upload(scope=scope, raw=raw, name=f"{provider}.csv")
        table = declaration_files.table_of(raw)
        layout = filecolumns.guess(table.heads, table.lines)
        declaration_files.point_out(scope=scope, file=file, layout=layout)
        file_checking.work(scope=scope, file_id=file.pk)


def _of_office(care: Care, name: str, month: Month) -> None:
    """A file of an office with a row of each of its providers, and one of nobody; not handed in."""
    rows: list[tuple[object, ...]] = [("Praktijk", "Toewijzingsnummer", "Maand", "Volume")]
    at = _after(month, DECLARE_DAYS, 12)
    for provider in OFFICES[name].providers:
        with acting_as(care.cast.scope("medewerker", provider, at)) as scope:
            kvk = care.parties.organisations[provider].kvk
            placed = [card.placement.number for card in cards(scope, month)]
            rows += [(kvk, number, str(month), UNITS) for number in placed]
    with acting_as(care.cast.scope(OFFICE_NAME, name, at)) as scope:
        raw = workbooks.text([*rows, ("", name, str(month), UNITS)])
        file = office_files.upload(scope=scope, raw=raw, name=f"{name}.csv")
        heads = [str(head) for head in rows[0]]
        layout = OfficeLayout(heads[0], filecolumns.guess(heads, ()))
        office_files.point_out(scope=scope, file=file, layout=layout)
        office_dividing.work(scope=scope, file_id=file.pk)
        office_dividing.check_at_once(scope=scope, file=file)


def _report(care: Care, main: str, provider: str, month: Month, *, hand_in: bool) -> None:
    scope = care.cast.scope("medewerker", provider, _after(month, DECLARE_DAYS, 11))
    with acting_as(scope):
        report = fte.open_report(
            scope=scope,
            funding_line=care.parties.lines[main, provider, FundingLine.Form.FTE],
            month=month,
        )
        worker = care.parties.professionals[provider].pk
        # Fewer hours than go with the FTE, so that there is a signal.
        details = {worker: fte.Details(hours=HOURS)}
        fte.save(scope=scope, report=report, rows={worker: FTE}, details=details)
        column_mappings.remember_fte(
            scope=scope,
            heads=(f"{provider} nummer", "FTE"),
            layout=FteLayout({FteField.REFERENCE: f"{provider} nummer", FteField.FTE: "FTE"}),
        )
        if hand_in:
            fte.hand_in(scope=scope, report=report)


def _close(care: Care, main: str, month: Month) -> None:
    """Ask for the month as the controller, and take it up as a worker does."""
    main_contractor_id = care.parties.mains[main].pk
    at = _after(month, CLOSE_DAYS, 9)
    scope = care.cast.scope("controle", main, at)
    with acting_as(scope):
        asked = month_runs.ask(scope=scope, main_contractor_id=main_contractor_id, month=month)
    worker = system(at, main_contractor_id=main_contractor_id)
    done = month_runs.take_up(scope=worker, run_id=asked.pk)
    if done.problems:
        raise ValueError(f"{main} {month} could not be closed: {done.problems}")


def _dispute(care: Care, main: str, month: Month) -> None:
    """Every subcontractor asks about its first line, which nobody answered; its next is granted.

    Both agreed upon a cent more, about which a second person did not decide yet.
    """
    for asking, provider in RELATIONS:
        scope = care.cast.scope("medewerker", provider, _after(month, CLOSE_DAYS, 12))
        if asking != main:
            continue
        with acting_as(scope):
            lines = StatementLine.objects.visible_to(scope).filter(
                main_contractor=care.parties.mains[main], statement__month=month.first
            )
            first, *rest = lines.order_by("pk")
            text = f"Hoe is regel {first.reference} van {main}-{provider} berekend?"
            disputes.ask(scope=scope, line=first, asked=disputes.Asked(text=text))
        for line in [one for one in rest if one.kind == StatementLine.Kind.ENTITLEMENT][:1]:
            _granted(care, main, scope, line)


def _granted(care: Care, main: str, scope: Scope, line: StatementLine) -> None:
    becomes = line.amount + CENT
    asked = disputes.Asked(text=f"Regel {line.reference} is te laag", expected=becomes)
    with acting_as(scope):
        dispute = disputes.ask(scope=scope, line=line, asked=asked)
    answering = care.cast.scope("controle", main, scope.at)
    outcome = DisputeEntry.Outcome.CORRECTED
    given = disputes.Answer(outcome=outcome, text="Klopt", becomes=becomes)
    with acting_as(answering):
        disputes.answer(scope=answering, dispute=dispute, given=given)
    with acting_as(scope):
        disputes.agree(scope=scope, dispute=dispute)


def _terms(care: Care, main: str, month: Month) -> None:
    """A term of payment for every contract."""
    scope = care.cast.scope("controle", main, _after(month, CLOSE_DAYS, 12))
    agreed = payment_terms.Agreed(
        size=PaymentTerm.Size.SMALL, days=TERM_DAYS, start=month.next().first, source=f"{main} 9.1"
    )
    with acting_as(scope):
        for contract in Subcontract.objects.visible_to(scope):
            payment_terms.record(scope=scope, subcontract=contract, agreed=agreed)


def _hand_over(care: Care, main: str, month: Month) -> None:
    """What is held is handed to whoever holds it."""
    scope = care.cast.scope("controle", main, _after(month, CLOSE_DAYS, 12))
    to = hold_owners.NextOwner(
        owner=Hold.Owner.MAIN_CONTRACTOR,
        user_id=scope.user_id,
        due_date=scope.today + timedelta(days=TERM_DAYS),
        note=f"{main} zoekt dit uit",
    )
    with acting_as(scope):
        for hold in Hold.objects.visible_to(scope).open():
            hold_owners.hand_over(scope=scope, hold=hold, to=to)


def _pay(care: Care, main: str, month: Month, *, release: bool) -> None:
    scope = care.cast.scope("controle", main, _after(month, CLOSE_DAYS, 13))
    with acting_as(scope):
        prepared = payments.prepare_run(scope=scope, main_contractor_id=care.parties.mains[main].pk)
    if release:
        second = care.cast.scope("controle2", main, _after(month, CLOSE_DAYS, 15))
        with acting_as(second):
            payments.release_run(scope=second, run=prepared, seen=run_checks.keys(second, prepared))


def _agree_to_invoices(care: Care, month: Month) -> None:
    """Every subcontractor lets its main contractors make out its invoices."""
    for (main, provider), tax_number in zip(RELATIONS, _VAT_NUMBERS, strict=True):
        scope = care.cast.scope("beheer", provider, _after(month, CLOSE_DAYS - 2, 9))
        with acting_as(scope):
            party = Subcontractor.objects.visible_to(scope).get(
                main_contractor=care.parties.mains[main]
            )
            invoicing.agree(scope=scope, subcontractor=party, tax_number=tax_number)


def _bank(care: Care, main: str, month: Month) -> None:
    """The bank booked each payment, with a cent too much."""
    scope = care.cast.scope("controle", main, _after(month, CLOSE_DAYS + 2, 9))
    with acting_as(scope):
        booked = "".join(
            f"<Ntry><Amt>{one.amount + CENT}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>"
            f"<NtryDtls><TxDtls><Refs><EndToEndId>{one.end_to_end_id}</EndToEndId></Refs>"
            "</TxDtls></NtryDtls></Ntry>"
            for one in Payment.objects.visible_to(scope)
        )
        bank.take_in(
            scope=scope,
            main_contractor_id=care.parties.mains[main].pk,
            name=f"{main}.xml",
            data=(
                '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
                f"<GrpHdr><MsgId>{main}</MsgId></GrpHdr><Stmt>{booked}</Stmt>"
                "</BkToCstmrStmt></Document>"
            ).encode(),
        )


def _accounts(care: Care, main: str, month: Month) -> None:
    """Every subcontractor asks for another account, and nobody confirmed it yet."""
    for number, (asking, provider) in enumerate(RELATIONS):
        if asking != main:
            continue
        scope = care.cast.scope("medewerker", provider, _after(month, CLOSE_DAYS, 14))
        with acting_as(scope):
            party = Subcontractor.objects.visible_to(scope).get(
                main_contractor=care.parties.mains[main]
            )
            account_changes.ask(
                scope=scope,
                subcontractor=party,
                account=account_changes.NewAccount(
                    iban=iban(900_000_200 + number),
                    account_holder=provider,
                    reason=f"Andere bank van {provider}",
                ),
            )


def _what_if(care: Care, main: str, first: Month, last: Month) -> None:
    """What all care would cost a day, at the price that costs the same."""
    main_contractor_id = care.parties.mains[main].pk
    at = _after(last, CLOSE_DAYS, 16)
    scope = care.cast.scope("controle", main, at)
    terms = Terms(form=Form.PXQ, counted=Counted.DAYS, converted=Converted.ALL)
    question = what_ifs.Question(name=main, first=first, last=last, terms=terms)
    with acting_as(scope):
        asked = what_ifs.ask(scope=scope, main_contractor_id=main_contractor_id, question=question)
    worker = system(at, main_contractor_id=main_contractor_id)
    done = what_ifs.take_up(scope=worker, what_if_id=asked.pk)
    if done.problem:
        raise ValueError(f"{main}: {done.problem}")
