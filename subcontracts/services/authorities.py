"""Who allocates under a municipal contract, from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import AllocatedBy, Allocation, Authority, MunicipalContract


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """Where the mandate is recorded, and the allocation numbers to issue under it, both ends in."""

    reference: str
    number_first: int
    number_last: int


@transaction.atomic
def set_authority(
    *,
    scope: Scope,
    contract: MunicipalContract,
    allocated_by: str,
    start_date: date,
    mandate: Mandate | None = None,
) -> Authority:
    """Let the municipality, the main contractor or nobody allocate, from a day on.

    Raises RuleError CON-13 for a day that has passed, CON-14 for a mandate without its record or
    numbers, CON-15 for numbers that are in use by the municipality or for relaying.
    """
    policies.check_can_manage_contracts(scope, contract.main_contractor_id)
    if start_date < scope.today:
        raise RuleError("CON-13", _("Choose today or a day to come."))
    if allocated_by == AllocatedBy.MANDATE:
        _check_mandate(contract, mandate)
    elif mandate is not None:
        raise RuleError("CON-14", _("Only under a mandate there are numbers to issue."))
    row = Authority.objects.create(
        main_contractor_id=contract.main_contractor_id,
        municipal_contract=contract,
        allocated_by=allocated_by,
        reference=mandate.reference.strip() if mandate else "",
        number_first=mandate.number_first if mandate else None,
        number_last=mandate.number_last if mandate else None,
        start_date=start_date,
        recorded_at=scope.at,
    )
    audit.record(scope, "authority.set", row, by=allocated_by, start=start_date.isoformat())
    return row


def _check_mandate(contract: MunicipalContract, mandate: Mandate | None) -> None:
    if mandate is None or not mandate.reference.strip():
        raise RuleError("CON-14", _("Say where the mandate of the municipality is recorded."))
    first, last = mandate.number_first, mandate.number_last
    if not 0 < first <= last <= 999_999_999:
        raise RuleError("CON-14", _("Give the first and the last number, of at most 9 digits."))
    # Any range that holds or held: numbers that were given stay.
    if contract.exchange_terms.filter(number_first__lte=last, number_last__gte=first).exists():
        raise RuleError(
            "CON-15",
            _("These numbers overlap with those of the relayed allocations. Agree on others."),
        )
    # Unique within municipality and law (TR332): what the municipality gave stays its own.
    taken = Allocation.objects.filter(
        main_contractor=contract.main_contractor_id,
        family=contract.family,
        municipality__in=contract.municipalities.values("municipality"),
        number__range=(first, last),
        origin=AllocatedBy.MUNICIPALITY,
    )
    if taken.exists():
        raise RuleError(
            "CON-15",
            _("The municipality has allocated under some of these numbers. Agree on others."),
        )
