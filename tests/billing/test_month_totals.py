"""The bar of the month page: what was filled in, added up and said in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import cast

import pytest

from billing.selectors.month_cards import Card
from billing.selectors.month_totals import Filled, total
from hoofdaannemer.core.periods import Period
from subcontracts.models import Placement

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))


def card(
    unit: str = "04", price: str | None = "66.00", price_unit: str = "", cap: int | None = None
) -> Card:
    return Card(
        placement=cast(Placement, None),
        period=SEPTEMBER,
        unit=unit,
        price=None if price is None else Decimal(price),
        price_unit=price_unit or unit,
        cap=cap,
        draft=None,
        approved=None,
        rejected=None,
        last_volume=None,
    )


@pytest.mark.parametrize(
    ("unit", "price", "price_unit", "volume", "amount"),
    [
        ("04", "66.00", "04", 15, "990.00"),
        # IV081: not first rounded to a price a minute.
        ("01", "66.55", "04", 7, "7.76"),
        ("01", "1.785", "01", 3, "5.37"),
        ("83", None, "83", 12345, "123.45"),
        ("16", None, "16", 3, None),
    ],
    ids=["hours", "minutes-of-an-hourly-price", "minutes", "euros", "own-team"],
)
def test_amount_of_a_number(
    unit: str, price: str | None, price_unit: str, volume: int, amount: str | None
) -> None:
    expected = None if amount is None else Decimal(amount)
    assert card(unit, price, price_unit).amount(volume) == expected


def test_time_is_added_over_units_and_other_units_stand_beside_it() -> None:
    totals = total(
        [
            Filled(card("01", "1.00"), 90),
            Filled(card("04"), 2),
            Filled(card("16", "100.00"), 1),
            Filled(card("14", "250.00"), 3),
            Filled(card("04"), 40, is_without_care=True),
        ]
    )
    assert (totals.minutes, totals.others) == (90 + 120 + 240, (("14", 3),))
    assert totals.volume == "7 uur en 30 minuten, 3 etmalen"
    assert totals.amount == Decimal("90.00") + 132 + 100 + 750


def test_words_of_nothing_of_one_and_of_pieces_alone() -> None:
    assert total([]).volume == "0 uur"
    assert total([Filled(card("01"), 1)]).volume == "1 minuut"
    assert total([Filled(card("82"), 1)]).volume == "1 stuk"
    assert total([Filled(card("04", None), 5)]).amount is None


def test_what_is_left_to_do() -> None:
    capped = card(cap=12)
    totals = total(
        [
            Filled(capped, None),
            Filled(capped, None, is_without_care=True),
            Filled(capped, 12),
            Filled(capped, 13),
            Filled(capped, 13, is_without_care=True),
            Filled(card(), 900),
        ]
    )
    assert (totals.to_fill, totals.too_much) == (1, 1)
