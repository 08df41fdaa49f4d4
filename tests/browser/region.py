"""What the loaded region holds, counted in a process of its own: the demo has another database."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from billing.models import Statement
from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.core.scope import Role, acting_as, system
from hoofdaannemer.scenarios.logins import demo_logins
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import (
    Client,
    FundingSunset,
    MunicipalContract,
    Subcontract,
    Subcontractor,
)
from tests.faults.installation import run

_COUNT: Final = """
from hoofdaannemer import embedded
embedded.prepare()
import django
django.setup()
from tests.browser import region
region.tell()
"""


def facts(home: Path) -> dict[str, Any]:
    """Count in the installation of this home; gives what `tell` prints there."""
    found: dict[str, Any] = json.loads(run(home, "-c", _COUNT).stdout)
    return found


def tell() -> None:
    """Print all facts as one JSON object."""
    with acting_as(system()):
        told = {
            "main_contractors": MainContractor.objects.count(),
            "contracts": [_contract(one) for one in MunicipalContract.objects.order_by("pk")],
            **_parties(),
            "clients": Client.objects.count(),
            "messages": _messages(),
            **_history(),
            "without_login": _without_login(),
        }
    sys.stdout.write(json.dumps(told))


def _contract(contract: MunicipalContract) -> dict[str, Any]:
    return {
        "family": contract.family,
        "budget_form": contract.budget_form,
        "municipalities": contract.municipalities.count(),
        "products": contract.products.count(),
        "options": [[one.months, one.outcome] for one in contract.options.order_by("position")],
    }


def _parties() -> dict[str, Any]:
    delivering = Subcontract.objects.filter(status__in=Subcontract.RUNNING)
    teams = Subcontractor.objects.filter(provider_organisation__kind=Organisation.Kind.OWN_TEAM)
    sunsets = FundingSunset.objects.select_related("line")
    return {
        "subcontractors": delivering.values("subcontractor").distinct().count(),
        "own_teams": teams.count(),
        "forms": _distinct(
            delivering.values_list("municipal_contract__family", "funding_lines__form")
        ),
        "temporary": [
            [one.line.form, str(one.line.start_date), str(one.line.end_date)] for one in sunsets
        ],
    }


def _messages() -> dict[str, list[str]]:
    """Types by leg, such as JW301."""
    found = defaultdict(set)
    for model in (IncomingMessage, OutgoingMessage):
        for leg, family, number in model.objects.values_list("leg", "family", "message_type"):
            found[leg].add(f"{family}{number}".upper())
    return {leg: sorted(types) for leg, types in found.items()}


def _history() -> dict[str, Any]:
    received = list(IncomingMessage.objects.values_list("received_at", flat=True))
    stated = Statement.objects.values_list("month", flat=True).distinct()
    return {
        "received_in": sorted({f"{one:%Y-%m}" for one in received}),
        "newest": max(received).isoformat(),
        "stated": sorted({f"{one:%Y-%m}" for one in stated}),
    }


def _without_login() -> list[str]:
    """Roles of people in which nobody of those whom `demo` prints can log in."""
    there = {login.role for login in demo_logins()}
    people = set(Role) - {Role.SYSTEM, Role.NOBODY}
    return sorted(role.value for role in people if str(role.label) not in there)


def _distinct(rows: Iterable[tuple[str, ...]]) -> list[list[str]]:
    return sorted(list(row) for row in set(rows))
