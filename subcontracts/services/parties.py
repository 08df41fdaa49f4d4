"""Organisations that come to work for a main contractor, known by their trade register number."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality, Organisation
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.codelists import code_list
from subcontracts import policies
from subcontracts.models import Subcontractor
from subcontracts.services import contracts


@dataclass(frozen=True, kw_only=True)
class ProviderDetails:
    """Who an organisation is; `kind` is one of `Organisation.Kind`."""

    kvk: str
    name: str
    kind: str
    agb: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""


@transaction.atomic
def take_on(
    *,
    scope: Scope,
    main_contractor_id: int,
    details: ProviderDetails,
    period: Period,
    iban: str = "",
    account_holder: str = "",
) -> Subcontractor:
    """Let an organisation work for a main contractor.

    One that another main contractor brought in already is taken as it is known: its details are
    its own to change. Raises RuleError CON-28 where it works for this main contractor already,
    CON-29 where the AGB code is another's or a number has the wrong form.
    """
    policies.check_can_manage_contracts(scope, main_contractor_id)
    organisation = Organisation.objects.filter(kvk=details.kvk).first()
    if organisation is None:
        organisation = _new(scope, details)
    known = Subcontractor.objects.filter(
        main_contractor=main_contractor_id, provider_organisation=organisation
    )
    if known.exists():
        raise RuleError(
            "CON-28", _("This organisation works for us already. Look among the subcontractors.")
        )
    return contracts.create_subcontractor(
        scope=scope,
        main_contractor_id=main_contractor_id,
        organisation=organisation,
        period=period,
        iban=iban,
        account_holder=account_holder,
    )


def set_account(
    *, scope: Scope, subcontractor: Subcontractor, iban: str, account_holder: str
) -> None:
    """Pay a locked subcontractor into another account from today on, which cools first.

    Called where two sides agreed to it; the database refuses any other account.
    """
    subcontractor.iban = iban
    subcontractor.account_holder = account_holder
    subcontractor.iban_since = scope.today
    subcontractor.save(update_fields=["iban", "account_holder", "iban_since"])
    audit.record(scope, "subcontractor.account_set", subcontractor)


def _new(scope: Scope, details: ProviderDetails) -> Organisation:
    organisation = Organisation(**asdict(details))
    try:
        organisation.full_clean()
    except ValidationError as error:
        raise RuleError("CON-29", " ".join(error.messages)) from error
    organisation.save()
    audit.record(scope, "organisation.created", organisation)
    return organisation


def municipality_of(code: str) -> Municipality:
    """The municipality with this code, named as in the code list when it is new here."""
    found, _made = Municipality.objects.get_or_create(
        code=code, defaults={"name": code_list("CBS").label(code)}
    )
    return found
