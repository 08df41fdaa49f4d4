"""Files with running care for tests, and the worker that deals with them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from openpyxl import Workbook

from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import CareImport, CareImportRow
from subcontracts.rules.importcolumns import COLUMNS
from subcontracts.services import import_taking, importing
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World

#: The day on which the new administration takes over, a little before the tests' today.
AS_OF = date(2026, 3, 1)
LATER = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def workbook(rows: Rows) -> bytes:
    """An Excel file with these rows, by sheet and column."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet, columns in COLUMNS.items():
        page = book.create_sheet(sheet)
        page.append(columns)
        for row in rows.get(sheet, ()):
            page.append([row.get(name) for name in columns])
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def person(bsn: str = "", **others: Any) -> dict[str, Any]:
    return {
        "bsn": bsn or factories.bsn(),
        "achternaam": "Kanarie",
        "voorletters": "A.",
        "geboortedatum": date(2012, 5, 4),
        "geslacht": 2,
        "straat": "Dorpsstraat",
        "huisnummer": "12a",
        "postcode": "3811 aa",
        "plaats": "Amersfoort",
        **others,
    }


def allocated(bsn: str, number: int, **others: Any) -> dict[str, Any]:
    """Four hours of guidance a week, since long before the take-over."""
    return {
        "wet": "jw",
        "gemeente": 307,
        "toewijzingsnummer": number,
        "bsn": bsn,
        "productcategorie": "45",
        "productcode": "45A04",
        "besluitdatum": date(2024, 5, 20),
        "begindatum": date(2024, 6, 1),
        "einddatum": date(2026, 12, 31),
        "volume": 4,
        "eenheid": "04",
        "frequentie": 2,
        **others,
    }


def placed(number: int, provider: str, **others: Any) -> dict[str, Any]:
    return {
        "wet": "jw",
        "gemeente": "0307",
        "toewijzingsnummer": number,
        "uitvoerder": provider,
        "begindatum": date(2024, 6, 1),
        "einddatum": date(2026, 12, 31),
        "gestart_op": date(2024, 6, 10),
        "nummer": 700_000 + number,
        **others,
    }


def running(here: World, number: int = 4001, **placement: Any) -> dict[str, list[dict[str, Any]]]:
    """One client with one allocation that the P*Q subcontractor delivers."""
    who = person()
    contract = here.pxq.subcontract
    assert contract is not None
    return {
        "clienten": [who],
        "toewijzingen": [allocated(who["bsn"], number)],
        "plaatsingen": [placed(number, contract.number, **placement)],
    }


def manager(here: World, at: datetime = NOW) -> Scope:
    return become(here.at(Role.CONTRACT_MANAGER, at=at))


def worker(here: World, row: CareImport, at: datetime = NOW) -> CareImport:
    return import_taking.take_up(scope=become(here.system.moved_to(at)), import_id=row.pk)


def checked(here: World, rows: Rows, as_of: date = AS_OF) -> CareImport:
    """Handed in and judged; nothing is taken over."""
    row = importing.hand_in(
        scope=manager(here), raw=workbook(rows), name="lopende-zorg.xlsx", as_of=as_of
    )
    return worker(here, row)


def taken(here: World, rows: Rows) -> CareImport:
    """Handed in, judged, confirmed and taken over."""
    row = checked(here, rows)
    importing.confirm(scope=manager(here), row=row)
    return worker(here, row)


def faults(row: CareImport) -> list[tuple[str, int, str, str]]:
    """Where something is wrong, and by which rule."""
    return list(row.faults.values_list("sheet", "line", "column", "rule"))


def statuses(row: CareImport) -> list[str]:
    rows = CareImportRow.objects.filter(care_import=row).order_by("pk")
    return list(rows.values_list("status", flat=True))
