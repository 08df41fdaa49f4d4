"""Two workers that go through the same work list at the same moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hoofdaannemer.accounts.models import OutgoingMail
from hoofdaannemer.core.scope import Role, acting_as, system
from subcontracts.services import digest
from tests.factories import allocate, moved, world
from tests.messaging.test_two_workers import at_once
from tests.subcontracts.test_digest import employed

MONDAY = datetime(2026, 3, 23, 6, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_mail_from_two_workers() -> None:
    with acting_as(system()) as scope:
        here = world(scope)
        allocate(here)
        user = employed(here, Role.CARE_COORDINATOR)

    def send() -> bool:
        with acting_as(moved(system(), MONDAY)) as worker:
            return digest.send(scope=worker, user_id=user.pk)

    assert sorted(at_once(send, send, send), key=str) == [False, False, True]
    with acting_as(system()):
        assert OutgoingMail.objects.filter(kind="weekly_digest").count() == 1
