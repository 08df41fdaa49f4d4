"""Tariffs of a subcontract from a file: all rows are right, or none is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import Product, Subcontract
from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.tarifffile import Line, TariffRow, lines
from subcontracts.selectors.contracts import priced_products
from subcontracts.services import contracts

Products = Mapping[tuple[str, str], Product]


@dataclass(frozen=True)
class Outcome:
    """What a file says: tariffs to set with their products, and everything that is wrong."""

    tariffs: Sequence[tuple[Line, Product, TariffRow]]
    faults: Sequence[tuple[Line, Fault]]


@transaction.atomic
def check(*, scope: Scope, subcontract: Subcontract, raw: bytes) -> Outcome:
    """Say what a file would do, and leave everything as it is.

    Raises RuleError CSV-01 to CSV-04 for a file that cannot be read, CON-27 while the contract is
    on offer or signed, NotAllowedError for anybody but a contract manager.
    """
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    contracts.check_not_on_offer(subcontract)
    point = transaction.savepoint()
    try:
        return _carried_out(scope, subcontract, raw)
    finally:
        transaction.savepoint_rollback(point)


@transaction.atomic
def take(*, scope: Scope, subcontract: Subcontract, raw: bytes) -> int:
    """Set all tariffs of a file; returns how many.

    Raises as `check`, and RuleError CON-35 where anything in it is wrong.
    """
    policies.check_can_manage_contracts(scope, subcontract.main_contractor_id)
    outcome = _carried_out(scope, subcontract, raw)
    if wrong := len(outcome.faults):
        text = ngettext(
            "%(count)s cell of this file is wrong, so no tariff is set. Check it first.",
            "%(count)s cells of this file are wrong, so no tariff is set. Check it first.",
            wrong,
        )
        raise RuleError("CON-35", text % {"count": wrong})
    audit.record(scope, "tariff_file.taken", subcontract, tariffs=len(outcome.tariffs))
    return len(outcome.tariffs)


def _carried_out(scope: Scope, subcontract: Subcontract, raw: bytes) -> Outcome:
    found = lines(raw)
    products = _products(subcontract)
    faults = [(line, fault) for line in found for fault in line.faults]
    right = []
    # In order of time: an open tariff ends where the next one of its product begins.
    for line in sorted(found, key=_begin):
        if line.said is None:
            continue
        product = products.get((line.said.category, line.said.code))
        if product is None:
            text = _("No funding line of this contract pays such a product.")
            faults.append((line, Fault("productcode", "CON-32", text)))
        elif refusal := _refusal(scope, subcontract, product, line.said):
            faults.append((line, refusal))
        else:
            right.append((line, product, line.said))
    by_row = sorted(faults, key=lambda one: one[0].number)
    return Outcome(sorted(right, key=lambda one: one[0].number), by_row)


def _begin(line: Line) -> tuple[bool, object, int]:
    said = line.said
    return said is None, said.period.start if said else 0, line.number


def _products(subcontract: Subcontract) -> Products:
    """Products of its funding lines that have a price, by category and code."""
    return {(row.category, row.code): row for row in priced_products(subcontract)}


def _refusal(
    scope: Scope, subcontract: Subcontract, product: Product, said: TariffRow
) -> Fault | None:
    try:
        with transaction.atomic():
            contracts.set_tariff(
                scope=scope,
                subcontract=subcontract,
                product=product,
                amount=said.amount,
                period=said.period,
            )
    except RuleError as refusal:
        text = refusal.message.removesuffix(f" ({refusal.code})")
        return Fault("begindatum", refusal.code, text)
    return None
