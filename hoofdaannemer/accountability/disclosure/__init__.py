"""Disclosure control: no figure about few people can be read or computed from what is released.

`protect` hides and rounds the tables of a release; `attack` says how close a reader of that release
and all earlier ones comes to each hidden figure. Pure: no database, no clock. Not covered: a reader
who is one of the few and knows his own figures (other than by dominance), and one who reconstructs
the choice of companions.
"""

from hoofdaannemer.accountability.disclosure.attack import Finding, attack, worst
from hoofdaannemer.accountability.disclosure.policy import Policy
from hoofdaannemer.accountability.disclosure.protect import ExposedError, protect
from hoofdaannemer.accountability.disclosure.storage import dump, load
from hoofdaannemer.accountability.disclosure.tables import (
    TOTAL,
    Cell,
    Contributors,
    Dimension,
    Kind,
    Measure,
    ProtectedCell,
    ProtectedTable,
    Reason,
    ReleasedTable,
    Table,
)

__all__ = [
    "TOTAL",
    "Cell",
    "Contributors",
    "Dimension",
    "ExposedError",
    "Finding",
    "Kind",
    "Measure",
    "Policy",
    "ProtectedCell",
    "ProtectedTable",
    "Reason",
    "ReleasedTable",
    "Table",
    "attack",
    "dump",
    "load",
    "protect",
    "worst",
]
