"""Money is exact, rounded half up once, and shares add up to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core import money

cents = st.integers(min_value=-(10**10), max_value=10**10)
weights = st.lists(
    st.decimals(min_value=0, max_value=10**7, places=4, allow_nan=False), min_size=1, max_size=40
)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("2.675", "2.68"),
        ("1.1545", "1.15"),
        ("-0.004", "0.00"),
        ("12", "12.00"),
    ],
)
def test_half_a_cent_goes_up(exact: str, rounded: str) -> None:
    assert str(money.round_cents(Decimal(exact))) == rounded


@given(cents)
def test_cents_there_and_back(number: int) -> None:
    assert money.to_cents(money.from_cents(number)) == number


def test_part_of_a_cent_is_not_sent() -> None:
    with pytest.raises(ValueError, match="part of a cent"):
        money.to_cents(Decimal("1.005"))


@pytest.mark.parametrize(
    ("key", "shares"),
    [
        # domain.md 3.4, K1: the reserve pro rata to production.
        (("5400000", "3500000", "3300000"), ("531147.54", "344262.30", "324590.16")),
        # K2: the reserve fills the gap.
        (("900000", "0", "600000"), ("720000.00", "0.00", "480000.00")),
    ],
)
def test_reserve_of_an_advance_pool(key: tuple[str, ...], shares: tuple[str, ...]) -> None:
    got = money.split(Decimal("1200000.00"), [Decimal(part) for part in key])
    assert got == [Decimal(share) for share in shares]


def test_the_left_over_cent_goes_to_the_first_of_equals() -> None:
    one = Decimal(1)
    assert money.split(Decimal("0.02"), [one, one, one]) == [
        Decimal("0.01"),
        Decimal("0.01"),
        Decimal("0.00"),
    ]


@given(cents, weights)
def test_shares_add_up_and_keep_to_a_cent(number: int, by: list[Decimal]) -> None:
    total = money.from_cents(number)
    if not sum(by):
        by = [*by, Decimal(1)]
    shares = money.split(total, by)
    assert sum(shares) == total
    assert all(share * total >= 0 for share in shares)
    for share, weight in zip(shares, by, strict=True):
        assert abs(share - total * weight / sum(by)) < money.CENT
        assert weight or not share


@given(cents, weights)
def test_a_negative_total_is_shared_like_its_twin(number: int, by: list[Decimal]) -> None:
    by = [*by, Decimal(1)]
    there = money.split(money.from_cents(number), by)
    back = money.split(money.from_cents(-number), by)
    assert there == [-share for share in back]


@pytest.mark.parametrize(
    ("total", "by"), [("1.00", ["0", "0"]), ("1.00", ["2", "-1"]), ("1.005", ["1"]), ("1.00", [])]
)
def test_what_cannot_be_shared(total: str, by: list[str]) -> None:
    with pytest.raises(ValueError, match=r"weight|cent"):
        money.split(Decimal(total), [Decimal(weight) for weight in by])


def test_nothing_is_shared_by_nobody() -> None:
    assert money.split(Decimal("0.00"), [Decimal(0), Decimal(0)]) == [money.ZERO, money.ZERO]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234.5", "€ 1.234,50"),
        ("0", "€ 0,00"),
        ("-1234567.895", "€ -1.234.567,90"),
        ("999.99", "€ 999,99"),
    ],
)
def test_euros_as_people_read_them(amount: str, text: str) -> None:
    assert money.format_euro(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "places", "expected"),
    [
        ("4.9565", 3, "4.957"),
        ("-4.9565", 3, "-4.957"),
        ("69.27162", 2, "69.27"),
        ("1.15455", 4, "1.1546"),
        ("-0.0001", 3, "0.000"),
    ],
)
def test_round_to_so_many_decimals(amount: str, places: int, expected: str) -> None:
    assert str(money.round_to(Decimal(amount), places)) == expected
