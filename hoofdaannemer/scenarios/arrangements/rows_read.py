"""Rows of the database as parts of a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model

RowT = TypeVar("RowT", bound=Model)


def fields_of(row: Model, *names: str) -> dict[str, Any]:
    """Those fields by their names."""
    return {name: getattr(row, name) for name in names}


def in_order(rows: Iterable[RowT]) -> list[RowT]:
    """In the order in which they were recorded; of rows that were fetched already."""
    return sorted(rows, key=lambda row: row.pk)
