"""Promises about owners: no row refers to a row of somebody else. Made from all foreign keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import ForeignKey

from hoofdaannemer.invariants.promises import Promise, rows

MAIN_CONTRACTOR, PROVIDER = "main_contractor_id", "provider_organisation_id"
#: The relation of an organisation to a main contractor, where there may be several of.
_LINKS = ("accounts_maincontractorlink",)


@dataclass(frozen=True)
class Reference:
    """A foreign key between two tables that both name an owner in `owner`."""

    table: str
    column: str
    target: str
    owner: str

    @property
    def query(self) -> str:
        """The rows that refer to a row of another owner."""
        return (
            f"SELECT one.id, other.id FROM {self.table} one"  # noqa: S608  (names of our models)
            f" JOIN {self.target} other ON other.id = one.{self.column}"
            f" WHERE one.{self.owner} <> other.{self.owner} ORDER BY one.id"
        )


def references(owner: str) -> Iterator[Reference]:
    """All foreign keys between tables that have the column `owner`."""
    for model in apps.get_models():
        if owner not in _columns(model):
            continue
        for field in model._meta.concrete_fields:
            target = field.related_model if isinstance(field, ForeignKey) else None
            if target is not None and not isinstance(target, str) and owner in _columns(target):
                column = str(field.column)
                yield Reference(model._meta.db_table, column, target._meta.db_table, owner)


def _columns(model: type) -> set[str]:
    return {field.column for field in model._meta.concrete_fields}  # type: ignore[attr-defined]


def _crossing(owner: str) -> Iterable[str]:
    for reference in references(owner):
        for one, other in rows(reference.query):
            yield f"{reference.table} {one} {reference.column} {other}"


def _unlinked() -> Iterable[str]:
    """Rows of a provider that never worked for the main contractor of the row."""
    for model in apps.get_models():
        table = model._meta.db_table
        if table in _LINKS or not {MAIN_CONTRACTOR, PROVIDER} <= _columns(model):
            continue
        query = (
            f"SELECT count(*), min(one.id) FROM {table} one"  # noqa: S608  (names of our models)
            f" WHERE one.{PROVIDER} IS NOT NULL AND NOT EXISTS ("
            " SELECT 1 FROM accounts_maincontractorlink link"
            f" WHERE link.organisation_id = one.{PROVIDER}"
            f" AND link.main_contractor_id = one.{MAIN_CONTRACTOR})"
        )
        for count, first in rows(query):
            if count:
                yield f"{table} {first} and {count} in all"


PROMISES: tuple[Promise, ...] = (
    Promise(
        "OWN-01",
        "No row of one main contractor refers to a row of another.",
        lambda: _crossing(MAIN_CONTRACTOR),
    ),
    Promise(
        "OWN-02",
        "No row of one subcontractor refers to a row of another.",
        lambda: _crossing(PROVIDER),
    ),
    Promise(
        "OWN-03",
        "Who owns a row together with a main contractor works, or worked, for it.",
        _unlinked,
    ),
)
