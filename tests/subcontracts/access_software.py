"""The software of a main contractor's own access, with its key."""

from __future__ import annotations

from typing import Any

from django.test import Client

from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.accounts.services import access_keys
from hoofdaannemer.core.scope import Role
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.referring import call_of

CALLS = "/api/v1/toegang/verwijzingen/"
FILES = "/api/v1/toegang/verwijzingen.csv"


def key_for(world: World) -> str:
    """The text of a key that the administrator of the world's main contractor made."""
    become(world.system)
    administrator = world.at(Role.ADMINISTRATOR)
    Membership.objects.get_or_create(
        user_id=administrator.user_id,
        role=Role.ADMINISTRATOR,
        main_contractor=world.main,
        defaults={"started_at": NOW},
    )
    _key, raw = access_keys.create(scope=become(administrator), label="wijkteam")
    become(world.system)
    return raw


class Software:
    """Calls with a key, or without one."""

    def __init__(self, key: str | None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        return self.client.post(path, body, content_type=content_type, headers=self.headers)

    def tell(self, *referrals: Any, query: str = "") -> Any:
        """Hand in one referral, or several as a list."""
        return self.post(CALLS + query, call_of(*referrals))
