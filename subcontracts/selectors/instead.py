"""What can be done with a request for which another municipality is responsible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hoofdaannemer.core.scope import CARE, Scope
from messaging.istandaard.codelists import code_list
from subcontracts.models import (
    CareRequest,
    ContractMunicipality,
    ContractProduct,
    Deadline,
    MunicipalContract,
    RequestedProduct,
)


@dataclass(frozen=True)
class Instead:
    """The municipality that is responsible, until when it is asked, and what cannot be asked."""

    town: str
    due_date: date
    #: Products that no contract with it covers.
    uncovered: Sequence[str]


def of(scope: Scope, request: CareRequest) -> Instead | None:
    """While the clock of a refusal for residence runs; for who may ask."""
    if scope.role not in CARE:
        return None
    rows = Deadline.objects.visible_to(scope).running().select_related("requested_product")
    row = rows.filter(request=request, kind=Deadline.Kind.REASK).first()
    if row is None:
        return None
    code = (row.requested_product or request.change).responsible_code
    uncovered = [
        str(asked.product)
        for asked in refused(scope, request)
        if not _is_covered(scope, asked, code)
    ]
    return Instead(code_list("CBS").label(code), row.due_date, uncovered)


def refused(scope: Scope, request: CareRequest) -> list[RequestedProduct]:
    """The products that were refused for residence; all of the request where none was."""
    rows = RequestedProduct.objects.visible_to(scope).filter(request=request)
    every = list(rows.select_related("product"))
    return [row for row in every if row.responsible_code] or every


def responsible_code(request: CareRequest, refused: Sequence[RequestedProduct]) -> str:
    """CBS code of the municipality that the answer named; empty where it named none."""
    if request.kind == CareRequest.Kind.CHANGE:
        return request.change.responsible_code
    return next((row.responsible_code for row in refused if row.responsible_code), "")


def _is_covered(scope: Scope, asked: RequestedProduct, code: str) -> bool:
    rows = MunicipalContract.objects.visible_to(scope).in_force_on(asked.start_date)
    return rows.filter(
        family=asked.family,
        pk__in=ContractMunicipality.objects.taking_part_on(asked.start_date)
        .filter(municipality__code=code)
        .values("contract"),
        products__in=ContractProduct.objects.covered_on(asked.start_date).filter(
            product=asked.product_id
        ),
    ).exists()
