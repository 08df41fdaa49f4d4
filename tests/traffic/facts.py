"""What the database holds, in words that are the same when the same happens another time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction

from hoofdaannemer.invariants import PROMISES, check_promises, protection

#: Where time, chance or a sequence speaks, and not what happened.
_LEFT_OUT: Final = (
    models.DateTimeField,
    models.BinaryField,
    models.UUIDField,
    models.AutoField,
    models.BigAutoField,
)
_COLUMNS_LEFT_OUT: Final = frozenset({"attempts", "pseudonym"})
_OURS: Final = ("messaging", "subcontracts", "billing", "audit", "qualifications")

Facts = Counter[tuple[object, ...]]


def facts(*without: str) -> Facts:
    """Every row of every table of ours, without keys, moments and serial numbers.

    A row that is named elsewhere counts as named, whichever it is. `without` are models.
    """
    found: Facts = Counter()
    for model in apps.get_models():
        if model._meta.app_label in _OURS and model.__name__ not in without:
            names = [field.attname for field in _fields(model)]
            for row in model._default_manager.order_by().values(*names):
                found[model.__name__, *_told(model, row)] += 1
    return found


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, _LEFT_OUT) and field.name not in _COLUMNS_LEFT_OUT
    ]


def _told(model: type[models.Model], row: dict[str, object]) -> list[object]:
    return [f"{field.name}={_plain(field, row[field.attname])}" for field in _fields(model)]


def _plain(field: models.Field[Any, Any], value: object) -> object:
    if field.is_relation or field.name == "row":
        return value is not None
    if isinstance(value, (str, dict)):
        return re.sub(r"\d+", "#", str(value)) if _is_serial(field.name) else str(value)
    return value


def _is_serial(name: str) -> bool:
    return name in {"key", "identification", "details", "reference", "text"}


def hold() -> None:
    """Every promise about data holds; those about roles and grants are no matter of messages."""
    wanted = [promise for promise in PROMISES if promise not in protection.PROMISES]
    broken = [(one.code, one.examples) for one in check_promises(wanted) if not one.holds]
    assert not broken, broken


@contextmanager
def undone() -> Iterator[None]:
    """Let nothing that happens inside have happened."""
    place = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(place)
