"""One step of many tariffs at once: each ends the day before, and its successor begins.

Indexation and tariff rounds decide by it, and take it back before its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Tariff


@dataclass(frozen=True)
class TariffStep:
    """A tariff with the amount that follows it, and the last day that it had."""

    tariff: Tariff
    amount: Decimal
    end_date: date | None


def step(*, scope: Scope, verb: str, day: date, steps: Sequence[TariffStep]) -> list[Tariff]:
    """The successors, in the order of the steps; `verb` is how the log names what they got.

    The caller has locked the tariffs, and decided. Raises IntegrityError where another tariff
    stands in the way.
    """
    eve = day - timedelta(days=1)
    Tariff.objects.filter(pk__in=[one.tariff.pk for one in steps]).update(end_date=eve)
    made = Tariff.objects.bulk_create(
        Tariff(
            main_contractor_id=one.tariff.main_contractor_id,
            provider_organisation_id=one.tariff.provider_organisation_id,
            subcontract_id=one.tariff.subcontract_id,
            product_id=one.tariff.product_id,
            amount=one.amount,
            unit=one.tariff.unit,
            start_date=day,
            end_date=one.end_date,
        )
        for one in steps
    )
    audit.record_each(scope, verb, [(new, {"amount": str(new.amount)}) for new in made])
    return made


def is_untouched(one: TariffStep, new: Tariff, day: date) -> bool:
    """Whether both tariffs are as the step left them."""
    eve = day - timedelta(days=1)
    return (one.tariff.end_date, new.amount) == (eve, one.amount) and (
        new.start_date,
        new.end_date,
    ) == (day, one.end_date)


def take_back(*, scope: Scope, steps: Sequence[TariffStep], made: Iterable[int]) -> None:
    """Let the successors go, by primary key, and the old tariffs hold as they did.

    Raises ProtectedError where something rests on a successor.
    """
    Tariff.objects.filter(pk__in=list(made)).delete()
    old = []
    for one in steps:
        one.tariff.end_date = one.end_date
        old.append(one.tariff)
    Tariff.objects.bulk_update(old, ["end_date"], batch_size=1000)
    audit.record_many(scope, "tariff.restored", old)
