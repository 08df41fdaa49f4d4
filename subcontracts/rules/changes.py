"""Rules about a request for change (317) that need the current allocations of the client.

The same rules hold on both legs: the municipality knows its allocations, a subcontractor the
placements that were relayed to it as allocations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.periods import Period
from messaging.istandaard import Finding
from messaging.istandaard.model.messages import ChangeRequestMessage
from messaging.istandaard.model.requests import ProductToChange
from messaging.istandaard.model.values import Extent, Product
from messaging.istandaard.rules.products import Stacked, conflicts
from subcontracts.rules.parts import IN_TOTAL

REQUEST: Final = "/Bericht/Client/Verzoek"
_UNCHANGED: Final = f"{REQUEST}/OngewijzigdeProducten/OngewijzigdProduct"
_TO_CHANGE: Final = f"{REQUEST}/TeWijzigenProducten/TeWijzigenProduct"
#: Until here the old rules for volumes held.
_LAST_OLD_DAY: Final = date(2020, 12, 31)

TEXTS: Final[dict[str, str | Promise]] = {
    "TR349": _("A request for change names every current allocation of the client."),
    "TR350": _("What stays as it is must be a current allocation of this client."),
    "TR351": _("What is to change must be a current allocation of this client."),
    "TR357": _(
        "A change from today or an earlier day must begin on the first day of the allocation."
    ),
    "TR361": _("The same product would be given twice in overlapping periods."),
    "TR373": _(
        "A budget, or a volume for the whole period, can change from the first day of the"
        " allocation only."
    ),
    "TR375": _("An allocation without a product has no volume to change."),
    "TR411": _("Say how much care is wanted: the allocation names a product with its code."),
    "TR412": _("An allocation without a product code has no volume to change."),
}


@dataclass(frozen=True, kw_only=True)
class Current:
    """A current allocation, as whoever receives the request knows it. Budget in eurocents."""

    number: int
    #: Empty for a generic allocation, without code for an aspecific one.
    product: Product | None
    period: Period
    extent: Extent | None = None
    budget: int | None = None
    #: Whether a request must name it; one of which the care has ended may be left out.
    is_required: bool = True

    @property
    def has_code(self) -> bool:
        return self.product is not None and bool(self.product.code)

    @property
    def is_recent(self) -> bool:
        """Whether it runs on after 2020, when an allocation without code lost its volume."""
        return self.period.end is None or self.period.end > _LAST_OLD_DAY


def findings(message: ChangeRequestMessage, current: Sequence[Current]) -> list[Finding]:
    """What is wrong with a request for change, given all current allocations of the client."""
    known = {one.number: one for one in current}
    return [
        *_incomplete(message, known),
        *_unknown(message, known),
        *_wrong_changes(message, known),
        *_stacked(message, known),
    ]


def _finding(rule: str, path: str) -> Finding:
    return Finding(rule, f"9{rule.removeprefix('TR')}", path, TEXTS[rule])


def _incomplete(message: ChangeRequestMessage, known: Mapping[int, Current]) -> Iterator[Finding]:
    request = message.client.request
    named = {one.allocation_number for one in request.unchanged_products}
    named |= {one.allocation_number for one in request.products_to_change}
    if {number for number, one in known.items() if one.is_required} - named:
        yield _finding("TR349", REQUEST)


def _unknown(message: ChangeRequestMessage, known: Mapping[int, Current]) -> Iterator[Finding]:
    request = message.client.request
    for place, one in enumerate(request.unchanged_products, start=1):
        if one.allocation_number not in known:
            yield _finding("TR350", f"{_UNCHANGED}[{place}]")
    for place, wanted in enumerate(request.products_to_change, start=1):
        if wanted.allocation_number not in known:
            yield _finding("TR351", f"{_TO_CHANGE}[{place}]")


def _wrong_changes(
    message: ChangeRequestMessage, known: Mapping[int, Current]
) -> Iterator[Finding]:
    day = message.header.message_id.message_date
    for place, wanted in enumerate(message.client.request.products_to_change, start=1):
        allocation = known.get(wanted.allocation_number)
        if allocation is None:
            continue
        for rule, element, is_broken in _CHECKS:
            if is_broken(wanted, allocation, day):
                yield _finding(rule, f"{_TO_CHANGE}[{place}]/{element}")


_Check = Callable[[ProductToChange, Current, date], bool]


def _begins_too_early(wanted: ProductToChange, allocation: Current, day: date) -> bool:
    start = wanted.wanted_start_date
    return start <= day and start != allocation.period.start


def _splits_a_total(wanted: ProductToChange, allocation: Current, day: date) -> bool:
    extent = allocation.extent
    in_total = extent is not None and extent.frequency == IN_TOTAL
    # What is left out stays as it is.
    other_budget = wanted.budget not in (None, allocation.budget)
    other_total = wanted.extent not in (None, extent)
    changes = (allocation.budget is not None and other_budget) or (in_total and other_total)
    return changes and wanted.wanted_start_date != allocation.period.start


def _gives_generic_volume(wanted: ProductToChange, allocation: Current, day: date) -> bool:
    return allocation.product is None and allocation.is_recent and wanted.extent is not None


def _lacks_volume(wanted: ProductToChange, allocation: Current, day: date) -> bool:
    return allocation.has_code and wanted.extent is None


def _gives_uncoded_volume(wanted: ProductToChange, allocation: Current, day: date) -> bool:
    return not allocation.has_code and allocation.is_recent and wanted.extent is not None


#: Rule, element, and whether a change breaks it.
_CHECKS: Final[tuple[tuple[str, str, _Check], ...]] = (
    ("TR357", "GewensteIngangsdatum", _begins_too_early),
    ("TR373", "GewensteIngangsdatum", _splits_a_total),
    ("TR375", "Omvang", _gives_generic_volume),
    ("TR411", "Omvang", _lacks_volume),
    ("TR412", "Omvang", _gives_uncoded_volume),
)


def _stacked(message: ChangeRequestMessage, known: Mapping[int, Current]) -> Iterator[Finding]:
    entries = list(_wanted(message, known))
    if any(conflicts(one, other, message.family) for one, other in combinations(entries, 2)):
        yield _finding("TR361", REQUEST)


def _wanted(message: ChangeRequestMessage, known: Mapping[int, Current]) -> Iterator[Stacked]:
    """Everything that there is to be, with the product of its allocation and the wanted period."""
    request = message.client.request
    for kept in request.unchanged_products:
        if (allocation := known.get(kept.allocation_number)) is not None:
            yield Stacked(allocation.product, allocation.period.start, allocation.period.end)
    for wanted in request.products_to_change:
        if (allocation := known.get(wanted.allocation_number)) is not None:
            yield Stacked(allocation.product, wanted.wanted_start_date, wanted.end_date)
    for new in request.new_products:
        yield Stacked(new.product, new.wanted_start_date, new.end_date)
