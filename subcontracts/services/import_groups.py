"""Rows of a take-over worked through client by client, so that one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from hoofdaannemer.core.scope import Scope, acting_as
from subcontracts.models import CareImport
from subcontracts.models.care_imports import MOST_ATTEMPTS

#: Works on the rows of these keys, within a transaction.
Work = Callable[[Scope, CareImport, Sequence[int]], None]


def work_through(
    scope: Scope,
    of: CareImport,
    groups: Sequence[Sequence[int]],
    work: Work,
    give_up: Work,
    *,
    at_once: int = 1,
) -> list[Exception]:
    """Sets of `at_once` groups of keys, each in a transaction of its own.

    What fails is the caller's to raise. Of a set that fails each group is tried by itself, and what
    still fails at the last attempt is given up with `give_up`.
    """
    failures: list[Exception] = []
    for first in range(0, len(groups), at_once):
        some = groups[first : first + at_once]
        failed = _tried(scope, of, list(chain.from_iterable(some)), work)
        if failed is not None and len(some) > 1:
            failures += work_through(scope, of, some, work, give_up)
        elif failed is not None:
            failures.append(failed)
            if of.attempts >= MOST_ATTEMPTS:
                with acting_as(scope):
                    give_up(scope, of, some[0])
    return failures


def _tried(scope: Scope, of: CareImport, keys: Sequence[int], work: Work) -> Exception | None:
    try:
        with acting_as(scope):
            work(scope, of, keys)
    except Exception as failure:  # noqa: BLE001  raised by the caller, after the others
        return failure
    return None
