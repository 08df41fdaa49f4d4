"""An own team is made on a page, led by whom the administrator invites, and ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accounts.models import Membership, Organisation
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Placement, Subcontractor
from subcontracts.selectors import leaderless
from subcontracts.services import own_teams
from tests import factories
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World

TODAY = factories.NOW.date()


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def make(world: World, *, role: Role = Role.CONTRACT_MANAGER, **changes: Any) -> Subcontractor:
    values = {"name": "Team Zuid", "establishment": "000012345678", "first_day": TODAY} | changes
    team = own_teams.make(scope=become(world.at(role)), main_contractor_id=world.main.pk, **values)
    become(world.system)
    return team


def test_from_the_page_to_a_leader_who_is_invited(world: World) -> None:
    manager = visitor(world, Role.CONTRACT_MANAGER)
    today = timezone.localdate()
    made = manager.post(
        reverse("own_team_new"),
        {
            "name": "Team Zuid",
            "establishment": "0000 1234 5678",
            "first_day": today.strftime("%d-%m-%Y"),
        },
    )
    as_system()
    team = Subcontractor.objects.get(provider_organisation__name="Team Zuid")
    assert made.url == reverse("subcontractor_detail", args=[team.pk])  # type: ignore[attr-defined]
    assert (team.is_own_team, team.iban, team.provider_organisation.kind) == (
        True,
        "",
        Organisation.Kind.OWN_TEAM,
    )
    administrator = visitor(world, Role.ADMINISTRATOR)
    url = leaderless.invitation_url(team)
    assert url.replace("&", "&amp;") in administrator.get("/").content.decode()
    form = administrator.get(url).context["form"]
    assert form["organisation"].value() == str(team.provider_organisation_id)
    administrator.post(
        url,
        {
            "email": "leider@team.test",
            "name": "Lot de Leider",
            "role": form["role"].value(),
            "organisation": form["organisation"].value(),
        },
    )
    as_system()
    leader = Membership.objects.get(user__email="leider@team.test")
    assert leader.organisation == team.provider_organisation
    left = [one.text for one in leaderless.items(world.at(Role.ADMINISTRATOR))]
    assert left == ["Team Noord"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"establishment": "12345678"}, "CON-261"), ({"establishment": "1234567890ab"}, "CON-261")],
)
def test_numbers_that_are_none(world: World, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleError, match=code):
        make(world, **changes)


def test_a_number_is_one_teams(world: World) -> None:
    make(world)
    with pytest.raises(RuleError, match="CON-260"):
        make(world, name="Team West")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CONTROLLER, Role.CARE_COORDINATOR])
def test_only_a_contract_manager_makes_teams(world: World, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        make(world, role=role)


def test_a_team_ends_when_its_care_has_and_goes_on_again(world: World) -> None:
    team = world.own_team.subcontractor
    placement = factories.place(world, factories.allocate(world), world.own_team)
    scope = become(world.at(Role.CONTRACT_MANAGER))
    last = TODAY + timedelta(days=30)
    with pytest.raises(RuleError, match="CON-262"):
        own_teams.change(scope=scope, team=team, name="Team Noord", last_day=last)
    become(world.system)
    Placement.objects.filter(pk=placement.pk).update(end_date=last)
    become(scope)
    team = own_teams.change(scope=scope, team=team, name="Team Oost", last_day=last)
    assert (team.end_date, team.provider_organisation.name) == (last, "Team Oost")
    team = own_teams.change(scope=scope, team=team, name="Team Oost", last_day=None)
    assert team.end_date is None
    with pytest.raises(RuleError, match="CON-263"):
        own_teams.change(
            scope=scope, team=world.pxq.subcontractor, name="Zorg in Beeld", last_day=None
        )
    become(world.system)
