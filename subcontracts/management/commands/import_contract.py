"""`import_contract CSV`: products with unit and tariff of a subcontract in one go.

Columns (header in the first line, semicolon or comma): subcontract (contract number), law (wmo or
jw), category, code, name, unit (code list WJ756), tariff (Dutch or plain decimal notation; empty
for a funding line without a tariff), start (ISO date), end (ISO date or empty). All rows or none.
"""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.forms import read_number
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope, acting_as, system
from subcontracts.models import Product, Subcontract
from subcontracts.services import contracts

COLUMNS = ("subcontract", "law", "category", "code", "name", "unit", "tariff", "start", "end")


class Command(BaseCommand):
    """Read products and tariffs."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("csv", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with the line at fault; then nothing was changed."""
        rows = _read(options["csv"])
        with acting_as(system()) as scope:
            for number, row in enumerate(rows, start=2):
                try:
                    _import(scope, row)
                except (DomainError, ValueError, Subcontract.DoesNotExist) as error:
                    raise CommandError(f"line {number}: {error}") from error
                if options["json"]:
                    self.stdout.write(
                        json.dumps({"line": number, "code": row["code"], "imported": True})
                    )
        if not options["json"]:
            self.stdout.write(f"{len(rows)} rows imported")


def _read(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path}") from error
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise CommandError(f"the columns must be: {', '.join(COLUMNS)}")
    return [{name: (value or "").strip() for name, value in row.items()} for row in reader]


def _import(scope: Scope, row: dict[str, str]) -> None:
    subcontract = Subcontract.objects.get(number=row["subcontract"])
    owner = subcontract.main_contractor_id
    key = {"family": row["law"], "category": row["category"], "code": row["code"]}
    product = Product.objects.filter(main_contractor=owner, **key).first()
    if product is None:
        product = contracts.create_product(
            scope=scope, main_contractor_id=owner, name=row["name"], unit=row["unit"], **key
        )
    if product.unit != row["unit"]:
        raise ValueError("the product is known with another unit")
    if not row["tariff"]:
        return
    amount = read_number(row["tariff"])
    if amount is None:
        raise ValueError("the tariff is not a number")
    end = date.fromisoformat(row["end"]) if row["end"] else None
    contracts.set_tariff(
        scope=scope,
        subcontract=subcontract,
        product=product,
        amount=amount,
        period=Period(date.fromisoformat(row["start"]), end),
    )
