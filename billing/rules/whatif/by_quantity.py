"""Care paid by what was delivered: declared volumes, days, clients, profiles and trajectories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.rules import explain
from billing.rules.explain import Explanation
from billing.rules.profile import ProfileTerms, client_month
from billing.rules.trajectory import Step, TrajectoryTerms, steps
from billing.rules.whatif.basis import Basis, Course
from billing.rules.whatif.terms import Counted, Terms
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import ZERO, round_cents
from hoofdaannemer.core.periods import Month
from subcontracts.rules.trajectory_ends import Law

#: By subcontractor and month, what an alternative comes to, step by step.
Amounts = Mapping[int, Mapping[Month, Sequence[Explanation]]]


def pxq(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """Price times quantity. Volumes take `price` percent of their own tariffs."""
    return {
        basis.party: {month: [_pxq_month(basis, terms, price, month)] for month in basis.months}
        for basis in bases
    }


def _pxq_month(basis: Basis, terms: Terms, price: Decimal, month: Month) -> Explanation:
    if terms.counted is Counted.DECLARED:
        amount = basis.value(month, price / 100)
        inputs = (
            explain.euro("value", basis.value(month)),
            explain.share("part", price / 100),
        )
        return Explanation("whatif.tariffs", inputs, amount)
    if terms.counted is Counted.ALLOCATED:
        value = (basis.allocated or {}).get(month, ZERO)
        inputs = (explain.euro("value", value), explain.share("part", price / 100))
        return Explanation("whatif.allocated", inputs, round_cents(value * price / 100))
    by_day = terms.counted is Counted.DAYS
    shared = basis.shared(month)
    count = basis.days(shared) if by_day else basis.clients(shared)
    inputs = (explain.number("count", count), explain.euro("price", price))
    rule = "whatif.days" if by_day else "whatif.clients"
    return Explanation(rule, inputs, round_cents(count * price))


def profile(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """A price a month for each client in care, whole or by its days, as contracts say."""
    return {basis.party: _profile_months(basis, terms, price) for basis in bases}


def _profile_months(
    basis: Basis, terms: Terms, price: Decimal
) -> Mapping[Month, Sequence[Explanation]]:
    agreed = ProfileTerms("", price, whole_months=terms.counted is Counted.CLIENTS)
    found = {}
    for month in basis.months:
        entries = [
            entry
            for spells in (basis.care or {}).values()
            if (entry := client_month(agreed, month, basis.in_force, spells))
        ]
        whole = sum(1 for one in entries if one.explanation.rule == "profile.month")
        inputs = (
            explain.number("whole", whole),
            explain.number("part", len(entries) - whole),
            explain.euro("price", price),
        )
        amount = sum((one.amount for one in entries), ZERO)
        found[month] = [Explanation("whatif.profile", inputs, amount)]
    return found


def trajectory(bases: Sequence[Basis], terms: Terms, price: Decimal) -> Amounts:
    """A price for each trajectory: the part at the start, the rest at the end, as contracts say.

    Raises RuleError BIL-20 for an unknown end reason, BIL-21 where starts and stops do not follow
    each other.
    """
    return {basis.party: _trajectory_months(basis, terms, price) for basis in bases}


def _trajectory_months(
    basis: Basis, terms: Terms, price: Decimal
) -> Mapping[Month, Sequence[Explanation]]:
    found: defaultdict[Month, list[Step]] = defaultdict(list)
    for course in basis.courses:
        for step in _steps(course, terms, price):
            found[Month.of(step.day)].append(step)
    return {month: [_summed(found[month], price)] for month in basis.months if month in found}


def _steps(course: Course, terms: Terms, price: Decimal) -> Sequence[Step]:
    agreed = TrajectoryTerms(
        law=Law(course.law.upper()),
        price=price,
        start_share=terms.start_share,
        nominal_days=terms.nominal_days,
        restart_days=terms.restart_days,
    )
    try:
        return steps(agreed, course.events)
    except ValueError as error:
        raise RuleError(
            "BIL-21",
            _("The starts and stops of a placement do not follow each other. Mend them."),
        ) from error


def _summed(found: Sequence[Step], price: Decimal) -> Explanation:
    starts = sum(1 for step in found if step.entry.explanation.rule == "trajectory.start")
    inputs = (
        explain.number("starts", starts),
        explain.number("ends", len(found) - starts),
        explain.euro("price", price),
    )
    return Explanation("whatif.trajectory", inputs, sum((one.amount for one in found), ZERO))
