"""Requests for change: asked, taken up whole, sent, answered as a whole, and told to who asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from messaging.istandaard import Finding
from messaging.models import OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareRequest,
    ChangedProduct,
    Deadline,
    Product,
    RequestedChange,
)
from subcontracts.rules.raising import Terms
from subcontracts.selectors import returned, work
from subcontracts.services import answers, changes, clients, contracts, placements, requests
from subcontracts.services.placements import Part
from tests import factories
from tests.conftest import become
from tests.factories import NOW, YEAR, moved
from tests.subcontracts.changing import (
    APRIL,
    Home,
    answer_of_town,
    by_office,
    by_software,
    draft,
    granted,
    handed_in,
    home,
    in_portal,
    letter,
    longer,
    more,
    relayed,
    sent_up,
    to_change,
    told_below,
)
from tests.subcontracts.post import answered, codes, up

_Answer = RequestedChange.Answer
_Status = CareRequest.Status
FAMILIES = ("jw", "wmo")
NEXT_YEAR = date(2027, 3, 31)


def received_above(at: Home, request: CareRequest, *findings: Finding) -> None:
    """The municipality returns the 317 with a 318."""
    request.refresh_from_db()
    assert request.message
    assert codes(up(at.world, answered(request.message, *findings))) == []
    request.refresh_from_db()


# The whole story


@pytest.mark.parametrize("family", FAMILIES)
def test_software_asks_and_hears_what_was_granted(system: Scope, family: str) -> None:
    """317 in, 318 back; taken up as our own with all that is current; granted; a 301 below."""
    at = home(system, family)
    unit = at.first.unit
    extent = factories.Extent(volume=4, unit=unit, frequency="2")
    wanted = to_change(
        at.placement.number,
        wanted_start_date=YEAR.start,
        end_date=NEXT_YEAR,
        extent=extent,
    )
    request = by_software(at, wanted)
    assert request.status == _Status.RECEIVED
    back = OutgoingMessage.objects.get(message_type="318")
    assert back.provider_organisation == at.party.organisation

    requests.send_up(scope=at.coordinator, request=request)
    message = sent_up(request)
    asked = message.client.request
    assert message.header.sender == at.world.main.agb
    assert asked.provider_reference == request.number
    assert [one.allocation_number for one in asked.unchanged_products] == [at.second.number]
    assert asked.products_to_change == (replace(wanted, allocation_number=at.first.number),)

    received_above(at, request)
    assert request.status == _Status.CONFIRMED
    before = len(relayed(at))
    longer_now = Period(YEAR.start, NEXT_YEAR)
    assert codes(up(at.world, granted(at, request, period=longer_now))) == []
    request.refresh_from_db()
    assert request.status == _Status.ANSWERED
    assert request.change.answer == _Answer.ALLOCATED
    (told,) = relayed(at)[before:]
    (product,) = told.client.allocated_products
    assert (product.number, product.end_date) == (at.placement.number, NEXT_YEAR)
    assert product.provider_reference == "EIGEN-1"


@pytest.mark.parametrize("family", FAMILIES)
def test_the_own_access_asks_and_is_refused(system: Scope, family: str) -> None:
    at = home(system, family)
    request = by_office(at)
    asked = sent_up(request).client.request
    (changed,) = asked.products_to_change
    assert changed.extent
    assert (changed.allocation_number, changed.extent.volume) == (at.first.number, 6)
    assert [one.allocation_number for one in asked.unchanged_products] == [at.second.number]
    received_above(at, request)
    assert codes(up(at.world, answer_of_town(at, request.number))) == []
    request.refresh_from_db()
    assert request.status == _Status.INVESTIGATED
    assert codes(up(at.world, answer_of_town(at, request.number, "2"))) == []
    request.refresh_from_db()
    assert (request.status, request.change.rejection_reason) == (_Status.ANSWERED, "2")
    # Closed, so another may follow.
    assert by_office(at).status == _Status.SENT


def test_a_new_product_is_asked_beside_what_stays(system: Scope) -> None:
    at = home(system)
    late = Period(date(2027, 1, 1), date(2027, 6, 30))
    terms = Terms(period=late, volume=3, unit=at.good(0).unit, frequency="4")
    request = changes.request_change(
        scope=at.coordinator,
        allocation=at.first,
        draft=draft(
            {},
            [at.first.number, at.second.number],
            [changes.Addition(product=at.good(0), terms=terms)],
        ),
    )
    asked = sent_up(request).client.request
    assert len(asked.unchanged_products) == 2
    (new,) = asked.new_products
    assert new.product and new.product.code == at.good(0).code
    assert (new.wanted_start_date, new.end_date) == (late.start, late.end)


def added_to(at: Home, product: Product) -> CareRequest:
    terms = Terms(period=Period(APRIL, YEAR.end), volume=3, unit=product.unit, frequency="4")
    return changes.request_change(
        scope=at.coordinator,
        allocation=at.first,
        draft=draft(
            {},
            [at.first.number, at.second.number],
            [changes.Addition(product=product, terms=terms)],
        ),
    )


def test_a_new_product_needs_a_contract(system: Scope) -> None:
    at = home(system)
    uncontracted = contracts.create_product(
        scope=moved(system),
        main_contractor_id=at.world.main.pk,
        family="jw",
        category="41",
        code="41A01",
        name="Verblijf",
        unit="14",
    )
    with pytest.raises(RuleError, match="VOT-01"):
        added_to(at, uncontracted)


def test_a_new_product_of_the_other_law_is_another_request(system: Scope) -> None:
    at = home(system)
    with pytest.raises(RuleError, match="VOT-07"):
        added_to(at, at.world.products["support"])


# What the municipality allocates


def test_a_change_that_needs_a_new_number_is_answered_too(system: Scope) -> None:
    """More a week from April: the old number ends, a new one begins, both with the reference."""
    at = home(system)
    request = by_software(at)
    requests.send_up(scope=at.coordinator, request=request)
    ended = granted(at, request, period=Period(YEAR.start, APRIL - timedelta(days=1)))
    begun = factories.allocated(
        at.good(0),
        number=777,
        period=Period(APRIL, YEAR.end),
        volume=6,
        provider_reference=request.number,
    )
    every = (*ended.client.allocated_products, begun)  # type: ignore[attr-defined]
    message = factories.allocation_message(at.world, at.who, *every)
    assert codes(up(at.world, message)) == []
    request.refresh_from_db()
    assert request.status == _Status.ANSWERED
    (product,) = relayed(at)[-1].client.allocated_products
    assert (product.end_date, product.provider_reference) == (date(2026, 3, 31), "EIGEN-1")

    # The new number carries the reference to the asker when it is placed there.
    later = Allocation.objects.get(number=777)
    factories.place(at.world, later, at.party)
    references = {
        one.number: one.provider_reference for one in relayed(at)[-1].client.allocated_products
    }
    assert set(references.values()) == {"EIGEN-1"}
    assert len(references) == 2


def test_who_did_not_ask_gets_no_reference(system: Scope) -> None:
    at = home(system)
    request = by_office(at)
    up(at.world, granted(at, request, volume=4, period=Period(YEAR.start, NEXT_YEAR)))
    (product,) = relayed(at)[-1].client.allocated_products
    assert (product.end_date, product.provider_reference) == (NEXT_YEAR, "")


def test_a_later_change_of_the_municipality_itself_has_no_reference(system: Scope) -> None:
    at = home(system)
    request = by_software(at)
    requests.send_up(scope=at.coordinator, request=request)
    up(at.world, granted(at, request, period=Period(YEAR.start, NEXT_YEAR)))
    own = factories.allocated(
        at.good(0),
        number=at.first.number,
        decided=NOW.replace(hour=17),
        change_reason="12",
        period=Period(YEAR.start, date(2026, 11, 30)),
    )
    assert codes(up(at.world, factories.allocation_message(at.world, at.who, own))) == []
    (product,) = relayed(at)[-1].client.allocated_products
    assert (product.end_date, product.provider_reference) == (date(2026, 11, 30), "")


def test_the_same_answer_again_changes_nothing(system: Scope) -> None:
    at = home(system)
    request = by_software(at)
    requests.send_up(scope=at.coordinator, request=request)
    message = granted(at, request, period=Period(YEAR.start, NEXT_YEAR))
    up(at.world, message)
    told = len(relayed(at))
    again = replace(
        message,
        header=replace(
            message.header, message_id=replace(message.header.message_id, number="ANDERS")
        ),
    )
    assert codes(up(at.world, again)) == []
    assert len(relayed(at)) == told


@pytest.mark.parametrize("state", ["never sent", "refused"])
def test_an_allocation_may_not_answer_a_change_that_is_not_open(system: Scope, state: str) -> None:
    at = home(system)
    request = by_software(at) if state == "never sent" else by_office(at)
    if state == "refused":
        up(at.world, answer_of_town(at, request.number, "2"))
    found = codes(up(at.world, granted(at, request, period=Period(YEAR.start, NEXT_YEAR))))
    assert {rule for rule, _code, _path in found} == {"TR379"}


def test_another_client_is_not_answered(system: Scope) -> None:
    at = home(system)
    request = by_office(at)
    who = factories.person()
    factories.allocate(at.world, who=who)
    one = factories.allocated(at.good(1), provider_reference=request.number)
    found = codes(up(at.world, factories.allocation_message(at.world, who, one)))
    assert [rule for rule, _code, _path in found] == ["TR379"]


# Answers by 319


@pytest.mark.parametrize("family", FAMILIES)
def test_software_hears_of_investigation_and_refusal(system: Scope, family: str) -> None:
    at = home(system, family)
    request = by_software(
        at,
        to_change(
            at.placement.number,
            extent=factories.Extent(volume=6, unit=at.first.unit, frequency="2"),
        ),
    )
    requests.send_up(scope=at.coordinator, request=request)
    up(at.world, answer_of_town(at, request.number))
    up(at.world, answer_of_town(at, request.number, "2"))
    assert told_below(at) == [("EIGEN-1", "2", ""), ("EIGEN-1", "1", "2")]


def test_a_319_keeps_its_order(system: Scope) -> None:
    at = home(system)
    request = by_office(at)
    up(at.world, answer_of_town(at, request.number))
    again = codes(up(at.world, answer_of_town(at, request.number)))
    assert again == [("TR360", "9360", "/Bericht/Antwoord")]
    up(at.world, answer_of_town(at, request.number, "2"))
    closed = codes(up(at.world, answer_of_town(at, request.number, "2")))
    assert closed == [("TR365", "9365", "/Bericht/Antwoord")]


def test_a_319_after_the_allocation_is_refused(system: Scope) -> None:
    at = home(system)
    request = by_office(at)
    up(at.world, granted(at, request, period=Period(YEAR.start, NEXT_YEAR)))
    late = codes(up(at.world, answer_of_town(at, request.number, "2")))
    assert late == [("TR359", "9359", "/Bericht/Antwoord")]


def test_a_request_that_is_not_taken_up_is_answered_below(system: Scope) -> None:
    at = home(system)
    request = by_software(at)
    with pytest.raises(RuleError, match="VOT-08"):
        answers.dismiss(scope=at.coordinator, request=request)
    # Reason 1 is about changes only: new care must be asked with a 315.
    answers.dismiss(scope=at.coordinator, request=request, reason="1")
    request.refresh_from_db()
    assert request.status == _Status.DISMISSED
    assert told_below(at) == [("EIGEN-1", "1", "1")]


# Terms


def test_a_change_is_answered_in_five_days_as_a_whole(system: Scope) -> None:
    at = home(system)
    request = by_office(at)
    running = Deadline.objects.running().filter(request=request)
    assert [row.due_date for row in running] == [date(2026, 3, 25)]
    up(at.world, answer_of_town(at, request.number))
    # Eight weeks from the request (OP346).
    assert [row.due_date for row in running.all()] == [date(2026, 5, 13)]
    up(at.world, answer_of_town(at, request.number, "2"))
    assert not running.all().exists()


def test_the_work_list_asks_for_the_answer_and_for_taking_up(system: Scope) -> None:
    at = home(system)
    request = in_portal(at)
    kinds = [item.kind for item in work.items(at.coordinator)]
    assert kinds.count(work.TAKE_UP) == 1
    requests.send_up(scope=at.coordinator, request=request)
    late = at.world.at(Role.CARE_COORDINATOR, at=NOW.replace(month=4))
    assert [item.kind for item in work.items(late)].count(work.WAITING) == 1


def test_a_317_is_returned_within_three_working_days(system: Scope) -> None:
    """OP090, up and down: Wednesday's is due on Monday."""
    at = home(system)
    assert by_office(at).message
    sent = OutgoingMessage.objects.get(message_type="317")
    assert sent.return_due_date == date(2026, 3, 23)


# Returned with errors


def test_a_returned_change_is_completed_anew(system: Scope) -> None:
    """What became current meanwhile is named, what ended is not."""
    at = home(system)
    request = by_office(at)
    received_above(at, request, Finding("TR349", "9349", "/Bericht/Client/Verzoek", ""))
    assert request.status == _Status.FAULTY
    assert not Deadline.objects.running().filter(request=request).exists()
    third = factories.allocate(
        at.world, who=at.who, period=Period(date(2027, 1, 1), date(2027, 6, 30))
    )
    ended = factories.allocated(
        at.good(1),
        number=at.second.number,
        volume=2,
        decided=NOW.replace(hour=14),
        change_reason="12",
        period=Period(YEAR.start, date(2026, 3, 17)),
    )
    up(at.world, factories.allocation_message(at.world, at.who, ended))
    later = at.world.at(Role.CARE_COORDINATOR, at=NOW.replace(hour=15))
    requests.send_up(scope=later, request=request)
    asked = sent_up(request).client.request
    assert [one.allocation_number for one in asked.unchanged_products] == [third.number]
    received_above(at, request)
    tries = OutgoingMessage.objects.filter(message_type="317").order_by("pk")
    assert [row.settled_at is not None for row in tries] == [True, False]


def test_what_has_ended_cannot_change_any_more(system: Scope) -> None:
    at = home(system)
    request = in_portal(at)
    ended = factories.allocated(
        at.good(0),
        number=at.first.number,
        decided=NOW.replace(hour=14),
        change_reason="12",
        period=Period(YEAR.start, date(2026, 3, 17)),
    )
    up(at.world, factories.allocation_message(at.world, at.who, ended))
    with pytest.raises(RuleError, match="VOT-10"):
        requests.send_up(scope=at.coordinator, request=request)


def test_what_was_taken_back_from_the_asker_is_not_asked(system: Scope) -> None:
    at = home(system)
    request = in_portal(at)
    placements.withdraw(scope=at.coordinator, placement=at.placement, reason="elders geplaatst")
    with pytest.raises(RuleError, match="VOT-10"):
        requests.send_up(scope=at.coordinator, request=request)


def test_a_wanted_day_that_has_passed_is_not_sent(system: Scope) -> None:
    """TR357: taken up too late, the municipality would refuse it."""
    at = home(system)
    request = in_portal(at)
    late = at.world.at(Role.CARE_COORDINATOR, at=NOW.replace(month=4, day=2))
    with pytest.raises(RuleError, match="TR357") as refusal:
        requests.send_up(scope=late, request=request)
    assert str(at.first.number) in str(refusal.value)
    request.refresh_from_db()
    assert request.status == _Status.RECEIVED
    assert not ChangedProduct.objects.filter(stage="sent").exists()


# The same message twice, another too soon


def test_the_same_document_twice_is_one_request(system: Scope) -> None:
    at = home(system)
    message = letter(at)
    first, second = handed_in(at, message), handed_in(at, message)
    assert first.pk == second.pk
    assert OutgoingMessage.objects.filter(message_type="318").count() == 1
    assert CareRequest.objects.count() == 1


def test_a_second_317_waits_for_the_first(system: Scope) -> None:
    at = home(system)
    by_software(at)
    again = codes(handed_in(at, letter(at)))
    assert {code for _rule, code, _path in again} == {"9374", "9347"}
    other = codes(handed_in(at, letter(at, reference="EIGEN-2")))
    assert other == [("TR374", "9374", "/Bericht/Client")]
    assert CareRequest.objects.count() == 1


def test_one_request_of_either_kind_is_open(system: Scope) -> None:
    at = home(system)
    by_office(at)
    with pytest.raises(RuleError, match="VOT-02"):
        by_office(at)
    waiting = by_software(at)
    with pytest.raises(RuleError, match="VOT-02"):
        requests.send_up(scope=at.coordinator, request=waiting)


def test_a_reference_is_used_once_over_both_kinds(system: Scope) -> None:
    """TR347: the reference of a change that was answered does not come back."""
    at = home(system)
    answers.dismiss(scope=at.coordinator, request=by_software(at), reason="4")
    found = codes(handed_in(at, letter(at)))
    assert found == [("TR347", "9347", "/Bericht/Client/Verzoek")]


def test_a_mended_317_leaves_the_work_list(system: Scope) -> None:
    at = home(system)
    handed_in(at, letter(at, to_change(12345)))
    own = [item.kind for item in returned.below(at.subcontractor)]
    assert own == [returned.OWN]
    by_software(at)
    assert list(returned.below(at.subcontractor)) == []


# Who sees what


def test_a_client_of_somebody_else_is_unknown(system: Scope) -> None:
    at = home(system)
    other = home_of_other(at)
    found = codes(handed_in(at, letter(at, bsn=other.bsn)))
    assert found == [("TR304", "8187", "/Bericht/Client")]


def test_care_from_another_municipality_is_another_request(system: Scope) -> None:
    at = home(system)
    found = codes(handed_in(at, letter(at, town=at.world.other_municipality)))
    assert [rule for rule, _code, _path in found] == ["TR351"]


def home_of_other(at: Home) -> factories.builders.Person:
    who = factories.person()
    factories.place(at.world, factories.allocate(at.world, who=who), at.world.pxq)
    return who


def test_a_subcontractor_sees_what_it_asked_and_not_what_was_sent(system: Scope) -> None:
    at = home(system)
    request = in_portal(at)
    requests.send_up(scope=at.coordinator, request=request)
    assert ChangedProduct.objects.filter(stage="sent").count() == 2
    mine = become(at.subcontractor)
    lines = ChangedProduct.objects.visible_to(mine)
    assert [(line.stage, line.placement_id) for line in lines] == [("asked", at.placement.pk)]
    # The database says the same.
    assert ChangedProduct.objects.count() == 1
    assert RequestedChange.objects.visible_to(mine).count() == 1
    other = become(at.world.at(Role.SUBCONTRACTOR_USER, at.world.pxq))
    assert not CareRequest.objects.visible_to(other).exists()
    assert not ChangedProduct.objects.exists()
    assert not RequestedChange.objects.exists()


def test_another_subcontractor_asks_nothing_of_a_placement(system: Scope) -> None:
    at = home(system)
    stranger = at.world.at(Role.SUBCONTRACTOR_USER, at.world.pxq)
    with pytest.raises(NotAllowedError):
        changes.ask_for_change(
            scope=stranger,
            placement=at.placement,
            draft=draft({at.placement.number: more(at.placement)}),
        )
    with pytest.raises(NotAllowedError):
        changes.request_change(
            scope=at.subcontractor,
            allocation=at.first,
            draft=draft({at.first.number: more(at.first)}, [at.second.number]),
        )


def test_no_change_is_asked_for_a_sealed_client(system: Scope) -> None:
    at = home(system)
    clients.seal(scope=at.coordinator, client=at.first.client)
    at.first.refresh_from_db()
    with pytest.raises(RuleError, match="VOT-04"):
        by_office(at)


def test_what_ended_is_not_asked_to_change(system: Scope) -> None:
    at = home(system)
    late = at.world.at(Role.CARE_COORDINATOR, at=NOW.replace(year=2027, month=2))
    with pytest.raises(RuleError, match="VOT-09"):
        changes.request_change(
            scope=late,
            allocation=at.first,
            draft=draft({at.first.number: more(at.first)}, [at.second.number]),
        )


# A part of an allocation


def test_more_for_a_part_is_more_for_the_whole(system: Scope) -> None:
    """Two of four hours a week become three: the municipality is asked for five."""
    at = home(system)
    placements.withdraw(scope=moved(system), placement=at.placement, reason="anders verdeeld")
    part = factories.place(at.world, at.first, at.party, part=Part(volume=2))
    factories.place(at.world, at.first, at.world.pxq, part=Part(volume=2))
    changes_at = replace(at, placement=part)
    request = in_portal(changes_at, more(part, volume=3))
    requests.send_up(scope=at.coordinator, request=request)
    (changed,) = sent_up(request).client.request.products_to_change
    assert changed.extent and changed.extent.volume == 5


def test_only_what_the_subcontractor_has_must_be_in_its_317(system: Scope) -> None:
    """The second allocation is not its own: it neither names it nor hears of it."""
    at = home(system)
    assert codes(handed_in(at, letter(at))) == []
    mine = to_change(at.placement.number)
    both = letter(at, mine, unchanged=[at.second.number], reference="EIGEN-2")
    assert "TR350" in {rule for rule, _code, _path in codes(handed_in(at, both))}


def test_a_change_in_the_portal_is_judged_as_a_message(system: Scope) -> None:
    at = home(system)
    passed = more(at.placement, start=date(2026, 2, 1))
    with pytest.raises(RuleError, match="TR357") as refusal:
        in_portal(at, passed)
    assert refusal.value.code == "VOT-06"
    assert not CareRequest.objects.exists()


def test_nothing_to_ask_is_not_sent(system: Scope) -> None:
    at = home(system)
    same = longer(at.first, at.first.end_date or YEAR.start)
    with pytest.raises(RuleError, match="TR353"):
        by_office(at, same)
