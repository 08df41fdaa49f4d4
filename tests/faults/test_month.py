"""Closing a month while its worker is killed: another goes on, and nothing is stated twice."""

from __future__ import annotations

import pytest

from tests.faults.installation import Installation, run, wait_until
from tests.faults.test_worker import the_declaration

pytestmark = pytest.mark.cluster

_ASK = """
from hoofdaannemer import embedded
embedded.prepare()
import django
django.setup()
from django.utils import timezone
from billing.services import month_runs
from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import acting_as, system
with acting_as(system()) as scope:
    main = MainContractor.objects.get()
    month = Month.of(timezone.localdate()).previous()
    print(month_runs.ask(scope=scope, main_contractor_id=main.pk, month=month).pk)
"""
_STATE = "SELECT state FROM billing_monthrun WHERE id = %s"
_STATEMENTS = "SELECT count(*) FROM billing_statement"
_STATED = "SELECT count(entitlement_id) FROM billing_statementline"
_TWICE = "SELECT count(entitlement_id) - count(DISTINCT entitlement_id) FROM billing_statementline"
#: The time after which a worker without a sign of life is taken to be gone.
_LONG_AGO = (
    "UPDATE billing_monthrun SET seen_at = seen_at - interval '1 day' WHERE id = %s RETURNING id"
)


def test_a_worker_killed_while_it_closes_a_month(installation: Installation) -> None:
    installation.start(web=True)
    message_id = installation.post(the_declaration(installation))["id"]
    entitled = "SELECT count(*) FROM billing_declaration WHERE entitled_at IS NULL"
    wait_until(lambda: installation.state(message_id) == "handled", "the declaration is handled")
    wait_until(lambda: installation.value(entitled) == 0, "the entitlements are recorded")
    with installation.held_up("billing_statementline") as somebody_waits:
        asked = int(run(installation.home, "-c", _ASK).stdout)
        wait_until(somebody_waits, "the worker is in the middle of a statement")
        installation.processes.kill("worker")
    assert installation.value(_STATE, asked) == "running"
    assert installation.value(_STATED) == 0
    installation.value(_LONG_AGO, asked)
    installation.worker()
    wait_until(lambda: installation.value(_STATE, asked) == "done", "the month is closed")
    lines = installation.facts["lines"]
    assert installation.value(_STATED) >= lines
    assert installation.value(_TWICE) == 0
    parties = "SELECT count(DISTINCT subcontractor_id) FROM billing_statement"
    assert installation.value(_STATEMENTS) == installation.value(parties) > 0
    installation.keeps_its_promises()
