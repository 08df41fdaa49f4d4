"""The figures of the quarter's report: what counts, where, and as known when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from billing.services import fte, months
from hoofdaannemer.accountability.definitions.quarter_figures import exact, is_quarter
from hoofdaannemer.accountability.disclosure import Cell, Contributors
from hoofdaannemer.core.periods import Month, parse_period
from hoofdaannemer.core.planning import joining_sets
from hoofdaannemer.core.scope import Scope
from subcontracts.models import MunicipalContract
from tests.accountability.build import FIRST, LATER, SECOND, began, declared, ended, in_care, moment
from tests.billing.build import credit, declare, priced
from tests.factories import World, professional, world

Keys = tuple[str, ...]


def figures(
    contract: MunicipalContract, moment: datetime = LATER, period: object = FIRST
) -> dict[tuple[str, str, Keys], Decimal | None]:
    """Exact figures by table, measure and keys."""
    snapshot = exact(contract, period, moment)  # type: ignore[arg-type]
    return {(t.code, c.measure, c.keys): c.value for t in snapshot.tables for c in t.cells}


def clients(chain: World, table: str, *keys: str, **known: object) -> int:
    found = figures(chain.youth, **known)  # type: ignore[arg-type]
    return int(found[table, "clients", keys] or 0)


G, T, A, S = "45A04", "54001", "0307", "0342"


def test_clients_are_counted_once_in_totals(chain: World) -> None:
    both = in_care(chain, 1)[0]
    in_care(chain, 1, product="treatment", client=both.client)
    in_care(chain, 1, municipality=chain.other_municipality)
    assert clients(chain, "zorg", A, G) == 1
    assert clients(chain, "zorg", A, T) == 1
    assert clients(chain, "zorg", A, "*") == 1
    assert clients(chain, "zorg", S, "*") == 1
    assert clients(chain, "zorg", "*", G) == 2
    assert clients(chain, "zorg", "*", "*") == 2


def test_a_reader_may_add_up_where_nobody_is_counted_twice(chain: World) -> None:
    def adds_up() -> set[str]:
        measure = exact(chain.youth, FIRST, LATER).tables[0].measures[0]
        return {name for name in ("municipality", "product") if measure.adds_up_over(name)}

    one = in_care(chain, 3)[0]
    in_care(chain, 1, product="treatment")
    assert adds_up() == {"municipality", "product"}
    in_care(chain, 1, product="treatment", client=one.client)
    assert adds_up() == {"municipality"}


@pytest.mark.parametrize(
    ("begin", "end", "counts"),
    [
        (date(2025, 12, 1), None, True),
        (date(2025, 12, 1), date(2025, 12, 31), False),
        (date(2025, 12, 1), date(2026, 1, 1), True),
        (date(2026, 3, 31), None, True),
        (date(2026, 4, 1), None, False),
    ],
)
def test_in_care_on_one_day_of_the_quarter(
    chain: World, begin: date, end: date | None, counts: bool
) -> None:
    placed = in_care(chain, 1, begin=begin)[0]
    if end:
        ended(placed, end)
    assert clients(chain, "zorg", A, G) == int(counts)


def test_started_and_ended(chain: World) -> None:
    in_care(chain, 2, begin=date(2025, 12, 31))
    in_care(chain, 3, begin=date(2026, 1, 1))
    for placed in in_care(chain, 4, begin=date(2025, 10, 1)):
        ended(placed, date(2026, 3, 31))
    assert clients(chain, "instroom", A, G, "new") == 3
    assert clients(chain, "uitstroom", A, G, "gone") == 4
    assert clients(chain, "zorg", A, G) == 9


def test_a_pause_is_neither_an_end_nor_a_new_start(chain: World) -> None:
    placed = in_care(chain, 1, begin=date(2025, 10, 1))[0]
    ended(placed, date(2025, 12, 10), reason="20")
    assert clients(chain, "zorg", A, G) == 0
    began(placed, date(2026, 2, 2))
    assert clients(chain, "zorg", A, G) == 1
    assert clients(chain, "instroom", A, G, "new") == 0
    ended(placed, date(2026, 3, 3))
    assert clients(chain, "uitstroom", A, G, "gone") == 1


def test_who_comes_back_after_an_end_starts_again(chain: World) -> None:
    placed = in_care(chain, 1, begin=date(2025, 10, 1))[0]
    ended(placed, date(2025, 12, 10))
    began(placed, date(2026, 2, 2))
    assert clients(chain, "instroom", A, G, "new") == 1


def test_median_waiting_days(chain: World) -> None:
    for days in (10, 20, 40):
        in_care(chain, 1, begin=date(2026, 2, 2), waited=days)
    in_care(chain, 1, begin=date(2025, 2, 3), waited=300)
    in_care(chain, 1, begin=date(2026, 2, 2), waited=90, municipality=chain.other_municipality)
    found = figures(chain.youth)
    assert found["instroom", "waiting_days", (A, G, "new")] == Decimal("20.0")
    assert found["instroom", "waiting_days", ("*", G, "new")] == Decimal("30.0")
    assert found["instroom", "waiting_days", (A, T, "new")] is None


def test_hours_add_up_and_keep_to_the_quarter(chain: World) -> None:
    placements = in_care(chain, 3)
    declared(chain, placements, 4, Month(2026, 1))
    declared(chain, placements[:1], 5, Month(2026, 2))
    found = figures(chain.youth)
    assert found["zorg", "hours", (A, G)] == Decimal(17)
    assert found["zorg", "hours", ("*", "*")] == Decimal(17)
    assert figures(chain.youth, period=SECOND)["zorg", "hours", (A, G)] == 0


def test_cost_follows_credits_and_stays_with_its_quarter(chain: World) -> None:
    first, second = in_care(chain, 2)
    line = priced(first, 4)
    declare(chain, line, priced(second, 5))
    assert figures(chain.youth)["zorg", "cost", (A, G)] == Decimal("594.00")
    declare(chain, credit(line), month=Month(2026, 3))
    found = figures(chain.youth)
    assert found["zorg", "cost", (A, G)] == Decimal("330.00")
    assert found["zorg", "cost", ("*", "*")] == Decimal("330.00")
    assert found["zorg", "hours", (A, G)] == Decimal(5)
    assert figures(chain.youth, period=SECOND)["zorg", "cost", ("*", "*")] == 0


def test_those_who_make_up_a_cell_are_the_largest_and_the_rest(chain: World) -> None:
    placements = in_care(chain, 12)
    lines = [priced(one, hours) for hours, one in enumerate(placements, start=1)]
    declare(chain, *lines)
    declare(chain, credit(lines[4]), month=Month(2026, 3))
    [care] = [t for t in exact(chain.youth, FIRST, LATER).tables if t.code == "zorg"]
    cells = {(c.keys, c.measure): c.contributors for c in care.cells}
    kept = [Decimal(hours) for hours in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12)]
    for keys in ((A, G), ("*", "*")):
        [of_hours] = cells[keys, "hours"]
        assert of_hours == Contributors("client", (Decimal(12), Decimal(11)), sum(kept) - 23)
        of_clients, of_providers = cells[keys, "cost"]
        assert (of_clients.amounts, of_clients.rest) == (
            (Decimal(792), Decimal(726)),
            (sum(kept) - 23) * 66,
        )
        assert of_providers == Contributors("provider", (sum(kept) * 66,))


def test_few_clients_dominate_together(chain: World) -> None:
    for hours, one in enumerate(in_care(chain, 9), start=1):
        declared(chain, [one], hours, Month(2026, 1))
    [care] = [t for t in exact(chain.youth, FIRST, LATER).tables if t.code == "zorg"]
    [of_hours] = next(
        c.contributors for c in care.cells if (c.keys, c.measure) == ((A, G), "hours")
    )
    assert of_hours == Contributors("client", (Decimal(45),))


def test_other_queries_are_planned_as_before(chain: World) -> None:
    def setting() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_nestloop")
            return str(cursor.fetchone()[0])

    with joining_sets():
        assert setting() == "off"
    assert setting() == "on"
    with pytest.raises(DatabaseError), transaction.atomic(), joining_sets():
        connection.cursor().execute("SELECT 1 / 0")
    assert setting() == "on"


def test_fte_and_fixed_sums_of_the_contract(chain: World) -> None:
    moments = {1: date(2026, 2, 3), 2: date(2026, 3, 3), 3: date(2026, 4, 3)}
    for month, day in moments.items():
        scope = chain.system.moved_to(moment(day))
        draft = fte.open_report(scope=scope, funding_line=chain.fte.line, month=Month(2026, month))
        rows = {professional(scope, chain.fte, f"P{month}{n}").pk: Decimal("0.9") for n in (1, 2)}
        fte.save(scope=scope, report=draft, rows=rows)
        fte.hand_in(scope=scope, report=draft)
    june = chain.system.moved_to(moment(date(2026, 6, 3)))
    months.run_month(scope=june, main_contractor_id=chain.main.pk, month=Month(2026, 1))
    known = moment(date(2026, 7, 1))
    found = figures(chain.wmo, known)
    assert found["inzet", "fte", ()] == Decimal("1.80")
    assert found["inzet", "fixed_sum", ()] == Decimal("98000.00")
    # The March report came in on 3 April, and the month was closed in June.
    early = figures(chain.wmo, moment(date(2026, 4, 1)))
    assert early["inzet", "fte", ()] == Decimal("1.20")
    assert early["inzet", "fixed_sum", ()] == 0
    assert figures(chain.youth, known)["inzet", "fte", ()] == 0


def test_other_contract_and_other_main_contractor_stay_out(chain: World, system: Scope) -> None:
    other = world(system)
    in_care(other, 2)
    in_care(chain, 2, product="support", party=chain.fte)
    assert clients(chain, "zorg", "*", "*") == 0
    assert figures(chain.wmo)["zorg", "clients", ("*", "*")] == 2


def test_later_facts_do_not_change_what_was_known(chain: World) -> None:
    placed = in_care(chain, 2, begin=date(2026, 1, 5))
    declared(chain, placed[:1], 4, Month(2026, 1))
    then = moment(date(2026, 4, 1))
    before = figures(chain.youth, then)
    after = then + timedelta(days=3)
    in_care(chain, 5, begin=date(2026, 2, 2), recorded=after)
    ended(placed[0], date(2026, 2, 27), recorded=after)
    start = placed[1].starts.get()
    start.withdrawn_at = after
    start.save()
    assert figures(chain.youth, then) == before
    now = figures(chain.youth, after)
    assert now["zorg", "clients", (A, G)] == 6
    assert now["uitstroom", "clients", (A, G, "gone")] == 1


def test_a_fact_counts_from_its_own_moment(chain: World) -> None:
    begin = date(2026, 1, 5)
    in_care(chain, 1, begin=begin)
    assert clients(chain, "zorg", A, G, moment=moment(begin)) == 1
    assert clients(chain, "zorg", A, G, moment=moment(begin) - timedelta(seconds=1)) == 0


@pytest.mark.parametrize(
    ("text", "fits"),
    [("2026-Q1", True), ("2025-Q4", True), ("2026", False), ("2026-03", False)],
)
def test_whole_quarters_only(text: str, fits: bool) -> None:
    assert is_quarter(parse_period(text)) is fits


def test_every_cell_of_the_grid_is_there(chain: World) -> None:
    snapshot = exact(chain.youth, FIRST, datetime(2026, 4, 1, tzinfo=UTC))
    cells: list[Cell] = list(snapshot.tables[0].cells)
    assert {cell.keys for cell in cells} == {(m, p) for m in (A, S, "*") for p in (G, T, "*")}
    assert all(cell.value == 0 for cell in cells)
