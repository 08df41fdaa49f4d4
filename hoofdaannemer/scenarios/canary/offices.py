"""Two administration offices: each acts for some providers, and for none of the other's."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Final

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.accounts.services import mandates, offices
from hoofdaannemer.core import paper
from hoofdaannemer.core.mandates import Subject
from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.scenarios.canary.cast import OFFICE_NAME, PROVIDER_NAMES, Cast, add
from hoofdaannemer.scenarios.canary.catalogue import OFFICES
from hoofdaannemer.scenarios.canary.parties import Parties

_DELEGATE: Final = next(
    name for name, role in PROVIDER_NAMES.items() if role == Role.SUBCONTRACTOR_ADMIN
)


def build(scope: Scope, parties: Parties, cast: Cast) -> None:
    """Let each main contractor take its office in, with a person."""
    for name, one in OFFICES.items():
        main = parties.mains[one.main]
        office = offices.take_in(scope=scope, name=name, kvk=one.kvk, main_contractor_id=main.pk)
        parties.organisations[name] = office
        appointment = Appointment(
            Role.OFFICE_USER, main_contractor_id=main.pk, organisation_id=office.pk
        )
        add(scope, cast, OFFICE_NAME, name, appointment)


def give(parties: Parties, cast: Cast, at: datetime) -> None:
    """Let the providers give their mandates, the offices accept them and act once under each."""
    for name, one in OFFICES.items():
        for provider in one.providers:
            with acting_as(cast.scope(_DELEGATE, provider, at)) as scope:
                made = mandates.give(scope=scope, mandate=_mandate(scope, parties, name, provider))
            with acting_as(cast.scope(OFFICE_NAME, name, at)) as scope:
                mandates.accept(scope=scope, mandate=made)
                offices.begin(scope=scope, mandate=made)


def _mandate(scope: Scope, parties: Parties, name: str, provider: str) -> mandates.NewMandate:
    office: Organisation = parties.organisations[name]
    target = BytesIO()
    paper.sheet(target, title="Machtiging", author=provider).build([paper.text_of("Machtiging")])
    return mandates.NewMandate(
        office_kvk=office.kvk,
        subjects=list(Subject.values),
        start_date=scope.today,
        end_date=None,
        ground=f"{provider} overeenkomst",
        document=target.getvalue(),
    )
