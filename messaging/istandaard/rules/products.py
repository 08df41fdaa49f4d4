"""Rules about products that are allocated, requested or changed (301, 315, 317)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from messaging.istandaard.model.allocation import AllocatedProduct, Contact
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import (
    AllocationMessage,
    AllocationRequestMessage,
    ChangeRequestMessage,
    Message,
)
from messaging.istandaard.model.requests import NewProduct, ProductToChange, RequestedProduct
from messaging.istandaard.model.values import Product

from .client import TR134
from .registry import on, rule, whole

Named = AllocatedProduct | RequestedProduct | NewProduct
Ordered = Named | ProductToChange
_NAMED: Final = (AllocatedProduct, RequestedProduct, NewProduct)
_ORDERED: Final = (*_NAMED, ProductToChange)
_LAST_OLD_DAY: Final = date(2020, 12, 31)
_NOT_PER_DAY: Final = frozenset({"14", "16", "83", "84"})
_AIDS: Final = frozenset({"11", "12", "13", "14"})

CD041 = rule("CD041", _("A product with a code needs a volume with unit and frequency."))
CD043 = rule("CD043", _("Decision number and start date of the decision are given together."))
CD066 = rule("CD066", _("A referrer with an AGB code has no name."))
CD067 = rule("CD067", _("A professional referrer without an AGB code needs a name."))
CD068 = rule("CD068", _("Only a professional referrer (type 02 to 05) has an AGB code."))
CD075 = rule("CD075", _("A product with a budget needs an end date."))
CD076 = rule("CD076", _("A volume per week needs an end date."))
CD077 = rule("CD077", _("A product with a budget has no volume."))
CD078 = rule("CD078", _("A product with a volume has no budget."))
CD079 = rule("CD079", _("Name the product, or give a budget."))
CD080 = rule("CD080", _("An allocation without product code has no volume."))
CD095 = rule("CD095", _("A request without product code has no volume."))
CD096 = rule("CD096", _("A new product without product code has no volume."))
CS003 = rule("CS003", _("The end date lies before the start date."))
CS335 = rule("CS335", _("A deleted allocation (reason 13) ends on its start date."))
CS336 = rule("CS336", _("Reason for change 01 is no longer in use."))
CS338 = rule("CS338", _("Parts of days, 24-hour periods, euros and pieces are not per day."))
CS343 = rule("CS343", _("Parts of days, 24-hour periods, euros and pieces are not per day."))
TR302 = rule("TR302", _("The same product is allocated twice for overlapping periods."))
TR352 = rule("TR352", _("A request for change names at least one current allocation."))
TR353 = rule("TR353", _("A request for change holds a product to change or a new product."))
TR380 = rule("TR380", _("A new product starts after the message date."))
TR383 = rule("TR383", _("Each requested product has its own reference."))
TR386 = rule("TR386", _("The same product is requested twice for overlapping periods."))
TR410 = rule("TR410", _("The same new product is requested twice for overlapping periods."))


def _term(product: Ordered) -> tuple[date, date | None]:
    if isinstance(product, AllocatedProduct):
        return product.start_date, product.end_date
    if isinstance(product, RequestedProduct):
        return product.allocation_start_date, product.allocation_end_date
    return product.wanted_start_date, product.end_date


def _end_element(product: Ordered) -> str:
    return "ToewijzingEinddatum" if isinstance(product, RequestedProduct) else "Einddatum"


def _has_code(product: Named) -> bool:
    return product.product is not None and bool(product.product.code)


def _ends_after_2020(product: Ordered) -> bool:
    end = _term(product)[1]
    return end is None or end > _LAST_OLD_DAY


@on(CD041, *_NAMED)
def extent_with_code(product: Named, message: Message) -> str | None:
    return "Omvang" if _has_code(product) and product.extent is None else None


def _extent_without_code(product: Named, message: Message) -> str | None:
    is_wrong = product.extent is not None and not _has_code(product) and _ends_after_2020(product)
    return "Omvang" if is_wrong else None


on(CD080, AllocatedProduct)(_extent_without_code)
on(CD095, RequestedProduct)(_extent_without_code)
on(CD096, NewProduct)(_extent_without_code)


@on(CD043, RequestedProduct)
def decision_complete(product: RequestedProduct, message: Message) -> str | None:
    has_number = product.decision_number is not None
    has_date = product.decision_start_date is not None
    return None if has_number == has_date else "BeschikkingIngangsdatum"


def _is_professional(product: RequestedProduct) -> bool:
    return product.referrer.type in {"02", "03", "04", "05"}


@on(CD066, RequestedProduct)
def referrer_by_code_only(product: RequestedProduct, message: Message) -> str | None:
    referrer = product.referrer
    has_both = referrer.practitioner_code and referrer.name
    return "Verwijzer/Naam" if _is_professional(product) and has_both else None


@on(CD067, RequestedProduct)
def referrer_named(product: RequestedProduct, message: Message) -> str | None:
    referrer = product.referrer
    has_none = not referrer.practitioner_code and not referrer.name
    return "Verwijzer/Naam" if _is_professional(product) and has_none else None


@on(CD068, RequestedProduct)
def other_referrer_without_code(product: RequestedProduct, message: Message) -> str | None:
    has_code = product.referrer.practitioner_code
    return "Verwijzer/ZorgverlenerCode" if has_code and not _is_professional(product) else None


@on(CD075, *_ORDERED)
def budget_has_end(product: Ordered, message: Message) -> str | None:
    lacks_end = product.budget is not None and _term(product)[1] is None
    return _end_element(product) if lacks_end else None


@on(CD076, *_ORDERED)
def weekly_has_end(product: Ordered, message: Message) -> str | None:
    is_weekly = product.extent is not None and product.extent.frequency == "2"
    return _end_element(product) if is_weekly and _term(product)[1] is None else None


def _has_both(product: Ordered) -> bool:
    return product.budget is not None and product.extent is not None


@on(CD077, *_ORDERED)
def budget_without_extent(product: Ordered, message: Message) -> str | None:
    return "Omvang" if _has_both(product) else None


@on(CD078, *_ORDERED)
def extent_without_budget(product: Ordered, message: Message) -> str | None:
    return "Budget" if _has_both(product) else None


@on(CD079, *_NAMED)
def product_or_budget(product: Named, message: Message) -> str | None:
    return "Product" if product.budget is None and product.product is None else None


@on(CS003, *_ORDERED)
def end_not_before_start(product: Ordered, message: Message) -> str | None:
    start, end = _term(product)
    return _end_element(product) if end is not None and end < start else None


@on(CS003, Contact)
def contact_end_not_before_start(contact: Contact, message: Message) -> str | None:
    period = contact.period
    if period is None or period.start is None or period.end is None or period.end >= period.start:
        return None
    return "Periode/Einddatum"


@on(CS335, AllocatedProduct)
def deleted_ends_at_start(product: AllocatedProduct, message: Message) -> str | None:
    is_deleted = product.change_reason == "13"
    return "RedenWijziging" if is_deleted and product.end_date != product.start_date else None


@on(CS336, AllocatedProduct)
def reason_in_use(product: AllocatedProduct, message: Message) -> str | None:
    return "RedenWijziging" if product.change_reason == "01" else None


def _per_day(product: Ordered, message: Message) -> str | None:
    extent = product.extent
    if extent is None or extent.frequency != "1" or extent.unit not in _NOT_PER_DAY:
        return None
    return "Omvang" if _ends_after_2020(product) else None


on(CS338, AllocatedProduct, NewProduct, ProductToChange)(_per_day)
on(CS343, RequestedProduct)(_per_day)


@on(TR134, AllocatedProduct)
def decided_before_message(product: AllocatedProduct, message: Message) -> str | None:
    is_later = product.decided_on > message.header.message_id.message_date
    return "Toewijzingsdatum" if is_later else None


@on(TR380, NewProduct)
def starts_after_message(product: NewProduct, message: Message) -> str | None:
    starts_later = product.wanted_start_date > message.header.message_id.message_date
    return None if starts_later else "GewensteIngangsdatum"


@whole(TR352, ChangeRequestMessage)
def names_current_allocation(message: ChangeRequestMessage) -> Iterator[str]:
    request = message.client.request
    if not request.unchanged_products and not request.products_to_change:
        yield "/Bericht/Client/Verzoek"


@whole(TR353, ChangeRequestMessage)
def asks_for_something(message: ChangeRequestMessage) -> Iterator[str]:
    request = message.client.request
    if not request.products_to_change and not request.new_products:
        yield "/Bericht/Client/Verzoek"


@whole(TR383, AllocationRequestMessage)
def own_references(message: AllocationRequestMessage) -> Iterator[str]:
    seen: set[str] = set()
    for place, product in enumerate(message.client.requested_products, start=1):
        if product.provider_reference in seen:
            path = f"/Bericht/Client/AangevraagdeProducten/AangevraagdProduct[{place}]"
            yield f"{path}/ReferentieAanbieder"
        seen.add(product.provider_reference)


class Stacked(NamedTuple):
    """A product with its term, for the stacking test; no end is open-ended."""

    product: Product | None
    start: date
    end: date | None


def conflicts(first: Stacked, second: Stacked, family: Family) -> bool:
    """Whether two products are the same care in overlapping terms (stacking, both ends count).

    Without a code the category decides, without a product it is the same as any other. In the
    Wmo aids (categories 11 to 14) never conflict. Source: TR302, TR361, TR386, TR410.
    """
    last = date.max
    if first.start > (second.end or last) or second.start > (first.end or last):
        return False
    mine, yours = first.product, second.product
    categories = {product.category for product in (mine, yours) if product is not None}
    if family == Family.WMO and categories & _AIDS:
        return False
    if mine is None or yours is None:
        return True
    both_coded = bool(mine.code) and bool(yours.code)
    return mine.category == yours.category and (not both_coded or mine.code == yours.code)


def _stacked(entries: Sequence[tuple[int, Stacked]], family: Family, path: str) -> Iterator[str]:
    """Paths of the products that conflict with one before them."""
    for index, (place, entry) in enumerate(entries):
        if any(conflicts(earlier, entry, family) for _place, earlier in entries[:index]):
            yield f"{path}[{place}]"


@whole(TR302, AllocationMessage)
def no_stacked_allocations(message: AllocationMessage) -> Iterator[str]:
    entries = [
        (place, Stacked(product.product, product.start_date, product.end_date))
        for place, product in enumerate(message.client.allocated_products, start=1)
        if not _is_deleted(product)
    ]
    path = "/Bericht/Client/ToegewezenProducten/ToegewezenProduct"
    yield from _stacked(entries, message.family, path)


def _is_deleted(product: AllocatedProduct) -> bool:
    return product.change_reason in {"13", "01"} and product.end_date == product.start_date


@whole(TR386, AllocationRequestMessage)
def no_stacked_requests(message: AllocationRequestMessage) -> Iterator[str]:
    entries = [
        (place, Stacked(product.product, *_term(product)))
        for place, product in enumerate(message.client.requested_products, start=1)
    ]
    path = "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct"
    yield from _stacked(entries, message.family, path)


@whole(TR410, ChangeRequestMessage)
def no_stacked_new_products(message: ChangeRequestMessage) -> Iterator[str]:
    entries = [
        (place, Stacked(product.product, *_term(product)))
        for place, product in enumerate(message.client.request.new_products, start=1)
    ]
    path = "/Bericht/Client/Verzoek/NieuweProducten/NieuwProduct"
    yield from _stacked(entries, message.family, path)
