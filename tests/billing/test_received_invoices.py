"""Invoices of parties without a subcontract: judged line by line, decided, paid the one way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from billing.models import (
    AccountChange,
    Entitlement,
    InvoiceLine,
    InvoicingParty,
    Payment,
    ReceivedInvoice,
    Statement,
    UpwardContribution,
)
from billing.selectors.corrections import corrections
from billing.selectors.task_euro import Source, task_euro_of
from billing.selectors.upward_year import figures_of
from billing.services import (
    account_changes,
    forecasts,
    indications,
    invoices,
    months,
    payments,
    run_checks,
)
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import check_promises, received, upward
from hoofdaannemer.invariants import payments as paying
from subcontracts.models import Client
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.billing.invoices import (
    AT,
    BEFORE,
    IBAN,
    PRICE,
    codes,
    credit,
    enter,
    first,
    indication,
    line,
    party,
    second,
    set_account,
)
from tests.billing.upward import answered, pay_by_unit, send, told
from tests.conftest import become
from tests.factories import World, world

OTHER_IBAN = "NL20INGB0001234567"


@dataclass(frozen=True)
class Stage:
    """A main contractor, and a certified institution that may invoice."""

    chain: World
    party: InvoicingParty


@pytest.fixture
def stage(system: Scope) -> Stage:
    chain = world(system)
    return Stage(chain, party(chain))


def states(invoice: ReceivedInvoice) -> list[str]:
    return [one.state for one in invoice.lines.order_by("line")]


def refusal(code: str, call: object, **kwargs: object) -> None:
    with pytest.raises(RuleError) as refused:
        call(**kwargs)  # type: ignore[operator]
    assert refused.value.code == code


def promises_hold() -> None:
    found = check_promises((*received.PROMISES, *paying.PROMISES))
    assert [(one.code, one.examples) for one in found if not one.holds] == []


def test_a_right_invoice_is_payable_at_once_and_paid_in_its_term(stage: Stage) -> None:
    chain = stage.chain
    given = indication(chain, stage.party)
    invoice = enter(chain, stage.party, [line(given, 3), line(given, 4, start=FEB, end=FEB)])
    assert (codes(invoice), states(invoice)) == ([[], []], ["accepted"] * 2)
    assert (invoice.status, invoice.due_date) == ("handled", date(2026, 3, 7))
    rights = Entitlement.objects.filter(invoice_line__invoice=invoice).order_by("month")
    assert [(one.amount, one.month, one.funding_line) for one in rights] == [
        (Decimal("240.00"), date(2026, 1, 1), None),
        (Decimal("320.00"), date(2026, 2, 1), None),
    ]
    assert f"{invoice.number}/1" in rights[0].why.sentence()
    # The running month is stated without waiting for its end: the term runs.
    scope = become(first(chain))
    statement = invoices.state(scope=scope, party=stage.party)
    assert (statement.payable, statement.pay_date) == (Decimal("560.00"), date(2026, 2, 24))
    run = payments.prepare_run(scope=scope, main_contractor_id=chain.main.pk)
    scope = become(second(chain))
    payments.release_run(scope=scope, run=run, seen=run_checks.keys(scope, run))
    (paid,) = Payment.objects.filter(statement=statement)
    assert (paid.amount, paid.iban) == (Decimal("560.00"), IBAN)
    promises_hold()


FEB = date(2026, 2, 3)


def test_each_line_gets_all_its_findings_and_right_lines_go_on(stage: Stage) -> None:
    chain = stage.chain
    given = indication(chain, stage.party, start_date=date(2026, 1, 10))
    other = indication(chain, stage.party)
    invoice = enter(
        chain,
        stage.party,
        [
            # Outside, above the volume, above the price, wrong sum, with VAT: all at once.
            line(given, 20, price=Decimal(90), amount=Decimal(1), vat=Decimal(21)),
            line("B-ONBEKEND"),
            line(other, 10),
            line(other, 1),
        ],
    )
    assert codes(invoice) == [
        ["INV-02", "INV-03", "INV-04", "INV-06", "INV-07"],
        ["INV-01"],
        [],
        ["INV-03", "INV-05"],
    ]
    assert states(invoice) == ["waiting", "waiting", "accepted", "waiting"]
    assert invoice.status == "waiting"
    assert Entitlement.objects.filter(form="invoice").count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"start": date(2026, 1, 20), "end": date(2026, 2, 3)}, "INV-16"),
        ({"end": date(2026, 2, 28), "start": date(2026, 2, 1)}, "INV-11"),
        ({"product": "45A99"}, "INV-12"),
        ({"client": "C-99999"}, ""),
    ],
)
def test_findings_of_a_line_by_itself(stage: Stage, changes: dict[str, object], code: str) -> None:
    invoice = enter(
        stage.chain, stage.party, [line(indication(stage.chain, stage.party), **changes)]
    )
    assert codes(invoice) == [[code] if code else []]


def test_care_is_invoiced_within_the_months_that_were_agreed(stage: Stage) -> None:
    given = indication(stage.chain, stage.party, start_date=date(2025, 1, 1))
    old = {"start": date(2025, 7, 1), "end": date(2025, 7, 31)}
    lines = [line(given, 1, **old), line(given, 1, start=date(2025, 8, 1), end=date(2025, 8, 31))]
    assert codes(enter(stage.chain, stage.party, lines)) == [["INV-10"], []]


def test_the_client_is_found_by_bsn_or_number_where_no_reference_is_given(stage: Stage) -> None:
    given = indication(stage.chain, stage.party)
    who = Client.objects.get(pk=given.client_id)
    one = line("", 1, client=str(who.bsn))
    two = line("", 1, client=who.pseudonym, start=FEB, end=FEB)
    invoice = enter(stage.chain, stage.party, [one, two])
    assert states(invoice) == ["accepted"] * 2
    # What passes for a BSN is nowhere but in the file.
    stored = invoice.lines.get(line=1).given_client
    assert str(who.bsn) not in stored and stored.endswith(str(who.bsn)[-3:])


def test_another_clients_bsn_beside_a_reference_stops_the_line(stage: Stage) -> None:
    given, other = (indication(stage.chain, stage.party) for _turn in range(2))
    wrong = line(given, client=str(Client.objects.get(pk=other.client_id).bsn))
    assert codes(enter(stage.chain, stage.party, [wrong])) == [["INV-12"]]


def test_care_of_the_same_days_is_paid_once_until_it_is_credited(stage: Stage) -> None:
    chain, given = stage.chain, indication(stage.chain, stage.party)
    paid = enter(chain, stage.party, [line(given)])
    again = enter(chain, stage.party, [line(given, start=date(2026, 1, 31))])
    assert codes(again) == [["INV-05"]]
    refusal(
        "INV-24",
        invoices.accept_line,
        scope=become(second(chain)),
        line=again.lines.get(),
        ground="Toch",
    )
    credit(chain, stage.party, paid.lines.get())
    invoices.judge_again(scope=become(first(chain)), invoice=again)
    assert states(again) == ["accepted"]
    amounts = [one.amount for one in Entitlement.objects.filter(form="invoice").order_by("pk")]
    assert amounts == [Decimal("240.00"), Decimal("-240.00"), Decimal("240.00")]
    promises_hold()


def test_a_credit_takes_one_accepted_line_back_as_a_whole_and_once(stage: Stage) -> None:
    chain, given = stage.chain, indication(stage.chain, stage.party)
    paid = enter(chain, stage.party, [line(given)]).lines.get()
    whole = credit(chain, stage.party, paid)
    assert states(whole) == ["accepted"]
    assert codes(credit(chain, stage.party, paid)) == [["INV-14"]]
    right = Entitlement.objects.get(invoice_line__invoice=whole)
    assert (right.amount, right.corrects) == (Decimal("-240.00"), paid.entitlement)


def paid_line(of: InvoiceLine) -> invoices.InvoicedLine:
    return invoices.InvoicedLine(
        start=of.start_date,
        end=of.end_date,
        quantity=of.quantity,
        price=of.price,
        amount=of.amount,
        credits=of.reference,
    )


def test_a_number_is_one_invoice_however_it_is_written(stage: Stage) -> None:
    given = indication(stage.chain, stage.party)
    enter(stage.chain, stage.party, [line(given)], number="2026 - 17a")
    for number in ("2026-17A", " 2026 -17a"):
        with pytest.raises(RuleError) as refused:
            enter(stage.chain, stage.party, [line(given)], number=number)
        assert refused.value.code == "INV-20"
    # Another party may use it.
    assert enter(stage.chain, party(stage.chain, account=False), [line("B")], number="2026-17A").pk


def test_another_account_or_total_stops_the_whole_until_it_is_set_aside(stage: Stage) -> None:
    chain, given = stage.chain, indication(stage.chain, stage.party)
    invoice = enter(chain, stage.party, [line(given)], iban=OTHER_IBAN, total=Decimal(999))
    assert (codes(invoice), states(invoice)) == ([["INV-08", "INV-09"], []], ["waiting"])
    account, total = invoice.findings.order_by("rule")
    refusal(
        "INV-23", invoices.settle_finding, scope=become(second(chain)), finding=account, ground=" "
    )
    with pytest.raises(NotAllowedError):
        invoices.settle_finding(scope=become(first(chain)), finding=account, ground="Akkoord")
    invoices.settle_finding(scope=become(second(chain)), finding=account, ground="Gebeld")
    assert states(invoice) == ["waiting"]
    invoices.settle_finding(scope=become(second(chain)), finding=total, ground="Btw-regel")
    assert states(invoice) == ["accepted"]
    # What is paid goes to the account that is known, whatever an invoice names.
    statement = invoices.state(scope=become(first(chain)), party=stage.party)
    assert statement.subcontractor.iban == IBAN


def test_a_second_controller_accepts_in_spite_of_findings_with_a_ground(stage: Stage) -> None:
    chain, given = stage.chain, indication(stage.chain, stage.party)
    waiting = enter(chain, stage.party, [line(given, 11)]).lines.get()
    with pytest.raises(NotAllowedError):
        invoices.accept_line(scope=become(first(chain)), line=waiting, ground="Akkoord")
    with pytest.raises(NotAllowedError):
        manager = chain.at(Role.CONTRACT_MANAGER, at=AT)
        invoices.accept_line(scope=become(manager), line=waiting, ground="Akkoord")
    scope = become(second(chain))
    refusal("INV-23", invoices.accept_line, scope=scope, line=waiting, ground="")
    done = invoices.accept_line(scope=scope, line=waiting, ground="Crisisweek")
    assert (done.state, done.ground, done.invoice.status) == ("accepted", "Crisisweek", "waiting")
    assert ReceivedInvoice.objects.get(pk=done.invoice_id).status == "handled"
    assert done.entitlement.amount == Decimal("880.00")
    with pytest.raises(ConflictError):
        invoices.accept_line(scope=scope, line=done, ground="Nog eens")


def test_what_is_refused_is_never_paid(stage: Stage) -> None:
    chain, given = stage.chain, indication(stage.chain, stage.party)
    invoice = enter(chain, stage.party, [line(given, 11), line("B-WEG")])
    scope = become(first(chain))
    invoices.refuse_line(scope=scope, line=invoice.lines.get(line=1), ground="Meer dan bepaald")
    invoices.refuse_rest(scope=scope, invoice=invoice, ground="Geen bepaling")
    assert states(invoice) == ["refused"] * 2
    invoice.refresh_from_db()
    assert (invoice.status, Entitlement.objects.filter(form="invoice").count()) == ("handled", 0)
    refusal("INV-29", invoices.state, scope=scope, party=stage.party)


def test_an_indication_that_comes_later_lets_waiting_care_go_on(stage: Stage) -> None:
    invoice = enter(stage.chain, stage.party, [line("B-LATER")])
    assert codes(invoice) == [["INV-01"]]
    indication(stage.chain, stage.party, reference="b - later", at=AT)
    become(first(stage.chain))
    assert (codes(invoice), states(invoice)) == ([[]], ["accepted"])


def test_who_recorded_the_indication_does_not_let_it_be_paid_by_entering(stage: Stage) -> None:
    given = indication(stage.chain, stage.party)
    both = replace(first(stage.chain), user_id=given.recorded_by_id)
    invoice = enter(stage.chain, stage.party, [line(given)], scope=both)
    assert codes(invoice) == [["INV-15"]]


def test_a_monthly_volume_and_an_amount_at_most(stage: Stage) -> None:
    chain = stage.chain
    monthly = indication(chain, stage.party, per="month", volume=Decimal(4))
    capped = indication(chain, stage.party, volume=None, budget=Decimal(300))
    invoice = enter(
        chain,
        stage.party,
        [
            line(monthly, 4),
            line(monthly, 4, start=FEB, end=FEB),
            line(monthly, 1, start=date(2026, 2, 4), end=date(2026, 2, 5)),
            line(capped, 3),
            line(capped, 1, start=FEB, end=FEB),
        ],
    )
    assert codes(invoice) == [[], [], ["INV-03"], [], ["INV-13"]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": None}, "INV-25"),
        ({"end_date": date(2025, 12, 31)}, "INV-25"),
        ({"reference": "B-1 "}, "INV-26"),
    ],
)
def test_indications_that_are_none(stage: Stage, changes: dict[str, object], code: str) -> None:
    indication(stage.chain, stage.party, reference="B-1")
    with pytest.raises(RuleError) as refused:
        indication(stage.chain, stage.party, **changes)
    assert refused.value.code == code


def test_an_indication_rests_on_an_allocation_of_the_same_care_or_none(stage: Stage) -> None:
    placed = placement(stage.chain)
    fits = {"client": placed.client, "allocation": placed.allocation}
    assert indication(stage.chain, stage.party, **fits).allocation == placed.allocation
    other = placement(stage.chain)
    with pytest.raises(RuleError) as refused:
        indication(stage.chain, stage.party, client=placed.client, allocation=other.allocation)
    assert refused.value.code == "INV-25"


def test_an_indication_ends_earlier_and_not_before_accepted_care(stage: Stage) -> None:
    chain, given = stage.chain, indication(stage.chain, stage.party)
    enter(chain, stage.party, [line(given)])
    scope = become(chain.at(Role.CARE_COORDINATOR, at=AT))
    early = date(2026, 1, 30)
    refusal("INV-27", indications.end, scope=scope, indication=given, last_day=early)
    ended = indications.end(scope=scope, indication=given, last_day=date(2026, 1, 31))
    assert ended.end_date == date(2026, 1, 31)
    with pytest.raises(NotAllowedError):
        indications.end(scope=become(first(chain)), indication=given, last_day=date(2026, 1, 31))


def test_the_first_account_takes_two_controllers_and_cools(stage: Stage) -> None:
    chain = stage.chain
    new = party(chain, account=False)
    given = indication(chain, new)
    enter(chain, new, [line(given)], iban="")
    statement = invoices.state(scope=become(first(chain)), party=new)
    found = payments.due(scope=become(first(chain)), main_contractor_id=chain.main.pk)
    assert statement in [one.statement for one in found.left]
    change = account_changes.ask(
        scope=become(first(chain)),
        subcontractor=new.subcontractor,
        account=account_changes.NewAccount(iban=IBAN, account_holder="JB", reason="Eerste"),
    )
    assert change.status == AccountChange.Status.TO_DECIDE
    with pytest.raises(NotAllowedError):
        account_changes.decide(
            scope=become(first(chain)), change=change, is_approved=True, checked="Gebeld"
        )
    account_changes.decide(
        scope=become(second(chain)), change=change, is_approved=True, checked="Gebeld"
    )
    found = payments.due(scope=become(first(chain)), main_contractor_id=chain.main.pk)
    assert statement in [one.statement for one in found.left]
    later = first(chain, AT + timedelta(days=8))
    found = payments.due(scope=become(later), main_contractor_id=chain.main.pk)
    assert statement in found.payable
    promises_hold()


def test_what_came_after_the_statement_of_the_month_goes_onto_the_next(stage: Stage) -> None:
    chain, given = stage.chain, indication(stage.chain, stage.party)
    enter(chain, stage.party, [line(given)])
    invoices.state(scope=become(first(chain)), party=stage.party)
    late = enter(chain, stage.party, [line(given, 1, start=FEB, end=FEB)])
    refusal("INV-29", invoices.state, scope=become(first(chain)), party=stage.party)
    # Closing January over everybody stumbles over nothing that was stated in February.
    become(chain.system)
    closed = months.run_month(
        scope=chain.system.moved_to(AT), main_contractor_id=chain.main.pk, month=JANUARY
    )
    assert closed.problems == []
    march = moment(date(2026, 3, 2))
    statement = invoices.state(scope=become(first(chain, march)), party=stage.party)
    assert (statement.month, statement.payable) == (date(2026, 3, 1), Decimal("80.00"))
    # Two bank days after the statement at the latest, within the term of the invoice.
    assert statement.pay_date is not None and statement.pay_date <= late.due_date
    promises_hold()


def test_care_that_was_declared_under_a_contract_is_not_invoiced_too(stage: Stage) -> None:
    chain = stage.chain
    become(chain.system)
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    own = InvoicingParty.objects.create(
        main_contractor=chain.main,
        subcontractor=chain.pxq.subcontractor,
        kind=InvoicingParty.Kind.NATIONAL,
        recorded_at=BEFORE,
    )
    given = indication(chain, own, client=placed.client)
    invoice = enter(chain, own, [line(given)], iban="")
    assert codes(invoice) == [["INV-18"]]
    refusal("INV-29", invoices.state, scope=become(first(chain)), party=own)


_ONE_RIGHT_MORE = (
    "INSERT INTO billing_entitlement (main_contractor_id, provider_organisation_id,"
    " subcontractor_id, form, month, invoice_line_id, reference, amount, explanation,"
    " recorded_at) SELECT line.main_contractor_id, party.provider_organisation_id, party.id,"
    " 'invoice', DATE '2026-01-01', line.id, 'x', line.amount, '{}', now()"
    " FROM billing_invoiceline line JOIN subcontracts_subcontractor party"
    " ON party.id = line.subcontractor_id"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoiceline SET amount = amount + 1",
        "UPDATE billing_invoiceline SET state = 'waiting', decided_at = NULL",
        "UPDATE billing_entitlement SET amount = amount + 1",
        "INSERT INTO billing_payment SELECT * FROM billing_payment",
        # One right more for the same line, or for one that was not accepted.
        _ONE_RIGHT_MORE,
    ],
)
def test_the_database_pays_what_was_accepted_and_nothing_else(stage: Stage, statement: str) -> None:
    given = indication(stage.chain, stage.party)
    enter(stage.chain, stage.party, [line(given), line("B-WEG")])
    become(first(stage.chain))
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "role", [Role.CARE_COORDINATOR, Role.QUALITY_OFFICER, Role.CONTRACT_MANAGER]
)
def test_only_a_controller_enters_invoices(stage: Stage, role: Role) -> None:
    scope = stage.chain.at(role, at=AT)
    with pytest.raises(NotAllowedError):
        enter(stage.chain, stage.party, [line("B")], scope=scope)
    if role != Role.CONTRACT_MANAGER:
        assert not ReceivedInvoice.objects.visible_to(scope).exists()


def test_a_statement_is_for_who_invoiced_alone(stage: Stage) -> None:
    enter(stage.chain, stage.party, [line(indication(stage.chain, stage.party))])
    invoices.state(scope=become(first(stage.chain)), party=stage.party)
    other = become(stage.chain.at(Role.SUBCONTRACTOR_USER, stage.chain.pxq, at=AT))
    assert not Statement.objects.all().exists()
    assert not InvoiceLine.objects.visible_to(other).exists()
    assert not InvoiceLine.objects.all().exists()
    assert Month.of(AT.date()) == Month(2026, 2)
    become(stage.chain.system)
    set_account(stage.chain, stage.party, OTHER_IBAN, AT)


def test_what_is_accepted_goes_up_where_the_municipality_pays_by_the_unit(stage: Stage) -> None:
    chain = stage.chain
    become(chain.system)
    pay_by_unit(chain)
    placed = placement(chain)
    declare(chain, priced(placed, 2))
    same = {"client": placed.client, "allocation": placed.allocation}
    given = indication(chain, stage.party, **same)
    hours = line(given, "1.5", end=date(2026, 1, 10))
    more = line(given, 2, start=date(2026, 1, 11))
    loose = indication(chain, stage.party)
    invoice = enter(chain, stage.party, [hours, more, line(loose)])
    assert states(invoice) == ["accepted"] * 3
    become(chain.system)
    declaration = send(chain)
    # Two hours declared, three and a half invoiced: rounded once, and at the municipality's price.
    assert told(declaration) == [("D", 6, Decimal("420.00"))]
    built_of = UpwardContribution.objects.filter(line__declaration=declaration)
    assert set(built_of.values_list("invoice_line__line", flat=True)) == {None, 1, 2}
    found = check_promises(upward.PROMISES)
    assert [(one.code, one.examples) for one in found if not one.holds] == []
    # What is credited goes down upward too.
    credit(chain, stage.party, invoice.lines.get(line=2))
    become(chain.system)
    answered(chain, declaration)
    second_time = send(chain)
    assert told(second_time) == [("C", 6, Decimal("420.00")), ("D", 4, Decimal("280.00"))]
    # So is a part: of the hour and a half half an hour is left, beside the two declared.
    of = invoice.lines.get(line=1)
    part = line("", 1, end=of.end_date, credits=of.reference)
    later = first(chain, moment(date(2026, 3, 1)))
    enter(chain, stage.party, [part], kind=ReceivedInvoice.Kind.CREDIT, scope=later)
    [correction] = corrections(become(first(chain))).filter(is_declared=True)
    assert correction.amount == -PRICE
    become(chain.system)
    answered(chain, second_time)
    third_time = send(chain, scope=chain.system.moved_to(moment(date(2026, 3, 2))))
    assert told(third_time) == [("C", 4, Decimal("280.00")), ("D", 3, Decimal("210.00"))]
    assert not corrections(become(first(chain))).filter(is_declared=True).exists()


def test_it_is_a_cost_of_the_task_it_belongs_to(stage: Stage) -> None:
    chain = stage.chain
    enter(chain, stage.party, [line(indication(chain, stage.party), 3)])
    scope = become(first(chain))
    euro = task_euro_of(scope, chain.youth, 2026)
    assert [(one.source, one.amount) for one in euro.goes_out] == [
        (Source.INVOICED, Decimal("240.00"))
    ]
    assert euro.care == Decimal("240.00")
    cost = [one for one in figures_of(scope, chain.youth, 2026).costs if not one.subcontract]
    assert [(one.name, one.form, one.amount) for one in cost] == [
        (str(stage.party), "invoice", Decimal("240.00"))
    ]
    # Looking ahead, as much a month to the end of the year.
    seen = forecasts.make(scope=scope, contract=chain.youth)
    assert (seen.invoiced, seen.expected) == (Decimal("2880.00"), Decimal(0))
    # Its client and product are not of the other contract.
    assert task_euro_of(scope, chain.wmo, 2026).goes_out == []
