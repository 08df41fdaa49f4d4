"""Explanations keep every input, survive storage and read as a sentence."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from billing.rules import explain
from billing.rules.explain import Explanation
from billing.rules.pxq import Tariff, Unit, line_amount
from billing.rules.sentences import WORDS


def test_there_and_back_through_json() -> None:
    why = line_amount(10_000, Unit.MINUTE, Tariff(Unit.HOUR, Decimal("69.27")))
    assert Explanation.from_dict(json.loads(json.dumps(why.as_dict()))) == why


def test_the_sentence_shows_inputs_and_amount_in_dutch_notation() -> None:
    why = line_amount(10_000, Unit.MINUTE, Tariff(Unit.HOUR, Decimal("69.27")))
    with override("en"):
        assert why.sentence() == "10.000 minutes ÷ 60 × € 69,27 per hour = € 11.545,00"


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (explain.number("x", Decimal("11.10")), "11,1"),
        (explain.number("x", 1200), "1.200"),
        (explain.share("x", Decimal("0.60")), "60%"),
        (explain.day("x", date(2026, 3, 1)), "01-03-2026"),
        (explain.euro("x", Decimal("98000")), "€ 98.000,00"),
        (explain.euro("tariff", Decimal("1234.15450")), "€ 1.234,1545"),
        (explain.euro("tariff", Decimal("69.2700")), "€ 69,27"),
        (explain.text("x", "31"), "31"),
    ],
)
def test_how_inputs_are_shown(one: explain.Input, shown: str) -> None:
    assert one.shown() == shown


def test_a_rule_without_a_sentence_cannot_be_used() -> None:
    with pytest.raises(ValueError, match="no sentence"):
        Explanation("pxq.unknown", (), Decimal(0))


def test_every_unit_has_a_word() -> None:
    assert {f"unit.{unit.value}" for unit in Unit} <= set(WORDS)
