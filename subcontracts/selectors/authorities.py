"""Who allocates what a request asks for, or changes what was allocated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    AllocatedBy,
    Allocation,
    Authority,
    CareRequest,
    ChangedProduct,
    Client,
    MunicipalContract,
)
from subcontracts.models.authorities import AuthorityQuerySet

#: Somebody other than the municipality decides, so that nothing is asked of it.
HERE = (AllocatedBy.MANDATE, AllocatedBy.TASK)


def in_force(contract: MunicipalContract, day: date) -> Authority | None:
    """The agreement that holds on a day; None where nothing was ever agreed."""
    rows = contract.authorities.filter(start_date__lte=day)
    return rows.order_by("start_date", "pk").last()


def is_decided_here(contract: MunicipalContract, day: date) -> bool:
    """Whether we decide on requests under this contract on a day."""
    found = in_force(contract, day)
    return found is not None and found.allocated_by in HERE


def contracts_of(request: CareRequest) -> list[MunicipalContract]:
    """The municipal contracts that cover what a request asks."""
    if request.kind == CareRequest.Kind.CHANGE:
        return _distinct(
            line.allocation.municipal_contract
            for line in request.lines.in_force().select_related("allocation__municipal_contract")
            if line.allocation is not None
        )
    rows = request.products.select_related("municipal_contract")
    return _distinct(row.municipal_contract for row in rows)


def of_request(request: CareRequest, day: date) -> Authority | None:
    """What we decide this request by; None where it goes to the municipality.

    A request under several contracts is decided here only where one rule holds for all of it.
    """
    if request.kind == CareRequest.Kind.CHANGE and not _may_change_all(request, day):
        return None
    found = [in_force(contract, day) for contract in contracts_of(request)]
    first = found[0] if found else None
    if first is None or first.allocated_by not in HERE:
        return None
    same = all(one is not None and one.allocated_by == first.allocated_by for one in found)
    return first if same else None


def may_change(allocation: Allocation, day: date) -> bool:
    """Whether an allocation is ours to change on a day.

    A mandate covers what the municipality allocated before it as well. Under a task the
    municipality keeps what it allocated; what followed from a task no 301 may change.
    """
    found = in_force(allocation.municipal_contract, day)
    if found is None or found.allocated_by not in HERE:
        return False
    is_task = found.allocated_by == AllocatedBy.TASK
    return is_task == (allocation.origin == AllocatedBy.TASK)


def _may_change_all(request: CareRequest, day: date) -> bool:
    changing = request.lines.in_force().filter(what=ChangedProduct.What.CHANGED)
    lines = changing.select_related("allocation__municipal_contract")
    named = {line.allocation for line in lines if line.allocation is not None}
    return all(may_change(allocation, day) for allocation in named)


def agreed_on(rows: AuthorityQuerySet, day: date) -> dict[int, str]:
    """Who allocates on a day, as `AllocatedBy`, by key of the municipal contracts that say it."""
    latest = (
        rows.filter(start_date__lte=day)
        .order_by("municipal_contract_id", "-start_date", "-pk")
        .distinct("municipal_contract_id")
        .values_list("municipal_contract_id", "allocated_by")
    )
    return dict(latest)


def under_mandate(rows: AuthorityQuerySet, day: date) -> set[int]:
    """Keys of the municipal contracts under which we allocate in a municipality's name on a day."""
    agreed = agreed_on(rows, day)
    return {contract for contract, by in agreed.items() if by == AllocatedBy.MANDATE}


def copied_to(
    scope: Scope, main_contractor_id: int, code: str, family: str, client_hash: bytes | None
) -> Municipality | None:
    """The municipality with this code, where messages under its code go to it in copy.

    That is so as soon as and as long as one contract with it is under mandate. Nothing goes about
    a client whose data may not be passed on (OP003).
    """
    rows = Authority.objects.filter(
        municipal_contract__main_contractor=main_contractor_id,
        municipal_contract__family=family,
        municipal_contract__municipalities__municipality__code=code,
    )
    if not under_mandate(rows, scope.today):
        return None
    sealed = Client.objects.filter(main_contractor=main_contractor_id, is_sealed=True)
    if client_hash and sealed.filter(bsn_hash=client_hash).exists():
        return None
    return Municipality.objects.filter(code=code).first()


def _distinct(contracts: Iterable[MunicipalContract]) -> list[MunicipalContract]:
    return list({contract.pk: contract for contract in contracts}.values())
