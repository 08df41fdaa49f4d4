"""One's own account: password, app, recovery codes, sessions. By HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from hoofdaannemer.accounts.models import AuthenticatorApp, Membership, OpenSession, User
from hoofdaannemer.accounts.services import passwords
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Role, Scope
from tests.accounts.people import (
    PASSWORD,
    Parties,
    app_of,
    code_for,
    key_shown,
    link_in_mail,
    log_in,
    mailed,
    member,
)

NEW = "nog een langere zin als wachtwoord"


@pytest.fixture
def controller(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.CONTROLLER)


def links() -> list[Any]:
    """The mails with which somebody may set a new password."""
    return [one for one in mailed() if "/wachtwoord-vergeten/" in one.body]


def ask(email: str) -> Any:
    return Client().post("/wachtwoord-vergeten/", {"email": email})


def test_reset_by_mail(client: Client, controller: Membership) -> None:
    session = log_in(Client(), controller)
    known = ask(controller.user.email)
    link = link_in_mail()
    assert client.get(link).status_code == 200
    answer = client.post(link, {"password": NEW, "again": NEW})
    assert answer.headers["Location"] == "/inloggen/"
    # The link, and the notice that it was used.
    assert [bool(re.search("/wachtwoord-vergeten/.+/", one.body)) for one in mailed()[-2:]] == [
        True,
        False,
    ]
    assert known.headers["Location"] == "/wachtwoord-vergeten/verstuurd/"
    # The link works once, the old sessions are gone, and the second factor is still asked.
    assert client.get(link).status_code == 404
    assert session.get("/account/").status_code == 302
    answer = client.post("/inloggen/", {"username": controller.user.email, "password": NEW})
    assert answer.headers["Location"] == "/inloggen/tweede-stap/"


def test_reset_tells_nobody_which_addresses_are_known(
    system: Scope,
    at: Parties,
    controller: Membership,
) -> None:
    invited_only = User.objects.create_user("alleen@voorbeeld.test", name="Nog niet")
    blocked = member(system, at, Role.CONTROLLER).user
    User.objects.filter(pk=blocked.pk).update(is_active=False)
    answers = [
        ask(email)
        for email in (
            controller.user.email,
            invited_only.email,
            blocked.email,
            "niemand@voorbeeld.test",
        )
    ]
    assert {(one.status_code, one.headers["Location"], one.content) for one in answers} == {
        (302, "/wachtwoord-vergeten/verstuurd/", b"")
    }
    assert [one.to for one in links()] == [[controller.user.email]]


def test_reset_does_not_flood_a_mailbox(controller: Membership) -> None:
    for _time in range(3):
        ask(controller.user.email)
    assert len(links()) == 1


@pytest.mark.parametrize("uid", ["", "!!", "MA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "w6k"])
def test_broken_links_are_no_links(db: None, uid: str) -> None:
    assert passwords.person_of(uid, "c1-abc") is None


def test_reset_opens_a_closed_login(
    client: Client,
    controller: Membership,
    settings: Any,
) -> None:
    login = {"username": controller.user.email, "password": "fout"}
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/inloggen/", login)
    assert answer.status_code == 429
    ask(controller.user.email)
    client.post(link_in_mail(), {"password": NEW, "again": NEW})
    assert client.post("/inloggen/", {**login, "password": NEW}).status_code == 302


def test_changing_the_password(client: Client, controller: Membership) -> None:
    other = log_in(Client(), controller)
    log_in(client, controller)
    wrong = {"current": "fout", "password": NEW, "again": NEW}
    assert client.post("/account/wachtwoord/", wrong).context["form"].errors["current"]
    before = client.session.session_key
    answer = client.post("/account/wachtwoord/", {**wrong, "current": PASSWORD})
    assert answer.headers["Location"] == "/account/"
    assert client.get("/account/").status_code == 200  # this session goes on, under a new key
    assert client.session.session_key != before
    assert other.get("/account/").status_code == 302
    scopes.apply(scopes.system())
    assert OpenSession.objects.get().session_key == client.session.session_key


def test_municipal_viewer_changes_the_password_and_name(
    client: Client, system: Scope, at: Parties
) -> None:
    viewer = member(system, at, Role.MUNICIPAL_VIEWER)
    client.post("/inloggen/", {"username": viewer.user.email, "password": PASSWORD})
    data = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert client.post("/account/wachtwoord/", data).status_code == 302
    assert client.post("/account/naam/", {"name": "Anders"}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert client.get("/account/app/").status_code == 403
    scopes.apply(scopes.system())
    viewer.user.refresh_from_db()
    assert viewer.user.name == "Anders"
    assert viewer.user.check_password(NEW)


def test_another_app_replaces_the_old_one(client: Client, controller: Membership) -> None:
    log_in(client, controller)
    old = app_of(controller.user)
    key = key_shown(client.get("/account/app/"))
    code = code_for(key)
    wrong = client.post("/account/app/", {"current": "fout", "code": code})
    assert wrong.context["form"].errors["current"]
    wrong = client.post("/account/app/", {"current": PASSWORD, "code": "0"})
    assert "ACC-04" in str(wrong.context["form"].errors)
    made = client.post("/account/app/", {"current": PASSWORD, "code": code})
    assert len(made.context["codes"]) == 10
    assert client.get("/account/").status_code == 200
    scopes.apply(scopes.system())
    app = AuthenticatorApp.objects.get(user=controller.user)
    assert (app.key, app.pk != old.pk) == (key, True)


def test_new_recovery_codes_replace_the_old_ones(client: Client, controller: Membership) -> None:
    log_in(client, controller)
    url = "/account/herstelcodes/"
    assert client.post(url, {"current": "fout"}).context["form"].errors
    first = client.post(url, {"current": PASSWORD}).context["codes"]
    page = client.post(url, {"current": PASSWORD})
    second = page.context["codes"]
    assert not set(first) & set(second)
    assert re.search(r'href="data:text/plain[^"]+' + second[0], page.content.decode())
    for code, status in ((first[0], 200), (second[0], 302)):
        browser = Client()
        browser.post("/inloggen/", {"username": controller.user.email, "password": PASSWORD})
        answer = browser.post("/inloggen/tweede-stap/", {"code": code})
        assert answer.status_code == status
        scopes.apply(scopes.system())
        # Not the waiting time after a wrong code is tested here.
        controller.user.staticdevice_set.update(throttling_failure_count=0)
    assert client.get("/account/").context["codes_left"] == 9


def test_ending_sessions(
    client: Client, system: Scope, controller: Membership, at: Parties
) -> None:
    stranger = log_in(Client(), member(system, at, Role.CONTROLLER))
    second, third = log_in(Client(), controller), log_in(Client(), controller)
    log_in(client, controller)
    shown = client.get("/account/").context["sessions"]
    assert len(shown) == 3
    chosen = OpenSession.objects.get(session_key=second.session.session_key)
    assert stranger.post(f"/account/sessies/{chosen.pk}/").status_code == 404
    assert client.get(f"/account/sessies/{chosen.pk}/").status_code == 405
    client.post(f"/account/sessies/{chosen.pk}/")
    assert second.get("/account/").status_code == 302
    assert third.get("/account/").status_code == 200
    client.post("/account/sessies/")
    assert third.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200
    assert stranger.get("/account/").status_code == 200
    scopes.apply(scopes.system())
    own = OpenSession.objects.get(session_key=client.session.session_key)
    assert client.post(f"/account/sessies/{own.pk}/").headers["Location"] == "/inloggen/"
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/120 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Firefox/130", "Firefox, macOS"),
        ("", "–"),
    ],
)
def test_a_session_says_which_browser(agent: str, shown: str) -> None:
    assert OpenSession(agent=agent).browser == shown
