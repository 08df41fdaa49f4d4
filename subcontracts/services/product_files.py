"""Products from a file: all rows are right, or none is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.codelists import code_list
from subcontracts import policies
from subcontracts.models import Product
from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.productfile import Line, ProductRow, lines
from subcontracts.services import contracts


@dataclass(frozen=True)
class Outcome:
    """What a file says: products to add, those that are there already, and all that is wrong."""

    new: Sequence[tuple[Line, ProductRow]]
    known: Sequence[tuple[Line, ProductRow]]
    faults: Sequence[tuple[Line, Fault]]


def units() -> dict[str, str]:
    """Codes of list WJ756 with their names."""
    return {code: entry.label for code, entry in code_list("WJ756").codes.items()}


@transaction.atomic
def check(*, scope: Scope, main_contractor_id: int, raw: bytes) -> Outcome:
    """Say what a file would do, and leave everything as it is.

    A product that is there under the same name and unit is known, and left as it is. Raises
    RuleError CSV-01 to CSV-04 for a file that cannot be read, NotAllowedError for anybody but a
    contract manager.
    """
    policies.check_can_manage_contracts(scope, main_contractor_id)
    return _judged(scope, main_contractor_id, raw)


@transaction.atomic
def take(*, scope: Scope, main_contractor_id: int, raw: bytes) -> int:
    """Add the products of a file that are new; returns how many.

    Raises as `check`, and RuleError CON-218 where anything in it is wrong.
    """
    outcome = check(scope=scope, main_contractor_id=main_contractor_id, raw=raw)
    if wrong := len(outcome.faults):
        text = ngettext(
            "%(count)s cell of this file is wrong, so no product is added. Check it first.",
            "%(count)s cells of this file are wrong, so no product is added. Check it first.",
            wrong,
        )
        raise RuleError("CON-218", text % {"count": wrong})
    for _line, said in outcome.new:
        contracts.create_product(scope=scope, main_contractor_id=main_contractor_id, **asdict(said))
    owner = MainContractor.objects.get(pk=main_contractor_id)
    audit.record(scope, "product_file.taken", owner, products=len(outcome.new))
    return len(outcome.new)


def _judged(scope: Scope, main_contractor_id: int, raw: bytes) -> Outcome:
    rows = Product.objects.visible_to(scope).filter(main_contractor=main_contractor_id)
    there = {(row.family, row.category, row.code): row for row in rows}
    seen: dict[tuple[str, str, str], int] = {}
    new: list[tuple[Line, ProductRow]] = []
    known: list[tuple[Line, ProductRow]] = []
    faults: list[tuple[Line, Fault]] = []
    for line in lines(raw, units()):
        faults += [(line, fault) for fault in line.faults]
        if (said := line.said) is None:
            continue
        key = (said.family, said.category, said.code)
        if key in seen:
            text = _("This product stands in row %(row)s already.") % {"row": seen[key]}
            faults.append((line, Fault("productcode", "CON-30", text)))
        elif (row := there.get(key)) is None:
            new.append((line, said))
        elif (row.name, row.unit) == (said.name, said.unit):
            known.append((line, said))
        else:
            faults.append((line, _other(row, said)))
        seen.setdefault(key, line.number)
    return Outcome(new, known, faults)


def _other(row: Product, said: ProductRow) -> Fault:
    """What differs from the product that is there under the same code."""
    column = "naam" if row.name != said.name else "eenheid"
    text = _("This product is there already, as %(name)s by unit %(unit)s.")
    return Fault(column, "CON-30", text % {"name": row.name, "unit": row.unit})
