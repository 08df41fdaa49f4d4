"""What the lines of a declaration file are compared with, read for all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet

from billing.models import DeclaredLine
from billing.rules.filecells import Said
from billing.rules.pxq import Minutes
from billing.selectors.month_cards import declared_unit, minutes_of
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Client, FundingLineProduct, Placement, Product, Tariff
from subcontracts.rules.funding_parameters import MINUTES

#: A line that was declared before, by main contractor, law and reference.
LineKey = tuple[int, str, str]
#: Category by main contractor, law and product code.
Categories = Mapping[tuple[int, str, str], str]


@dataclass(frozen=True)
class Price:
    """Euros a unit as agreed on a day; without agreement no amount, and the product's unit."""

    amount: Decimal | None
    price_unit: str
    unit: str
    #: How minutes are paid at a price an hour.
    how: Minutes = Minutes.EXACT


class Catalogue:
    """Placements, prices, clients and earlier lines that the rows of one file name."""

    def __init__(self, scope: Scope, said: Sequence[Said]) -> None:
        numbers = {one.number for one in said}
        self._placements = _by(_placements(scope).filter(number__in=numbers), "number")
        others = numbers - self._placements.keys()
        named = _placements(scope).filter(allocation__number__in=others)
        self._allocated = _by(named.annotate(allocated=F("allocation__number")), "allocated")
        groups = [*self._placements.values(), *self._allocated.values()]
        every = [placed for group in groups for placed in group]
        contracts = {one.subcontract_id for one in every if one.subcontract_id}
        self._tariffs = _tariffs(contracts)
        self._begun = _begun(contracts)
        self.categories = _categories({one.main_contractor_id for one in every})
        checked = any(one.birth_date or one.surname for one in said)
        self.clients = _clients(scope, {one.client_id for one in every if checked})
        self.debits = _debits(
            scope, {one.previous or one.reference for one in said if one.is_credit}
        )

    def placements(self, number: int) -> Sequence[Placement]:
        """The own placements under a number: more than one where two main contractors use it.

        Where none has it, those of the municipality's allocation with this number.
        """
        return self._placements.get(number) or self._allocated.get(number) or ()

    def price(self, placed: Placement, day: date) -> Price:
        """What the contract says of a placement on a day."""
        key = (placed.subcontract_id or 0, placed.product_id)
        for one in self._tariffs.get(key, ()):
            if Period(one.start_date, one.end_date).contains(day):
                how = self._how(key, day)
                return Price(one.amount, one.unit, declared_unit(placed, one.unit), how)
        unit = placed.product.unit
        return Price(None, unit, declared_unit(placed, unit))

    def _how(self, key: tuple[int, int], day: date) -> Minutes:
        for one in self._begun.get(key, ()):
            if Period(one.start_date, one.end_date).contains(day):
                return minutes_of(one.funding_line)
        return Minutes.EXACT


def _placements(scope: Scope) -> QuerySet[Placement]:
    """The own ones that may have been delivered."""
    return (
        Placement.objects.visible_to(scope)
        .filter(provider_organisation=scope.organisation_id)
        .exclude(status__in=[Placement.Status.DECLINED, Placement.Status.OFFERED])
        .select_related("product", "subcontractor", "main_contractor__organisation")
        .order_by("pk")
    )


def _by(rows: QuerySet[Placement], number: str) -> dict[int, list[Placement]]:
    found: dict[int, list[Placement]] = defaultdict(list)
    for row in rows:
        found[getattr(row, number)].append(row)
    return found


def _tariffs(contracts: Collection[int]) -> dict[tuple[int, int], list[Tariff]]:
    found: dict[tuple[int, int], list[Tariff]] = defaultdict(list)
    for row in Tariff.objects.filter(subcontract__in=contracts).order_by("-start_date"):
        found[row.subcontract_id, row.product_id].append(row)
    return found


def _begun(contracts: Collection[int]) -> dict[tuple[int, int], list[FundingLineProduct]]:
    """Products of lines that pay minutes otherwise than exactly: few contracts have them."""
    found: dict[tuple[int, int], list[FundingLineProduct]] = defaultdict(list)
    rows = FundingLineProduct.objects.filter(
        subcontract__in=contracts, funding_line__parameters__has_key=MINUTES
    )
    for row in rows.select_related("funding_line"):
        found[row.subcontract_id, row.product_id].append(row)
    return found


def _categories(main_contractors: Collection[int]) -> Categories:
    rows = Product.objects.filter(main_contractor__in=main_contractors)
    return {(one.main_contractor_id, one.family, one.code): one.category for one in rows}


def _clients(scope: Scope, pks: Collection[int]) -> dict[int, Client]:
    """Only what is compared is decrypted."""
    rows = Client.objects.visible_to(scope).filter(pk__in=pks)
    return rows.only("birth_date", "surname").in_bulk()


def _debits(scope: Scope, references: Iterable[str]) -> dict[LineKey, DeclaredLine]:
    rows = (
        DeclaredLine.objects.visible_to(scope)
        .approved()
        .filter(
            provider_organisation=scope.organisation_id,
            reference__in=list(references),
            is_credit=False,
        )
    )
    return {(one.main_contractor_id, one.family, one.reference): one for one in rows}
