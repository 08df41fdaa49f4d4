"""Numbers of allocations that we make ourselves, each given out once."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.numbering import free_numbers
from subcontracts.models import AllocatedBy, Allocation

#: Of allocations under a task; nobody outside meets them.
TASK_NUMBERS: Final = range(800_000_000, 900_000_000)


def next_for(
    main_contractor_id: int,
    family: str,
    allocated_by: str = AllocatedBy.TASK,
    numbers: range = TASK_NUMBERS,
) -> int:
    """The next free number of an agreed range. Raises RuleError MAN-03 where it is used up."""
    return next_of_many(main_contractor_id, family, 1, allocated_by, numbers)[0]


def next_of_many(
    main_contractor_id: int,
    family: str,
    count: int,
    allocated_by: str = AllocatedBy.TASK,
    numbers: range = TASK_NUMBERS,
) -> list[int]:
    """So many of them at once. Raises RuleError MAN-03 where they are used up."""

    def taken(some: range) -> set[int]:
        """Somebody may have issued one by hand."""
        rows = Allocation.objects.filter(
            main_contractor=main_contractor_id, family=family, number__in=some
        )
        return set(rows.values_list("number", flat=True))

    # Contracts that share the start of their range share the counter, or numbers would repeat.
    series = f"{allocated_by}:{family}:{numbers.start}"
    found = free_numbers(main_contractor_id, series, count, first=numbers.start, taken=taken)
    if any(number not in numbers for number in found):
        raise RuleError(
            "MAN-03", _("The agreed allocation numbers are used up. Agree on new ones first.")
        )
    return found
