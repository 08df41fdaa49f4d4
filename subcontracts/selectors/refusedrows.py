"""Rows that were not taken as a file: the columns they came in, and what is wrong with each."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from hoofdaannemer.core.export import Column
from subcontracts.models.handedin import RowNotTaken


def columns(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a file with these headings, and four that say what was wrong."""
    return (
        *(Column(name, _cell(place)) for place, name in enumerate(names)),
        Column("rij", lambda row: row.line),
        Column("kolom", lambda row: row.column),
        Column("regel", lambda row: row.rule),
        Column("wat_is_er_mis", lambda row: row.text),
    )


def _cell(place: int) -> Callable[[RowNotTaken], object]:
    return lambda row: json.loads(row.cells)[place]
