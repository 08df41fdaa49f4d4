"""Mail goes out by a worker, and what the entrance does tells nobody which addresses are known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail as django_mail
from django.core.mail import EmailMessage
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hoofdaannemer.accounts import selectors, tasks
from hoofdaannemer.accounts.entry import RESET_WISHES
from hoofdaannemer.accounts.models import Membership, OutgoingMail, ResetWish, User
from hoofdaannemer.accounts.services import mail, passwords, roles
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.selectors import undelivered
from tests.accounts.people import Parties, log_in, mailed, member
from tests.conftest import become

RESET = "/wachtwoord-vergeten/"
STRANGER = "niemand@voorbeeld.test"
KIND = OutgoingMail.Kind.ROLE_GIVEN


@pytest.fixture
def controller(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.CONTROLLER)


@pytest.fixture
def addresses(system: Scope, at: Parties, controller: Membership) -> list[str]:
    """One of each sort that the entrance must not tell apart."""
    blocked = member(system, at, Role.CONTROLLER)
    User.objects.filter(pk=blocked.user_id).update(is_active=False)
    gone = member(system, at, Role.CONTROLLER)
    roles.end_role(scope=system, membership=gone)
    invited = User.objects.create_user("alleen@voorbeeld.test", name="Nog niet")
    mailed()
    return [
        STRANGER,
        controller.user.email,
        blocked.user.email,
        gone.user.email,
        invited.email,
    ]


def statements(act: Callable[[], Any]) -> list[str]:
    """What was asked of the database, without the values."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [
        re.sub(r"'[^']*'|\"s\d+_x\d+\"|\b\d+\b|\\x[0-9a-f]+", "?", query["sql"])
        for query in captured.captured_queries
    ]


def test_a_wish_costs_the_same_for_every_address(addresses: list[str]) -> None:
    before = len(django_mail.outbox)
    asked = {
        email: statements(lambda email=email: Client().post(RESET, {"email": email}))  # type: ignore[misc]
        for email in addresses
    }
    assert asked[STRANGER]
    for email, done in asked.items():
        assert done == asked[STRANGER], email
    # Nothing was found out and nothing sent; only wishes were written.
    assert not any("accounts_user" in one for one in asked[STRANGER])
    assert len(django_mail.outbox) == before
    scopes.apply(scopes.system())
    assert ResetWish.objects.count() == len(addresses)
    assert len(mailed()) == before + 1
    assert not ResetWish.objects.exists()


def test_a_login_costs_the_same_for_every_address(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: Counter[str] = Counter()
    encode = MD5PasswordHasher.encode
    current = ""

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed[current] += 1
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs = {}
    for current in addresses:
        data = {"username": current, "password": "niet het goede"}
        costs[current] = statements(lambda data=data: Client().post("/inloggen/", data))  # type: ignore[misc]
    assert set(hashed.values()) == {1}
    assert len(hashed) == len(addresses)
    for email, cost in costs.items():
        assert cost == costs[STRANGER], email


def test_an_invitation_costs_the_same_for_a_known_address(
    client: Client, system: Scope, at: Parties
) -> None:
    known = member(system, at, Role.CONTROLLER, other=True).user
    log_in(client, member(system, at, Role.ADMINISTRATOR))
    data = {"name": "Noor Jansen", "role": "quality_officer"}
    costs = [
        statements(
            lambda email=email: client.post("/gebruikers/uitnodigen/", {**data, "email": email})  # type: ignore[misc]
        )
        for email in (known.email, STRANGER)
    ]
    assert costs[0] == costs[1]
    scopes.apply(scopes.system())
    known.refresh_from_db()
    assert known.name == "Kim de Wit"
    assert not User.objects.get(email=STRANGER).has_usable_password()


def test_nobody_reads_the_wishes(system: Scope, at: Parties) -> None:
    administrator = selectors.scope_in(member(system, at, Role.ADMINISTRATOR))
    passwords.ask_reset(scope=system, email=STRANGER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM accounts_resetwish")
        assert STRANGER.encode() not in bytes(cursor.fetchone()[0])
    assert ResetWish.objects.get().email == STRANGER
    for scope in (administrator, Scope(role=Role.NOBODY, at=system.at)):
        become(scope)
        assert not ResetWish.objects.exists()
    become(Scope(role=Role.MUNICIPAL_VIEWER, municipality_id=1, at=system.at))
    passwords.ask_reset(scope=system, email=STRANGER)  # the page is open to everybody
    with pytest.raises(ProgrammingError), transaction.atomic():
        ResetWish.objects.exists()


def test_wishes_from_one_address_are_limited(client: Client, system: Scope) -> None:
    """Whoever asks without end fills no table, and keeps nobody else from asking."""

    def asked(**place: str) -> Any:
        return client.post(RESET, {"email": STRANGER}, **place)

    for _time in range(RESET_WISHES.calls):
        assert asked().status_code == 302
    refused = asked()
    assert refused.status_code == 429
    assert "Probeer het over 60 minuten opnieuw" in refused.content.decode()
    assert asked(REMOTE_ADDR="192.0.2.7").status_code == 302
    become(scopes.system())
    assert ResetWish.objects.count() == RESET_WISHES.calls + 1


def test_a_wish_that_cannot_be_answered_holds_up_nothing(
    system: Scope, controller: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailed()
    before = len(django_mail.outbox)
    passwords.ask_reset(scope=system, email=STRANGER)
    passwords.ask_reset(scope=system, email=controller.user.email)
    answer = passwords._mail_link

    def broken(scope: Scope, email: str) -> None:
        if email == STRANGER:
            raise ArithmeticError
        answer(scope, email)

    monkeypatch.setattr(passwords, "_mail_link", broken)
    for _round in range(passwords._TRIES):
        with pytest.raises(ArithmeticError):
            tasks.sweep_mail()
    assert len(mailed()) == before + 1
    # What nobody waits for any more is forgotten.
    late = scopes.system(system.at + timedelta(hours=5))
    passwords.sweep(scope=late)
    assert not ResetWish.objects.exists()


def waiting(scope: Scope, user: User) -> OutgoingMail:
    membership = Membership.objects.get(user=user)
    mail.send(scope, KIND, to=[user.pk], context={"membership": membership})
    become(scopes.system())
    return OutgoingMail.objects.latest("pk")


def test_mail_waits_encrypted_and_is_gone_when_delivered(
    system: Scope, controller: Membership
) -> None:
    mailed()
    row = waiting(system, controller.user)
    assert str(controller.main_contractor) in row.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM accounts_outgoingmail WHERE id = %s", [row.pk])
        assert str(controller.main_contractor).encode() not in bytes(cursor.fetchone()[0])
    assert mailed()[-1].to == [controller.user.email]
    assert not OutgoingMail.objects.exists()


def test_a_dead_mail_server_loses_nothing(
    system: Scope, at: Parties, controller: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailed()
    administrator = member(system, at, Role.ADMINISTRATOR)
    mailed()
    acting = selectors.scope_in(administrator)
    tried = []

    def refuse(message: EmailMessage) -> int:
        tried.append(message.to)
        raise SMTPServerDisconnected("no answer")

    monkeypatch.setattr(EmailMessage, "send", refuse)
    with scopes.acting_as(acting):
        mail.send(acting, KIND, to=[controller.user_id], context={"membership": controller})
        mail.send(acting, KIND, to=[controller.user_id], context={"membership": controller})
    now = scopes.system()
    assert mail.sweep(scope=now) == 0
    assert len(tried) == 1  # the others are spared a server that does not answer
    first = OutgoingMail.objects.order_by("pk").first()
    assert first is not None
    assert (first.attempts, first.last_error) == (1, "SMTPServerDisconnected: no answer")
    assert mail.sweep(scope=now) == 0
    assert len(tried) == 2

    for _time in range(2 * mail.ATTEMPTS):
        now = now.moved_to(now.at + timedelta(hours=2))
        mail.sweep(scope=now)
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"failed"}
    assert len(tried) == 2 * mail.ATTEMPTS

    monkeypatch.undo()
    scope = become(selectors.scope_in(administrator))
    (item,) = undelivered.items(scope)
    assert (item.text, item.url) == (controller.user.name, f"/gebruikers/{controller.user_id}/")
    become(scopes.system())
    browser = log_in(Client(), administrator)
    page = browser.get(f"/gebruikers/{controller.user_id}/")
    assert len(page.context["undelivered"]) == 2
    url = f"/gebruikers/{controller.user_id}/post/"
    assert browser.get(url).status_code == 405
    become(scopes.system())
    stranger = log_in(Client(), member(scopes.system(), at, Role.ADMINISTRATOR, other=True))
    assert stranger.post(url).status_code == 404
    sent = len(mailed())
    assert browser.post(url).headers["Location"] == f"/gebruikers/{controller.user_id}/"
    scopes.apply(scopes.system())
    assert ChangeRecord.objects.get(verb="mail.resent").details == {"mails": 2}
    assert len(mailed()) == sent + 2
    assert not browser.get(f"/gebruikers/{controller.user_id}/").context["undelivered"]


def test_own_mail_that_fails_for_good_is_forgotten(
    system: Scope, controller: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailed()

    def refuse(message: EmailMessage) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", refuse)
    row = waiting(system, controller.user)
    OutgoingMail.objects.update(attempts=mail.ATTEMPTS - 1)
    assert not mail.deliver(scope=scopes.system(), mail_id=row.pk)
    assert not OutgoingMail.objects.exists()


def test_others_mail_is_seen_by_nobody(system: Scope, at: Parties, controller: Membership) -> None:
    mailed()
    scopes_of = {
        name: selectors.scope_in(member(system, at, role, other=other))
        for name, role, other in (
            ("administrator", Role.ADMINISTRATOR, False),
            ("stranger", Role.ADMINISTRATOR, True),
            ("manager", Role.CONTRACT_MANAGER, False),
            ("delegate", Role.SUBCONTRACTOR_ADMIN, False),
            ("other_delegate", Role.SUBCONTRACTOR_ADMIN, True),
        )
    }
    mailed()
    for writer in ("administrator", "delegate"):
        become(scopes_of[writer])
        mail.send(
            scopes_of[writer], KIND, to=[controller.user_id], context={"membership": controller}
        )
    for name, scope in scopes_of.items():
        become(scope)
        # Without `visible_to` the database shows the same.
        seen = OutgoingMail.objects.count()
        assert seen == OutgoingMail.objects.visible_to(scope).count()
        assert seen == (1 if name in ("administrator", "delegate") else 0), name


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 15), (2, 60), (3, 240), (4, 960), (5, 3600), (12, 3600)]
)
def test_the_wait_grows(attempts: int, seconds: int) -> None:
    assert mail.waiting_time(attempts) == timedelta(seconds=seconds)
