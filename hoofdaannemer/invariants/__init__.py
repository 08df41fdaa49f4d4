"""The promises of the design, each recomputed from the data by one named check.

`check_all` runs them as the system, under the application's database role. A check returns what
breaks its promise, each as one line without personal data; nothing found means the promise holds.
"""

from hoofdaannemer.invariants import (
    accountability,
    audits,
    care,
    dayone,
    decisions,
    declarations,
    exchange,
    indexing,
    mandate,
    offices,
    ownership,
    payments,
    protection,
    received,
    results,
    settlements,
    steering,
    tariffs,
    terms,
    upward,
)
from hoofdaannemer.invariants.promises import Promise, Result, check_promises

PROMISES: tuple[Promise, ...] = (
    *exchange.PROMISES,
    *care.PROMISES,
    *dayone.PROMISES,
    *mandate.PROMISES,
    *offices.PROMISES,
    *decisions.PROMISES,
    *indexing.PROMISES,
    *steering.PROMISES,
    *terms.PROMISES,
    *tariffs.PROMISES,
    *declarations.PROMISES,
    *upward.PROMISES,
    *payments.PROMISES,
    *received.PROMISES,
    *settlements.PROMISES,
    *audits.PROMISES,
    *results.PROMISES,
    *accountability.PROMISES,
    *ownership.PROMISES,
    *protection.PROMISES,
)


def check_all() -> list[Result]:
    """Check every promise, in a fixed order, in one transaction that is rolled back."""
    return check_promises(PROMISES)


__all__ = ["PROMISES", "Promise", "Result", "check_all", "check_promises"]
