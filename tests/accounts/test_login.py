"""Logging in and out, by HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hoofdaannemer.accounts import entry, selectors
from hoofdaannemer.accounts.models import AuthenticatorApp, Membership, OpenSession
from hoofdaannemer.accounts.services import roles, second_factor
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Role, Scope
from tests.accounts.people import (
    PASSWORD,
    Parties,
    app_of,
    code_for,
    code_of,
    key_shown,
    log_in,
    member,
)


@pytest.fixture
def controller(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.CONTROLLER)


def password(client: Client, membership: Membership, text: str = PASSWORD, **more: Any) -> Any:
    data = {"username": membership.user.email, "password": text, **more}
    return client.post("/inloggen/", data)


def test_password_alone_opens_nothing(client: Client, controller: Membership) -> None:
    app_of(controller.user)
    answer = password(client, controller, next="/account/")
    assert answer.headers["Location"] == "/inloggen/tweede-stap/"
    assert client.get("/account/").headers["Location"] == "/inloggen/?next=/account/"
    assert not OpenSession.objects.exists()


def test_password_and_code_lead_to_the_page_that_was_asked(
    client: Client, controller: Membership
) -> None:
    app_of(controller.user)
    password(client, controller, next="/account/")
    before = client.session.session_key
    answer = client.post("/inloggen/tweede-stap/", {"code": code_of(controller.user)})
    assert answer.headers["Location"] == "/account/"
    assert client.session.session_key != before
    page = client.get("/account/")
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    scopes.apply(scopes.system())
    assert OpenSession.objects.get().session_key == client.session.session_key
    assert ChangeRecord.objects.filter(verb="user.logged_in", user=controller.user).count() == 1


def test_upper_case_address_is_the_same(client: Client, controller: Membership) -> None:
    app_of(controller.user)
    answer = client.post(
        "/inloggen/", {"username": controller.user.email.upper(), "password": PASSWORD}
    )
    assert answer.status_code == 302


def test_next_leads_nowhere_else(client: Client, controller: Membership) -> None:
    app_of(controller.user)
    password(client, controller, next="https://elders.example/")
    assert client.session[entry.NEXT] == "/"


def test_wrong_password_and_unknown_address_look_the_same(
    client: Client, controller: Membership
) -> None:
    wrong = password(client, controller, "niet het goede wachtwoord")
    unknown = client.post("/inloggen/", {"username": "x@y.test", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert wrong.context["form"].errors


def test_somebody_without_a_role_does_not_get_in(
    client: Client, system: Scope, controller: Membership
) -> None:
    roles.end_role(scope=system, membership=controller)
    assert password(client, controller).status_code == 200


def test_too_many_failures_close_the_login(
    client: Client, controller: Membership, settings: Any
) -> None:
    app_of(controller.user)
    for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
        assert password(client, controller, "fout").status_code == 200
    assert password(client, controller, "fout").status_code == 429
    closed = password(client, controller)
    assert closed.status_code == 429
    assert closed.context["minutes"] == 15
    # Another person at the same address is not shut out.
    other = client.post("/inloggen/", {"username": "x@y.test", "password": "fout"})
    assert other.status_code == 200


def test_wrong_codes_are_slowed_down(client: Client, controller: Membership) -> None:
    app_of(controller.user)
    password(client, controller)
    right = code_of(controller.user)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert client.post("/inloggen/tweede-stap/", {"code": wrong}).status_code == 200
    # Even the right one is not looked at for a while.
    assert client.post("/inloggen/tweede-stap/", {"code": right}).status_code == 200
    assert client.get("/account/").status_code == 302
    scopes.apply(scopes.system())
    assert ChangeRecord.objects.filter(verb="second_factor.refused").count() == 1


def test_a_code_works_once(client: Client, controller: Membership) -> None:
    app_of(controller.user)
    code = code_of(controller.user)
    for answer, status in ((client, 302), (Client(), 200)):
        password(answer, controller)
        assert answer.post("/inloggen/tweede-stap/", {"code": code}).status_code == status


def test_half_a_login_expires(client: Client, controller: Membership) -> None:
    app_of(controller.user)
    password(client, controller)
    session = client.session
    session[entry.WAITING_SINCE] -= (entry.WAIT_AT_MOST + timedelta(seconds=1)).total_seconds()
    session.save()
    answer = client.post("/inloggen/tweede-stap/", {"code": code_of(controller.user)})
    assert answer.headers["Location"] == "/inloggen/"


def test_first_login_sets_up_the_app(client: Client, controller: Membership) -> None:
    answer = password(client, controller, next="/account/")
    assert answer.headers["Location"] == "/inloggen/tweede-stap/instellen/"
    page = client.get("/inloggen/tweede-stap/instellen/")
    assert page.context["picture"].startswith("data:image/svg+xml")
    assert client.post("/inloggen/tweede-stap/instellen/", {"code": "000000"}).status_code == 200
    assert not AuthenticatorApp.objects.exists()
    assert (
        client.get("/inloggen/tweede-stap/instellen/").context["key_text"]
        == page.context["key_text"]
    )
    code = code_for(key_shown(page))
    made = client.post("/inloggen/tweede-stap/instellen/", {"code": code})
    assert len(made.context["codes"]) == second_factor.CODES
    assert made.context["to"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert entry.NEW_KEY not in client.session


def test_municipal_viewer_needs_no_app(client: Client, system: Scope, at: Parties) -> None:
    viewer = member(system, at, Role.MUNICIPAL_VIEWER)
    assert password(client, viewer, next="/account/").headers["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert client.post("/account/uitloggen/").headers["Location"] == "/inloggen/"
    assert client.get("/account/").status_code == 302


def test_a_role_that_needs_the_app_asks_for_it_in_a_running_session(
    client: Client, system: Scope, at: Parties
) -> None:
    viewer = member(system, at, Role.MUNICIPAL_VIEWER)
    password(client, viewer, next="/account/")
    scopes.apply(scopes.system())
    member(scopes.system(), at, Role.CONTROLLER, user=viewer.user)
    assert client.get("/account/").headers["Location"] == "/inloggen/tweede-stap/instellen/"
    assert client.get("/inloggen/tweede-stap/instellen/").status_code == 200
    app_of(viewer.user)
    assert client.get("/account/").headers["Location"] == "/inloggen/tweede-stap/"
    answer = client.post("/inloggen/tweede-stap/", {"code": code_of(viewer.user)})
    assert answer.headers["Location"] == "/account/"
    assert client.get("/account/").status_code == 200


def test_log_out_is_a_post_and_ends_the_session(client: Client, controller: Membership) -> None:
    log_in(client, controller)
    assert client.get("/account/uitloggen/").status_code == 405
    client.post("/account/uitloggen/")
    assert client.get("/account/").status_code == 302
    assert not OpenSession.objects.exists()


def test_demo_people_are_shown_with_a_code_that_works(
    client: Client, system: Scope, controller: Membership, settings: Any
) -> None:
    settings.SHOW_DEMO_LOGINS = True
    controller.user.is_demo = True
    controller.user.save()
    second_factor.enrol_demo(scope=system, user=controller.user)
    page = client.get("/inloggen/")
    assert [one["email"] for one in page.context["demo"]] == [controller.user.email]
    for _again in range(3):  # also within the half minute in which a code works once
        browser = Client()
        password(browser, controller, next="/account/")
        code = browser.get("/inloggen/tweede-stap/").context["demo_code"]
        assert browser.post("/inloggen/tweede-stap/", {"code": code}).status_code == 302
        assert browser.get("/account/").status_code == 200


def test_nobody_else_is_shown(client: Client, controller: Membership, settings: Any) -> None:
    settings.SHOW_DEMO_LOGINS = True
    app_of(controller.user)
    assert not client.get("/inloggen/").context["demo"]
    password(client, controller)
    assert not client.get("/inloggen/tweede-stap/").context["demo_code"]
    controller.user.is_demo = True
    controller.user.save()
    settings.SHOW_DEMO_LOGINS = False
    assert not client.get("/inloggen/").context["demo"]
    assert not selectors.demo_code(controller.user)
