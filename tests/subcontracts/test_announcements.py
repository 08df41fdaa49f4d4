"""Announcements with proof of reading, and contacts that each side keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import worklist
from subcontracts.models import Announcement, ReadConfirmation, Subcontractor, SubjectContact
from subcontracts.selectors.announcements import proofs
from subcontracts.services import announcements, contacts
from subcontracts.services.announcements import AnnouncementFacts
from subcontracts.services.contacts import ContactFacts
from tests import factories
from tests.conftest import become
from tests.factories import NOW, Party, World
from tests.subcontracts.conftest import Browser as Browse

TODAY = timezone.localdate(NOW)
PDF = b"%PDF-1.7 een bijlage"


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def manager(world: World) -> Scope:
    return become(world.at(Role.CONTRACT_MANAGER))


def provider(world: World, party: Party, role: Role = Role.SUBCONTRACTOR_USER) -> Scope:
    return become(world.at(role, party))


def told(world: World, *to: Subcontractor, **changes: Any) -> Announcement:
    values = {"title": "Kerstsluiting", "text": "Wij zijn dicht.", "start_date": TODAY} | changes
    return announcements.announce(
        scope=manager(world),
        main_contractor_id=world.main.pk,
        facts=AnnouncementFacts(**values),
        to=to,
    )


def waiting(scope: Scope) -> list[worklist.WorkItem]:
    return [one for one in worklist.items(scope) if "Mededelingen" in str(one.kind)]


# Telling and confirming


def test_told_to_all_until_each_person_confirmed(world: World) -> None:
    row = told(world)
    first = provider(world, world.pxq)
    (item,) = waiting(first)
    assert item.url == reverse("announcement_detail", args=[row.pk])
    announcements.confirm(scope=first, announcement=row)
    assert not waiting(first)
    with pytest.raises(ConflictError):
        announcements.confirm(scope=first, announcement=row)
    # A colleague of the same organisation reads for itself.
    assert waiting(provider(world, world.pxq, Role.SUBCONTRACTOR_ADMIN))
    assert waiting(provider(world, world.fte))


def test_told_to_some_is_seen_by_no_other(world: World) -> None:
    row = told(world, world.pxq.subcontractor)
    scope = provider(world, world.fte)
    assert not Announcement.objects.visible_to(scope).exists()
    assert not Announcement.objects.exists()
    with pytest.raises(Announcement.DoesNotExist):
        announcements.confirm(scope=scope, announcement=row)


def test_the_manager_sees_who_read_it_and_who_did_not(world: World) -> None:
    row = told(world, world.pxq.subcontractor, world.fte.subcontractor)
    scope = provider(world, world.pxq)
    announcements.confirm(scope=scope, announcement=row)
    become(world.system)
    for role, party in (
        (Role.SUBCONTRACTOR_USER, world.pxq),
        (Role.SUBCONTRACTOR_ADMIN, world.pxq),
        (Role.SUBCONTRACTOR_USER, world.fte),
    ):
        Membership.objects.create(
            user_id=world.at(role, party).user_id,
            role=role,
            organisation=party.organisation,
            started_at=NOW,
        )
    found = {one.organisation: one for one in proofs(manager(world), row)}
    assert [one.name for one in found["Zorg in Beeld"].read] == [str(Role.SUBCONTRACTOR_USER.label)]
    assert found["Zorg in Beeld"].unread == [str(Role.SUBCONTRACTOR_ADMIN.label)]
    assert len(found["Thuis Verder"].unread) == 1
    # Another subcontractor does not see who read it.
    other = provider(world, world.fte)
    assert not ReadConfirmation.objects.visible_to(other).exists()
    assert not ReadConfirmation.objects.exists()


def test_a_reminder_makes_it_due_today(world: World) -> None:
    row = told(world)
    (item,) = waiting(provider(world, world.pxq))
    assert item.due is None
    announcements.remind(scope=manager(world), announcement=row)
    (item,) = waiting(provider(world, world.pxq))
    assert (item.due, item.detail) == (TODAY, "herinnering")


def test_outside_its_days_nobody_is_asked_to_read_it(world: World) -> None:
    row = told(world, start_date=TODAY + timedelta(days=3), end_date=TODAY + timedelta(days=5))
    assert not waiting(provider(world, world.pxq))
    with pytest.raises(RuleError, match="CON-133"):
        announcements.remind(scope=manager(world), announcement=row)


def test_withdrawn_it_is_gone_and_the_proof_stays(world: World) -> None:
    row = told(world)
    announcements.confirm(scope=provider(world, world.pxq), announcement=row)
    announcements.withdraw(scope=manager(world), announcement=row)
    scope = provider(world, world.pxq)
    assert not Announcement.objects.visible_to(scope).exists() and not waiting(scope)
    assert len(proofs(manager(world), row)[-1].read) == 1


def test_a_name_of_a_file_hides_nothing(world: World) -> None:
    row = told(world, attachment=PDF, attachment_name="rooster\u202efdp.exe\n.pdf")
    assert row.attachment_name == "roosterfdp.exe.pdf"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("CON-130", {"start_date": TODAY - timedelta(days=1)}),
        ("CON-130", {"end_date": TODAY - timedelta(days=1)}),
        ("CON-131", {"attachment": b"<html>", "attachment_name": "x.pdf"}),
    ],
)
def test_what_cannot_be_told(world: World, code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(RuleError, match=code):
        told(world, **changes)


def test_only_a_contract_manager_tells(world: World) -> None:
    facts = AnnouncementFacts(title="x", text="y", start_date=TODAY)
    for scope in (provider(world, world.pxq), become(world.at(Role.CARE_COORDINATOR))):
        with pytest.raises(NotAllowedError):
            announcements.announce(scope=scope, main_contractor_id=world.main.pk, facts=facts)


# Contacts


def contact(**changes: Any) -> ContactFacts:
    values = {"subject": "declarations", "name": "Financiën", "start_date": TODAY}
    return ContactFacts(**{**values, "mail": "fin@example.nl", **changes})


def test_each_side_keeps_its_own_and_reads_the_other(world: World) -> None:
    scope = provider(world, world.pxq)
    theirs = contacts.add(
        scope=scope,
        main_contractor_id=world.main.pk,
        organisation_id=world.pxq.organisation.pk,
        facts=contact(name="Zorgadministratie"),
    )
    scope = manager(world)
    ours = contacts.add(scope=scope, main_contractor_id=world.main.pk, facts=contact())
    assert set(SubjectContact.objects.visible_to(scope)) == {ours, theirs}
    with pytest.raises(NotAllowedError):
        contacts.change(scope=scope, contact=theirs, facts=contact(name="Anders"))
    scope = provider(world, world.pxq)
    assert set(SubjectContact.objects.visible_to(scope)) == {ours, theirs}
    with pytest.raises(NotAllowedError):
        contacts.change(scope=scope, contact=ours, facts=contact(name="Anders"))
    other = provider(world, world.fte)
    assert list(SubjectContact.objects.visible_to(other)) == [ours]
    assert list(SubjectContact.objects.all()) == [ours]


def test_a_contact_can_be_reached_and_ends(world: World) -> None:
    scope = manager(world)
    with pytest.raises(RuleError, match="CON-136"):
        contacts.add(scope=scope, main_contractor_id=world.main.pk, facts=contact(mail=""))
    with pytest.raises(RuleError, match="CON-137"):
        contacts.add(
            scope=scope,
            main_contractor_id=world.main.pk,
            facts=contact(end_date=TODAY - timedelta(days=1)),
        )
    row = contacts.add(scope=scope, main_contractor_id=world.main.pk, facts=contact())
    contacts.change(scope=scope, contact=row, facts=contact(end_date=TODAY))
    later = TODAY + timedelta(days=1)
    assert not SubjectContact.objects.visible_to(scope).in_force_on(later).exists()


def test_no_contact_with_a_main_contractor_for_which_one_does_not_work(
    world: World, system: Scope
) -> None:
    become(system)
    stranger = factories.world(system)
    with pytest.raises(RuleError, match="CON-135"):
        contacts.add(
            scope=provider(world, world.pxq),
            main_contractor_id=stranger.main.pk,
            organisation_id=world.pxq.organisation.pk,
            facts=contact(),
        )


# Pages


def test_told_with_a_file_read_at_home_and_seen_by_the_manager(
    world: World, browse: Browse
) -> None:
    here = browse(world, Role.CONTRACT_MANAGER)
    typed = {
        "title": "Nieuw rooster",
        "text": "Zie de bijlage.",
        "start_date": timezone.localdate().isoformat(),
        "to": [world.pxq.subcontractor.pk],
        "file": SimpleUploadedFile("rooster.pdf", PDF),
    }
    detail = here.post(reverse("announcement_new"), typed)["Location"]
    there = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    assert detail in there.get("/").content.decode()
    shown = there.get(detail).content.decode()
    file = there.get(f"{detail}bijlage/")
    assert "rooster.pdf" in shown and file.content == PDF
    assert "Nog niet gelezen" not in shown
    there.post(f"{detail}gelezen/")
    assert detail not in there.get("/").content.decode()
    name = str(Role.SUBCONTRACTOR_USER.label)
    assert name in here.get(detail).content.decode()
    response = here.get(f"{detail}leesbewijs/?_export=csv")
    assert name in b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_contact_is_added_on_a_page_and_stands_on_the_subcontractors_page(
    world: World, browse: Browse
) -> None:
    there = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    typed = {
        "to": world.pxq.subcontractor.pk,
        "subject": "incidents",
        "name": "Piket",
        "start_date": timezone.localdate().isoformat(),
    }
    new = reverse("contact_new")
    assert there.post(new, typed).status_code == 200
    typed["phone"] = "06 12345678"
    assert there.post(new, typed)["Location"] == reverse("contact_list")
    here = browse(world, Role.CONTRACT_MANAGER)
    assert "06 12345678" in here.get(reverse("contact_list")).content.decode()
    profile = reverse("subcontractor_detail", args=[world.pxq.subcontractor.pk])
    assert "Piket" in here.get(profile).content.decode()
