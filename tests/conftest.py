"""A real PostgreSQL for the tests: made by the owner of the tables, used by the application."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as random_runs

from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.scope import Scope

# A machine that is busy with something else makes no test wrong.
random_runs.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
random_runs.load_profile("here")


def _become(role: str) -> None:
    """Let the default connection log in as `owner` or `app` from now on."""
    address = os.environ["OWNER_DATABASE_URL" if role == "owner" else "DATABASE_URL"]
    login = dj_database_url.parse(address)
    connections["default"].close()
    connections["default"].settings_dict.update(USER=login["USER"], PASSWORD=login["PASSWORD"])


@contextmanager
def as_owner() -> Iterator[None]:
    """The owner of the tables at work, who may change them; outside a test's own transaction."""
    _become("owner")
    try:
        yield
    finally:
        _become("app")


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Hashing is slow on purpose; hundreds of logins need not wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _quiet_refusals() -> None:
    """Thousands of requests are refused on purpose; each would be written with its traceback."""
    logging.getLogger("django.request").setLevel(logging.ERROR)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Migrate as the owner, test as the application, clean up as the owner."""
    _become("app")
    yield
    _become("owner")


_flush = TransactionTestCase._fixture_teardown


def _flush_as_owner(self: TransactionTestCase) -> None:
    with as_owner():
        _flush(self)


@pytest.fixture(autouse=True, scope="session")
def _owner_flushes() -> Iterator[None]:
    """The application may not truncate, so the owner empties tables after such a test."""
    TransactionTestCase._fixture_teardown = _flush_as_owner  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = _flush  # type: ignore[method-assign]


@pytest.fixture
def system(db: None) -> Scope:
    """Set up data as the system; `become` narrows the transaction to somebody else."""
    scope = scopes.system()
    scopes.apply(scope)
    return scope


def become(scope: Scope) -> Scope:
    """Let the rest of the test's transaction see what `scope` may see; returns the scope."""
    scopes.apply(scope)
    return scope


@pytest.fixture
def current_user(db: None) -> str:
    """Name of the database role in use: the application's, never the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        row = cursor.fetchone()
    assert row
    return str(row[0])
