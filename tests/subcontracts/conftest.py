"""What the tests of the care chain share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from hoofdaannemer.accounts.models import AuthenticatorApp, Membership, User
from hoofdaannemer.accounts.services.second_factor import new_key
from hoofdaannemer.core.scope import Role
from tests.conftest import become
from tests.factories import NOW, Party, World, office

Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def _static(settings: Any) -> None:
    # The static files' middleware warns where nothing has been collected yet.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def browse() -> Browser:
    """A browser in which somebody with this role has logged in, second factor and all."""

    def logged_in(world: World, role: Role, party: Party | None = None) -> Client:
        become(world.system)
        user = User.objects.get(pk=world.at(role, party).user_id)
        Membership.objects.create(
            user=user,
            role=role,
            main_contractor=None if party else world.main,
            organisation=party.organisation
            if party
            else office()
            if role == Role.OFFICE_USER
            else None,
            municipality=world.municipality if role == Role.MUNICIPAL_VIEWER else None,
            started_at=NOW,
        )
        device = AuthenticatorApp.objects.create(user=user, name="app", key=new_key())
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
        return client

    return logged_in
