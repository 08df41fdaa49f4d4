"""What these tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hoofdaannemer.core.scope import Scope
from tests.factories import World, world


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The static files' middleware warns where nothing has been collected yet.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def chain(system: Scope) -> World:
    """A main contractor with two municipalities under its youth contract."""
    return world(system)
