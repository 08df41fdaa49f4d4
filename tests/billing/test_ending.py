"""What of the money keeps a contract that ended from being closed."""

from __future__ import annotations

from datetime import date

import pytest

from billing.services import entitling, months
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import gates
from subcontracts.models import Subcontract
from tests import factories
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.moving import kept


@pytest.fixture
def here(system: Scope) -> World:
    return factories.world(system)


def loose(here: World) -> list[str]:
    """The addresses of what is open, for the contract manager."""
    scope = become(here.at(Role.CONTRACT_MANAGER))
    contract = Subcontract.objects.get(pk=kept(here.pxq).pk)
    found = [one.url for one in gates.loose_ends(scope, contract)]
    become(here.system)
    return found


def test_from_a_declaration_to_a_statement_of_the_last_month(here: World) -> None:
    contract = kept(here.pxq)
    Subcontract.objects.filter(pk=contract.pk).update(end_date=date(2026, 1, 31))
    # No declaration, but the last month was never closed.
    assert loose(here) == ["/maandoverzichten/"]
    declare(here, priced(placement(here), 10))
    assert loose(here) == ["/declaraties/", "/maandoverzichten/"]
    entitling.entitle(scope=here.system, subcontractor=here.pxq.subcontractor)
    assert loose(here) == ["/maandoverzichten/", "/maandoverzichten/"]
    at = here.system.moved_to(moment(date(2026, 6, 3)))
    months.run_month(scope=at, main_contractor_id=here.main.pk, month=JANUARY)
    assert loose(here) == []


def test_who_reads_no_money_gets_no_list_of_it(here: World) -> None:
    contract = kept(here.pxq)
    Subcontract.objects.filter(pk=contract.pk).update(end_date=date(2026, 1, 31))
    contract.refresh_from_db()
    scope = become(here.at(Role.QUALITY_OFFICER))
    assert gates.loose_ends(scope, contract) == []
