"""Rounds of indexation: prepared for everybody, decided by a second person, undone in time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import (
    FundingLine,
    FundingLineProduct,
    IndexFigure,
    IndexLetter,
    IndexRound,
    IndexRoundLine,
    IndexTerms,
    Subcontract,
    Tariff,
)
from subcontracts.rules.indexing import indexed
from subcontracts.services import (
    contract_life,
    contracts,
    index_deciding,
    index_figures,
    index_letters,
    index_rounds,
    index_undoing,
)
from tests import factories
from tests.conftest import become
from tests.factories import World, moved
from tests.subcontracts.indexing import (
    DAY,
    EVE,
    decided,
    figures,
    follow,
    indexing_world,
    manager,
    prepared,
    scheme,
    set_tariff,
)


def tariffs_of(world: World) -> list[tuple[str, date | None]]:
    rows = Tariff.objects.filter(
        subcontract=world.pxq.subcontract, product=world.products["guidance"]
    )
    return [(str(row.amount), row.end_date) for row in rows.order_by("start_date")]


def everything() -> str:
    """All that a contract says about prices, to the last column."""
    found: list[Any] = []
    for model in (Tariff, FundingLine, FundingLineProduct):
        found += model._default_manager.order_by("pk").values()
    return json.dumps(found, default=str)


def reasons(row: IndexRound) -> set[str]:
    return set(row.lines.exclude(left_out="").values_list("left_out", flat=True))


@pytest.mark.parametrize(
    ("method", "percent", "tariff"),
    [("difference", "4.9570", "69.2700"), ("ratio", "4.9120", "69.2400")],
)
def test_the_published_figures_reach_the_contract(
    system: Scope, method: str, percent: str, tariff: str
) -> None:
    world = indexing_world(system, method)
    row = decided(world)
    assert {str(one.percent) for one in row.percents.all()} == {percent}
    assert tariffs_of(world) == [("66.0000", EVE), (tariff, None)]


def test_an_amount_of_a_funding_line_gets_a_successor_of_the_line(system: Scope) -> None:
    world = indexing_world(system)
    before = world.fte.line
    assert before
    price = Decimal(str(before.parameters["price"]))
    decided(world)
    before.refresh_from_db()
    line = FundingLine.objects.get(subcontract=before.subcontract_id, start_date=DAY)
    assert before.end_date == EVE
    expected = (price * Decimal("1.04957")).quantize(Decimal("0.01"))
    assert line.parameters == before.parameters | {"price": str(expected)}
    covered = FundingLineProduct.objects.filter(subcontract=before.subcontract_id)
    assert set(covered.filter(funding_line=line).values_list("start_date", "end_date")) == {
        (DAY, None)
    }
    assert set(covered.filter(funding_line=before).values_list("end_date", flat=True)) == {EVE}


def test_an_fte_line_says_what_it_comes_to_in_a_year(system: Scope) -> None:
    world = indexing_world(system)
    assert world.fte.line
    stored = world.fte.line.parameters
    fte, price = Decimal(str(stored["fte"])), Decimal(str(stored["price"]))
    line = prepared(world).lines.get(funding_line=world.fte.line)
    assert line.new_amount
    assert line.yearly_old == (fte * price).quantize(Decimal("0.01"))
    assert line.yearly_new == (fte * line.new_amount).quantize(Decimal("0.01"))


def test_a_draft_changes_nothing(system: Scope) -> None:
    world = indexing_world(system)
    before = everything()
    row = prepared(world)
    assert row.lines.taking_part().exists()
    assert everything() == before


def test_all_subcontracts_are_prepared_in_the_same_queries(system: Scope) -> None:
    world = indexing_world(system)
    mix = IndexTerms.objects.get().scheme
    scope = manager(world)
    counts = []
    for number in range(2):
        become(system)
        for more in range(4):
            party = factories.party(
                moved(system),
                world.main,
                world.youth,
                f"Extra {number}{more}",
                "pxq",
                [world.products["guidance"], world.products["treatment"]],
            )
            follow(world, party, mix)
        become(scope)
        with CaptureQueriesContext(connection) as captured:
            index_rounds.prepare(scope=scope, main_contractor_id=world.main.pk, effective=DAY)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_contract_in_its_first_year_is_not_corrected(system: Scope) -> None:
    world = factories.world(system)
    mix = scheme(world, figures(world), first_year="first")
    follow(world, world.pxq, mix)
    row = prepared(world)
    assert [str(one.percent) for one in row.percents.all()] == ["3.9440"]


def test_a_missing_figure_is_named(system: Scope) -> None:
    world = indexing_world(system)
    IndexFigure.objects.filter(year=2026, series__name="Prijs").update(superseded_at=factories.NOW)
    with pytest.raises(RuleError, match=r"Prijs.*2026.*IDX-02"):
        prepared(world)


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2027, 1, 2)])
def test_a_round_begins_on_the_first_of_a_month_to_come(system: Scope, day: date) -> None:
    world = indexing_world(system)
    with pytest.raises(RuleError, match="IDX-03"):
        index_rounds.prepare(
            scope=become(manager(world)), main_contractor_id=world.main.pk, effective=day
        )


def test_a_figure_is_superseded_and_never_changed(system: Scope) -> None:
    world = factories.world(system)
    series = figures(world)["OVA"]
    index_figures.record_figure(
        scope=world.system, series=series, year=2027, provisional=Decimal("4.20")
    )
    rows = IndexFigure.objects.filter(series=series, year=2027).order_by("pk")
    assert [(str(one.provisional), one.superseded_at is None) for one in rows] == [
        ("4.1800", False),
        ("4.2000", True),
    ]


def test_weights_add_up(system: Scope) -> None:
    world = factories.world(system)
    series = figures(world)
    with pytest.raises(RuleError, match="IDX-01"):
        index_figures.create_scheme(
            scope=world.system,
            main_contractor_id=world.main.pk,
            name="Scheef",
            terms=index_figures.SchemeTerms(start_date=date(2025, 1, 1), method="ratio"),
            weights={series["OVA"]: Decimal(90)},
        )


def _ends(world: World) -> None:
    assert world.pxq.subcontract
    Tariff.objects.filter(subcontract=world.pxq.subcontract).update(end_date=EVE)


def _by_hand(world: World) -> None:
    set_tariff(world, world.products["guidance"], "70.00", DAY)


def _later(world: World) -> None:
    set_tariff(world, world.products["guidance"], "70.00", DAY + timedelta(days=31))


def _frozen(world: World) -> None:
    assert world.pxq.subcontract
    index_figures.freeze(
        scope=world.system,
        subcontract=world.pxq.subcontract,
        reason="Prijs vast tot 2028",
        start_date=date(2026, 1, 1),
    )


def _contract_ends(world: World) -> None:
    assert world.pxq.subcontract
    contract_life.move_to(scope=world.system, subcontract=world.pxq.subcontract, status="ended")


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (_ends, "ended"),
        (_by_hand, "by_hand"),
        (_later, "later"),
        (_frozen, "frozen"),
        (_contract_ends, "ended"),
    ],
)
def test_what_is_left_out_stays_as_it_was(system: Scope, happens: Any, reason: str) -> None:
    world = indexing_world(system)
    happens(world)
    row = prepared(world)
    assert reason in reasons(row)
    left = row.lines.filter(left_out=reason, tariff__isnull=False)
    kept = set(left.values_list("tariff__pk", "tariff__amount", "tariff__end_date"))
    index_deciding.decide(scope=become(manager(world, "b")), row=row)
    for pk, amount, end in kept:
        after = Tariff.objects.get(pk=pk)
        assert (after.amount, after.end_date) == (amount, end)


@pytest.mark.parametrize("status", Subcontract.NOT_BEGUN)
def test_what_was_offered_is_not_indexed_before_it_begins(system: Scope, status: str) -> None:
    world = indexing_world(system)
    assert world.pxq.subcontract
    Subcontract.objects.filter(pk=world.pxq.subcontract.pk).update(status=status)
    row = prepared(world)
    assert row.lines.exists()
    assert not row.lines.filter(subcontract=world.pxq.subcontract).exists()


def test_a_contract_is_taken_out_and_put_back(system: Scope) -> None:
    world = indexing_world(system)
    row = prepared(world)
    subcontract = world.pxq.subcontract
    assert subcontract
    scope = become(manager(world))
    index_rounds.take_out(scope=scope, row=row, subcontract=subcontract, reason="In gesprek")
    own = row.lines.filter(subcontract=subcontract)
    assert set(own.values_list("left_out", "note")) == {("taken_out", "In gesprek")}
    with pytest.raises(RuleError, match="IDX-05"):
        index_rounds.take_out(scope=scope, row=row, subcontract=subcontract, reason="x")
    index_rounds.put_back(scope=scope, row=row, subcontract=subcontract)
    assert set(own.values_list("left_out", flat=True)) == {""}
    index_rounds.take_out(scope=scope, row=row, subcontract=subcontract, reason="In gesprek")
    index_deciding.decide(scope=become(manager(world, "b")), row=row)
    assert tariffs_of(world) == [("66.0000", None)]
    assert not IndexLetter.objects.filter(subcontract=subcontract).exists()


def test_who_prepared_it_does_not_decide(system: Scope) -> None:
    world = indexing_world(system)
    row = prepared(world)
    with pytest.raises(NotAllowedError):
        index_deciding.decide(scope=become(manager(world)), row=row)
    with pytest.raises(NotAllowedError):
        index_deciding.decide(scope=become(system), row=row)


@pytest.mark.parametrize("role", [Role.CONTROLLER, Role.CARE_COORDINATOR, Role.QUALITY_OFFICER])
def test_only_contract_managers_prepare(system: Scope, role: Role) -> None:
    world = indexing_world(system)
    with pytest.raises(NotAllowedError):
        index_rounds.prepare(
            scope=become(world.at(role)), main_contractor_id=world.main.pk, effective=DAY
        )


def test_a_round_whose_day_has_come_is_not_decided(system: Scope) -> None:
    world = indexing_world(system)
    row = prepared(world)
    late = manager(world, "b").moved_to(datetime(2027, 1, 1, 9, tzinfo=UTC))
    with pytest.raises(RuleError, match="IDX-03"):
        index_deciding.decide(scope=become(late), row=row)


@pytest.mark.parametrize("happens", [_ends, _by_hand, _frozen, _contract_ends])
def test_a_draft_that_is_out_of_date_is_not_decided(system: Scope, happens: Any) -> None:
    world = indexing_world(system)
    row = prepared(world)
    become(system)
    happens(world)
    before = everything()
    with pytest.raises(ConflictError):
        index_deciding.decide(scope=become(manager(world, "b")), row=row)
    assert everything() == before


def test_no_tariff_twice_in_a_year(system: Scope) -> None:
    world = indexing_world(system)
    first, second = prepared(world), prepared(world)
    index_deciding.decide(scope=become(manager(world, "b")), row=first)
    with pytest.raises(ConflictError):
        index_deciding.decide(scope=become(manager(world, "b")), row=second)
    third = prepared(world)
    assert not third.lines.taking_part().exists()
    assert "indexed" in reasons(third)
    with pytest.raises(RuleError, match="IDX-04"):
        index_deciding.decide(scope=become(manager(world, "b")), row=third)
    april = index_rounds.prepare(
        scope=become(manager(world)),
        main_contractor_id=world.main.pk,
        effective=date(2027, 4, 1),
    )
    assert not april.lines.taking_part().exists()


@pytest.mark.parametrize("is_tariff", [True, False])
def test_the_database_refuses_a_second_indexation(system: Scope, is_tariff: bool) -> None:
    world = indexing_world(system)
    row, again = decided(world), prepared(world)
    become(system)
    one = row.lines.filter(is_applied=True, tariff__isnull=not is_tariff)[0]
    line = again.lines.get(
        subcontract=one.subcontract_id,
        product=one.product_id,
        origin=one.origin_id,
        left_out="indexed",
    )
    other = again.lines.filter(pk=line.pk)
    fresh = _some_tariff(one) if is_tariff else _some_line(one)
    with pytest.raises(IntegrityError, match="once_a_year"), transaction.atomic():
        other.update(left_out="", new_amount=1, basis=one.basis, is_applied=True, **fresh)


def _some_tariff(one: IndexRoundLine) -> dict[str, Any]:
    """A tariff that no line made."""
    rows = Tariff.objects.filter(indexed_by=None).exclude(pk=one.tariff_id)
    return {"new_tariff": rows[0]}


def _some_line(one: IndexRoundLine) -> dict[str, Any]:
    rows = FundingLine.objects.filter(indexed_by=None).exclude(pk=one.funding_line_id)
    return {"new_line": rows[0]}


def test_the_next_year_goes_on_from_this_one(system: Scope) -> None:
    world = indexing_world(system)
    decided(world)
    become(system)
    for series, now, definitive in (("OVA", "3.00", "4.18"), ("Prijs", "2.00", "1.82")):
        row = IndexFigure.objects.standing().get(series__name=series, year=2027)
        for year, provisional, final in (
            (2027, row.provisional, Decimal(definitive)),
            (2028, Decimal(now), None),
        ):
            index_figures.record_figure(
                scope=world.system,
                series=row.series,
                year=year,
                provisional=provisional,
                definitive=final,
            )
    following = index_rounds.prepare(
        scope=become(manager(world)),
        main_contractor_id=world.main.pk,
        effective=date(2028, 1, 1),
    )
    index_deciding.decide(scope=become(manager(world, "b")), row=following)
    # 2.9 percent on 69.27, for last year's figures turned out right.
    assert tariffs_of(world) == [
        ("66.0000", EVE),
        ("69.2700", date(2027, 12, 31)),
        ("71.2800", None),
    ]
    lines = FundingLine.objects.filter(subcontract=world.fte.subcontract)
    assert lines.count() == 3
    row = IndexRound.objects.get(year=2027)
    with pytest.raises(RuleError, match="IDX-07"):
        index_undoing.undo(scope=become(manager(world)), row=row, reason="Te vroeg")


def test_undoing_puts_everything_back_exactly(system: Scope) -> None:
    world = indexing_world(system)
    before = everything()
    row = decided(world)
    assert everything() != before
    index_undoing.undo(scope=become(manager(world)), row=row, reason="Verkeerd cijfer")
    become(system)
    assert everything() == before
    row.refresh_from_db()
    assert (row.status, row.undone_reason) == ("undone", "Verkeerd cijfer")
    assert not row.lines.filter(is_applied=True).exists()
    assert IndexLetter.objects.filter(round=row, withdrawn_at=None).count() == 0
    assert IndexLetter.objects.filter(round=row).exists()
    again = decided(world)
    assert again.lines.filter(is_applied=True).exists()


def at(world: World, day: date) -> Scope:
    return manager(world).moved_to(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


def test_it_can_be_undone_until_the_day_before(system: Scope) -> None:
    world = indexing_world(system)
    row = decided(world)
    with pytest.raises(RuleError, match="IDX-06"):
        index_undoing.undo(scope=become(at(world, DAY)), row=row, reason="Te laat")
    index_undoing.undo(scope=become(at(world, EVE)), row=row, reason="Net op tijd")
    row.refresh_from_db()
    assert row.status == "undone"


def _new_tariff_later(world: World) -> None:
    set_tariff(world, world.products["guidance"], "80.00", date(2027, 6, 1))


def _line_ends(world: World) -> None:
    FundingLine.objects.filter(start_date=DAY).update(end_date=date(2027, 6, 30))


@pytest.mark.parametrize("happens", [_new_tariff_later, _line_ends])
def test_what_was_built_on_is_not_undone(system: Scope, happens: Any) -> None:
    world = indexing_world(system)
    row = decided(world)
    become(system)
    happens(world)
    before = everything()
    with pytest.raises(RuleError, match="IDX-07"):
        index_undoing.undo(scope=become(manager(world)), row=row, reason="Spijt")
    assert everything() == before


@pytest.fixture
def statuses(system: Scope) -> Iterator[World]:
    yield indexing_world(system)


@pytest.mark.parametrize("before", list(IndexRound.Status))
def test_only_the_steps_of_a_round(statuses: World, before: IndexRound.Status) -> None:
    world = statuses
    row = prepared(world)
    second = manager(world, "b")
    if before in (IndexRound.Status.DECIDED, IndexRound.Status.UNDONE):
        index_deciding.decide(scope=become(second), row=row)
    if before == IndexRound.Status.UNDONE:
        index_undoing.undo(scope=become(second), row=row, reason="Fout")
    if before == IndexRound.Status.WITHDRAWN:
        index_rounds.withdraw(scope=become(second), row=row)
    steps = {
        IndexRound.Status.DECIDED: lambda: index_deciding.decide(scope=second, row=row),
        IndexRound.Status.WITHDRAWN: lambda: index_rounds.withdraw(scope=second, row=row),
        IndexRound.Status.UNDONE: lambda: index_undoing.undo(scope=second, row=row, reason="x"),
    }
    become(second)
    for after, step in steps.items():
        if after in IndexRound.TRANSITIONS[before]:
            continue
        with pytest.raises(ConflictError):
            step()


def test_letters_are_kept_as_issued(system: Scope) -> None:
    world = indexing_world(system)
    row = decided(world)
    letter = row.letters.get(subcontract=world.pxq.subcontract)
    assert bytes(letter.pdf).startswith(b"%PDF")
    assert index_letters.made_again(letter) == bytes(letter.pdf)
    assert row.letters.count() == 3


def test_a_subcontractor_sees_its_own_letter_and_no_round(system: Scope) -> None:
    world = indexing_world(system)
    decided(world)
    scope = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert IndexLetter.objects.visible_to(scope).get().subcontract == world.pxq.subcontract
    for model in (IndexRound, IndexRoundLine, IndexFigure, IndexTerms):
        # By both locks: the queryset, and the database for a query without it.
        assert not model._default_manager.visible_to(scope).exists()  # type: ignore[attr-defined]
        assert not model._default_manager.exists()
    assert IndexLetter.objects.count() == 1


def test_only_the_contract_manager_can_take_tariffs_away(system: Scope) -> None:
    world = indexing_world(system)
    scope = become(world.at(Role.SUBCONTRACTOR_ADMIN, world.pxq))
    own = Tariff.objects.visible_to(scope)
    assert own.exists()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM subcontracts_tariff")
        assert cursor.rowcount == 0


def test_what_happened_is_in_the_log(system: Scope) -> None:
    world = indexing_world(system)
    row = decided(world)
    index_undoing.undo(scope=become(manager(world)), row=row, reason="Fout")
    become(system)
    verbs = list(ChangeRecord.objects.values_list("verb", flat=True))
    for verb, count in (
        ("index_round.prepared", 1),
        ("index_round.decided", 1),
        ("index_round.undone", 1),
        ("index_letter.issued", 3),
    ):
        assert verbs.count(verb) == count, verb
    assert verbs.count("tariff.indexed") == verbs.count("tariff.restored") > 0


def test_a_tariff_with_a_last_day_keeps_it(system: Scope) -> None:
    world = indexing_world(system)
    last = date(2027, 6, 30)
    Tariff.objects.filter(product=world.products["guidance"]).update(end_date=last)
    decided(world)
    assert tariffs_of(world) == [("66.0000", EVE), ("69.2700", last)]
    assert Period(DAY, last).days == 181


@pytest.mark.parametrize(
    ("form", "name", "parameters", "yearly"),
    [
        ("lump_sum", "amount", {"amount": "120000.00"}, "120000.00"),
        ("availability", "amount", {"amount": "2500.00"}, "30000.00"),
        ("population", "price", {"group": "a", "heads": "49000", "price": "11.25"}, "551250.00"),
        (
            "capacity",
            "price",
            {"places": "10", "price": "150", "per": "day", "settled": "never"},
            "547500.00",
        ),
    ],
)
def test_agreed_amounts_are_indexed_too(
    system: Scope, form: str, name: str, parameters: dict[str, object], yearly: str
) -> None:
    world = indexing_world(system)
    subcontract = world.fte.subcontract
    assert subcontract
    FundingLineProduct.objects.filter(subcontract=subcontract).delete()
    line = contracts.add_funding_line(
        scope=world.system,
        subcontract=subcontract,
        line=contracts.LineTerms(
            name=form,
            form=form,
            period=Period(subcontract.start_date),
            products=[] if form == "availability" else [world.products["support"]],
            parameters=parameters,
        ),
    )
    before = Decimal(str(parameters[name]))
    row = decided(world)
    assert row.lines.get(funding_line=line).yearly_old == Decimal(yearly)
    new = FundingLine.objects.get(subcontract=subcontract, form=form, start_date=DAY)
    assert new.parameters[name] == str(indexed(before, Decimal("4.957"), 2))
