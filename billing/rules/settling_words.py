"""The frozen inputs of a settlement as people read them, and what of them changed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.rules import explain, fte_roles
from billing.rules.capacity import OccupiedMonth
from billing.rules.fte import FteTerms, WorkerMonth
from billing.rules.settling import Aside, FteYear, Inputs, PlacesYear, PoolYear, ReportedMonth
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.templatetags.core_format import month_nl

#: What a figure is, and the figure.
Fact = tuple[str, str]


def facts_of(inputs: Inputs) -> list[Fact]:
    """Every figure that the settlement rests on."""
    if isinstance(inputs, FteYear):
        return _fte(inputs)
    if isinstance(inputs, PlacesYear):
        return _places(inputs)
    return _pool(inputs)


def changed(old: Inputs, new: Inputs) -> list[str]:
    """What differs, one sentence a figure."""
    before, after = dict(facts_of(old)), dict(facts_of(new))
    return [
        _("%(name)s: %(old)s, now %(new)s.")
        % {"name": name, "old": before.get(name, "–"), "new": after.get(name, "–")}
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]


def number(value: Decimal | int) -> str:
    """A number in Dutch notation, at most four decimals."""
    return explain.number("", value).shown()


def _fte(year: FteYear) -> list[Fact]:
    terms = year.terms
    agreed = [
        (_("Agreed FTE"), number(terms.fte)),
        (_("Price of one FTE a year"), format_euro(terms.price)),
        (_("Tolerance"), explain.share("", terms.tolerance).shown()),
    ]
    months = [(_month(one.month), _recognised(terms, one)) for one in year.months]
    before = [(_month(one.month), _before(terms, one)) for one in year.before]
    return [*agreed, *_vacancy(terms), *_roles(terms), *before, *months]


def _vacancy(terms: FteTerms) -> list[Fact]:
    if terms.vacancy is None:
        return []
    shown = {"days": terms.vacancy.days, "share": explain.share("", terms.vacancy.share).shown()}
    text = _("%(days)s days, at %(share)s") % shown
    if terms.vacancy.is_yearly:
        text = _("%(text)s, counted anew each year") % {"text": text}
    return [(_("Vacancies are paid for"), text)]


def _before(terms: FteTerms, one: ReportedMonth) -> str:
    """A month before the year, which counts for nothing but how long a place was vacant."""
    reported = number(fte_roles.recognised(terms, one.worked).reported)
    return _("reported %(reported)s FTE, only for how long a vacancy lasts") % {
        "reported": reported
    }


def _roles(terms: FteTerms) -> list[Fact]:
    if not terms.roles:
        return []
    way = _("together") if terms.is_together else _("each by itself")
    return [
        (_("Roles are settled"), way),
        *(
            (
                _("Agreed of %(role)s") % {"role": role.name},
                _("%(fte)s FTE at %(price)s a year")
                % {"fte": number(role.fte), "price": format_euro(role.price)},
            )
            for role in terms.roles
        ),
    ]


def role_rows(year: FteYear) -> list[tuple[str, ...]]:
    """By role: agreed, recognised, paid as vacancy, outside the tolerance, and the amount.

    Where roles are settled together, they have no amount of their own.
    """
    return [
        (
            one.role.name,
            number(one.role.fte),
            number(one.settled.recognised),
            number(one.settled.vacant),
            number(one.settled.difference),
            "–" if year.terms.is_together else format_euro(one.settled.amount),
        )
        for one in fte_roles.by_role(year.terms, year.worked, year.preceding)
    ]


def _recognised(terms: FteTerms, one: ReportedMonth) -> str:
    counted = fte_roles.recognised(terms, one.worked)
    text = _("reported %(reported)s FTE, recognised %(recognised)s FTE") % {
        "reported": number(counted.reported),
        "recognised": number(counted.recognised),
    }
    if counted.part < 1:
        days = {"days": one.days, "of_days": one.month.period.days}
        text += " (" + _("%(days)s of %(of_days)s days") % days + ")"
    return text


def not_recognised(year: FteYear) -> list[tuple[Month, str, str, str]]:
    """Month, worker by reference, FTE, and on how many days all requirements were met.

    Or that the contract does not pay for the job.
    """
    return [
        (one.month, worker.worker, number(worker.fte), _why_not(year.terms, worker))
        for one in year.months
        for worker in one.workers
        if worker.eligible_days < worker.of_days or not fte_roles.counts(year.terms, worker)
    ]


def _why_not(terms: FteTerms, worker: WorkerMonth) -> str:
    if not fte_roles.counts(terms, worker):
        return _("no role of the contract: %(job)s") % {"job": worker.role or "–"}
    days = {"days": worker.eligible_days, "of_days": worker.of_days}
    return _("%(days)s of %(of_days)s days") % days


def _places(year: PlacesYear) -> list[Fact]:
    terms = year.terms
    agreed = [
        (_("Agreed places"), number(terms.places)),
        (_("Price of one place"), format_euro(terms.price)),
        (_("Guaranteed occupancy"), explain.share("", terms.guarantee).shown()),
    ]
    steered = [
        (_month(month), _("not settled: messages were for steering only")) for month in year.steered
    ]
    return [*agreed, *((_month(one.month), _occupied(one)) for one in year.months), *steered]


def _occupied(one: OccupiedMonth) -> str:
    return _("%(occupied)s place-days in %(days)s days, paid %(paid)s") % {
        "occupied": one.occupied,
        "days": one.shared.days,
        "paid": format_euro(one.paid),
    }


def _pool(year: PoolYear) -> list[Fact]:
    member = year.member
    return [
        (_("Key"), year.key.value.upper()),
        (_("Expected production"), format_euro(member.expected)),
        (_("Real production"), format_euro(member.production)),
        (_("Source"), year.source),
        (_("Advances paid"), format_euro(member.advance)),
        (_("Members of the pool"), number(year.members)),
        (_("Expected production of the pool"), format_euro(year.expected)),
        (_("Real production of the pool"), format_euro(year.production)),
        (_("Advances of the pool"), format_euro(year.advance)),
    ]


def aside_facts(aside: Aside) -> list[Fact]:
    """What is told beside a settlement, as far as there is something to tell."""
    told = [
        (_("Paid under the line in its months"), aside.paid),
        (_("Held back of it"), aside.held),
        (_("Of which above the ceiling"), aside.above),
        (_("Discounts of the contract"), aside.discounts),
        (_("Coordination fees of the contract"), aside.fees),
        (_("Ceiling of the contract"), aside.ceiling),
    ]
    return [(name, format_euro(amount)) for name, amount in told if amount]


def _month(month: Month) -> str:
    return month_nl(month)


def joined(sentences: Sequence[str], most: int) -> str:
    """Sentences as one text of at most so many characters; what does not fit is counted."""
    text, left = "", list(sentences)
    while left and len(text) + len(left[0]) + 40 <= most:
        text += f"{left.pop(0)} "
    if left:
        text += _("And %(count)s more.") % {"count": len(left)}
    return text.strip()
