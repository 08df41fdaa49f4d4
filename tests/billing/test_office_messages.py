"""Declarations as messages that an office hands in: each for its sender, under its mandate."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing.models import Declaration, DeclaredLine
from billing.services import office_messages
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.scope import Role, Scope, system
from hoofdaannemer.invariants import check_promises
from hoofdaannemer.invariants import offices as promised
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import Placement
from tests.billing.balans import Office, withdrawn
from tests.billing.build import placement, priced
from tests.billing.messages import declaration
from tests.billing.test_office_files import ENDED
from tests.conftest import become
from tests.factories import Party, World, party, world


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def office(chain: World) -> Office:
    return Office(chain)


@pytest.fixture
def neighbour(chain: World) -> Party:
    goods = [chain.products["guidance"]]
    return party(chain.system, chain.main, chain.youth, "Praktijk Buur", "pxq", goods)


def message(chain: World, of: Party, *placed: tuple[Placement, int]) -> bytes:
    """The 323 of a practice, with so many hours of the month that ended for each placement."""
    lines = [(one.client.bsn, priced(one, hours, ENDED)) for one, hours in placed]
    return declaration(replace(chain, pxq=of), ENDED, *lines)


def file(raw: bytes, name: str = "323.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw, content_type="text/xml")


def test_the_sender_says_for_which_practice_it_is(
    office: Office, chain: World, neighbour: Party
) -> None:
    """It is judged and answered as one that the practice uploads, and its log names the mandate."""
    mine, other, too_much = (
        placement(chain),
        placement(chain, neighbour),
        placement(chain, neighbour),
    )
    office.held(chain.pxq)
    mandate = office.held(neighbour)
    raw = message(chain, neighbour, (other, 3), (too_much, 1000))
    told = office_messages.check(scope=become(office.scope()), raw=raw)
    assert (told.mandate, told.lines, told.rejected) == (mandate, 2, 1)
    assert (told.granted, told.is_refused) == (Decimal(198), False)
    become(system())
    assert not IncomingMessage.objects.exists()
    sent = office_messages.hand_in(scope=become(office.scope()), raw=raw)
    assert (sent.mandate, sent.granted, sent.rejected) == (mandate, told.granted, told.rejected)
    become(system())
    [made] = Declaration.objects.all()
    assert (made.provider_organisation, made.source) == (neighbour.organisation, "message")
    assert OutgoingMessage.objects.get(in_reply_to=made.message).message_type == "325"
    assert not DeclaredLine.objects.filter(placement=mine).exists()
    record = ChangeRecord.objects.get(verb="message.received")
    who = (record.user_id, record.acting_organisation, record.mandate)
    assert who == (office.person.pk, neighbour.organisation.pk, mandate.pk)
    assert [one for one in check_promises(promised.PROMISES) if not one.holds] == []


def test_the_same_message_again_declares_nothing_twice(office: Office, chain: World) -> None:
    office.held(chain.pxq)
    raw = message(chain, chain.pxq, (placement(chain), 3))
    first = office_messages.hand_in(scope=become(office.scope()), raw=raw)
    again = office_messages.hand_in(scope=become(office.scope()), raw=raw)
    assert again == first
    become(system())
    assert DeclaredLine.objects.count() == 1


def test_without_a_mandate_for_declaring_it_reaches_nobody(
    office: Office, chain: World, neighbour: Party
) -> None:
    """Of a stranger, of one that gave another subject, and of nobody the same is told."""
    office.held(neighbour, Subject.STATEMENTS)
    placed = placement(chain)
    raws = [message(chain, of, (placed, 3)) for of in (chain.pxq, neighbour)]
    # And of a number that is nobody's.
    raws.append(raws[0].replace(chain.pxq.organisation.agb.encode(), b"73999999"))
    said = set()
    for raw in raws:
        for step in (office_messages.check, office_messages.hand_in):
            with pytest.raises(RuleError, match="BIL-281") as refused:
                step(scope=become(office.scope()), raw=raw)
            said.add(str(refused.value))
    assert len(said) == 1
    become(system())
    assert not IncomingMessage.objects.exists()
    assert not Declaration.objects.exists()


def test_after_the_mandate_ended_nothing_goes_any_more(office: Office, chain: World) -> None:
    mandate = office.held(chain.pxq)
    raw = message(chain, chain.pxq, (placement(chain), 3))
    office_messages.check(scope=become(office.scope()), raw=raw)
    withdrawn(office, mandate, chain.pxq)
    with pytest.raises(RuleError, match="BIL-281"):
        office_messages.hand_in(scope=become(office.scope()), raw=raw)


def test_a_practice_declares_no_care_of_another(
    office: Office, chain: World, neighbour: Party
) -> None:
    office.held(chain.pxq)
    office.held(neighbour)
    raw = message(chain, neighbour, (placement(chain), 3))
    told = office_messages.hand_in(scope=become(office.scope()), raw=raw)
    assert told.granted == 0
    become(system())
    assert not DeclaredLine.objects.filter(is_approved=True).exists()


def test_what_is_no_323_and_who_is_no_office_is_refused(office: Office, chain: World) -> None:
    placed = placement(chain)
    office.held(chain.pxq)
    for raw in (b"<Bericht/>", b"Praktijk;Maand"):
        with pytest.raises(RuleError, match="BIL-60"):
            office_messages.hand_in(scope=become(office.scope()), raw=raw)
    raw = message(chain, chain.pxq, (placed, 3))
    for role in (Role.SUBCONTRACTOR_ADMIN, Role.CONTROLLER):
        with pytest.raises(NotAllowedError):
            office_messages.hand_in(scope=become(chain.at(role)), raw=raw)


def test_by_pages_several_at_once_each_by_itself(
    office: Office, chain: World, neighbour: Party
) -> None:
    """One that is refused stops no other, and the page holds numbers only."""
    mine, other = placement(chain), placement(chain, neighbour)
    office.held(chain.pxq)
    mandate = office.held(neighbour)
    url = reverse("office_message_upload")
    browser = office.browser()
    assert url in browser.get("/kantoor/").content.decode()
    raws = [
        message(chain, neighbour, (other, 3)),
        b"<Bericht/>",
        message(chain, chain.pxq, (mine, 4)),
    ]

    def chosen() -> list[SimpleUploadedFile]:
        return [file(raw, f"{place}.xml") for place, raw in enumerate(raws)]

    page = browser.post(url, {"documents": chosen(), "check": "1"})
    assert [row["is_wrong"] for row in page.context["rows"]] == [False, True, False]
    become(system())
    assert not Declaration.objects.exists()
    page = browser.post(url, {"documents": chosen(), "hand_in": "1"})
    rows = page.context["rows"]
    assert [row.get("submitted", "") for row in rows] == ["€ 198,00", "", "€ 264,00"]
    text = page.content.decode()
    assert mine.client.bsn not in text
    assert str(other.number) not in text
    become(system())
    assert Declaration.objects.count() == 2
    # The verdict is read in the practice.
    opened = browser.post(
        reverse("office_mandate_act", args=[mandate.pk]), {"next": reverse("declaration_list")},
        follow=True,
    )  # fmt: skip
    assert opened.status_code == 200
    assert len(opened.context["table"].rows) == 1
