"""How minutes are paid at a tariff an hour: the verdict, the right and the page follow the line."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.models import Entitlement, LineFinding
from billing.rules.pxq import Minutes, paid_minutes
from billing.rules.whatif.care import value_of
from billing.selectors.month_cards import cards
from billing.selectors.whatif_facts import Asked, gather
from billing.services import entitling
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import check_promises, declarations
from subcontracts.rules.funding import checked
from tests.billing.build import JANUARY, credit, declare, line, placement
from tests.billing.funding import add_line
from tests.conftest import become
from tests.factories import World, world


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.mark.parametrize(
    ("how", "cents", "rule"),
    [
        ("exact", 11000, "pxq.hour_in_minutes"),
        ("quarter", 11550, "pxq.begun"),
        ("half", 13200, "pxq.begun"),
        ("hour", 13200, "pxq.begun"),
    ],
)
def test_the_amount_of_a_line_follows_the_contract(
    chain: World, how: str, cents: int, rule: str
) -> None:
    """100 minutes at 66 euros an hour; any other amount is refused (TR346)."""
    add_line(chain, "pxq", minutes=how)
    placed = placement(chain)
    good = line(placed, unit="01", volume=100, tariff=110, amount=cents)
    bad = line(placement(chain), unit="01", volume=100, tariff=110, amount=cents + 1)
    declare(chain, good, bad)
    finding = LineFinding.objects.get()
    assert (finding.rule, finding.facts) == ("TR346", {"fitting": cents})
    entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)
    one = Entitlement.objects.get()
    assert (one.amount, one.why.rule) == (D(cents) / 100, rule)
    assert one.why.amount == one.amount
    assert [each for each in check_promises(declarations.PROMISES) if not each.holds] == []
    [party] = gather(Asked(chain.main.pk, [chain.pxq.subcontractor.pk], [JANUARY])).parties
    assert [value_of(each) for each in party.volumes] == [one.amount]
    declare(chain, credit(good))
    entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)
    assert sum(each.amount for each in Entitlement.objects.all()) == 0


def test_the_right_explains_itself(chain: World) -> None:
    add_line(chain, "pxq", minutes="quarter")
    declare(chain, line(placement(chain), unit="01", volume=100, tariff=110, amount=11550))
    entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)
    assert Entitlement.objects.get().why.sentence() == (
        "100 minuten, betaald per begonnen kwartier: 105 minuten ÷ 60 × € 66,00 per uur = € 115,50"
    )


def test_the_page_of_a_month_counts_as_the_verdict_does(chain: World) -> None:
    add_line(chain, "pxq", minutes="half")
    placement(chain, unit="01", volume=600)
    [card] = cards(become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq)), JANUARY)
    # Allocated in minutes, so that it is declared in minutes.
    assert (card.unit, card.paid_part, card.amount(100)) == ("01", 30, D("132.00"))


@pytest.mark.django_db
@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(Minutes))
def test_the_database_rounds_up_as_the_rule_does(minutes: int, how: Minutes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_paid_minutes(%s, %s)", [minutes, how.value])
        assert cursor.fetchone() == (paid_minutes(minutes, how),)


def test_what_is_usual_is_not_stored() -> None:
    assert checked("pxq", "jw", {}) == {}
    assert checked("pxq", "jw", {"basis": "delivered", "minutes": "exact"}) == {}
    assert checked("pxq", "jw", {"minutes": "quarter"}) == {"minutes": "quarter"}
    # Of what was allocated nothing is begun.
    given_both = {"basis": "allocated", "minutes": "hour"}
    assert checked("pxq", "jw", given_both) == {"basis": "allocated"}
