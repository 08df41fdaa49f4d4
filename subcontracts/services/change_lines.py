"""The lines of a request for change: as asked by whoever asked, and as sent by us.

A subcontractor knows its own placements only. Taking up its request, the main contractor says what
that means for the allocations, and names all the others as well (TR349).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.model.values import Product
from subcontracts.models import Allocation, CareRequest, ChangedProduct, Placement
from subcontracts.rules.changes import Current
from subcontracts.rules.raising import Terms, raised
from subcontracts.selectors import current
from subcontracts.services.sending import budget_of, extent_of, product_of
from subcontracts.services.sending_requests import lines_as

_Stage = ChangedProduct.Stage
_What = ChangedProduct.What
_TAKEN_BACK = (Placement.Status.WITHDRAWN, Placement.Status.DECLINED)


def drafted(scope: Scope, request: CareRequest) -> list[ChangedProduct]:
    """The lines as they would be sent today, not stored yet.

    Raises RuleError VOT-10 where something that is to change is no longer current, VOT-11 where a
    part is asked in another measure than the whole has.
    """
    asked = lines_as(request, _Stage.ASKED)
    of_allocation: dict[int | None, list[ChangedProduct]] = defaultdict(list)
    for line in asked:
        if line.what == _What.CHANGED:
            of_allocation[line.allocation_id].append(line)
    allocations = list(current.allocations(scope, _whole_care(request)))
    _check_current(allocations, [line for lines in of_allocation.values() for line in lines])
    lines = [_of_allocation(request, row, of_allocation[row.pk]) for row in allocations]
    return [*lines, *(_copied(line) for line in asked if line.what == _What.NEW)]


def _check_current(allocations: Sequence[Allocation], lines: Sequence[ChangedProduct]) -> None:
    """Nothing ended, or was taken back from the subcontractor that asks, since it asked."""
    for line in lines:
        taken_back = line.placement is not None and line.placement.status in _TAKEN_BACK
        if line.allocation not in allocations or taken_back:
            raise not_current(line.placement if taken_back else line.allocation)


def not_current(number: object) -> RuleError:
    """The refusal of an allocation or placement that the client does not have now."""
    text = _("Allocation %(number)s is no longer current, so it cannot change. Ask anew.")
    return RuleError("VOT-10", text % {"number": number})


def complete(*, scope: Scope, request: CareRequest) -> list[ChangedProduct]:
    """Store the lines as they are sent now; those of an earlier try count no more."""
    earlier = request.lines.in_force().filter(stage=_Stage.SENT)
    lines = drafted(scope, request)
    earlier.update(superseded_at=scope.at)
    return ChangedProduct.objects.bulk_create(lines)


def _whole_care(request: CareRequest) -> current.Care:
    """What the main contractor has of this client, whoever asked."""
    return replace(current.care_of(request), organisation_id=None)


def _line(request: CareRequest, what: str) -> ChangedProduct:
    return ChangedProduct(
        main_contractor_id=request.main_contractor_id,
        request=request,
        stage=_Stage.SENT,
        what=what,
    )


def _of_allocation(
    request: CareRequest, allocation: Allocation, asked: Sequence[ChangedProduct]
) -> ChangedProduct:
    now = current.terms_of(allocation)
    wanted = now
    for line in asked:
        wanted = _raised(wanted, allocation, line)
    if wanted == now:
        line = _line(request, _What.UNCHANGED)
    else:
        line = _line(request, _What.CHANGED)
        put_terms(line, wanted)
    line.allocation = allocation
    return line


def _raised(whole: Terms, allocation: Allocation, line: ChangedProduct) -> Terms:
    asked = wanted_of(line)
    placement = line.placement
    if placement is None:
        return asked
    others = Placement.objects.live().filter(allocation=allocation).exclude(pk=placement.pk)
    ends = list(others.values_list("end_date", flat=True))
    return raised(whole, current.terms_of(placement), asked, ends)


def _copied(asked: ChangedProduct) -> ChangedProduct:
    line = _line(asked.request, _What.NEW)
    line.product = asked.product
    put_terms(line, wanted_of(asked))
    return line


def wanted_of(line: ChangedProduct) -> Terms:
    """What a line asks for, from when."""
    if line.start_date is None:
        raise ValueError("nothing is asked of what stays as it is")
    return Terms(
        period=Period(line.start_date, line.end_date),
        volume=line.volume,
        unit=line.unit,
        frequency=line.frequency,
        budget=line.budget,
    )


def put_terms(line: ChangedProduct, wanted: Terms) -> None:
    """Write what is wanted in a line."""
    line.start_date, line.end_date = wanted.period.start, wanted.period.end
    line.volume, line.unit, line.frequency = wanted.volume, wanted.unit, wanted.frequency
    line.budget = wanted.budget


def known_above(scope: Scope, request: CareRequest) -> list[Current]:
    """The current allocations, as the municipality knows them."""
    return [
        Current(
            number=row.number,
            product=product_of(row),
            period=Period(row.start_date, row.end_date),
            extent=extent_of(row),
            budget=budget_of(row),
        )
        for row in current.allocations(scope, _whole_care(request))
    ]


def known_below(scope: Scope, care: current.Care) -> list[Current]:
    """The current placements with a subcontractor, as allocations that were relayed to it."""
    return [_relayed(row) for row in current.placements(scope, care)]


def _relayed(row: Placement) -> Current:
    # Without a volume the allocation names no code; the one in the relayed message only says
    # what the subcontractor delivers.
    has_volume = row.volume is not None
    own = Product(category=row.product.category, code=row.product.code)
    return Current(
        number=row.number,
        product=own if has_volume else product_of(row.allocation),
        period=Period(row.start_date, row.end_date),
        extent=extent_of(row),
        budget=budget_of(row),
        is_required=row.status in Placement.LIVE,
    )
