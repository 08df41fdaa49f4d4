"""Who a municipal contract is with from a day on, and how its budget is shared.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    ContractMunicipality,
    MunicipalContract,
    MunicipalDivision,
    MunicipalShare,
)
from subcontracts.rules.divisions import changes, held_on, is_whole
from subcontracts.selectors.divisions import steps_of
from subcontracts.services.upward_terms import check_within, locked

Shares = Mapping[Municipality, Decimal]


@transaction.atomic
def divide(
    *,
    scope: Scope,
    contract: MunicipalContract,
    start_date: date,
    shares: Shares,
    source: str = "",
) -> MunicipalDivision:
    """Record which municipalities share a contract from a day on, in percent; who is not named
    takes part no longer. What was recorded for a later day holds from that day on.

    Raises RuleError CON-01 where the shares do not add up to 100, CON-42 for a day outside the
    contract, CON-200 where nothing would change.
    """
    contract = locked(scope, contract)
    check_shares(shares)
    check_within(contract, start_date)
    parts = _parts(contract, shares)
    wanted = {parts[town.pk]: percent for town, percent in shares.items()}
    if not changes(held_on(steps_of(contract), start_date), wanted):
        raise RuleError(
            "CON-200", _("From that day on the municipalities and shares are these already.")
        )
    row = _keep(scope, contract, start_date, wanted, source)
    audit.record(
        scope,
        "municipal_contract.shares_set",
        contract,
        start=start_date.isoformat(),
        municipalities=len(wanted),
    )
    return row


def check_shares(shares: Shares) -> None:
    """Raises RuleError CON-01 where shares are not 100 percent together."""
    if not is_whole(shares.values()):
        raise RuleError("CON-01", _("The shares of the municipalities must add up to 100 percent."))


def begin(scope: Scope, contract: MunicipalContract, shares: Shares) -> MunicipalDivision:
    """The division with which a new contract begins."""
    parts = _parts(contract, shares)
    wanted = {parts[town.pk]: percent for town, percent in shares.items()}
    return _keep(scope, contract, contract.start_date, wanted, "")


def _keep(
    scope: Scope,
    contract: MunicipalContract,
    start_date: date,
    wanted: Mapping[int, Decimal],
    source: str,
) -> MunicipalDivision:
    """Append a division, by keys of the parts."""
    owner = {"main_contractor_id": contract.main_contractor_id}
    row = MunicipalDivision.objects.create(
        **owner,
        contract=contract,
        start_date=start_date,
        source=source,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    MunicipalShare.objects.bulk_create(
        MunicipalShare(**owner, division=row, part_id=part, percent=percent)
        for part, percent in wanted.items()
    )
    return row


def _parts(contract: MunicipalContract, shares: Shares) -> dict[int, int]:
    """The part of each municipality, by its key; who took part before keeps its own."""
    known = contract.municipalities.values_list("municipality", flat=True)
    new = {town.pk for town in shares} - set(known)
    ContractMunicipality.objects.bulk_create(
        ContractMunicipality(
            main_contractor_id=contract.main_contractor_id,
            contract=contract,
            municipality_id=town.pk,
        )
        for town in shares
        if town.pk in new
    )
    return dict(contract.municipalities.values_list("municipality", "pk"))
