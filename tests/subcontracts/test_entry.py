"""Messages made by hand: from the first mistake to the answer, by who may and by who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.audit.models import AccessRecord
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.content import opened
from messaging.exchange.entry import values
from messaging.istandaard import message_type, parse
from messaging.istandaard.model.elements import Family
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import CareRequest, Client, DeliveryStart, Placement
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.test_pages import chain

State = IncomingMessage.State
START = "Client/StartProducten/StartProduct[1]"


def address(name: str, *, check: bool = False) -> str:
    return reverse("message_entry_check" if check else "message_entry", args=[name])


def posted(page: Any) -> dict[str, str]:
    """What the page would post if nothing was changed."""
    desk = page.context["desk"]
    return {
        **desk.values,
        "_number": desk.number,
        "_destination": desk.destination.key if desk.destination else "",
        **({"_mends": desk.mends} if desk.mends else {}),
    }


def rules(page: Any) -> list[tuple[str, str]]:
    """Rule and place of everything that keeps the message from being sent, what is missing too."""
    return [
        (one.remark.rule, one.remark.path)
        for one in [*page.context["wrong"], *page.context["missing"]]
    ]


def landed(answer: Any) -> IncomingMessage:
    """The received message on whose page one ends up."""
    assert answer.status_code == 302
    return IncomingMessage.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def practice(browse: Browse, world: World) -> Browser:
    return browse(world, Role.SUBCONTRACTOR_USER, world.pxq)


def town(world: World) -> dict[str, str]:
    return {"_destination": f"{world.main.pk}-{world.municipality.code}"}


def test_a_practice_makes_a_305_with_a_mistake_mends_it_and_sends_it(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system)
    placement = chain(world)
    browser = practice(browse, world)
    placement_page = browser.get(reverse("placement_detail", args=[placement.pk]))
    links = dict(placement_page.context["by_hand"])
    assert list(links.values()) == [f"{address('jw305')}?over={placement.pk}"]

    page = browser.get(next(iter(links.values())))
    form = posted(page)
    assert form["Client/Bsn"] == placement.client.bsn
    assert form[f"{START}/ToewijzingNummer"] == str(placement.number)
    assert rules(page) == [("", f"{START}/Begindatum")]
    become(world.system)
    looks = AccessRecord.objects.filter(client=placement.client_id, purpose="message.entry")
    assert looks.count() == 1

    # A number that fails the eleven test is told with its rule before anything is sent.
    form |= {f"{START}/Begindatum": timezone.localdate().isoformat(), "Client/Bsn": "123456789"}
    told = browser.post(address("jw305", check=True), form)
    assert [path for _rule, path in rules(told)] == ["Client/Bsn"]
    assert rules(told)[0][0]
    assert "123456789" in told.context["xml"]
    kept = browser.post(address("jw305"), {**form, "_send": "1"})
    assert kept.status_code == 200
    assert posted(kept) == form
    become(world.system)
    assert not IncomingMessage.objects.filter(source=IncomingMessage.Source.PORTAL)

    form["Client/Bsn"] = str(placement.client.bsn)
    assert rules(browser.post(address("jw305", check=True), form)) == []
    answer = browser.post(address("jw305"), {**form, "_send": "1"})
    become(world.system)
    row = landed(answer)
    assert (row.state, row.source) == (State.HANDLED, IncomingMessage.Source.PORTAL)
    assert row.identification == form["_number"]
    assert OutgoingMessage.objects.get(in_reply_to=row).message_type == "306"
    assert DeliveryStart.objects.get().placement == placement
    # Pressed twice, it is one message still.
    again = browser.post(address("jw305"), {**form, "_send": "1"})
    become(world.system)
    assert landed(again) == row


def sent_by_hand(
    browser: Browser, name: str, form: dict[str, str], world: World
) -> IncomingMessage:
    answer = browser.post(address(name), {**form, "_send": "1"})
    become(world.system)
    return landed(answer)


def test_a_refused_message_is_mended_and_sent_again(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    browser = practice(browse, world)
    form = posted(browser.get(address("jw305"), {"over": placement.pk}))
    form |= {
        f"{START}/Begindatum": timezone.localdate().isoformat(),
        f"{START}/ToewijzingNummer": "999",
    }
    row = sent_by_hand(browser, "jw305", form, world)
    assert row.state == State.REJECTED

    page = browser.get(row.get_absolute_url())
    assert page.context["mend_url"] == reverse("message_mend", args=[row.pk])
    mend = browser.get(page.context["mend_url"])
    # What was found stands at its field.
    found = {one.remark.path for one in mend.context["told"]}
    become(world.system)
    assert found == {path.removeprefix("/Bericht/") for path in _paths(row)}
    again = posted(mend)
    assert again["_number"] != form["_number"]
    assert {**again, "_number": "", "_mends": ""} == {**form, "_number": "", "_mends": ""}
    again[f"{START}/ToewijzingNummer"] = str(placement.number)
    better = sent_by_hand(browser, "jw305", again, world)
    assert better.state == State.HANDLED
    row.refresh_from_db()
    assert row.settled_at is not None
    # It needs nobody any more.
    assert browser.get(row.get_absolute_url()).context["mend_url"] == ""
    assert browser.get(reverse("message_mend", args=[row.pk])).status_code == 302


def _paths(row: IncomingMessage) -> set[str]:
    return set(row.findings.values_list("path", flat=True))


def test_changed_after_going_back_it_gets_another_number(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    browser = practice(browse, world)
    form = posted(browser.get(address("jw305"), {"over": placement.pk}))
    form |= {
        f"{START}/Begindatum": timezone.localdate().isoformat(),
        f"{START}/ToewijzingNummer": "999",
    }
    first = sent_by_hand(browser, "jw305", form, world)
    form[f"{START}/ToewijzingNummer"] = str(placement.number)
    second = sent_by_hand(browser, "jw305", form, world)
    assert (first.state, second.state) == (State.REJECTED, State.HANDLED)
    assert first.identification != second.identification


def request_form(world: World, bsn: str) -> dict[str, str]:
    """A 315 as it is typed, for guidance from next month on."""
    product = "Client/AangevraagdeProducten/AangevraagdProduct[1]"
    start = timezone.localdate() + timedelta(days=30)
    return {
        **town(world),
        "Client/Bsn": bsn,
        "Client/Geboortedatum/Datum": "4-5-2012",
        "Client/Geslacht": "2",
        "Client/Naam/Geslachtsnaam/Achternaam": "Kanarie",
        "Client/Naam/Voorletters": "A",
        "Client/GezagsdragerBekend": "1",
        f"{product}/ReferentieAanbieder": "berk-1",
        f"{product}/Product/Categorie": "45",
        f"{product}/Product/Code": "45A04",
        f"{product}/ToewijzingIngangsdatum": start.isoformat(),
        f"{product}/ToewijzingEinddatum": (start + timedelta(days=60)).isoformat(),
        f"{product}/Omvang/Volume": "4",
        f"{product}/Omvang/Eenheid": "04",
        f"{product}/Omvang/Frequentie": "2",
        f"{product}/Verwijzer/Type": "02",
        f"{product}/Verwijzer/Naam": "Dr. Bos",
    }


def test_a_practice_asks_for_care_by_a_315(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    browser = practice(browse, world)
    form = {**posted(browser.get(address("jw315"))), **request_form(world, factories.bsn())}
    listed = "Client/AangevraagdeProducten/AangevraagdProduct"

    # One product more than needed, by the buttons of the page, which lose nothing that was typed.
    longer = browser.post(address("jw315"), {**form, "_add": listed})
    assert longer.status_code == 200
    assert posted(longer).items() >= form.items()
    assert f"{listed}[2]/Product/Code" in posted(longer)
    shorter = browser.post(address("jw315"), {**posted(longer), "_remove": f"{listed}[2]"})
    assert posted(shorter) == form

    # Name and AGB code of the referrer exclude each other.
    wrong = {**form, f"{listed}[1]/Verwijzer/ZorgverlenerCode": "01012345"}
    told = browser.post(address("jw315", check=True), wrong)
    assert [path for _rule, path in rules(told)] == [f"{listed}[1]/Verwijzer/Naam"]
    row = sent_by_hand(browser, "jw315", form, world)
    assert row.state == State.HANDLED
    assert OutgoingMessage.objects.get(in_reply_to=row).message_type == "316"
    request = CareRequest.objects.get()
    assert (request.status, request.provider_organisation) == (
        CareRequest.Status.RECEIVED,
        world.pxq.organisation,
    )
    assert request.products.get().provider_reference == "berk-1"


def test_staff_asks_for_care_by_a_315(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    browser = browse(world, Role.CARE_COORDINATOR)
    form = {**posted(browser.get(address("jw315"))), **request_form(world, factories.bsn())}
    reference = "Client/AangevraagdeProducten/AangevraagdProduct[1]/ReferentieAanbieder"
    # References and numbers are ours, and given when it is sent.
    assert form["_number"] == ""
    del form[reference]
    assert rules(browser.post(address("jw315", check=True), form)) == []
    answer = browser.post(address("jw315"), {**form, "_send": "1"})
    become(world.system)
    request = CareRequest.objects.get()
    assert request.status == CareRequest.Status.SENT
    assert request.message is not None
    assert answer["Location"] == request.message.get_absolute_url()
    sent = parse(opened(request.message)).message
    assert sent is not None
    assert sent.header.message_number.startswith("HA")
    assert [one.provider_reference for one in sent.client.requested_products] == [  # type: ignore[attr-defined]
        f"{request.number}-1"
    ]

    # Only one request of a client is open: the second is refused, and what was typed stays.
    second = browser.post(address("jw315"), {**form, "_send": "1"})
    assert second.status_code == 200
    assert posted(second).items() >= form.items()
    become(world.system)
    assert CareRequest.objects.count() == 1


def change_form(world: World, placement: Placement, number: int) -> dict[str, str]:
    """A 317 as it is typed: more hours from next month on."""
    changed = "Client/Verzoek/TeWijzigenProducten/TeWijzigenProduct[1]"
    start = timezone.localdate() + timedelta(days=30)
    return {
        **town(world),
        "Client/Bsn": str(placement.client.bsn),
        "Client/Verzoek/ReferentieAanbieder": "berk-2",
        "Client/Verzoek/RedenVerzoek": "1",
        f"{changed}/ToewijzingNummer": str(number),
        f"{changed}/GewensteIngangsdatum": start.isoformat(),
        f"{changed}/Einddatum": placement.end_date.isoformat() if placement.end_date else "",
        f"{changed}/Omvang/Volume": "6",
        f"{changed}/Omvang/Eenheid": "04",
        f"{changed}/Omvang/Frequentie": "2",
    }


def test_staff_asks_for_a_change_by_a_317(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    browser = browse(world, Role.CARE_COORDINATOR)
    blank = posted(browser.get(address("jw317")))
    wrong = {**blank, **change_form(world, placement, 999)}
    refused = browser.post(address("jw317"), {**wrong, "_send": "1"})
    assert refused.status_code == 200
    become(world.system)
    assert not CareRequest.objects.exists()
    form = {**blank, **change_form(world, placement, placement.allocation.number)}
    answer = browser.post(address("jw317"), {**form, "_send": "1"})
    become(world.system)
    request = CareRequest.objects.get()
    assert (request.kind, request.status) == (CareRequest.Kind.CHANGE, CareRequest.Status.SENT)
    assert request.message is not None
    assert answer["Location"] == request.message.get_absolute_url()


def test_a_practice_asks_for_a_change_by_a_317(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    browser = practice(browse, world)
    form = {
        **posted(browser.get(address("jw317"))),
        **change_form(world, placement, placement.number),
    }
    row = sent_by_hand(browser, "jw317", form, world)
    assert row.state == State.HANDLED
    assert CareRequest.objects.get().kind == CareRequest.Kind.CHANGE


def test_the_stop_of_care_begins_with_its_start(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    begin = timezone.localdate() - timedelta(days=10)
    factories.start(world, placement, begin, at=timezone.now())
    browser = practice(browse, world)
    form = posted(browser.get(address("jw307"), {"over": placement.pk}))
    stop = "Client/StopProducten/StopProduct[1]"
    assert form[f"{stop}/Begindatum"] == begin.isoformat()
    form |= {
        f"{stop}/Einddatum": timezone.localdate().isoformat(),
        f"{stop}/RedenBeeindiging": "31",
    }
    row = sent_by_hand(browser, "jw307", form, world)
    assert row.state == State.HANDLED
    assert OutgoingMessage.objects.get(in_reply_to=row).message_type == "308"


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (Role.SUBCONTRACTOR_ADMIN, "jw305", 200),
        (Role.CARE_COORDINATOR, "jw315", 200),
        (Role.CONTRACT_MANAGER, "wmo317", 200),
        # Staff's starts, stops and declarations are made from the care itself.
        (Role.CARE_COORDINATOR, "jw305", 403),
        (Role.CARE_COORDINATOR, "jw307", 403),
        (Role.CONTRACT_MANAGER, "jw323", 403),
        # Without a mandate there is nobody to send it to, and the form says so.
        (Role.CARE_COORDINATOR, "jw301", 200),
        (Role.SUBCONTRACTOR_USER, "jw301", 403),
        (Role.CONTROLLER, "jw323", 403),
        (Role.QUALITY_OFFICER, "jw305", 403),
        (Role.MUNICIPAL_VIEWER, "jw305", 403),
        (Role.SUBCONTRACTOR_USER, "jw999", 404),
        (Role.SUBCONTRACTOR_USER, "nergens", 404),
    ],
)
def test_who_makes_which_message(
    system: Scope, browse: Browse, role: Role, name: str, status: int
) -> None:
    world = factories.world(system)
    party = world.pxq if role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER) else None
    browser = browse(world, role, party)
    assert browser.get(address(name)).status_code == status
    assert browser.post(address(name, check=True)).status_code == status
    assert browser.post(address(name), {"_send": "1"}).status_code == status


def test_the_choice_says_what_each_is_for_and_where_the_rest_is_done(
    system: Scope, browse: Browse
) -> None:
    world = factories.world(system)
    page = reverse("message_entry_list")
    own = practice(browse, world).get(page).context
    assert [one["number"] for one in own["makers"]] == ["305", "307", "315", "317", "323"]
    # Its one contract is under the youth act.
    assert [law for law, _url in own["makers"][0]["laws"]] == ["JW"]
    staff = browse(world, Role.CARE_COORDINATOR).get(page).context
    assert [one["number"] for one in staff["makers"]] == ["301", "315", "317"]
    assert [one.number for one in staff["elsewhere"]] == ["305", "307", "323"]
    for one in [*own["makers"], *staff["makers"]]:
        assert one["usual_url"]


def test_another_ones_placement_and_message_are_not_there(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    row = sent_by_hand(practice(browse, world), "jw315", request_of(browse, world), world)
    IncomingMessage.objects.filter(pk=row.pk).update(state=State.REJECTED)
    other = browse(world, Role.SUBCONTRACTOR_USER, world.trajectory)
    assert other.get(address("jw305"), {"over": placement.pk}).status_code == 404
    assert other.get(address("jw305"), {"over": "x"}).status_code == 404
    assert other.get(reverse("message_mend", args=[row.pk])).status_code == 404
    # Staff read it, and do not mend what another sent.
    staff = browse(world, Role.CARE_COORDINATOR)
    assert staff.get(reverse("message_mend", args=[row.pk])).status_code == 403


def request_of(browse: Browse, world: World) -> dict[str, str]:
    blank = values.whole(message_type(Family.JW, "315"), {})
    return {**blank, **request_form(world, factories.bsn())}


def test_nothing_is_shown_about_a_sealed_client(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    become(world.system)
    Client.objects.filter(pk=placement.client_id).update(is_sealed=True)
    browser = practice(browse, world)
    assert browser.get(address("jw305"), {"over": placement.pk}).status_code == 404
    page = browser.get(reverse("placement_detail", args=[placement.pk]))
    assert page.context["by_hand"] == []


def test_a_check_stores_and_logs_nothing(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    placement = chain(world)
    browser = practice(browse, world)
    become(world.system)
    before = AccessRecord.objects.count(), IncomingMessage.objects.count()
    form = request_form(world, str(placement.client.bsn))
    assert browser.post(address("jw315", check=True), form).status_code == 200
    become(world.system)
    assert (AccessRecord.objects.count(), IncomingMessage.objects.count()) == before


def test_a_form_cannot_be_sent_from_another_site(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    browser = practice(browse, world)
    browser.handler.enforce_csrf_checks = True
    for check in (False, True):
        assert browser.post(address("jw315", check=check), {"_send": "1"}).status_code == 403


def test_who_cannot_be_a_sender_is_told_so(system: Scope, browse: Browse) -> None:
    """An own team has no AGB code; it reports on the pages of its placements."""
    world = factories.world(system)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.own_team)
    page = browser.get(address("jw305"))
    assert (page.status_code, page.context["desk"].destinations) == (200, [])
    sent = browser.post(address("jw305"), {**posted(page), "_send": "1"})
    assert sent.status_code == 200
    become(world.system)
    assert not IncomingMessage.objects.exists()


def test_a_municipality_of_another_is_no_destination(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    browser = practice(browse, world)
    page = browser.get(address("jw315"))
    towns = {one.municipality for one in page.context["desk"].destinations}
    assert towns == {world.municipality, world.other_municipality}
    strange = {**posted(page), **request_form(world, factories.bsn())}
    strange["_destination"] = f"{world.main.pk}-0363"
    told = browser.post(address("jw315"), {**strange, "_send": "1"})
    assert [one.remark.path for one in told.context["told"]] == ["_destination"]
