"""Allocations that follow from a task: never two of a product at a time.

Starts and stops name client, product and first day, so nothing else tells such allocations apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from subcontracts.models import AllocatedBy, Allocation, Client


def check_apart(
    client: Client,
    family: str,
    wanted: Iterable[tuple[int | None, Period]],
    besides: Collection[int] = (),
) -> None:
    """Raises RuleError MAN-06 where care of a product would run beside other care of it.

    `wanted`: key of the product and period. `besides`: keys of allocations that do not count.
    """
    running = Allocation.objects.live().filter(
        client=client, family=family, origin=AllocatedBy.TASK
    )
    taken = [
        (row.product_id, Period(row.start_date, row.end_date))
        for row in running.exclude(pk__in=besides)
    ]
    check_apart_from(taken, wanted)


def check_apart_from(
    running: Iterable[tuple[int | None, Period]], wanted: Iterable[tuple[int | None, Period]]
) -> None:
    """The same beside care that the caller knows to run. Raises RuleError MAN-06."""
    taken = list(running)
    for product, period in wanted:
        if any(other == product and when.intersection(period) for other, when in taken):
            raise RuleError(
                "MAN-06", _("This client has care of this product in that time already.")
            )
        taken.append((product, period))
