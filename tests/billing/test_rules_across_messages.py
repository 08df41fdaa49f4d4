"""Every rule of a declaration across messages: one line that passes, one that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from billing.models import DeclaredLine, LineFinding
from billing.services import entitling
from billing.services.staging import StagedLine
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Placement
from tests.billing.build import FEBRUARY, JANUARY, MARCH, credit, declare, line, placement, priced
from tests.factories import World, world


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture(params=["waiting", "recorded"])
def settle(request: pytest.FixtureRequest, chain: World) -> Callable[[], None]:
    """What was declared counts the same before and after its entitlements are recorded."""

    def go_on() -> None:
        if request.param == "recorded":
            entitling.entitle(scope=chain.system, subcontractor=chain.pxq.subcontractor)

    return go_on


def broken(chain: World, *lines: StagedLine, **options: object) -> list[list[str]]:
    """Rules broken by each line in turn."""
    verdict = declare(chain, *lines, **options).verdict  # type: ignore[arg-type]
    return [list(verdict.broken.get(place, [])) for place in range(1, len(lines) + 1)]


Change = Callable[[StagedLine], StagedLine]
ONE_LINE: dict[str, tuple[Change, dict[str, object]]] = {
    "TR304": (lambda good: good._replace(client_id=None), {}),
    "TR319": (lambda good: good, {"month": JANUARY}),
    "TR321": (lambda good: good._replace(volume=13, amount=13 * 6600), {}),
    "TR338": (lambda good: good._replace(number=999_999_999), {}),
    "TR339": (lambda good: good._replace(category="54"), {}),
    "TR341": (lambda good: good._replace(unit="16"), {}),
    "TR346": (lambda good: good._replace(amount=19801), {}),
    "TR387": (lambda good: good._replace(start=date(2026, 2, 2)), {}),
    "TR388": (lambda good: good._replace(end=date(2026, 2, 27)), {}),
    "TR418": (lambda good: good._replace(tariff=6500, amount=3 * 6500), {}),
}
#: Rules that cannot be broken alone: the others that follow from the same fault.
WITH = {
    "TR339": {"TR381"},  # the pair of category and code is in no contract
    "TR341": {"TR418"},  # there is no tariff for the other unit
}


@pytest.mark.parametrize("rule", ONE_LINE)
def test_one_line(chain: World, rule: str) -> None:
    change, options = ONE_LINE[rule]
    options = {"month": FEBRUARY} | options
    good, other = line(placement(chain), FEBRUARY), line(placement(chain), FEBRUARY)
    if rule == "TR319":
        assert broken(chain, line(placement(chain), JANUARY), **options) == [[]]
    else:
        assert broken(chain, good, **options) == [[]]
    [found] = broken(chain, change(other), **options)
    assert rule in found
    assert set(found) == {rule} | WITH.get(rule, set())


def test_tr307_and_tr308_before_and_after_the_placement(chain: World) -> None:
    placed = placement(chain, start=date(2026, 1, 12), end=date(2026, 1, 25))
    assert broken(chain, line(placed)) == [[]]
    other = placement(chain, start=date(2026, 1, 12), end=date(2026, 1, 25))
    [found] = broken(chain, line(other, start=date(2026, 1, 1), end=date(2026, 1, 31)))
    assert found == ["TR307", "TR308", "TR387", "TR388"]


def test_tr314_reference_in_message_and_before(chain: World) -> None:
    first, second, third = (placement(chain) for _ in range(3))
    assert broken(chain, line(first, reference="A1")) == [[]]
    assert broken(chain, line(second, reference="A1")) == [["TR314"]]
    both = [line(second, reference="A2"), line(third, reference="A2")]
    assert broken(chain, *both) == [["TR314"], ["TR314"]]


def test_tr314_a_rejected_line_keeps_its_number(chain: World) -> None:
    placed = placement(chain)
    assert broken(chain, line(placed, reference="A1", amount=1)) == [["TR346"]]
    assert broken(chain, line(placed, reference="A1")) == [["TR314"]]


def test_tr318_never_back_in_time(chain: World) -> None:
    assert not declare(chain, line(placement(chain), MARCH), month=MARCH).verdict.is_refused
    late = declare(chain, line(placement(chain)), month=JANUARY)
    assert late.verdict.refused == ("TR318",)
    assert late.verdict.codes(1) == ["8214"]
    assert late.declaration.status == "refused"
    assert not late.declaration.lines.exists()
    # Repeating the latest month is allowed, for late lines.
    assert broken(chain, line(placement(chain)), month=MARCH) == [[]]


def test_tr333_number_once_and_a_refused_one_counts_as_never_sent(chain: World) -> None:
    declare(chain, line(placement(chain)), number="D1")
    again = declare(chain, line(placement(chain)), number="D1")
    assert (again.verdict.refused, again.verdict.granted) == (("TR333",), Decimal("0.00"))
    assert again.verdict.codes(1) == ["9333"]
    assert broken(chain, line(placement(chain)), number="D2") == [[]]


def test_tr321_hours_in_minutes(chain: World) -> None:
    # 12 hours a month are 720 minutes; the tariff of 66 an hour is 1,10 a minute.
    exact = {"unit": "01", "tariff": 110}
    assert broken(chain, line(placement(chain), volume=720, amount=79200, **exact)) == [[]]
    [found] = broken(chain, line(placement(chain), volume=721, amount=79310, **exact))
    assert found == ["TR321"]


def test_tr346_minutes_are_not_rounded_first(chain: World) -> None:
    from hoofdaannemer.core.periods import Period
    from subcontracts.services import contracts

    contracts.set_tariff(
        scope=chain.system,
        subcontract=chain.pxq.subcontract,
        product=chain.products["guidance"],
        amount=Decimal("69.27"),
        period=Period(date(2026, 1, 1)),
    )
    lines = [
        line(placement(chain, volume=900), volume=10_000, unit="01", tariff=115, amount=amount)
        for amount in (1_154_500, 1_150_000)
    ]
    assert broken(chain, *lines) == [[], ["TR346"]]


def test_tr322_whole_term_in_order_of_the_document(
    chain: World, settle: Callable[[], None]
) -> None:
    placed = placement(chain, volume=10, frequency="6")
    assert broken(chain, priced(placed, 6)) == [[]]
    settle()
    assert broken(chain, priced(placed, 5, FEBRUARY), month=FEBRUARY) == [["TR322"]]
    finding = LineFinding.objects.get(rule="TR322")
    assert finding.facts == {"volume": 5, "unit": "04", "allowed": 4}
    # A line that does not fit leaves its room to the next that does.
    both = [priced(placed, 7, FEBRUARY), priced(placed, 4, MARCH)]
    assert broken(chain, *both, month=MARCH) == [["TR322"], []]
    settle()
    assert broken(chain, priced(placed, 1, FEBRUARY), month=MARCH) == [["TR322"]]


def test_tr322_hours_and_minutes_add_up(chain: World, settle: Callable[[], None]) -> None:
    placed = placement(chain, volume=10, frequency="6")
    assert broken(chain, priced(placed, 6)) == [[]]
    settle()
    minutes = {"unit": "01", "tariff": 110}
    fits = line(placed, FEBRUARY, volume=240, amount=26_400, **minutes)
    assert broken(chain, fits, month=FEBRUARY) == [[]]
    settle()
    one = line(placed, MARCH, volume=1, amount=110, **minutes)
    assert broken(chain, one, month=MARCH) == [["TR322"]]


def test_tr322_a_credit_makes_room(chain: World, settle: Callable[[], None]) -> None:
    placed = placement(chain, volume=10, frequency="6")
    first = priced(placed, 6)
    declare(chain, first)
    settle()
    assert broken(chain, second := priced(placed, 10), credit(first)) == [[], []]
    settle()
    assert broken(chain, credit(second)) == [[]]
    settle()
    assert broken(chain, priced(placed, 11)) == [["TR321", "TR322"]]
    assert broken(chain, priced(placed, 10)) == [[]]


def test_tr369_budget(chain: World, settle: Callable[[], None]) -> None:
    budget = Decimal("500.00")
    placed = placement(chain, volume=None, budget=budget)
    assert broken(chain, priced(placed, 7)) == [[]]
    settle()
    assert broken(chain, priced(placed, 1, FEBRUARY), month=FEBRUARY) == [["TR369"]]


def test_tr323_credit_repeats_an_approved_line(chain: World) -> None:
    good = line(placement(chain))
    declare(chain, good)
    assert broken(chain, credit(good, volume=2)) == [["TR323"]]
    assert broken(chain, credit(good, previous_reference="nothing")) == [["TR323"]]
    assert broken(chain, credit(good)) == [[]]


def test_tr390_once_only(chain: World) -> None:
    good = line(placement(chain))
    declare(chain, good)
    assert broken(chain, credit(good)) == [[]]
    assert broken(chain, credit(good)) == [["TR323", "TR390"]]


def test_tr323_rejected_line_is_never_credited(chain: World) -> None:
    wrong = line(placement(chain), amount=1)
    declare(chain, wrong)
    assert broken(chain, credit(wrong)) == [["TR323"]]


def test_tr389_second_debit_only_after_the_credit(chain: World, settle: Callable[[], None]) -> None:
    placed = placement(chain)
    first = line(placed)
    declare(chain, first)
    settle()
    assert broken(chain, line(placed)) == [["TR389"]]
    # A wrong credit makes no room; a good one does, also when it stands later in the message.
    assert broken(chain, line(placed), credit(first, volume=9)) == [["TR389"], ["TR323"]]
    settle()
    assert broken(chain, line(placed), credit(first)) == [[], []]


def test_tr384_withdrawn_and_declined(chain: World) -> None:
    # A deleted allocation takes its placements along (CARE-01), so both look the same here.
    withdrawn, declined, good = (placement(chain) for _ in range(3))
    Placement.objects.filter(pk=withdrawn.pk).update(status=Placement.Status.WITHDRAWN)
    Placement.objects.filter(pk=declined.pk).update(status=Placement.Status.DECLINED)
    found = broken(chain, line(withdrawn), line(declined), line(good))
    assert found == [["TR384"], ["TR384"], []]


def test_tr340_and_tr381_product_codes(chain: World) -> None:
    other = chain.products["treatment"]
    assert broken(chain, line(placement(chain), code="45X99")) == [["TR340", "TR381"]]
    found = broken(chain, line(placement(chain), category=other.category, code=other.code))
    assert found == [["TR339", "TR340"]]


def test_tr418_without_any_price(chain: World) -> None:
    chain.pxq.line.line_products.update(end_date=date(2025, 12, 31))
    assert broken(chain, line(placement(chain))) == [["TR418"]]
    assert LineFinding.objects.get().facts == {"price_unit": "04"}


def test_a_line_gets_all_its_findings_and_holds_up_no_other(chain: World) -> None:
    wrong = line(placement(chain), number=1, reference="A1", code="45X99")
    good = line(placement(chain))
    submission = declare(chain, wrong, good)
    assert submission.verdict.broken == {1: ["TR338", "TR381"]}
    assert submission.verdict.granted == Decimal("198.00")
    assert submission.declaration.status == "partly"


def test_another_subcontractors_placement_is_not_found(chain: World) -> None:
    theirs = placement(chain, chain.trajectory, chain.products["treatment"])
    assert broken(chain, line(theirs))[0][0] == "TR338"


def test_stored_amounts_equal_the_verdict(chain: World) -> None:
    good = [line(placement(chain)) for _ in range(3)]
    submission = declare(chain, *good, line(placement(chain), amount=1))
    approved = DeclaredLine.objects.approved()
    assert sum(one.amount for one in approved) == submission.verdict.granted == Decimal("594.00")
    assert submission.verdict.submitted == Decimal("594.01")
