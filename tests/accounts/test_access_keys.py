"""Keys of the own access: made by the administrator, shown once, and gone with who made them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import AccessKey, Membership
from hoofdaannemer.accounts.services import access_keys, roles, tokens
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import STAFF, Role, Scope
from tests.accounts.people import Parties, log_in, member

URL = "/sleutels-toegang/"


@pytest.fixture
def administrator(system: Scope, at: Parties) -> Membership:
    return member(system, at, Role.ADMINISTRATOR)


def make_key(client: Client) -> str:
    raw = str(client.post(f"{URL}nieuw/", {"label": "Wijkteam"}).context["raw"])
    scopes.apply(scopes.system())
    return raw


def works(raw: str) -> bool:
    """As a call asks it, before there is a scope."""
    scopes.apply(scopes.NOBODY)
    found = access_keys.use(raw, timezone.now())
    scopes.apply(scopes.system())
    return found is not None


def test_a_key_is_shown_once_and_acts_for_the_own_main_contractor(
    client: Client, administrator: Membership, at: Parties
) -> None:
    raw = make_key(log_in(client, administrator))
    assert raw.startswith("ht_")
    assert works(raw)
    key = AccessKey.objects.get()
    scope = access_keys.scope_of(key, timezone.now())
    assert (scope.role, scope.main_contractor_id) == (Role.CARE_COORDINATOR, at.main.pk)
    assert scope.user_id == administrator.user_id
    assert key.used_at is not None
    listed = client.get(URL)
    assert listed.context["count"] == 1
    assert raw not in listed.content.decode()
    scopes.apply(scopes.system())
    assert raw not in str(AccessKey.objects.values())
    assert tokens.use(raw, timezone.now()) is None
    assert not works(raw + "x")


def test_several_keys_work_side_by_side_and_one_is_stopped(
    client: Client, administrator: Membership
) -> None:
    log_in(client, administrator)
    first, second = make_key(client), make_key(client)
    key = AccessKey.objects.order_by("pk")[0]
    assert client.get(f"{URL}{key.pk}/stoppen/").status_code == 200
    assert works(first)
    for _turn in range(2):
        assert client.post(f"{URL}{key.pk}/stoppen/")["Location"] == URL
    assert (works(first), works(second)) == (False, True)


def test_a_key_ends_with_its_maker(
    client: Client, system: Scope, administrator: Membership, at: Parties
) -> None:
    raw = make_key(log_in(client, administrator))
    colleague = log_in(Client(), member(scopes.system(), at, Role.ADMINISTRATOR))
    for page in (
        f"/gebruikers/{administrator.user_id}/blokkeren/",
        f"/gebruikers/rollen/{administrator.pk}/beeindigen/",
    ):
        # Said before it is done.
        assert len(colleague.get(page).context["consequences"]) > 1
    scopes.apply(scopes.system())
    roles.block(scope=scopes.system(), user=administrator.user)
    assert not works(raw)
    roles.unblock(scope=scopes.system(), user=administrator.user)
    assert works(raw)
    roles.end_role(scope=scopes.system(), membership=administrator)
    assert not works(raw)


def test_others_keys_are_not_found(client: Client, administrator: Membership, at: Parties) -> None:
    raw = make_key(log_in(client, administrator))
    key = AccessKey.objects.get()
    other = log_in(Client(), member(scopes.system(), at, Role.ADMINISTRATOR, other=True))
    assert other.get(URL).context["count"] == 0
    assert other.post(f"{URL}{key.pk}/stoppen/").status_code == 404
    assert works(raw)


@pytest.mark.parametrize("role", sorted(STAFF - {Role.ADMINISTRATOR}))
def test_only_an_administrator_makes_and_stops_keys(
    client: Client, administrator: Membership, at: Parties, role: Role
) -> None:
    raw = make_key(log_in(client, administrator))
    scope = selectors.scope_in(member(scopes.system(), at, role))
    with pytest.raises(NotAllowedError):
        access_keys.create(scope=scope, label="x")
    with pytest.raises(NotAllowedError):
        access_keys.revoke(scope=scope, key=AccessKey.objects.get())
    assert works(raw)
