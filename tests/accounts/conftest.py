"""What the tests of this folder share: quick hashing, and parties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hoofdaannemer.core.scope import Scope
from tests.accounts.people import Parties, parties_for_tests


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LOGIN_REDIRECT_URL = "/"  # the home page is another app's
    # The static files' middleware warns where nothing has been collected yet.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def at(system: Scope) -> Parties:
    """Two main contractors, practices and municipalities."""
    return parties_for_tests(system)
