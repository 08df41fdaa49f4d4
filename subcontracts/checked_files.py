"""What pages show of a file that is checked cell by cell before it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from subcontracts.rules.csvfiles import Fault


class NumberedLine(Protocol):
    """A row of a file."""

    @property
    def number(self) -> int:
        """As a spreadsheet counts."""

    @property
    def cells(self) -> Mapping[str, str]:
        """What stands in it, by heading."""


def wrong_cells(faults: Sequence[tuple[NumberedLine, Fault]]) -> dict[str, Any]:
    """A small table of every cell that is wrong, with the rule and what to do."""
    return {
        "caption": _("Cells that are wrong"),
        "headers": [_("Row"), _("Column"), _("In the file"), _("Rule"), _("What is wrong")],
        "rows": [
            (line.number, fault.column, line.cells.get(fault.column, ""), fault.rule, fault.text)
            for line, fault in faults
        ],
    }
