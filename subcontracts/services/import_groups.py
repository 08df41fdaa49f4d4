"""Rows of a take-over worked through client by client, so that one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hoofdaannemer.core.scope import Scope, acting_as
from subcontracts.models import CareImport
from subcontracts.models.care_imports import MOST_ATTEMPTS

#: Works on the rows of these keys, within a transaction.
Work = Callable[[Scope, CareImport, Sequence[int]], None]


def work_through(
    scope: Scope, of: CareImport, groups: Iterable[Sequence[int]], work: Work, give_up: Work
) -> list[Exception]:
    """Each group of keys in a transaction of its own; what failed is for the caller to raise.

    What still fails at the last attempt is given up with `give_up`.
    """
    failures: list[Exception] = []
    for keys in groups:
        try:
            with acting_as(scope):
                work(scope, of, keys)
        except Exception as failure:  # noqa: BLE001  raised by the caller, after the others
            failures.append(failure)
            if of.attempts >= MOST_ATTEMPTS:
                with acting_as(scope):
                    give_up(scope, of, keys)
    return failures
