"""The account that the main contractor pays from: set by its administrator, needed for a run."""

from __future__ import annotations

import pytest
from django.urls import reverse

from billing.services import payments
from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.accounts.services import parties
from hoofdaannemer.audit.models import ChangeRecord
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

IBAN = "NL20INGB0001234567"


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def account(chain: World) -> str:
    as_system()
    return MainContractor.objects.get(pk=chain.main.pk).iban


def test_an_administrator_sets_it(chain: World) -> None:
    browser = visitor(chain, Role.ADMINISTRATOR)
    answer = browser.post(
        reverse("paying_account"), {"iban": "nl20 ingb 0001 2345 67"}, follow=True
    )

    assert "NL20 INGB 0001 2345 67" in answer.content.decode()
    assert account(chain) == IBAN
    logged = ChangeRecord.objects.get(verb="main_contractor.account_set")
    assert IBAN not in str(logged.details)


def test_what_is_no_account_is_refused_where_it_is_typed(chain: World) -> None:
    before = account(chain)
    answer = visitor(chain, Role.ADMINISTRATOR).post(reverse("paying_account"), {"iban": "NL00X"})

    assert "iban" in answer.context["form"].errors
    assert account(chain) == before


@pytest.mark.parametrize("role", [Role.CONTROLLER, Role.CONTRACT_MANAGER])
def test_nobody_else_sets_it(chain: World, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        parties.set_paying_account(scope=become(chain.at(role)), iban=IBAN)


def test_without_it_no_run_is_prepared(chain: World) -> None:
    as_system()
    MainContractor.objects.filter(pk=chain.main.pk).update(iban="")
    with pytest.raises(RuleError) as refused:
        payments.prepare_run(
            scope=become(chain.at(Role.CONTROLLER)), main_contractor_id=chain.main.pk
        )
    assert refused.value.code == "PAY-18"
