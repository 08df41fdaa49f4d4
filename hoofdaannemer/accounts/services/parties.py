"""The first main contractor of an installation, and the next ones."""

from __future__ import annotations

from django.db import transaction

from hoofdaannemer.accounts.models import MainContractor, Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope


@transaction.atomic
def create_main_contractor(
    *, scope: Scope, name: str, kvk: str, agb: str, iban: str = "", bic: str = ""
) -> MainContractor:
    """Store a main contractor with its organisation.

    Raises ValidationError for a number of the wrong form, or one that is in use.
    """
    organisation = Organisation(name=name, kvk=kvk, agb=agb, kind=Organisation.Kind.MAIN_CONTRACTOR)
    organisation.full_clean()
    organisation.save()
    main_contractor = MainContractor.objects.create(organisation=organisation, iban=iban, bic=bic)
    audit.record(scope, "main_contractor.created", main_contractor)
    return main_contractor
