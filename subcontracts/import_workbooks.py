"""The workbooks of a take-over of running care: template, rows left out, and reconciliation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from hoofdaannemer.core.workbooks import book
from subcontracts.import_words import COLUMNS_TOLD, SHEETS_TOLD
from subcontracts.models import CareImportRow
from subcontracts.rules.importcolumns import COLUMNS
from subcontracts.selectors.importing import Line, Reconciliation, Tally
from subcontracts.services.import_rows import line_of


def template() -> bytes:
    """The sheets with their headings and no rows, after one that says what goes where."""
    told: list[Sequence[object]] = [(_("Sheet"), _("Column"), _("What it holds"))]
    for sheet, columns in COLUMNS.items():
        told.append((sheet, "", SHEETS_TOLD[sheet]))
        told += [(sheet, column, COLUMNS_TOLD[sheet, column]) for column in columns]
    return book({"uitleg": told} | {sheet: [columns] for sheet, columns in COLUMNS.items()})


def left_out(rows: Iterable[CareImportRow]) -> bytes:
    """The rows that were left out as they stood in the file, with what is wrong with each."""
    sheets: dict[str, list[Sequence[object]]] = {
        sheet: [(*columns, "rij", "regel", "wat_is_er_mis")]
        for sheet, columns in COLUMNS.items()
        if sheet in CareImportRow.Sheet.values
    }
    for row in rows:
        faults = list(row.faults.all())
        cells = line_of(row).in_order(row.sheet)
        rules = ", ".join(dict.fromkeys(fault.rule for fault in faults))
        texts = " ".join(f"{fault.column}: {fault.text}" for fault in faults)
        sheets[row.sheet].append((*cells, row.line, rules, texts))
    return book(sheets)


def report(of: Reconciliation) -> bytes:
    """The reconciliation as a workbook."""
    return book(
        {
            "per gemeente": _lines(_("Municipality"), of.by_municipality, ()),
            "per uitvoerder": _lines(_("Who delivers"), of.by_provider, of.years),
            "niet meegenomen": [
                (_("Sheet"), _("Rule"), _("What is wrong"), _("Rows")),
                *((one.sheet, one.rule, one.text, one.count) for one in of.reasons),
            ],
            "totalen": [
                (_("Row"), _("Chosen"), _("Counted"), _("Earlier"), _("Here"), _("Difference")),
                *(
                    (one.row, one.chosen, one.counted, one.theirs, one.ours, one.difference)
                    for one in of.totals
                ),
            ],
        }
    )


def _lines(first: str, lines: Sequence[Line], years: Sequence[int]) -> Iterator[Sequence[object]]:
    groups = (_("in the file"), _("taken over"), _("known already"), _("left out"))
    rows, volume, euros = _("Rows"), _("Volume"), _("Euros")
    heads: list[object] = [first, _("Product")]
    for group in groups:
        heads += [f"{rows}, {group}", f"{volume}, {group}"]
        heads += [f"{euros} {year}, {group}" for year in years]
    yield heads
    for line in lines:
        cells: list[object] = [line.first, line.product]
        for tally in (line.in_file, line.taken, line.known, line.left_out):
            cells += _cells(tally, years)
        yield cells


def _cells(tally: Tally, years: Sequence[int]) -> list[object]:
    return [tally.count, tally.volume, *(tally.amounts[year] for year in years)]
