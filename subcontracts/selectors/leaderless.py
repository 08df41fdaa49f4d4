"""The administrator's work list: own teams of which nobody can log in yet."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.accounts.models import Membership
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Subcontractor
from subcontracts.worklist import WorkItem

KIND = gettext_lazy("Own teams without a leader")
MOST = 50


def items(scope: Scope) -> Iterator[WorkItem]:
    """One item a team, until somebody is invited to lead it."""
    if scope.role != Role.ADMINISTRATOR:
        return
    led = Membership.objects.filter(role=Role.SUBCONTRACTOR_ADMIN, ended_at=None)
    teams = (
        Subcontractor.objects.visible_to(scope)
        .filter(is_own_team=True)
        .in_force_on(scope.today)
        .exclude(provider_organisation__in=led.values("organisation"))
        .select_related("provider_organisation")
    )
    for team in teams[:MOST]:
        yield WorkItem(
            kind=KIND,
            text=str(team),
            url=invitation_url(team),
            verb=_("Invite who leads it"),
            due=team.start_date,
        )


def invitation_url(subcontractor: Subcontractor) -> str:
    """The page to invite somebody, with the organisation and its first role filled in."""
    chosen = {
        "organisation": subcontractor.provider_organisation_id,
        "role": Role.SUBCONTRACTOR_ADMIN.value,
    }
    return f"{reverse('user_invite')}?{urlencode(chosen)}"
