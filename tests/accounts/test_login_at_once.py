"""The limit on wrong passwords holds for all web processes together."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client

from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.core.scope import Role, acting_as, system
from tests.accounts.people import PASSWORD, member, parties_for_tests

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 3
BROWSERS = 6


@pytest.fixture
def controller() -> Membership:
    with acting_as(system()) as scope:
        return member(scope, parties_for_tests(scope), Role.CONTROLLER)


def attempt(email: str, password: str, agent: str) -> int:
    data = {"username": email, "password": password}
    answer: Any = Client(headers={"User-Agent": agent}).post("/inloggen/", data)
    return int(answer.status_code)


def in_thread(work: Any) -> threading.Thread:
    """Run it on a connection of its own, as another process would."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_failures_on_another_connection_count(controller: Membership, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = LIMIT
    email = controller.user.email
    answers: list[int] = []
    for number in range(LIMIT):
        in_thread(lambda number=number: answers.append(attempt(email, "fout", f"b{number}"))).join(
            30
        )
    assert answers == [200] * (LIMIT - 1) + [429]
    assert attempt(email, PASSWORD, "own") == 429


def test_many_at_once_try_no_more_passwords(
    controller: Membership, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AXES_FAILURE_LIMIT = LIMIT
    email = controller.user.email
    together = threading.Barrier(BROWSERS)
    tried: list[str] = []
    answers: list[int] = []
    verify = MD5PasswordHasher.verify

    def counted(self: MD5PasswordHasher, password: str, encoded: str) -> bool:
        tried.append(password)
        return bool(verify(self, password, encoded))

    monkeypatch.setattr(MD5PasswordHasher, "verify", counted)

    def guess(number: int) -> None:
        together.wait(30)
        answers.append(attempt(email, f"fout {number}", f"browser {number}"))

    threads = [in_thread(lambda number=number: guess(number)) for number in range(BROWSERS)]
    for thread in threads:
        thread.join(60)
    assert len(tried) == LIMIT
    assert sorted(answers) == [200] * (LIMIT - 1) + [429] * (BROWSERS - LIMIT + 1)
