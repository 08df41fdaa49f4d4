"""What is unusual about a payment: the edge of each sign, on both of its sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from billing.rules.unusual import Before, Payee, Sign, found

DAY = date(2026, 9, 15)
HOME, OTHER = "NL20INGB0001234567", "NL91ABNA0417164300"
PAID = tuple(
    Before(DAY - timedelta(days=days), D(amount), HOME)
    for days, amount in ((31, "990"), (62, "1010"), (92, "1000"), (123, "1000"))
)
USUAL = Payee(
    key=1,
    number="MO202608-0001",
    amount=D("1003.00"),
    iban=HOME,
    iban_since=date(2025, 1, 1),
    day=DAY,
    last_day=DAY,
    released=D(0),
    has_contract=True,
    contract_ended=None,
    before=PAID,
)


def signs(**changes: Any) -> set[Sign]:
    return {one.sign for one in found([replace(USUAL, **changes)])}


def test_the_usual_has_no_sign() -> None:
    assert signs() == set()


def at(days: int, amount: str = "1000", iban: str = HOME) -> Before:
    return Before(DAY - timedelta(days=days), D(amount), iban)


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], Sign]] = {
    "first": ({"before": ()}, {"before": (at(400),)}, Sign.FIRST_PAYMENT),
    "other account": (
        {"before": (at(31, iban=OTHER), *PAID)},
        {"before": (*PAID, at(150, iban=OTHER))},
        Sign.ACCOUNT_CHANGED,
    ),
    "young account": (
        {"iban_since": DAY - timedelta(days=89)},
        {"iban_since": DAY - timedelta(days=90)},
        Sign.ACCOUNT_CHANGED,
    ),
    "more": ({"amount": D("1500.00")}, {"amount": D("1499.99")}, Sign.JUMP),
    "less": ({"amount": D("500.00")}, {"amount": D("500.01")}, Sign.JUMP),
    "little": (
        {"amount": D("150.00"), "before": (at(31, "50"),)},
        {"amount": D("149.99"), "before": (at(31, "50"),)},
        Sign.JUMP,
    ),
    "long ago": (
        {"amount": D(3000), "before": (at(184),)},
        {"amount": D(3000), "before": (at(185),)},
        Sign.JUMP,
    ),
    "no contract": ({"has_contract": False}, {"has_contract": True}, Sign.NO_CONTRACT),
    "nothing": ({"amount": D("0.00")}, {"amount": D("0.01")}, Sign.NOT_POSITIVE),
    "below zero": ({"amount": D("-0.01")}, {"amount": D("0.01")}, Sign.NOT_POSITIVE),
    "same amount": (
        {"before": (at(60, "1003.00"),)},
        {"before": (at(61, "1003.00"),)},
        Sign.DUPLICATE,
    ),
    "released": ({"released": D("0.01")}, {"released": D(0)}, Sign.RELEASED_HOLDS),
    "late": ({"last_day": DAY - timedelta(days=1)}, {"last_day": DAY}, Sign.LATE),
}


@pytest.mark.parametrize("case", CASES)
def test_each_sign_has_an_edge(case: str) -> None:
    there, not_there, sign = CASES[case]
    assert sign in signs(**there)
    assert sign not in signs(**not_there)


def test_two_payments_into_one_account_are_both_shown() -> None:
    second = replace(USUAL, key=2, number="MO202608-0002", amount=D("900.00"))
    shown = found([USUAL, second])
    assert [(one.key, one.sign) for one in shown] == [(1, Sign.DUPLICATE), (2, Sign.DUPLICATE)]
    assert "MO202608-0002" in shown[0].why.sentence()
    assert found([USUAL, replace(second, iban=OTHER, before=())])[0].key == 2


def test_each_has_its_figures() -> None:
    [jump] = found([replace(USUAL, amount=D("2000.00"))])
    assert {"€ 2.000,00", "€ 1.000,00", "200%", "4"} <= {
        *(one.shown() for one in jump.why.inputs),
        "€ 2.000,00" if "2.000,00" in jump.why.sentence() else "",
    }
    [ended] = found([replace(USUAL, has_contract=False, contract_ended=date(2026, 6, 30))])
    assert "30-06-2026" in ended.why.sentence()
