"""The functions of the own access do what their description says, and much that it does not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from hoofdaannemer.core.limits import Limit
from hoofdaannemer.core.scope import Role, Scope
from messaging.exchange.mailbox import access
from subcontracts.models import ReferralFile
from subcontracts.rules import referraljson
from subcontracts.services import referrals
from tests import factories
from tests.conftest import become
from tests.subcontracts.access_software import CALLS, FILES, key_for
from tests.subcontracts.referring import call_of, told

DESCRIPTION = "/api/v1/toegang/openapi.json"
OPERATIONS = [(CALLS, "POST"), (FILES, "POST"), (f"{CALLS}{{kenmerk}}/", "GET")]
#: A good form says nothing of a contract with the municipality, nor of a BSN that exists (422).
EXCLUDED = {(path, "POST"): [positive_data_acceptance] for path in (CALLS, FILES)}


@pytest.fixture
def key(system: Scope, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of an access with a referral, whatever the number of calls."""
    for name in ("CALLS", "WRONG_TOKENS"):
        limit = getattr(access, name)
        monkeypatch.setattr(access, name, Limit(limit.name, 1_000_000, limit.window))
    world = factories.world(system)
    referrals.hand_in(
        scope=become(world.at(Role.CARE_COORDINATOR)),
        referrals=referraljson.read(call_of(told())),
        source=ReferralFile.Source.API,
    )
    return key_for(world)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request leaves the connection of the test open, as Django's own client arranges it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_call_is_answered_as_described(
    key: str, path: str, method: str, mode: schemathesis.GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, get_wsgi_application())
    calls = schema[path][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=calls)
    def call(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {key}"},
            excluded_checks=EXCLUDED.get((path, method), []),
        )

    call()
