"""On which days messages under subcontracts are for steering only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import DateField, Value

from subcontracts.models import Steers, Subcontract

#: A subcontract and a day.
Moment = tuple[int | None, date]


def steering(moments: Collection[Moment]) -> set[Moment]:
    """Those at which nothing that was reported feeds an amount; one query a day, few in a month.

    An own team has no contract, and nothing is paid for it.
    """
    found: set[Moment] = set()
    of_day: dict[date, set[int]] = {}
    for subcontract_id, day in moments:
        if subcontract_id is not None:
            of_day.setdefault(day, set()).add(subcontract_id)
    for day, ids in of_day.items():
        rows = Subcontract.objects.filter(pk__in=ids)
        steered = rows.filter(Steers("pk", Value(day, DateField())))
        found |= {(pk, day) for pk in steered.values_list("pk", flat=True)}
    return found


def steering_of(moments: Collection[Moment]) -> set[Moment]:
    """The same for many days at once, in one query."""
    asked = [(pk, day) for pk, day in moments if pk is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contract, day FROM unnest(%s::bigint[], %s::date[]) AS asked(contract, day)"
            " WHERE subcontracts_steers(contract, day)",
            [[pk for pk, _day in asked], [day for _pk, day in asked]],
        )
        return set(cursor.fetchall())


def steers_on(subcontract: Subcontract, day: date) -> bool:
    """Whether messages under this contract are for steering only on a day."""
    return bool(steering([(subcontract.pk, day)]))
