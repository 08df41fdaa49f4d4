"""The rules about a 317 that need current allocations: each broken once, and once kept.

First as pure rules, then on the leg below, where a 318 says what is wrong, and before sending up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.exchange.content import opened
from messaging.istandaard import builders, parse, validate
from messaging.istandaard.model.allocation import AllocatedProduct
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import ChangeRequestMessage
from messaging.istandaard.model.requests import (
    NewProduct,
    ProductToChange,
    Request,
    UnchangedProduct,
)
from messaging.istandaard.model.values import Extent, Product
from messaging.models import OutgoingMessage
from subcontracts.models import Allocation, CareRequest, Placement
from subcontracts.rules.changes import Current, findings
from subcontracts.services import requests
from subcontracts.services.placements import Part
from tests import factories
from tests.factories import NOW, YEAR
from tests.subcontracts.changing import (
    APRIL,
    Home,
    by_office,
    handed_in,
    home,
    in_portal,
    letter,
    more,
    new_product,
    sent_up,
    to_change,
)
from tests.subcontracts.post import codes, up

TODAY = NOW.date()
#: After all that is current ends.
NEXT = Period(date(2027, 1, 1), date(2027, 12, 31))
HOURS = Extent(volume=4, unit="04", frequency="2")
MORE = Extent(volume=6, unit="04", frequency="2")
TOTAL = Extent(volume=40, unit="04", frequency="6")
CODED = Product(category="45", code="45A04")
#: Specific, in total, aspecific with a budget, generic with a budget.
WEEKLY, IN_TOTAL, ASPECIFIC, GENERIC = 1, 2, 3, 4
KNOWN = {
    WEEKLY: Current(number=WEEKLY, product=CODED, period=YEAR, extent=HOURS),
    IN_TOTAL: Current(
        number=IN_TOTAL, product=Product(category="54", code="54001"), period=YEAR, extent=TOTAL
    ),
    ASPECIFIC: Current(
        number=ASPECIFIC, product=Product(category="43"), period=YEAR, budget=100_000
    ),
    GENERIC: Current(number=GENERIC, product=None, period=YEAR, budget=100_000),
}


def wanted(number: int, **others: Any) -> ProductToChange:
    """What is current, changed in nothing but what is given."""
    now = KNOWN[number]
    values: dict[str, Any] = {
        "wanted_start_date": now.period.start,
        "end_date": now.period.end,
        "extent": now.extent,
        "budget": now.budget,
    }
    return ProductToChange(allocation_number=number, **{**values, **others})


def judged(
    *changed: ProductToChange,
    unchanged: tuple[int, ...] = (),
    new: tuple[NewProduct, ...] = (),
    current: tuple[Current, ...] = (),
    family: Family = Family.JW,
) -> list[tuple[str, str]]:
    """Rule and path of what is wrong, where these are the current allocations."""
    asked = Request(
        provider_reference="R",
        request_reason="1",
        unchanged_products=tuple(UnchangedProduct(allocation_number=one) for one in unchanged),
        products_to_change=changed,
        new_products=new,
    )
    envelope = builders.Envelope(
        family=family, sender="73000001", receiver="0307", number="1", day=TODAY
    )
    message = builders.change_request(envelope, "999900006", asked)
    assert not validate(message)
    numbers = {one.allocation_number for one in changed} | set(unchanged)
    known = current or tuple(one for number, one in KNOWN.items() if number in numbers)
    found = findings(message, known)
    assert all(one.code == f"9{one.rule.removeprefix('TR')}" for one in found)
    return [(one.rule, one.path.removeprefix("/Bericht/Client/Verzoek")) for one in found]


FIRST = "/TeWijzigenProducten/TeWijzigenProduct[1]"
FROM_DAY = f"{FIRST}/GewensteIngangsdatum"


def test_all_current_allocations_are_named() -> None:
    both = (KNOWN[WEEKLY], KNOWN[IN_TOTAL])
    assert judged(wanted(WEEKLY, extent=MORE), current=both) == [("TR349", "")]
    assert judged(wanted(WEEKLY, extent=MORE), unchanged=(IN_TOTAL,), current=both) == []


def test_what_may_be_left_out_may_be_named() -> None:
    ended = replace(KNOWN[IN_TOTAL], is_required=False)
    both = (KNOWN[WEEKLY], ended)
    assert judged(wanted(WEEKLY, extent=MORE), current=both) == []
    assert judged(wanted(WEEKLY, extent=MORE), unchanged=(IN_TOTAL,), current=both) == []


def test_what_stays_is_current() -> None:
    only = (KNOWN[WEEKLY],)
    found = judged(wanted(WEEKLY, extent=MORE), unchanged=(IN_TOTAL,), current=only)
    assert found == [("TR350", "/OngewijzigdeProducten/OngewijzigdProduct[1]")]
    assert judged(wanted(WEEKLY, extent=MORE), current=only) == []


def test_what_changes_is_current() -> None:
    only = (KNOWN[WEEKLY],)
    changed = (wanted(WEEKLY, extent=MORE), wanted(IN_TOTAL, end_date=date(2026, 6, 30)))
    assert judged(*changed, current=only) == [
        ("TR351", "/TeWijzigenProducten/TeWijzigenProduct[2]")
    ]
    assert judged(*changed) == []


@pytest.mark.parametrize(
    ("day", "is_wrong"),
    [
        (YEAR.start, False),
        (date(2026, 2, 1), True),
        (TODAY, True),
        (TODAY + timedelta(days=1), False),
    ],
)
def test_a_change_begins_later_or_with_the_allocation(day: date, is_wrong: bool) -> None:
    found = judged(wanted(WEEKLY, extent=MORE, wanted_start_date=day))
    assert found == ([("TR357", FROM_DAY)] if is_wrong else [])


@pytest.mark.parametrize(
    ("number", "change"),
    [(IN_TOTAL, {"extent": replace(TOTAL, volume=60)}), (ASPECIFIC, {"budget": 120_000})],
)
def test_a_total_changes_from_its_own_first_day(number: int, change: dict[str, Any]) -> None:
    assert judged(wanted(number, wanted_start_date=APRIL, **change)) == [("TR373", FROM_DAY)]
    assert judged(wanted(number, **change)) == []


def test_another_last_day_of_a_total_may_hold_from_later() -> None:
    """The rule is about the budget or the volume itself."""
    later = wanted(ASPECIFIC, wanted_start_date=APRIL, end_date=date(2026, 9, 30))
    assert judged(later) == []
    assert judged(replace(later, budget=None)) == []


def test_the_same_product_is_not_given_twice() -> None:
    twice = NewProduct(
        product=CODED, wanted_start_date=APRIL, end_date=date(2026, 9, 30), extent=HOURS
    )
    after = replace(twice, wanted_start_date=date(2027, 1, 1), end_date=date(2027, 6, 30))
    other = replace(twice, product=Product(category="45", code="45A48"))
    assert judged(unchanged=(WEEKLY,), new=(twice,)) == [("TR361", "")]
    assert judged(unchanged=(WEEKLY,), new=(after,)) == []
    assert judged(unchanged=(WEEKLY,), new=(other,)) == []
    # What ends earlier makes room.
    shorter = wanted(WEEKLY, end_date=date(2026, 3, 31))
    assert judged(shorter, new=(twice,)) == []


def test_a_generic_allocation_is_every_product() -> None:
    both = (KNOWN[WEEKLY], KNOWN[GENERIC])
    found = judged(wanted(WEEKLY, extent=MORE), wanted(GENERIC, budget=1), current=both)
    assert found == [("TR361", "")]


def test_aids_may_be_given_twice_in_the_wmo() -> None:
    aid = Product(category="11", code="11001")
    piece = Extent(volume=1, unit="82", frequency="6")
    known = (Current(number=WEEKLY, product=aid, period=YEAR, extent=piece),)
    again = NewProduct(product=aid, wanted_start_date=APRIL, end_date=YEAR.end, extent=piece)
    found = judged(unchanged=(WEEKLY,), new=(again,), current=known, family=Family.WMO)
    assert found == []


def test_an_allocation_without_product_gets_no_volume() -> None:
    found = judged(wanted(GENERIC, extent=HOURS, budget=None))
    assert ("TR375", f"{FIRST}/Omvang") in found
    assert judged(wanted(GENERIC, budget=120_000)) == []
    # An aspecific one has a product, so another rule is broken.
    aspecific = judged(wanted(ASPECIFIC, extent=HOURS, budget=None))
    assert "TR375" not in {rule for rule, _path in aspecific}


def test_an_allocation_with_a_code_says_how_much() -> None:
    assert judged(wanted(WEEKLY, extent=None)) == [("TR411", f"{FIRST}/Omvang")]
    assert judged(wanted(WEEKLY, extent=MORE)) == []
    assert judged(wanted(ASPECIFIC, budget=120_000)) == []


@pytest.mark.parametrize("number", [ASPECIFIC, GENERIC])
def test_an_allocation_without_a_code_gets_no_volume(number: int) -> None:
    found = judged(wanted(number, extent=HOURS, budget=None))
    assert ("TR412", f"{FIRST}/Omvang") in found
    assert judged(wanted(number, budget=120_000)) == []


def test_before_2021_an_allocation_without_a_code_had_a_volume() -> None:
    old = Period(date(2020, 1, 1), date(2020, 12, 31))
    for number in (ASPECIFIC, GENERIC):
        known = (replace(KNOWN[number], period=old, budget=None, extent=HOURS),)
        changed = wanted(
            number,
            extent=MORE,
            budget=None,
            wanted_start_date=old.start,
            end_date=old.end,
        )
        assert judged(changed, current=known) == []


# Below: a subcontractor's 317 gets a 318 with the code


@pytest.mark.parametrize("family", ["jw", "wmo"])
@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("TR357", {"wanted_start_date": date(2026, 2, 1)}),
        ("TR411", {"extent": None}),
    ],
)
def test_a_wrong_317_is_returned_with_the_code(
    system: Scope, family: str, rule: str, change: dict[str, Any]
) -> None:
    at = home(system, family)
    right = {"extent": Extent(volume=6, unit=at.first.unit, frequency="2")}
    message = letter(at, to_change(at.placement.number, **{**right, **change}))
    found = codes(handed_in(at, message))
    assert [(one, code) for one, code, _path in found] == [(rule, f"9{rule[2:]}")]
    back = parse(opened(OutgoingMessage.objects.get(message_type="318"))).message
    assert back and back.header.return_codes == ("0200",)
    (asked,) = back.client.request.products_to_change  # type: ignore[attr-defined]
    assert asked.return_codes == (f"9{rule[2:]}",)
    assert not CareRequest.objects.exists()
    assert codes(handed_in(at, letter(at, to_change(at.placement.number, **right)))) == []


def test_below_each_placement_is_named_and_no_other(system: Scope) -> None:
    """TR349, TR350 and TR351 about placements: the allocations are not the sender's to know."""
    at = home(system)
    other = handed_in(at, letter(at, to_change(at.first.number)))
    assert {rule for rule, _code, _path in codes(other)} == {"TR349", "TR351"}
    own = to_change(at.placement.number)
    kept = handed_in(at, letter(at, own, unchanged=[at.first.number]))
    assert [rule for rule, _code, _path in codes(kept)] == ["TR350"]


def test_below_the_same_product_is_not_asked_twice(system: Scope) -> None:
    at = home(system)
    new = new_product(at.good(0))
    found = codes(handed_in(at, letter(at, unchanged=[at.placement.number], new=[new])))
    assert [rule for rule, _code, _path in found] == ["TR361"]


def test_below_a_new_product_must_be_agreed(system: Scope) -> None:
    at = home(system)
    new = replace(new_product(at.good(1)), product=Product(category="41", code="41A01"))
    found = codes(handed_in(at, letter(at, unchanged=[at.placement.number], new=[new])))
    path = "/Bericht/Client/Verzoek/NieuweProducten/NieuwProduct[1]"
    assert found == [("TR381", "S329", path)]


def test_below_a_total_changes_from_its_first_day(system: Scope) -> None:
    at = home(system, frequency="6", volume=40)
    total = Extent(volume=50, unit="04", frequency="6")
    found = codes(handed_in(at, letter(at, to_change(at.placement.number, extent=total))))
    assert [rule for rule, _code, _path in found] == ["TR373"]
    whole = to_change(at.placement.number, extent=total, wanted_start_date=YEAR.start)
    assert codes(handed_in(at, letter(at, whole))) == []


def test_other_errors_within_a_317_are_returned_with_0001(system: Scope) -> None:
    at = home(system)
    late = new_product(at.good(1), wanted_start_date=TODAY)
    found = codes(handed_in(at, letter(at, unchanged=[at.placement.number], new=[late])))
    assert [(rule, code) for rule, code, _path in found] == [("TR380", "0001")]


# Above: never sent, and the reason in words


def test_what_the_municipality_would_refuse_is_not_sent(system: Scope) -> None:
    at = home(system)
    with pytest.raises(RuleError, match="TR357") as refusal:
        by_office(at, more(at.first, start=date(2026, 2, 1)))
    assert refusal.value.code == "VOT-06"
    assert str(at.first.number) in str(refusal.value)
    assert not CareRequest.objects.exists()


def test_taking_up_is_judged_against_all_allocations(system: Scope) -> None:
    """What a subcontractor cannot know: the product it adds is given by another already."""
    at = home(system)
    new = new_product(at.good(1))
    assert codes(handed_in(at, letter(at, unchanged=[at.placement.number], new=[new]))) == []
    request = CareRequest.objects.get()
    with pytest.raises(RuleError, match="TR361"):
        requests.send_up(scope=at.coordinator, request=request)
    assert not OutgoingMessage.objects.filter(message_type="317").exists()


def test_what_is_sent_names_all_and_is_right(system: Scope) -> None:
    at = home(system)
    request = in_portal(at)
    requests.send_up(scope=at.coordinator, request=request)
    message = parse(opened(OutgoingMessage.objects.get(message_type="317"))).message
    assert isinstance(message, ChangeRequestMessage)
    assert not validate(message)
    named = message.client.request
    numbers = {one.allocation_number for one in named.unchanged_products}
    numbers |= {one.allocation_number for one in named.products_to_change}
    assert numbers == {at.first.number, at.second.number}


# A budget: allocated without a code, whatever code the subcontractor delivers


def budgeted(system: Scope, product: Product | None) -> Home:
    """The first allocation is a budget for a category, or for any care; placed below."""
    at = home(system)
    moment = timezone.localtime(NOW)
    one = AllocatedProduct(
        number=555,
        product=product,
        decided_on=moment.date(),
        decided_at=moment.time().replace(microsecond=0),
        start_date=NEXT.start,
        end_date=NEXT.end,
        budget=100_000,
    )
    up(at.world, factories.allocation_message(at.world, at.who, one))
    allocation = Allocation.objects.get(number=555)
    placement = factories.place(at.world, allocation, at.party, part=Part(product=at.good(0)))
    return replace(at, first=allocation, placement=placement)


@pytest.mark.parametrize(
    ("product", "rules"),
    [(Product(category="45"), ["TR412"]), (None, ["TR375", "TR412"])],
)
def test_below_a_budget_gets_no_volume(
    system: Scope, product: Product | None, rules: list[str]
) -> None:
    at = budgeted(system, product)
    others = [row.number for row in Placement.objects.exclude(pk=at.placement.pk)]
    volume = to_change(at.placement.number, wanted_start_date=NEXT.start, end_date=NEXT.end)
    found = codes(handed_in(at, letter(at, volume, unchanged=others)))
    assert [rule for rule, _code, _path in found] == rules
    assert not CareRequest.objects.exists()
    budget = replace(volume, extent=None, budget=120_000)
    assert codes(handed_in(at, letter(at, budget, unchanged=others))) == []
    request = CareRequest.objects.get()
    requests.send_up(scope=at.coordinator, request=request)
    (changed,) = sent_up(request).client.request.products_to_change
    assert changed == replace(budget, allocation_number=at.first.number)


def test_a_budget_that_is_left_out_stays(system: Scope) -> None:
    """Only another last day is asked, so the budget goes up as it is."""
    at = budgeted(system, Product(category="45"))
    others = [row.number for row in Placement.objects.exclude(pk=at.placement.pk)]
    end = date(2028, 3, 31)
    asked = to_change(at.placement.number, wanted_start_date=NEXT.start, end_date=end, extent=None)
    assert codes(handed_in(at, letter(at, asked, unchanged=others))) == []
    requests.send_up(scope=at.coordinator, request=CareRequest.objects.get())
    (changed,) = sent_up(CareRequest.objects.get()).client.request.products_to_change
    assert (changed.end_date, changed.budget) == (end, 100_000)
