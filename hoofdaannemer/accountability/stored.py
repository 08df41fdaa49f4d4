"""Tables as JSON, for rows that keep them. Decimals are text, so that nothing is rounded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hoofdaannemer.accountability.disclosure import (
    Dimension,
    Kind,
    Measure,
    Policy,
    ProtectedCell,
    ProtectedTable,
    Reason,
    Table,
)

HERE = Path(__file__).parent


def table_as_dict(table: ProtectedTable) -> dict[str, Any]:
    """A protected table with its exact figures, as JSON takes it."""
    kept: dict[str, Any] = json.loads(_canonical(asdict(table)))
    return kept


def table_from_dict(kept: dict[str, Any]) -> ProtectedTable:
    """The table that `table_as_dict` made the dict of."""
    return ProtectedTable(
        code=kept["code"],
        dimensions=tuple(_dimension(one) for one in kept["dimensions"]),
        measures=tuple(_measure(one) for one in kept["measures"]),
        cells=tuple(_cell(one) for one in kept["cells"]),
        fixed=tuple((name, category) for name, category in kept["fixed"]),
        policy=_policy(kept["policy"]),
    )


def digest(content: object) -> str:
    """SHA-256 of a value in one fixed notation, as hexadecimal text."""
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def digest_of_tables(tables: Sequence[Table]) -> str:
    """SHA-256 of exact tables, with everything that disclosure control looks at."""
    return digest([asdict(table) for table in tables])


@cache
def code_version() -> str:
    """Names the code that computes and protects figures: a hash of its text."""
    files = sorted([*HERE.glob("definitions/*.py"), *HERE.glob("disclosure/*.py")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _canonical(content: object) -> str:
    return json.dumps(
        content, sort_keys=True, default=_plain, separators=(",", ":"), ensure_ascii=True
    )


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value)} has no JSON form here")


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _dimension(kept: dict[str, Any]) -> Dimension:
    parents = tuple((child, parent) for child, parent in kept["parents"])
    return Dimension(kept["name"], tuple(kept["categories"]), parents, kept["reveals"])


def _measure(kept: dict[str, Any]) -> Measure:
    over = kept["additive_over"]
    return Measure(
        code=kept["code"],
        kind=Kind(kept["kind"]),
        basis=tuple(kept["basis"]),
        additive_over=None if over is None else frozenset(over),
        rounding=_decimal(kept["rounding"]),
        nonnegative=kept["nonnegative"],
    )


def _cell(kept: dict[str, Any]) -> ProtectedCell:
    return ProtectedCell(
        keys=tuple(kept["keys"]),
        measure=kept["measure"],
        value=_decimal(kept["value"]),
        suppressed=kept["suppressed"],
        exact=_decimal(kept["exact"]),
        reason=Reason(kept["reason"]) if kept["reason"] else None,
        need=Decimal(kept["need"]),
    )


def _policy(kept: dict[str, Any]) -> Policy:
    return Policy(
        minimum=kept["minimum"],
        width=kept["width"],
        rounding=Decimal(kept["rounding"]),
        dominance=tuple((n, Decimal(share)) for n, share in kept["dominance"]),
        dominance_margin=Decimal(kept["dominance_margin"]),
        group=kept["group"],
    )
