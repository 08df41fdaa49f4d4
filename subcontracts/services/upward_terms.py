"""What a municipal contract says from a day on, and who bears it: versions that are only added to.

All of it is the contract manager's work (NotAllowedError for anybody else).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.numbers import is_kvk
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import (
    Consortium,
    ConsortiumMember,
    MunicipalContract,
    MunicipalTermsVersion,
)
from subcontracts.rules import upward_versions as rules
from subcontracts.selectors.upward_terms import values_on


@dataclass(frozen=True, kw_only=True)
class Member:
    """An organisation in a consortium; the share in percent."""

    name: str
    share: Decimal
    kvk: str = ""
    is_lead: bool = False


@transaction.atomic
def set_terms(
    *,
    scope: Scope,
    contract: MunicipalContract,
    start_date: date,
    values: Mapping[str, object],
    source: str = "",
) -> MunicipalTermsVersion:
    """Record what the contract says from a day on; earlier versions stay as they were.

    Raises RuleError CON-40 or CON-41 for a value or a term that does not fit, CON-42 for a day
    outside the contract, CON-43 where nothing would change.
    """
    contract = locked(scope, contract)
    stored = rules.checked(values)
    check_within(contract, start_date)
    changed = rules.changes(values_on(contract, start_date), stored)
    if not changed:
        raise RuleError("CON-43", _("Nothing in it differs from what holds on that day already."))
    version = MunicipalTermsVersion.objects.create(
        main_contractor_id=contract.main_contractor_id,
        contract=contract,
        start_date=start_date,
        values=stored,
        source=source,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )
    audit.record(
        scope,
        "municipal_contract.terms_set",
        contract,
        start=start_date.isoformat(),
        terms=", ".join(one.name for one in changed),
    )
    return version


@transaction.atomic
def set_consortium(
    *, scope: Scope, contract: MunicipalContract, start_date: date, members: Sequence[Member]
) -> Consortium:
    """Record who bears the contract together from a day on; one member where it bears it alone.

    Raises RuleError CON-42 for a day outside the contract, CON-44 where shares do not add up to
    100, one of two members has no name of its own, or not exactly one of them is the lead, CON-45
    for a trade register number that is none.
    """
    contract = locked(scope, contract)
    check_within(contract, start_date)
    _check_members(members)
    owner = {"main_contractor_id": contract.main_contractor_id}
    row = Consortium.objects.create(
        **owner, contract=contract, start_date=start_date, recorded_at=scope.at
    )
    ConsortiumMember.objects.bulk_create(
        ConsortiumMember(
            **owner,
            consortium=row,
            name=one.name,
            kvk=one.kvk,
            share=one.share,
            is_lead=one.is_lead,
        )
        for one in members
    )
    audit.record(
        scope,
        "municipal_contract.consortium_set",
        contract,
        start=start_date.isoformat(),
        members=len(members),
    )
    return row


def _check_members(members: Sequence[Member]) -> None:
    names = {one.name.casefold() for one in members}
    if sum(one.share for one in members) != 100 or any(one.share <= 0 for one in members):
        raise RuleError("CON-44", _("The shares of the members must add up to 100 percent."))
    if len(names) != len(members) or sum(one.is_lead for one in members) != 1:
        raise RuleError("CON-44", _("Name each member once, and exactly one of them as the lead."))
    if any(one.kvk and not is_kvk(one.kvk) for one in members):
        raise RuleError("CON-45", _("A trade register number has eight digits."))


def locked(scope: Scope, contract: MunicipalContract) -> MunicipalContract:
    """The contract, for this transaction alone. Raises NotAllowedError as the policy says."""
    policies.check_can_manage_contracts(scope, contract.main_contractor_id)
    rows = MunicipalContract.objects.visible_to(scope).select_for_update(of=("self",))
    return rows.get(pk=contract.pk)


def check_within(contract: MunicipalContract, day: date) -> None:
    """Raises RuleError CON-42 for a day on which the contract does not run."""
    if day < contract.start_date or (contract.end_date is not None and day > contract.end_date):
        raise RuleError("CON-42", _("Choose a day on which the municipal contract runs."))
