"""What a year will come to, and what drives it: every part adds up, to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.drivers import Measured, driver, drivers, together
from billing.rules.forecast import Facts, Flow, Key, Running, begins, forecast, reached
from hoofdaannemer.core.periods import Month, Period

KEY = Key(1, "pxq", 2, 3)
JULY = Month(2026, 7)
REST = Period(date(2026, 7, 16), date(2026, 12, 31))

euros = st.decimals(min_value=0, max_value=999_999, places=2)
months = st.builds(Month, st.just(2026), st.integers(1, 12))


def facts(
    *,
    declared: dict[Month, D] | None = None,
    most: D = D(0),
    flow: Flow | None = None,
    certain: bool = False,
) -> Facts:
    return Facts(
        year=2026,
        now=JULY,
        declared={(KEY, month): amount for month, amount in (declared or {}).items()},
        running=[Running(KEY, REST, most, is_certain=certain)] if most else [],
        flows={KEY: flow} if flow else {},
    )


def test_running_care_costs_as_much_of_it_as_was_used_lately() -> None:
    # Of 4,000 euros that could have been used, 3,000 were.
    outlook = forecast(facts(most=D("10000.00"), flow=Flow(used=D(3000), allocated=D(4000))))[KEY]
    assert outlook.committed == D("10000.00")
    assert outlook.expected == D("7500.00")
    # Sixteen of the 169 days fall in July.
    assert outlook.in_month(JULY) == D("710.06")


def test_an_agreed_sum_comes_whatever_is_used() -> None:
    flow = Flow(used=D(1), allocated=D(4))
    assert forecast(facts(most=D(500), flow=flow, certain=True))[KEY].expected == D(500)


def test_care_that_will_begin_counts_from_half_of_its_first_month() -> None:
    # Three began in six months: one every two months, at 400 euros a month, for two months.
    flow = Flow(begun=3, a_month=D(400), lasting=D(2))
    assert [begins(flow, number) for number in (1, 2, 3, 4)] == [
        D("100.00"),
        D("300.00"),
        D("400.00"),
        D("400.00"),
    ]
    assert forecast(facts(flow=flow))[KEY].expected == D("1600.00")  # August to December


def test_what_follows_events_goes_on_as_it_went() -> None:
    assert forecast(facts(flow=Flow(every_month=D("10.005"))))[KEY].expected == D("50.05")


@pytest.mark.parametrize(
    ("used", "allocated", "part"),
    [(D(0), D(0), D(1)), (D(5), D(4), D(1)), (D(0), D(4), D(0)), (D(-1), D(4), D(0))],
)
def test_use_lies_between_nothing_and_all(used: D, allocated: D, part: D) -> None:
    assert Flow(used=used, allocated=allocated).use == part


@given(
    st.dictionaries(months, euros, max_size=12),
    euros,
    st.builds(
        Flow,
        used=euros,
        allocated=euros,
        begun=st.integers(0, 50),
        a_month=euros,
        lasting=st.decimals(min_value=0, max_value=60, places=2),
        every_month=euros,
    ),
    euros,
)
def test_months_add_up_and_a_limit_is_passed_where_they_pass_it(
    declared: dict[Month, D], most: D, flow: Flow, limit: D
) -> None:
    outlooks = forecast(facts(declared=declared, most=most, flow=flow))
    total = sum((one.expected for one in outlooks.values()), D(0))
    year = [Month(2026, number) for number in range(1, 13)]
    by_month = [sum((one.in_month(m) for one in outlooks.values()), D(0)) for m in year]
    assert sum(by_month) == total
    assert total == total.quantize(D("0.01"))
    found = reached(limit, outlooks.values(), 2026)
    assert (found is not None) == (total > limit)
    if found:
        before = sum(by_month[: found.month - 1])
        assert before <= limit < before + by_month[found.month - 1]


def test_more_clients_more_use_and_a_higher_price_are_told_apart() -> None:
    before = Measured(clients=10, units=D(100), euros=D(6600))
    more_clients = Measured(clients=12, units=D(120), euros=D(7920))
    assert driver(before, more_clients).clients == D(1320)
    assert driver(before, more_clients).main == "clients"
    more_use = Measured(clients=10, units=D(110), euros=D(7260))
    assert (driver(before, more_use).use, driver(before, more_use).main) == (D(660), "use")
    dearer = Measured(clients=10, units=D(100), euros=D(7000))
    assert (driver(before, dearer).price, driver(before, dearer).main) == (D(400), "price")
    less = driver(more_clients, before)
    assert (less.main, less.clients < 0) == ("clients", True)
    assert driver(before, before).main == ""


measurements = st.dictionaries(
    st.integers(1, 4),
    st.builds(Measured, clients=st.integers(0, 40), units=st.integers(0, 900).map(D), euros=euros),
)


@given(measurements, measurements)
def test_causes_add_up_to_the_difference(
    before: dict[int, Measured], after: dict[int, Measured]
) -> None:
    total = together(drivers(before, after)).total
    assert total == sum(one.euros for one in after.values()) - sum(
        one.euros for one in before.values()
    )
