"""Protected tables as plain data, to keep with a snapshot and to check later releases against.

What `dump` gives holds exact figures: it belongs where no reader of releases can come. What may be
read is `ProtectedTable.published()`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hoofdaannemer.accountability.disclosure.policy import Policy
from hoofdaannemer.accountability.disclosure.tables import (
    Dimension,
    Kind,
    Measure,
    ProtectedCell,
    ProtectedTable,
    Reason,
)

Plain = dict[str, Any]


def dump(table: ProtectedTable) -> Plain:
    """The table as values that JSON knows; figures as text, so that none is changed."""
    return {
        "code": table.code,
        "fixed": [list(pair) for pair in table.fixed],
        "dimensions": [
            {
                "name": dimension.name,
                "categories": list(dimension.categories),
                "parents": [list(pair) for pair in dimension.parents],
                "reveals": dimension.reveals,
            }
            for dimension in table.dimensions
        ],
        "measures": [_measure(measure) for measure in table.measures],
        "policy": _policy(table.policy),
        "cells": [_cell(cell) for cell in table.cells],
    }


def load(plain: Plain) -> ProtectedTable:
    """The table that `dump` was given. Raises KeyError or ValueError for anything else."""
    dimensions = tuple(
        Dimension(d["name"], tuple(d["categories"]), _pairs(d["parents"]), d["reveals"])
        for d in plain["dimensions"]
    )
    measures = tuple(
        Measure(
            m["code"],
            Kind(m["kind"]),
            tuple(m["basis"]),
            None if m["additive_over"] is None else frozenset(m["additive_over"]),
            _figure(m["rounding"]),
            m["nonnegative"],
        )
        for m in plain["measures"]
    )
    cells = tuple(
        ProtectedCell(
            tuple(c["keys"]),
            c["measure"],
            _figure(c["value"]),
            c["suppressed"],
            _figure(c["exact"]),
            None if c["reason"] is None else Reason(c["reason"]),
            Decimal(c["need"]),
        )
        for c in plain["cells"]
    )
    p = plain["policy"]
    policy = Policy(
        p["minimum"],
        p["width"],
        Decimal(p["rounding"]),
        tuple((n, Decimal(share)) for n, share in p["dominance"]),
        Decimal(p["dominance_margin"]),
        p["group"],
    )
    return ProtectedTable(
        plain["code"], dimensions, measures, cells, _pairs(plain["fixed"]), policy
    )


def _measure(measure: Measure) -> Plain:
    over = measure.additive_over
    return {
        "code": measure.code,
        "kind": measure.kind.value,
        "basis": list(measure.basis),
        "additive_over": None if over is None else sorted(over),
        "rounding": _text(measure.rounding),
        "nonnegative": measure.nonnegative,
    }


def _policy(policy: Policy) -> Plain:
    return {
        "minimum": policy.minimum,
        "width": policy.width,
        "rounding": str(policy.rounding),
        "dominance": [[n, str(share)] for n, share in policy.dominance],
        "dominance_margin": str(policy.dominance_margin),
        "group": policy.group,
    }


def _cell(cell: ProtectedCell) -> Plain:
    return {
        "keys": list(cell.keys),
        "measure": cell.measure,
        "value": _text(cell.value),
        "suppressed": cell.suppressed,
        "exact": _text(cell.exact),
        "reason": None if cell.reason is None else cell.reason.value,
        "need": str(cell.need),
    }


def _pairs(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in pairs)


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)


def _figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
