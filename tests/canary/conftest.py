"""The scenario canary, loaded once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.canary import stage


@pytest.fixture(scope="package")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In a transaction that lasts as long as the folder's tests; each test is rolled back in it."""
    with django_db_blocker.unblock(), stage.loaded():
        yield


@pytest.fixture
def canary(loaded: None, db: None) -> None:
    """A test that acts as the system first."""
    stage.as_system()
