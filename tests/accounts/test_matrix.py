"""Every address of accounts stands in the access matrix, and the plain ones answer as it says."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from hoofdaannemer.accessmatrix.accounts import ACCESS
from hoofdaannemer.accounts.urls import urlpatterns
from hoofdaannemer.core.scope import Role, Scope
from tests.accounts.people import Parties, log_in, member

#: Whoever is logged in; a stranger has a test of its own.
ROLES = sorted({role for _method, answers in ACCESS.values() for role in answers} - {Role.NOBODY})
#: Would end the session that asks the next question.
LAST = "logout"


def test_every_address_is_listed() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(ACCESS)


@pytest.mark.parametrize("role", ROLES)
def test_answers_per_role(client: Client, system: Scope, at: Parties, role: Role) -> None:
    log_in(client, member(system, at, role))
    for name, (method, answers) in ACCESS.items():
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue  # about one row: its own story tests it, with 404 for others' rows
        if name != LAST:
            answer = getattr(client, method)(url)
            assert answer.status_code == answers.get(role, 403), name
    assert client.post(reverse(LAST)).status_code == 302


def test_a_stranger_is_sent_to_the_login(client: Client, db: None) -> None:
    for name, (method, answers) in ACCESS.items():
        if Role.NOBODY in answers and not name.startswith(("account", "session", "role")):
            continue  # the entrance itself
        try:
            url = reverse(name)
        except NoReverseMatch:
            url = reverse(name, args=[1])
        answer = getattr(client, method)(url)
        assert answer.headers["Location"].startswith("/inloggen/"), name
