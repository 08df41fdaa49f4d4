"""Care that ran before each main contractor began here: a file in each state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from hoofdaannemer.core.scope import acting_as, system
from hoofdaannemer.core.workbooks import book
from hoofdaannemer.scenarios.canary.care import Care
from hoofdaannemer.scenarios.canary.catalogue import ALFA, BETA, DUNE, MUNICIPALITIES, NORTH, SOUTH
from subcontracts.models import CareImport, FundingLine
from subcontracts.rules.importcolumns import COLUMNS
from subcontracts.services import import_taking, import_undoing, importing

#: By main contractor: who delivers, and the BSN of a client for each of its four files.
_BSNS: Final = {
    NORTH: (ALFA, ("999999126", "999999138", "999999151", "999999199")),
    SOUTH: (BETA, ("999999163", "999999175", "999999187", "999999205")),
}
_BEFORE: Final = timedelta(days=400)


def take_over(care: Care, at: datetime) -> None:
    """Four files of each: accepted, undone, taken over, and one with a row that is wrong."""
    for main, (provider, bsns) in _BSNS.items():
        accepted = _taken(care, main, provider, bsns[0], at)
        with acting_as(care.cast.scope("controle", main, at)) as scope:
            importing.accept(scope=scope, row=accepted)
        _undone(care, main, _taken(care, main, provider, bsns[3], at), at)
        _taken(care, main, provider, bsns[1], at)
        _handed_in(care, main, bsns[2], "bestaat niet", at)


def _taken(care: Care, main: str, provider: str, bsn: str, at: datetime) -> CareImport:
    line = care.parties.lines[main, provider, FundingLine.Form.PXQ]
    row = _handed_in(care, main, bsn, line.subcontract.number, at)
    with acting_as(care.cast.scope("contracten", main, at)) as scope:
        importing.confirm(scope=scope, row=row)
    return import_taking.take_up(scope=system(at), import_id=row.pk)


def _undone(care: Care, main: str, row: CareImport, at: datetime) -> None:
    with acting_as(care.cast.scope("contracten", main, at)) as scope:
        import_undoing.ask(scope=scope, row=row, reason="Een bestand van vorig jaar.")
    import_taking.take_up(scope=system(at), import_id=row.pk)


def _handed_in(care: Care, main: str, bsn: str, contract: str, at: datetime) -> CareImport:
    with acting_as(care.cast.scope("contracten", main, at)) as scope:
        row = importing.hand_in(
            scope=scope,
            raw=_file(care, main, bsn, contract, at),
            name=f"{main}-{bsn[-3:]}.xlsx",
            as_of=scope.today,
        )
    return import_taking.take_up(scope=system(at), import_id=row.pk)


def _file(care: Care, main: str, bsn: str, contract: str, at: datetime) -> bytes:
    task = care.parties.tasks[main]
    first = (at - _BEFORE).date()
    provider, _bsns = _BSNS[main]
    client = {
        "bsn": bsn,
        "achternaam": f"{main}-{provider.removeprefix('Kanarie-')}-overname",
        "voorletters": "K",
        "geboortedatum": "17-05-2012",
        "geslacht": "2",
    }
    about = {
        "wet": task.family,
        "gemeente": MUNICIPALITIES[DUNE],
        "toewijzingsnummer": bsn[-6:],
        "begindatum": first,
    }
    allocation = {
        "bsn": bsn,
        "productcategorie": task.allocated.category,
        "productcode": task.allocated.code,
        "volume": 2,
        "eenheid": task.allocated.unit,
        "frequentie": "2",
    }
    placement = {"uitvoerder": contract, "gestart_op": first, "nummer": bsn[-7:]}
    rows: dict[str, Mapping[str, object]] = {
        "clienten": client,
        "toewijzingen": about | allocation,
        "plaatsingen": about | placement,
        "totalen": {"clienten": 1, "toewijzingen": 1},
    }
    sheets: dict[str, list[Sequence[object]]] = {}
    for sheet, columns in COLUMNS.items():
        cells = rows.get(sheet, {})
        sheets[sheet] = [columns, [cells.get(name) for name in columns]]
    return book(sheets)
