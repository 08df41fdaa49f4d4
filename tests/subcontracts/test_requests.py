"""Requests for allocation: one message, several products, each with its own answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.content import opened
from messaging.istandaard import Finding, Message, answer, builders, parse
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    AnswerMessage,
)
from messaging.istandaard.model.requests import RequestAnswer, ResidencePrinciple
from messaging.istandaard.model.requests import RequestedProduct as AskedProduct
from messaging.istandaard.model.values import Product as MessageProduct
from messaging.istandaard.model.values import Referrer
from messaging.models import Leg, OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareRequest,
    Client,
    Deadline,
    RequestedProduct,
    Subcontract,
)
from subcontracts.selectors import work
from subcontracts.services import answers, requests
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.subcontracts.post import codes, down, envelope, up

_Answer = RequestedProduct.Answer
_Status = CareRequest.Status
APRIL = factories.Period(date(2026, 4, 1), date(2026, 9, 30))


def asked(
    world: World, key: str = "guidance", period: factories.Period = APRIL
) -> requests.ProductDraft:
    return requests.ProductDraft(
        product=world.products[key],
        start_date=period.start,
        end_date=period.end,
        volume=4,
        unit=world.products[key].unit,
        frequency="2" if world.products[key].unit == "04" else "4",
        referral=requests.Referral(type="02", name="Dr. Bos"),
    )


def draft(
    world: World, *products: requests.ProductDraft, who: builders.Person | None = None
) -> requests.RequestDraft:
    """A request for guidance and treatment, unless products are given."""
    who = who or factories.person()
    return requests.RequestDraft(
        person=requests.clients.PersonDetails(
            bsn=who.bsn, surname=who.surname, initials="A", birth_date=who.birth_date, sex="2"
        ),
        municipality=world.municipality,
        products=products or [asked(world), asked(world, "treatment")],
        guardian_known=True,
    )


def made(world: World, of: requests.RequestDraft, scope: Scope | None = None) -> CareRequest:
    return requests.request_allocation(
        scope=scope or moved(world.system), main_contractor_id=world.main.pk, draft=of
    )


def sent_up(request: CareRequest) -> AllocationRequestMessage:
    request.refresh_from_db()
    assert request.message
    message = parse(opened(request.message)).message
    assert isinstance(message, AllocationRequestMessage)
    return message


def answered_by_town(
    world: World, product: RequestedProduct, reason: str = "", instead: str = ""
) -> Message:
    """A 319 about one product: a rejection with a reason, or an investigation without one."""
    head = builders.Envelope(
        family=Family.JW,
        sender=world.municipality.code,
        receiver=world.main.agb,
        number=f"V{next(factories._numbers):08d}",
        day=NOW.date(),
    )
    given = RequestAnswer(
        provider_reference=product.reference,
        request_answer="1" if reason else "2",
        rejection_reason=reason,
        residence_principle=ResidencePrinciple(municipality=instead) if instead else None,
    )
    return AnswerMessage(family=head.family, header=head.header, answer=given)


def allocated_by_town(world: World, who: builders.Person, product: RequestedProduct) -> Message:
    one = factories.allocated(
        product.product,
        provider_reference=product.reference,
        frequency=product.frequency,
        period=APRIL,
    )
    return factories.allocation_message(world, who, one)


def running(request: CareRequest) -> list[str]:
    """References of the products that still must be answered in time."""
    rows = Deadline.objects.running().filter(request=request, kind=Deadline.Kind.ANSWER)
    return sorted(rows.values_list("requested_product__reference", flat=True))


def test_several_products_go_up_in_one_message(system: Scope) -> None:
    world = factories.world(system)
    request = made(world, draft(world))
    message = sent_up(request)
    number = request.number
    products = message.client.requested_products
    assert [one.provider_reference for one in products] == [f"{number}-1", f"{number}-2"]
    assert [one.product and one.product.category for one in products] == ["45", "54"]
    assert OutgoingMessage.objects.filter(message_type="315").count() == 1
    assert running(request) == [f"{number}-1", f"{number}-2"]


def test_each_product_has_its_own_answer(system: Scope) -> None:
    """Receipt, then an allocation for one and a rejection of the other: only then it is closed."""
    world = factories.world(system)
    who = factories.person()
    request = made(world, draft(world, who=who))
    first, second = request.products.all()
    up(world, answer(sent_up(request), [], identification="R1", date=NOW.date()))
    request.refresh_from_db()
    assert request.status == _Status.CONFIRMED

    assert codes(up(world, allocated_by_town(world, who, first))) == []
    request.refresh_from_db()
    assert request.status == _Status.CONFIRMED
    assert running(request) == [second.reference]
    assert Allocation.objects.get(requested_product=first).client == request.client
    with pytest.raises(RuleError, match="VOT-02"):
        made(world, draft(world, who=who))

    assert codes(up(world, answered_by_town(world, second, "2"))) == []
    request.refresh_from_db()
    assert request.status == _Status.ANSWERED
    assert running(request) == []
    second.refresh_from_db()
    assert (second.answer, second.rejection_reason) == (_Answer.REFUSED, "2")
    assert made(world, draft(world, who=who)).status == _Status.SENT


def test_a_301_answers_all_products_at_once(system: Scope) -> None:
    world = factories.world(system)
    who = factories.person()
    request = made(world, draft(world, who=who))
    both = [
        factories.allocated(
            one.product, provider_reference=one.reference, frequency=one.frequency, period=APRIL
        )
        for one in request.products.select_related("product")
    ]
    assert codes(up(world, factories.allocation_message(world, who, *both))) == []
    request.refresh_from_db()
    assert request.status == _Status.ANSWERED
    # The return message that was overtaken changes nothing any more.
    up(world, answer(sent_up(request), [], identification="R1", date=NOW.date()))
    request.refresh_from_db()
    assert request.status == _Status.ANSWERED


def test_an_investigation_of_one_product_gives_it_eight_weeks(system: Scope) -> None:
    world = factories.world(system)
    request = made(world, draft(world))
    first, second = request.products.all()
    assert codes(up(world, answered_by_town(world, first))) == []
    request.refresh_from_db()
    assert request.status == _Status.INVESTIGATED
    due = {
        row.requested_product_id: row.due_date
        for row in Deadline.objects.running().filter(request=request)
    }
    assert due == {first.pk: date(2026, 5, 13), second.pk: date(2026, 3, 25)}
    again = codes(up(world, answered_by_town(world, first)))
    assert again == [("TR360", "9360", "/Bericht/Antwoord")]
    assert codes(up(world, answered_by_town(world, first, "2"))) == []
    request.refresh_from_db()
    # Nothing is under investigation any more, and the second still waits.
    assert request.status == _Status.CONFIRMED


def test_a_319_closes_a_product_once(system: Scope) -> None:
    world = factories.world(system)
    request = made(world, draft(world, asked(world)))
    product = request.products.get()
    assert codes(up(world, answered_by_town(world, product, "3"))) == []
    request.refresh_from_db()
    assert request.status == _Status.ANSWERED
    again = codes(up(world, answered_by_town(world, product, "3")))
    assert again == [("TR365", "9365", "/Bericht/Antwoord")]
    product.reference = "ONBEKEND"
    unknown = codes(up(world, answered_by_town(world, product, "3")))
    assert unknown == [("TR355", "9355", "/Bericht/Antwoord")]


def test_a_319_after_the_allocation_is_refused(system: Scope) -> None:
    world = factories.world(system)
    who = factories.person()
    request = made(world, draft(world, who=who))
    first = request.products.all()[0]
    up(world, allocated_by_town(world, who, first))
    late = codes(up(world, answered_by_town(world, first, "3")))
    assert late == [("TR359", "9359", "/Bericht/Antwoord")]


@pytest.mark.parametrize("state", ["refused", "never sent"])
def test_an_allocation_may_not_answer_what_is_not_open(system: Scope, state: str) -> None:
    world = factories.world(system)
    who = factories.person()
    if state == "refused":
        request = made(world, draft(world, who=who))
        up(world, answered_by_town(world, request.products.all()[0], "2"))
    else:
        request = made(world, draft(world, who=who), world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    first = request.products.all()[0]
    found = codes(up(world, allocated_by_town(world, who, first)))
    assert [rule for rule, _code, _path in found] == ["TR379"]


def test_a_faulty_request_is_mended_and_sent_again(system: Scope) -> None:
    world = factories.world(system)
    request = made(world, draft(world))
    before = sent_up(request)
    path = "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct[2]"
    wrong = [Finding("TR381", "S329", path, "")]
    up(world, answer(before, wrong, identification="R1", date=NOW.date()))
    request.refresh_from_db()
    assert request.status == _Status.FAULTY
    assert running(request) == []
    later = moved(world.system, NOW.replace(hour=15))
    again = requests.send_up(scope=later, request=request)
    assert again.status == _Status.SENT
    assert sent_up(again).header.message_number != before.header.message_number
    assert len(running(again)) == 2
    up(world, answer(sent_up(again), [], identification="R2", date=NOW.date()))
    tries = OutgoingMessage.objects.filter(message_type="315").order_by("pk")
    # The first try needs nobody any more.
    assert [row.settled_at is not None for row in tries] == [True, False]


def test_two_laws_are_two_requests(system: Scope) -> None:
    world = factories.world(system)
    with pytest.raises(RuleError, match="VOT-07"):
        made(world, draft(world, asked(world), asked(world, "support")))


def test_the_same_product_twice_at_once_is_refused(system: Scope) -> None:
    """TR386: what the municipality would return is told before it is sent, or kept."""
    world = factories.world(system)
    twice = draft(world, asked(world), asked(world))
    with pytest.raises(RuleError, match="TR386"):
        made(world, twice)
    with pytest.raises(RuleError, match="VOT-06"):
        made(world, twice, world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert not CareRequest.objects.exists()


def test_the_same_product_later_is_not_the_same(system: Scope) -> None:
    world = factories.world(system)
    later = factories.Period(date(2026, 10, 1), date(2026, 12, 31))
    request = made(world, draft(world, asked(world), asked(world, period=later)))
    assert request.products.count() == 2


def test_a_product_without_contract_says_which(system: Scope) -> None:
    world = factories.world(system)
    early = asked(world, period=factories.Period(date(2020, 1, 1), date(2020, 6, 30)))
    with pytest.raises(RuleError, match=world.products["guidance"].code) as refusal:
        made(world, draft(world, asked(world, "treatment"), early))
    assert refusal.value.code == "VOT-01"


# From a subcontractor


def test_a_subcontractor_asks_in_the_portal_and_sees_no_more(system: Scope) -> None:
    world = factories.world(system)
    who = factories.person()
    factories.allocate(world, who=who)
    mine = world.at(Role.SUBCONTRACTOR_USER, world.pxq)
    become(mine)
    assert not Client.objects.visible_to(mine).exists()
    request = made(world, draft(world, who=who), mine)
    assert request.status == _Status.RECEIVED
    assert RequestedProduct.objects.visible_to(mine).count() == 2
    other = become(world.at(Role.SUBCONTRACTOR_USER, world.trajectory))
    assert not CareRequest.objects.visible_to(other).exists()
    assert not RequestedProduct.objects.visible_to(other).exists()
    assert not RequestedProduct.objects.all().exists()


def by_software(*products: tuple[str, MessageProduct], **others: object) -> list[AskedProduct]:
    return [
        AskedProduct(
            provider_reference=reference,
            product=product,
            allocation_start_date=APRIL.start,
            allocation_end_date=APRIL.end,
            extent=factories.Extent(volume=4, unit="04", frequency="2"),
            referrer=Referrer(type="02", name="Dr. Bos"),
            **others,  # type: ignore[arg-type]
        )
        for reference, product in products
    ]


def code(world: World, key: str) -> MessageProduct:
    return MessageProduct(category=world.products[key].category, code=world.products[key].code)


def letter(world: World, who: builders.Person, products: list[AskedProduct]) -> Message:
    return builders.allocation_request(envelope(world), who, products, guardian_known="1")


def test_a_315_from_software_is_taken_up_whole(system: Scope) -> None:
    world = factories.world(system)
    who = factories.person()
    products = by_software(
        ("EIGEN1", code(world, "guidance")),
        ("EIGEN2", code(world, "treatment")),
        decision_number=77,
        decision_start_date=date(2026, 3, 1),
        comment="Graag spoed",
    )
    assert codes(down(world, letter(world, who, products))) == []
    request = CareRequest.objects.get()
    assert request.status == _Status.RECEIVED
    requests.send_up(scope=moved(world.system), request=request)
    assert OutgoingMessage.objects.filter(message_type="315", leg=Leg.UP).count() == 1
    above = sent_up(request).client.requested_products
    assert [replace(one, provider_reference="") for one in above] == [
        replace(one, provider_reference="") for one in products
    ]
    asked_by = request.products.values_list("provider_reference", flat=True)
    assert list(asked_by) == ["EIGEN1", "EIGEN2"]


def test_a_second_315_waits_for_the_first(system: Scope) -> None:
    world = factories.world(system)
    who = factories.person()
    products = by_software(("EIGEN1", code(world, "guidance")))
    down(world, letter(world, who, products))
    again = codes(down(world, letter(world, who, products)))
    assert {found for _rule, found, _path in again} == {"9374", "9347"}
    assert CareRequest.objects.count() == 1


def test_a_315_says_which_product_is_not_agreed(system: Scope) -> None:
    world = factories.world(system)
    products = by_software(
        ("EIGEN1", code(world, "guidance")),
        ("EIGEN2", MessageProduct(category="45", code="45B99")),
        ("EIGEN3", MessageProduct(category="41", code="41A01")),
    )
    found = codes(down(world, letter(world, factories.person(), products)))
    path = "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct"
    assert found == [("TR381", "S329", f"{path}[2]"), ("TR381", "S329", f"{path}[3]")]
    assert not CareRequest.objects.exists()


def test_a_request_that_is_not_taken_up_is_closed(system: Scope) -> None:
    world = factories.world(system)
    who = factories.person()
    down(world, letter(world, who, by_software(("EIGEN1", code(world, "guidance")))))
    request = CareRequest.objects.get()
    coordinator = world.at(Role.CARE_COORDINATOR)
    with pytest.raises(RuleError, match="VOT-08"):
        answers.dismiss(scope=coordinator, request=request)
    answers.dismiss(scope=coordinator, request=request, reason="4")
    request.refresh_from_db()
    assert request.status == _Status.DISMISSED
    assert request.products.get().answer == _Answer.REFUSED
    assert told_below() == [("EIGEN1", "1", "4")]
    again = by_software(("EIGEN2", code(world, "guidance")))
    assert codes(down(world, letter(world, who, again))) == []


def told_below() -> list[tuple[str, str, str]]:
    """Reference, answer and reason of each 319 to subcontractors' software, in order."""
    found = []
    for row in OutgoingMessage.objects.filter(message_type="319", leg=Leg.DOWN).order_by("pk"):
        message = parse(opened(row)).message
        assert isinstance(message, AnswerMessage)
        given = message.answer
        found.append((given.provider_reference, given.request_answer, given.rejection_reason))
    return found


@pytest.fixture
def asked_by_software(system: Scope) -> tuple[World, builders.Person, CareRequest]:
    """Guidance and treatment, asked by software and sent up."""
    world = factories.world(system, relay=Subcontract.Relay.MESSAGES)
    who = factories.person()
    products = by_software(
        ("EIGEN1", code(world, "guidance")), ("EIGEN2", code(world, "treatment"))
    )
    down(world, letter(world, who, products))
    request = CareRequest.objects.get()
    return world, who, requests.send_up(scope=moved(world.system), request=request)


Asked = tuple[World, builders.Person, CareRequest]


def test_software_hears_what_became_of_its_products(asked_by_software: Asked) -> None:
    world, _who, request = asked_by_software
    first, second = request.products.all()
    up(world, answered_by_town(world, first))
    up(world, answered_by_town(world, second, "8", world.other_municipality.code))
    assert told_below() == [("EIGEN1", "2", ""), ("EIGEN2", "1", "8")]
    second.refresh_from_db()
    assert second.responsible_code == world.other_municipality.code


def test_the_portal_needs_no_319(system: Scope) -> None:
    world = factories.world(system)
    request = made(world, draft(world), world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    answers.dismiss(scope=world.at(Role.CARE_COORDINATOR), request=request, reason="4")
    assert told_below() == []


@pytest.mark.parametrize("asker", [True, False])
def test_the_relayed_allocation_carries_the_askers_reference(
    asked_by_software: Asked, asker: bool
) -> None:
    world, who, request = asked_by_software
    first = request.products.all()[0]
    up(world, allocated_by_town(world, who, first))
    other = factories.party(
        moved(world.system),
        world.main,
        world.youth,
        "Andere Zorg",
        "pxq",
        [world.products["guidance"]],
        relay=Subcontract.Relay.MESSAGES,
    )
    allocation = Allocation.objects.get(requested_product=first)
    factories.place(world, allocation, world.pxq if asker else other)
    relayed = OutgoingMessage.objects.get(message_type="301", leg=Leg.DOWN)
    message = parse(opened(relayed)).message
    assert isinstance(message, AllocationMessage)
    (product,) = message.client.allocated_products
    assert product.provider_reference == ("EIGEN1" if asker else "")


# States


def test_transitions_of_requests_lead_to_states() -> None:
    for table, states in (
        (CareRequest.TRANSITIONS, _Status),
        (RequestedProduct.TRANSITIONS, _Answer),
    ):
        assert set(table) == set(states)
        assert set().union(*table.values()) <= set(states)


@pytest.mark.parametrize("status", _Status)
def test_what_is_not_open_takes_no_319(system: Scope, status: CareRequest.Status) -> None:
    product = RequestedProduct(
        request=CareRequest(status=status, sent_at=NOW), answer=_Answer.AWAITED
    )
    rule = answers.problem(product, is_rejection=True)
    assert rule == ("" if status in CareRequest.OPEN else "TR365")


def test_the_work_list_asks_once_for_all_answers(system: Scope) -> None:
    world = factories.world(system)
    made(world, draft(world))
    late = world.at(Role.CARE_COORDINATOR, at=NOW.replace(month=4))
    waiting = [item for item in work.items(late) if item.kind == work.WAITING]
    assert len(waiting) == 1
