"""Access that ends is gone at the next request, by every way in (access policy, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import Membership, OpenSession
from hoofdaannemer.accounts.services import roles, tokens
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import export
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import Role, Scope
from tests.accounts.people import (
    PASSWORD,
    Parties,
    app_of,
    appointment,
    code_of,
    link_in_mail,
    log_in,
    member,
)
from tests.conftest import become

Ending = Callable[[Membership], None]


def block(membership: Membership, at: Parties) -> None:
    roles.block(scope=scopes.system(), user=membership.user)


def end(membership: Membership, at: Parties) -> None:
    roles.end_role(scope=scopes.system(), membership=membership)


def move(membership: Membership, at: Parties) -> None:
    """To the same role for the other party."""
    end(membership, at)
    elsewhere = appointment(at, Role(membership.role), other=True)
    roles.give_role(scope=scopes.system(), user=membership.user, appointment=elsewhere)


@pytest.fixture(params=[block, end, move])
def ending(request: pytest.FixtureRequest, at: Parties) -> Ending:
    """What ends the access of whoever holds a role."""

    def ends(membership: Membership) -> None:
        become(scopes.system())
        request.param(membership, at)

    return ends


@pytest.fixture
def delegate(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.SUBCONTRACTOR_ADMIN)


def organisation_seen(browser: Client) -> int:
    """Whose scope a page has; 0 for who is sent to the login."""
    page: Any = browser.get("/account/")
    if page.status_code == 302:
        assert page.headers["Location"].startswith("/inloggen/")
        return 0
    return int(page.context["request"].scope.organisation_id)


def test_an_open_session(client: Client, at: Parties, delegate: Membership, ending: Ending) -> None:
    log_in(client, delegate)
    assert organisation_seen(client) == at.practice.pk
    ending(delegate)
    become(scopes.system())
    elsewhere = [one.organisation_id for one in selectors.memberships_of(delegate.user)]
    assert organisation_seen(client) == (elsewhere or [0])[0] != at.practice.pk
    if not elsewhere:
        become(scopes.system())
        assert not OpenSession.objects.filter(user=delegate.user).exists()


def test_half_a_login(client: Client, at: Parties, delegate: Membership, ending: Ending) -> None:
    app_of(delegate.user)
    client.post("/inloggen/", {"username": delegate.user.email, "password": PASSWORD})
    code = code_of(delegate.user)
    ending(delegate)
    client.post("/inloggen/tweede-stap/", {"code": code})
    assert organisation_seen(client) != at.practice.pk


def test_an_api_key(system: Scope, delegate: Membership, ending: Ending) -> None:
    _token, raw = tokens.create(scope=selectors.scope_in(delegate), label="EPD")
    assert tokens.use(raw, timezone.now())
    ending(delegate)
    assert tokens.use(raw, timezone.now()) is None


def test_an_api_key_of_who_no_longer_manages_keys(
    system: Scope, at: Parties, delegate: Membership
) -> None:
    member(system, at, Role.SUBCONTRACTOR_USER, user=delegate.user)
    _token, raw = tokens.create(scope=selectors.scope_in(delegate), label="EPD")
    end(delegate, at)
    assert tokens.use(raw, timezone.now()) is None


def test_a_link_to_a_new_password(
    client: Client, at: Parties, delegate: Membership, ending: Ending
) -> None:
    client.post("/wachtwoord-vergeten/", {"email": delegate.user.email})
    link = link_in_mail()
    assert client.get(link).status_code == 200
    ending(delegate)
    # Who moved is still somebody; the link opens nothing of the organisation that was left.
    has_access = bool(selectors.memberships_of(delegate.user))
    assert client.get(link).status_code == (200 if has_access else 404)


def test_an_invitation(client: Client, system: Scope, at: Parties, ending: Ending) -> None:
    administrator = member(system, at, Role.ADMINISTRATOR)
    log_in(client, administrator)
    data = {"email": "nieuw@voorbeeld.test", "name": "Noor", "role": "controller"}
    client.post("/gebruikers/uitnodigen/", data)
    link = link_in_mail()
    assert Client().get(link).status_code == 200
    become(scopes.system())
    ending(Membership.objects.get(user__email=data["email"]))
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_running_export(
    client: Client,
    system: Scope,
    at: Parties,
    ending: Ending,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 10)
    administrator = member(system, at, Role.ADMINISTRATOR)
    scope = selectors.scope_in(administrator)
    audit.looked_at(scope, range(35), "test")
    log_in(client, administrator)
    whole = client.get(f"/logboek/inzage/?_export={kind}")
    assert whole.status_code == 200
    if kind == "xlsx":
        # It is written before anything is sent; each few rows the question is asked anew.
        become(scopes.system())
        asked: list[bool] = []
        monkeypatch.setattr(export, "_checks", [lambda _scope: not asked.append(True)])
        client.get("/logboek/inzage/?_export=xlsx")
        assert len(asked) == 4
        return
    assert len(b"".join(whole.streaming_content).splitlines()) == 36  # type: ignore[attr-defined]
    broken: Iterator[bytes] = iter(
        client.get("/logboek/inzage/?_export=csv").streaming_content  # type: ignore[attr-defined]
    )
    got = [next(broken) for _line in range(6)]
    ending(administrator)
    become(scope)
    with pytest.raises(NotAllowedError):
        got += list(broken)
    assert len(got) <= 11  # the heading, and what was read before


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM, Role.NOBODY}))
def test_who_acts_now_still_acts(system: Scope, at: Parties, role: Role) -> None:
    membership = member(system, at, role)
    scope = selectors.scope_in(membership)
    assert selectors.still_acts(scope)
    block(membership, at)
    assert not selectors.still_acts(scope)
    assert selectors.still_acts(scopes.system())
    assert not selectors.still_acts(Scope(role=Role.NOBODY, user_id=membership.user_id))
