"""Whether a what-if can be computed: bounds of the question, before it waits for a worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.rules.capacity import Per
from billing.rules.pool import Key
from billing.rules.whatif.terms import COUNTED, Counted, Form, Terms
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Month

#: Three years: longer ago contracts and people were others.
MOST_MONTHS: Final = 36
LONGEST_NAME: Final = 80
MOST: Final = Decimal(10) ** 9


def check(today: date, name: str, first: Month, last: Month, terms: Terms, *, parties: int) -> None:
    """Raises RuleError BIL-87 to BIL-92.

    BIL-87: no period of at most 36 whole months that have ended. BIL-88: no subcontractor with a
    contract in it. BIL-89: the part that is converted. BIL-90: a term that the form needs. BIL-91:
    no name. BIL-92: what is counted, which the form does not know.
    """
    if not name.strip() or len(name) > LONGEST_NAME:
        raise RuleError("BIL-91", _("Give this what-if a name of at most 80 characters."))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= months <= MOST_MONTHS or last.last >= today:
        raise RuleError(
            "BIL-87",
            _("Choose at most 36 whole months that have ended, the first before the last."),
        )
    if not parties:
        raise RuleError(
            "BIL-88",
            _("None of the subcontractors had a contract in this period. Choose another period."),
        )
    if not 0 < terms.share <= 1:
        raise RuleError("BIL-89", _("Convert more than 0% and at most 100%."))
    if terms.counted not in (COUNTED[terms.form] or (None,)):
        raise RuleError("BIL-92", _("Choose what is counted under this form."))
    for problem in _lacking(terms):
        raise RuleError("BIL-90", problem)


def _lacking(terms: Terms) -> Iterator[str]:
    if terms.price is not None and not 0 < terms.price <= MOST:
        yield _("Fill in a price above nothing, or leave it empty for the budget-neutral price.")
    if terms.form is Form.FTE and terms.counted is Counted.NORM and not 0 < terms.norm <= MOST:
        yield _("Fill in how many euros one FTE produces in a year.")
    if terms.form is Form.POPULATION and not 1 <= terms.heads <= MOST:
        yield _("Fill in the number of heads.")
    if terms.form is Form.TRAJECTORY:
        yield from _trajectory(terms)
    if terms.form is Form.CAPACITY and terms.per not in set(Per):
        yield _("Choose what the price of a place is for.")
    if terms.form is Form.ADVANCE_POOL:
        yield from _pool(terms)


def _trajectory(terms: Terms) -> Iterator[str]:
    if not 0 <= terms.start_share <= 1:
        yield _("The part at the start lies between 0% and 100%.")
    if not (1 <= terms.nominal_days <= 3660 and 0 <= terms.restart_days <= 366):
        yield _("Fill in a length from 1 to 3660 days and a restart window of at most 366 days.")


def _pool(terms: Terms) -> Iterator[str]:
    if terms.key not in set(Key):
        yield _("Choose the key by which the pool is shared.")
    if not 0 <= terms.advance <= 1:
        yield _("The part in advance lies between 0% and 100%.")
    if terms.base_months < 1:
        yield _("Base the expectation on at least one month.")
    if any(one.amount < 0 for one in terms.produced):
        yield _("Production is not below nothing.")
