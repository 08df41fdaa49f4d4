"""The season of a product, from whole years that lie behind."""

from __future__ import annotations

from decimal import Decimal as D

from billing.rules.forecast import Facts, Flow, Key, Running, forecast
from billing.rules.seasons import season
from hoofdaannemer.core.periods import Month, Period

GUIDANCE = Key(1, "pxq", 2, 3)
SPRING = [Month(2026, 4), Month(2026, 5), Month(2026, 6)]


def year(of: int, august: str = "40.00") -> dict[Month, D]:
    """A hundred euros a month, less in August."""
    months = {Month(of, number): D(100) for number in range(1, 13)}
    return {**months, Month(of, 8): D(august)}


def test_one_whole_year_tells_a_season() -> None:
    found = season(year(2025), 2026)
    assert found is not None
    assert found.years == 1
    assert sum(found.parts) == 12
    assert found.beside(Month(2026, 8), SPRING) == D("0.4")
    assert found.beside(Month(2026, 9), SPRING) == 1


def test_years_are_averaged_whatever_their_size() -> None:
    # As much care as ever in the second year, at ten times the volume.
    busier = {month: amount * 10 for month, amount in year(2025, "100.00").items()}
    found = season({**year(2024), **busier}, 2026)
    assert found is not None
    assert found.years == 2
    # 0.4 of the 1,140 a year that come to 95 a month, and 1: the average of both.
    assert found.parts[7] == (D(40) / D(95) + 1) / 2


def test_a_year_that_began_in_spring_tells_nothing() -> None:
    short = {month: amount for month, amount in year(2025).items() if month.month >= 3}
    assert season(short, 2026) is None
    assert season({}, 2026) is None
    # What began in spring is whole a year later.
    later = season({**short, **year(2026)}, 2027)
    assert later is not None
    assert later.years == 1


def test_months_without_care_cannot_be_compared_with() -> None:
    winter = {Month(2025, 1): D(10), Month(2025, 12): D(10)}
    found = season(winter, 2026)
    assert found is not None
    assert found.beside(Month(2026, 12), SPRING) is None


def facts(seasons: bool, key: Key = GUIDANCE, most: str = "600.00", used: int = 50) -> Facts:
    found = season(year(2025), 2026)
    assert found is not None
    return Facts(
        year=2026,
        now=Month(2026, 7),
        declared={},
        running=[Running(key, Period(Month(2026, 8).first, Month(2026, 8).last), D(most))],
        flows={key: Flow(used=D(used), allocated=D(100))},
        seasons={2: found} if seasons else {},
        measured=SPRING,
    )


def test_a_month_counts_by_its_season_and_else_as_on_average() -> None:
    plain, by_season = (forecast(facts(known))[GUIDANCE] for known in (False, True))
    assert (plain.expected, plain.years) == (D("300.00"), 0)
    assert (by_season.expected, by_season.years) == (D("120.00"), 1)
    # What is committed is what was allocated, in any season.
    assert plain.committed == by_season.committed == D("600.00")


def test_no_season_gives_more_than_was_allocated() -> None:
    found = season(year(2025, "900.00"), 2026)
    assert found is not None
    of = facts(True, used=90)
    crowded = Facts(**{**vars(of), "seasons": {2: found}})
    assert forecast(crowded)[GUIDANCE].expected == D("600.00")


def test_other_forms_have_no_season() -> None:
    trajectory = Key(1, "trajectory", 2)
    assert forecast(facts(True, trajectory))[trajectory].years == 0
