"""The own teams of a main contractor: made, named otherwise, and ended."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Placement, Subcontractor
from subcontracts.services import contracts


@transaction.atomic
def make(
    *, scope: Scope, main_contractor_id: int, name: str, establishment: str, first_day: date
) -> Subcontractor:
    """Make an own team, known by its establishment number (12 digits).

    Raises RuleError CON-260 where the number is in use, CON-261 for one of another form.
    """
    policies.check_can_manage_contracts(scope, main_contractor_id)
    if len(establishment) != 12:
        raise RuleError("CON-261", _("An establishment number has twelve digits."))
    if Organisation.objects.filter(kvk=establishment).exists():
        raise RuleError("CON-260", _("This establishment number is in use. Check it."))
    organisation = Organisation(name=name, kvk=establishment, kind=Organisation.Kind.OWN_TEAM)
    try:
        organisation.full_clean()
    except ValidationError as error:
        raise RuleError("CON-261", " ".join(error.messages)) from error
    organisation.save()
    audit.record(scope, "organisation.created", organisation)
    return contracts.create_subcontractor(
        scope=scope,
        main_contractor_id=main_contractor_id,
        organisation=organisation,
        period=Period(first_day),
    )


@transaction.atomic
def change(*, scope: Scope, team: Subcontractor, name: str, last_day: date | None) -> Subcontractor:
    """Name the team otherwise, and give it a last day, or take that back.

    Raises RuleError CON-262 for a day before its first or while care goes on after it, CON-263
    for what is no own team.
    """
    rows = Subcontractor.objects.visible_to(scope).select_for_update(of=("self",))
    team = rows.select_related("provider_organisation").get(pk=team.pk)
    policies.check_can_change_own_team(scope, team)
    if last_day is not None:
        _check_last_day(team, last_day)
    organisation = team.provider_organisation
    if organisation.name != name:
        organisation.name = name
        organisation.save(update_fields=["name"])
        audit.record(scope, "organisation.renamed", organisation)
    if team.end_date != last_day:
        before = team.end_date
        team.end_date = last_day
        team.save(update_fields=["end_date"])
        audit.record(
            scope,
            "subcontractor.period_set",
            team,
            before=before.isoformat() if before else None,
            last_day=last_day.isoformat() if last_day else None,
        )
    return team


def _check_last_day(team: Subcontractor, last_day: date) -> None:
    if last_day < team.start_date:
        raise RuleError("CON-262", _("The last day lies before the first."))
    rows = Placement.objects.filter(subcontractor=team).live()
    going_on = rows.filter(Q(end_date=None) | Q(end_date__gt=last_day)).count()
    if going_on:
        text = _("%(count)s placements go on after that day. End or move them first.")
        raise RuleError("CON-262", text % {"count": going_on})
