"""The mail of Monday: once a person and week, in numbers only, and off is off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from hoofdaannemer.accounts.models import Membership, OutgoingMail, User, WeeklyDigest
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import tasks, worklist
from subcontracts.models import Client
from subcontracts.selectors.digest import Line, lines
from subcontracts.services import digest
from subcontracts.worklist import WorkItem
from tests.conftest import become
from tests.factories import NOW, Party, World, allocate, moved, place, world

Browse = Callable[..., Browser]
#: Seven in the morning of the Monday after the tests' today.
MONDAY = datetime(2026, 3, 23, 6, 0, tzinfo=UTC)
WEEK = date(2026, 3, 23)


@pytest.fixture
def here(system: Scope) -> World:
    return world(system)


def employed(here: World, role: Role, party: Party | None = None) -> User:
    """Somebody who works in this role."""
    user = User.objects.get(pk=here.at(role, party).user_id)
    Membership.objects.create(
        user=user,
        role=role,
        main_contractor=None if party else here.main,
        organisation=party.organisation if party else None,
        started_at=NOW,
    )
    return user


def sweep(here: World, at: datetime = MONDAY) -> list[OutgoingMail]:
    """Go through all as the task does; every weekly mail that then waits."""
    scope = become(moved(here.system, at))
    for user_id in digest.waiting(scope):
        digest.send(scope=scope, user_id=user_id)
    return list(OutgoingMail.objects.filter(kind="weekly_digest"))


def test_twice_is_once(here: World) -> None:
    allocate(here)
    user = employed(here, Role.CARE_COORDINATOR)
    assert [mail.user_id for mail in sweep(here)] == [user.pk]
    assert len(sweep(here)) == 1
    assert len(sweep(here, MONDAY + timedelta(hours=5))) == 1
    assert len(sweep(here, MONDAY + timedelta(days=7))) == 2
    assert WeeklyDigest.objects.filter(week=WEEK).count() == 1


def test_the_task_started_twice_sends_once(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    allocate(here)
    employed(here, Role.CARE_COORDINATOR)
    monkeypatch.setattr(tasks, "system", lambda: moved(here.system, MONDAY))
    tasks.send_digests()
    tasks.send_digests()
    become(here.system)
    assert OutgoingMail.objects.filter(kind="weekly_digest").count() == 1


def test_it_says_how_much_and_never_about_whom(here: World) -> None:
    numbers = [str(allocate(here).number) for _one in range(2)]
    placement = place(here, allocate(here, "support"), here.fte)
    employed(here, Role.CARE_COORDINATOR)
    employed(here, Role.SUBCONTRACTOR_USER, here.fte)
    staff, provider = sorted(sweep(here), key=lambda mail: mail.user_id)
    # Placed by Friday: late. The start of the placement is due on that Monday itself.
    assert "- Te plaatsen cliënten: 2, 2 te laat" in staff.text
    assert "Te laat: 2." in staff.text
    assert "1 uiterlijk deze week" in provider.text
    become(here.system)
    secrets = [*numbers, str(placement.number), here.municipality.name, "Kanarie"]
    for client in Client.objects.all():
        secrets += [str(client), client.surname, client.bsn]
    for mail in (staff, provider):
        assert [one for one in secrets if one in mail.text] == []
        assert "/account/" in mail.text


def test_off_is_off_and_on_again_is_on(here: World, browse: Browse) -> None:
    allocate(here)
    browser = browse(here, Role.CARE_COORDINATOR)
    account = browser.get("/account/").content.decode()
    assert "Stop de wekelijkse mail" in account
    page = browser.post("/account/weekmail/", {"wanted": "no"}, follow=True).content.decode()
    assert "Stuur mij de wekelijkse mail" in page
    assert sweep(here) == []
    browser.post("/account/weekmail/", {"wanted": "yes"})
    assert len(sweep(here)) == 1
    become(here.system)
    chosen = ChangeRecord.objects.filter(verb="user.digest_chosen")
    assert chosen.count() == 2


def test_an_empty_work_list_is_no_mail_the_whole_week(here: World) -> None:
    employed(here, Role.CARE_COORDINATOR)
    assert sweep(here) == []
    allocate(here)
    assert sweep(here, MONDAY + timedelta(hours=1)) == []


def test_a_sealed_client_leaves_no_trace(here: World) -> None:
    placement = place(here, allocate(here), here.own_team)
    Client.objects.filter(pk=placement.client_id).update(is_sealed=True)
    user = employed(here, Role.SUBCONTRACTOR_USER, here.own_team)
    own = become(here.at(Role.SUBCONTRACTOR_USER, here.own_team, at=MONDAY))
    assert [item.is_sealed for item in worklist.items(own) if item.consequence] == [True]
    sent = [mail.text for mail in sweep(here) if mail.user_id == user.pk]
    assert not any("Te melden starts" in text or str(placement.client) in text for text in sent)


def test_blocked_or_without_a_role_gets_none(here: World) -> None:
    allocate(here)
    blocked = employed(here, Role.CARE_COORDINATOR)
    blocked.is_active = False
    blocked.save()
    ended = employed(here, Role.CONTRACT_MANAGER)
    Membership.objects.filter(user=ended).update(ended_at=NOW)
    assert sweep(here) == []


def test_two_roles_are_one_mail_and_one_count(here: World) -> None:
    allocate(here)
    user = employed(here, Role.CARE_COORDINATOR)
    Membership.objects.create(
        user=user, role=Role.CONTRACT_MANAGER, main_contractor=here.main, started_at=NOW
    )
    [mail] = sweep(here)
    assert "Te plaatsen cliënten: 1" in mail.text


@pytest.mark.parametrize(
    ("moment", "is_sent"),
    [
        (datetime(2026, 3, 23, 4, 59, tzinfo=UTC), False),  # a minute before six
        (datetime(2026, 3, 23, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 23, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 23, 23, 0, tzinfo=UTC), False),  # Tuesday in the Netherlands
        (datetime(2026, 3, 30, 4, 0, tzinfo=UTC), True),  # summer time since the day before
        (datetime(2026, 3, 29, 9, 0, tzinfo=UTC), False),
    ],
)
def test_on_monday_from_six(here: World, moment: datetime, is_sent: bool) -> None:
    employed(here, Role.CARE_COORDINATOR)
    assert bool(digest.waiting(moved(here.system, moment))) == is_sent


def test_one_failure_stops_no_other(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    allocate(here)
    first, second = employed(here, Role.CARE_COORDINATOR), employed(here, Role.CONTRACT_MANAGER)
    assert first.pk < second.pk
    send = digest.send

    def failing(*, scope: Scope, user_id: int) -> bool:
        if user_id == first.pk:
            raise ZeroDivisionError
        return send(scope=scope, user_id=user_id)

    monkeypatch.setattr(tasks, "system", lambda: moved(here.system, MONDAY))
    monkeypatch.setattr(digest, "send", failing)
    with pytest.raises(ExceptionGroup):
        tasks.send_digests()
    become(here.system)
    assert [mail.user_id for mail in OutgoingMail.objects.all()] == [second.pk]
    monkeypatch.setattr(digest, "send", send)
    tasks.send_digests()
    become(here.system)
    assert OutgoingMail.objects.count() == 2


def test_lines_count_each_item_once_by_when_it_is_due() -> None:
    def item(kind: str, text: str, day: int | None, **others: Any) -> WorkItem:
        return WorkItem(kind, text, f"/{text}/", "do", day and date(2026, 3, day), **others)

    found = [
        item("b", "one", 22),
        item("b", "one", 22),
        item("b", "two", 23),
        item("b", "three", 29),
        item("a", "four", 30),
        item("a", "five", None),
        item("c", "six", 20, is_sealed=True),
    ]
    assert lines(found, WEEK, WEEK) == [Line("b", 3, 1, 2), Line("a", 2, 0, 0)]
