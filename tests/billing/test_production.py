"""The production statement of a year: every amount once, confirmed in parts, established by two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D

import pytest

from billing.models import ProductionLine, ProductionPart, ProductionStatement
from billing.rules.production import changes, digest_of, total
from billing.selectors.corrections import OPEN, corrections
from billing.selectors.production import rows_before, rows_of, texts_of
from billing.services import entitling, months, production
from hoofdaannemer.accounts.models import User
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.invariants.audits import PROMISES
from subcontracts.services import divisions
from tests.billing.build import FEBRUARY, JANUARY, MARCH, credit, declare, moment, placement, priced
from tests.billing.funding import add_line
from tests.factories import Party, World, municipality, world

WINTER = moment(date(2027, 2, 10))
#: A part of the year is enough: its first quarter.
QUARTER = [JANUARY, FEBRUARY, MARCH]


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@dataclass(frozen=True)
class Year:
    """Care of one client, a line of it taken back, and a lump sum for nobody in particular."""

    chain: World

    @property
    def first(self) -> Scope:
        return self.chain.at(Role.CONTROLLER, at=WINTER)

    @property
    def second(self) -> Scope:
        user, _made = User.objects.get_or_create(email="tweede@controle.test", name="Tweede")
        return Scope(
            role=Role.CONTROLLER, user_id=user.pk, main_contractor_id=self.chain.main.pk, at=WINTER
        )

    def admin(self, party: Party) -> Scope:
        return self.chain.at(Role.SUBCONTRACTOR_ADMIN, party, at=WINTER)

    def begun(self) -> dict[str, ProductionStatement]:
        with acting_as(self.first) as scope:
            made = production.begin(
                scope=scope, contract=self.chain.youth, year=2026, last_month=MARCH
            )
        return {one.municipality.name: one for one in made}

    def confirmed(self, row: ProductionStatement) -> None:
        with acting_as(self.first) as scope:
            production.propose(scope=scope, statement=row)
        for part in row.parts.filter(state="proposed"):
            admin = Scope(
                role=Role.SUBCONTRACTOR_ADMIN,
                user_id=self.first.user_id,
                organisation_id=part.provider_organisation_id,
                at=WINTER,
            )
            with acting_as(admin):
                production.confirm(scope=admin, part=part)

    def established(self, row: ProductionStatement) -> ProductionStatement:
        self.confirmed(row)
        with acting_as(self.second) as scope:
            return production.lock(scope=scope, statement=row)


@pytest.fixture
def year(chain: World) -> Year:
    placed = placement(chain)
    wrong = priced(placed, 3)
    declare(chain, wrong)
    declare(chain, credit(wrong), priced(placed, 2))
    add_line(chain, "lump_sum", party=chain.trajectory, amount="1200.12")
    for month in QUARTER:
        result = months.run_month(
            scope=chain.system.moved_to(WINTER), main_contractor_id=chain.main.pk, month=month
        )
        assert result.problems == []
    return Year(chain)


def later(chain: World, hours: int) -> None:
    """Care of January that is declared after the year, and its amount recorded."""
    declare(chain, priced(placement(chain), hours, JANUARY))
    entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)


def refused(step: Callable[..., object], **arguments: object) -> str:
    with pytest.raises(RuleError) as refusal:
        step(**arguments)
    return refusal.value.code


def test_every_amount_of_the_year_counts_once_and_adds_up_to_the_cent(year: Year) -> None:
    made = year.begun()
    first, second = made["Amersfoort"], made["Soest"]
    # Care goes to the municipality that allocated it; what is for no client goes 60 to 40.
    assert first.amount + second.amount == D("132.00") + 3 * D("100.01")
    assert (first.amount, first.corrected) == (D("132.00") + D("180.03"), D("-198.00"))
    [lump, hours] = rows_of(ProductionLine.objects.filter(statement=first))
    assert (hours.heading.code, hours.heading.unit, hours.heading.tariff) == ("45A04", "04", D(66))
    assert (hours.number, hours.amount) == (2, D("132.00"))
    assert (lump.number, lump.heading.form) == (None, "lump_sum")
    assert {part.amount for part in first.parts.all()} == {D("132.00"), D("180.03")}
    assert total(rows_of(ProductionLine.objects.filter(statement=second))) == second.amount
    for one in (first, second):
        assert one.digest == digest_of(texts_of(ProductionLine.objects.filter(statement=one)))


def test_what_is_for_no_client_is_shared_as_each_month_was(year: Year) -> None:
    chain = year.chain
    parts = {one.municipality.name: one.municipality for one in chain.youth.municipalities.all()}
    baarn = municipality("0308", "Baarn")
    for day, shares in (
        (date(2026, 2, 1), {parts["Amersfoort"]: D(50), parts["Soest"]: D(30), baarn: D(20)}),
        (date(2026, 3, 1), {parts["Amersfoort"]: D(80), baarn: D(20)}),
        (date(2026, 4, 1), {parts["Amersfoort"]: D(100)}),
    ):
        divisions.divide(scope=chain.system, contract=chain.youth, start_date=day, shares=shares)
    made = year.begun()
    # 100.01 a month: 60 and 40, then 50, 30 and 20, then 80 and 20.
    assert {name: one.amount for name, one in made.items()} == {
        "Amersfoort": D("132.00") + D("60.01") + D("50.01") + D("80.01"),
        "Soest": D("40.00") + D("30.00"),
        "Baarn": D("20.00") + D("20.00"),
    }
    [promise] = [one for one in PROMISES if one.code == "AUD-02"]
    assert not list(promise.broken_by())
    # An amount that does not add up is found in a month with other municipalities too.
    wrong = ProductionLine.objects.get(statement=made["Baarn"], month=date(2026, 3, 1))
    wrong.delete()
    wrong.pk, wrong.amount = None, D("21.00")
    wrong.save()
    assert list(promise.broken_by())


def test_who_put_it_forward_does_not_establish_it(year: Year) -> None:
    row = year.begun()["Amersfoort"]
    with pytest.raises(ConflictError):
        production.lock(scope=year.second, statement=row)
    year.confirmed(row)
    with pytest.raises(NotAllowedError):
        production.lock(scope=year.first, statement=row)
    locked = production.lock(scope=year.second, statement=row)
    assert locked.status == ProductionStatement.Status.LOCKED
    # A contract of several municipalities follows the region's protocol unless told otherwise.
    assert (locked.threshold, locked.needs_opinion) == (D("50000.00"), False)
    assert (locked.statement_due, locked.opinion_due) == (date(2027, 3, 1), date(2027, 4, 1))
    with pytest.raises(ConflictError):
        production.rebuild(scope=year.first, statement=row)


def test_a_subcontractor_confirms_its_own_part_and_nobody_elses(year: Year) -> None:
    chain, row = year.chain, year.begun()["Amersfoort"]
    own = year.admin(chain.pxq)
    assert not ProductionPart.objects.visible_to(own).exists()
    production.propose(scope=year.first, statement=row)
    part = ProductionPart.objects.visible_to(own).get()
    assert part.amount == D("132.00")
    assert {one.part for one in ProductionLine.objects.visible_to(own)} == {part}
    with acting_as(own):
        assert ProductionPart.objects.count() == 1
        assert set(ProductionLine.objects.values_list("part", flat=True)) == {part.pk}
        assert not ProductionStatement.objects.exists()
    for stranger in (
        year.admin(chain.trajectory),
        chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=WINTER),
        year.first,
    ):
        with pytest.raises(NotAllowedError):
            production.confirm(scope=stranger, part=part)
    assert refused(production.object_to, scope=own, part=part, text=" ") == "BIL-184"
    production.object_to(scope=own, part=part, text="Maart ontbreekt.")
    assert refused(production.lock, scope=year.second, statement=row, reason="x") == "BIL-185"
    production.confirm(scope=own, part=part)
    # The other one did not answer.
    assert refused(production.lock, scope=year.second, statement=row) == "BIL-185"
    locked = production.lock(scope=year.second, statement=row, reason="gestopt in juni")
    assert locked.unconfirmed_reason == "gestopt in juni"
    with pytest.raises(ConflictError):
        production.confirm(scope=own, part=part)


def test_what_became_known_later_is_the_next_version(year: Year) -> None:
    chain = year.chain
    first = year.established(year.begun()["Amersfoort"])
    later(chain, 4)
    again = year.begun()["Amersfoort"]
    assert (again.number, again.before) == (2, first.amount)
    assert again.difference == D("264.00")
    assert [
        (one.heading.code, one.difference)
        for one in changes(
            rows_before(year.first, again),
            rows_of(ProductionLine.objects.filter(statement=again)),
        )
    ] == [("45A04", D("264.00"))]
    first.refresh_from_db()
    assert first.amount == D("312.03")


def test_what_comes_in_meanwhile_is_not_missed(year: Year) -> None:
    chain, rows = year.chain, year.begun()
    assert refused(production.begin, scope=year.first, contract=chain.youth, year=2026) == "BIL-180"
    assert refused(production.begin, scope=year.first, contract=chain.youth, year=2024) == "BIL-181"
    later(chain, 4)
    row = rows["Amersfoort"]
    assert refused(production.propose, scope=year.first, statement=row) == "BIL-183"
    production.rebuild(scope=year.first, statement=row)
    production.propose(scope=year.first, statement=row)
    later(chain, 1)
    assert refused(production.lock, scope=year.second, statement=row, reason="x") == "BIL-183"
    with acting_as(year.first) as scope:
        back = production.take_back(scope=scope, statement=row)
    assert back.amount == D("312.03") + 5 * D("66.00")
    assert set(back.parts.values_list("state", flat=True)) == {"draft"}


def test_a_statement_waits_for_its_months(year: Year) -> None:
    early = Scope(
        role=Role.CONTROLLER,
        user_id=year.first.user_id,
        main_contractor_id=year.chain.main.pk,
        at=moment(date(2026, 3, 30)),
    )
    row = year.begun()["Soest"]
    assert refused(production.propose, scope=early, statement=row) == "BIL-182"
    begin = {"contract": year.chain.youth, "year": 2026, "last_month": Month(2026, 4)}
    assert refused(production.begin, scope=early, **begin) == "BIL-181"
    # Of April nothing was closed.
    [row] = production.begin(scope=year.first, **{**begin, "contract": year.chain.wmo})
    assert refused(production.propose, scope=year.first, statement=row) == "BIL-182"


def test_a_correction_says_what_must_still_go_up(year: Year) -> None:
    chain = year.chain
    first = year.established(year.begun()["Amersfoort"])
    # What was taken back before is in it, so that nothing is left to follow.
    assert not corrections(year.first).filter(OPEN).exists()
    wrong = priced(placement(chain), 4, JANUARY)
    declare(chain, wrong)
    entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)
    second = year.established(year.begun()["Amersfoort"])
    declare(chain, credit(wrong))
    entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)
    [late] = corrections(year.first).filter(OPEN)
    assert (late.amount, late.is_stated, late.is_declared) == (D("-264.00"), True, False)
    third = year.established(year.begun()["Amersfoort"])
    assert (second.amount - first.amount, third.amount) == (D("264.00"), first.amount)
    assert not corrections(year.first).filter(OPEN).exists()
