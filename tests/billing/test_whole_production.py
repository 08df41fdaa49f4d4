"""Invoices without a subcontract and own teams in the production of a year, and in its audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal as D

import pytest

from billing.models import (
    InvoiceLine,
    OwnTeamRow,
    ProductionLine,
    ProductionStatement,
    UpwardSettlement,
)
from billing.production_words import cells_of, kind_of
from billing.rules.production import digest_of, number_text
from billing.rules.sampling import Way
from billing.selectors.contract_wall import wall_of
from billing.selectors.corrections import corrections
from billing.selectors.production import rows_of, texts_of
from billing.selectors.task_euro import task_euro_of
from billing.services import audits, months, own_teams, production
from billing.services.own_teams import Spent
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import audits as promised
from hoofdaannemer.invariants import check_promises
from subcontracts.models import MunicipalContract
from tests.billing import invoices
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.billing.test_production import QUARTER, WINTER, Year, refused
from tests.conftest import become
from tests.factories import world

KIND = OwnTeamRow.Kind
SPENT = [
    Spent(KIND.CARE, "Gezinsbegeleider", D("8000.01"), D("1.5"), D(210)),
    Spent(KIND.HIRED, "Zzp-begeleider", D("1000.00")),
    Spent(KIND.OVERHEAD, "Huur", D("500.00")),
]


@dataclass(frozen=True)
class Whole(Year):
    """Care of a subcontractor, of an invoicing party, and of an own team."""

    billed: InvoiceLine

    def report(self, spent: list[Spent]) -> None:
        scope = become(self.first)
        of = {"team": self.chain.own_team.subcontractor, "contract": self.chain.youth}
        report = own_teams.begin(scope=scope, month=JANUARY, **of)
        own_teams.save(scope=scope, report=report, rows=spent)
        own_teams.hand_in(scope=scope, report=report)


@pytest.fixture
def whole(system: Scope) -> Whole:
    chain = world(system)
    declare(chain, priced(placement(chain), 2))
    party = invoices.party(chain)
    given = invoices.indication(chain, party)
    billed = invoices.enter(
        chain, party, [invoices.line(given, "2.5"), _february(given.reference)]
    ).lines.get(line=1)
    become(chain.system)
    for month in QUARTER:
        months.run_month(
            scope=chain.system.moved_to(WINTER), main_contractor_id=chain.main.pk, month=month
        )
    made = Whole(chain, billed)
    made.report(SPENT)
    return made


def _february(reference: str) -> invoices.InvoicedLine:
    day = date(2026, 2, 3)
    return invoices.line(reference, 1, start=day, end=day)


def shown(row: ProductionStatement) -> list[tuple[str, str, str, D]]:
    rows = rows_of(ProductionLine.objects.filter(statement=row))
    return [(kind_of(one.heading), one.heading.form, cells_of(one)[1], one.amount) for one in rows]


def test_every_euro_of_care_stands_in_it_once_with_its_kind(whole: Whole) -> None:
    made = whole.begun()
    first, second = made["Amersfoort"], made["Soest"]
    # Own care is shared 60 to 40; overhead is no production. The client lives in Amersfoort.
    assert first.amount + second.amount == D("132.00") + D("280.00") + D("9000.01")
    assert shown(first) == [
        ("eigen team", "own_care", "", D("4800.01")),
        ("eigen team", "own_hired", "", D("600.00")),
        ("factuur zonder ondercontract", "invoice", "3,5 uur", D("280.00")),
        ("onderaannemer", "pxq", "2 uur", D("132.00")),
    ]
    assert [one[1] for one in shown(second)] == ["own_care", "own_hired"]
    for one in (first, second):
        assert one.digest == digest_of(texts_of(ProductionLine.objects.filter(statement=one)))
    assert [one for one in check_promises(promised.PROMISES) if not one.holds] == []


def test_who_invoiced_or_reported_itself_is_not_asked_to_confirm(whole: Whole) -> None:
    made = whole.begun()
    row = whole.established(made["Soest"])
    # Nobody had to be asked at all: here only an own team worked.
    assert (row.status, set(row.parts.values_list("state", flat=True))) == ("locked", {"given"})
    first = made["Amersfoort"]
    production.propose(scope=become(whole.first), statement=first)
    states = {one.provider_organisation.name: one.state for one in first.parts.all()}
    assert sorted(states.values()) == ["given", "given", "proposed"]


def test_a_report_that_was_put_right_and_a_late_credit_are_the_next_version(whole: Whole) -> None:
    made = whole.begun()
    row, elsewhere = made["Amersfoort"], made["Soest"].municipality
    report = OwnTeamRow.objects.first().report
    scope = become(whole.first)
    draft = own_teams.correct(scope=scope, report=report)
    own_teams.save(scope=scope, report=draft, rows=SPENT[:1])
    own_teams.hand_in(scope=scope, report=draft)
    assert refused(production.propose, scope=scope, statement=row) == "BIL-183"
    production.rebuild(scope=scope, statement=row)
    established = whole.established(row)
    invoices.credit(whole.chain, whole.billed.invoice.subcontractor.invoicing, whole.billed)
    again = whole.begun()["Amersfoort"]
    assert (again.difference, again.corrected) == (D("-200.00"), D("-200.00"))
    # What was established stays with its municipality when the client moves.
    client = whole.billed.indication.client
    client.municipality = elsewhere
    client.save()
    production.rebuild(scope=become(whole.first), statement=again)
    assert (again.amount, established.amount) == (again.before + D("-200.00"), again.before)


def test_the_sample_draws_an_invoice_line_with_its_evidence(whole: Whole) -> None:
    row = whole.established(whole.begun()["Amersfoort"])
    become(whole.first)
    made = audits.draw_sample(
        scope=whole.first, statement=row, way=Way.RANDOM, size=20, seed="alles"
    )
    drawn = {one.line.form: one for one in made.lines.select_related("line")}
    assert sorted(drawn) == ["invoice", "own_care", "own_hired", "pxq"]
    [billed] = made.lines.filter(line__entitlement__invoice_line=whole.billed)
    told = " ".join(value for one in audits.sections_of(billed) for _label, value in one.facts)
    indication = whole.billed.indication
    for expected in (indication.reference, whole.billed.invoice.number, "zonder bevinding"):
        assert expected in told
    assert indication.client.surname not in told
    assert billed.client == indication.client
    # It is not paid yet: that is seen, and only that.
    assert billed.lacking == 1
    assert drawn["own_care"].lacking == 0


def test_side_by_side_shows_them_and_the_whole_task_takes_credits_off(whole: Whole) -> None:
    scope = become(whole.chain.at(Role.CONTROLLER, at=moment(date(2026, 4, 1))))
    wall = wall_of(scope, whole.chain.youth, 2026)
    assert (wall.invoiced_so_far, wall.own_so_far) == (D("280.00"), D("9500.01"))
    # Two months of invoices and one of the own team are known: the year goes on as they were.
    assert (wall.invoiced_expected, wall.own_expected) == (6 * D("280.00"), 12 * D("9500.01"))
    assert wall.left == wall.comes_in - wall.expected - D("1680.00") - D("114000.12")
    # 9,000.01 of 9,412.01 euros.
    assert wall.division.own_percent == 95
    invoices.credit(whole.chain, whole.billed.invoice.subcontractor.invoicing, whole.billed)
    scope = become(scope)
    task = task_euro_of(scope, whole.chain.youth, 2026)
    assert [amount for _name, amount in task.invoiced] == [D("80.00")]


def test_a_correction_of_what_was_invoiced_waits_for_another_settlement(whole: Whole) -> None:
    """As one under a funding line does; a settlement of another year or contract says nothing."""

    def settled(year: int, at: datetime, contract: MunicipalContract) -> None:
        become(whole.chain.system)
        number = UpwardSettlement.objects.filter(contract=contract, year=year).count() + 1
        UpwardSettlement.objects.create(
            main_contractor=whole.chain.main,
            contract=contract,
            year=year,
            number=number,
            status="locked",
            agreed={},
            figures={},
            adjustment={},
            returned={},
            outcome=0,
            before=0,
            amount=0,
            filled_in_by_id=whole.first.user_id,
            computed_at=at,
            locked_by_id=whole.second.user_id,
            locked_at=at,
        )

    credited = moment(date(2026, 6, 1))
    party = whole.billed.invoice.subcontractor.invoicing
    scope = invoices.first(whole.chain, credited)
    invoices.credit(whole.chain, party, whole.billed, scope=scope)
    youth, wmo = whole.chain.youth, whole.chain.wmo

    def waits() -> list[str]:
        found = corrections(become(whole.first)).filter(is_settled=True)
        return [str(one.amount) for one in found]

    settled(2025, moment(date(2026, 5, 1)), youth)
    settled(2026, moment(date(2026, 5, 1)), wmo)
    assert waits() == []
    settled(2026, moment(date(2026, 5, 2)), youth)
    assert waits() == ["-200.00"]
    settled(2026, moment(date(2026, 7, 1)), youth)
    assert waits() == []


@pytest.mark.parametrize(
    ("number", "text"), [("3.0000", "3"), ("7.5000", "7.5"), ("-100", "-100"), ("0.0000", "0")]
)
def test_a_number_in_the_digest_has_the_decimals_it_needs(number: str, text: str) -> None:
    assert number_text(D(number)) == text
