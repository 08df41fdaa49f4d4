"""The one question: is this subject qualified for this product on this day, and by what?

Asked for one subject by people and commands, for many at once by placements and billing; both
read the same tables in a few queries, and the same rules judge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Prefetch, Q, QuerySet, Value

from hoofdaannemer.core.periods import Period
from qualifications.models import Evidence, Requirement, Review
from qualifications.rules import Verdict, counted_period, uncovered_days
from subcontracts.models import Professional

#: (version from which on proofs count, organisation, professional or None) → periods in which
#: evidence counts.
Key = tuple[int, int, int | None]


@dataclass(frozen=True)
class Demand:
    """A requirement as far as it matters for judging."""

    pk: int
    code: str
    name: str
    applies_to: str
    on_lapse: str
    clause: str
    period: Period
    products: frozenset[int]
    #: The version from which on proofs count for it.
    pool: int
    #: Jobs of professionals, casefolded; empty for all.
    jobs: frozenset[str] = frozenset()
    #: Until this day a lack is signalled only.
    grace_until: date | None = None

    def holds_for(self, product_id: int, day: date) -> bool:
        """Whether it is asked for this product on this day; without products, for all."""
        return self.period.contains(day) and (not self.products or product_id in self.products)

    def consequence_on(self, day: date) -> str:
        """What follows from a lack on a day; in the time to comply only a signal."""
        if self.grace_until is not None and day <= self.grace_until:
            return Requirement.OnLapse.SIGNAL
        return self.on_lapse

    @property
    def counting_period(self) -> Period | None:
        """The days on which a lack has its consequence; None where there are none."""
        if self.grace_until is None:
            return self.period
        return self.period.intersection(Period(self.grace_until + timedelta(days=1)))


@dataclass(frozen=True)
class Lack:
    """A requirement that is not met on a day."""

    demand: Demand
    organisation_id: int
    professional_id: int | None
    day: date

    @property
    def blocks(self) -> bool:
        """Whether nothing may be placed while it lasts."""
        return self.demand.consequence_on(self.day) in Requirement.BLOCKING

    @property
    def holds_payment(self) -> bool:
        """Whether the lines it concerns are held."""
        return self.demand.consequence_on(self.day) == Requirement.OnLapse.HOLD


@dataclass(frozen=True)
class Register:
    """Requirements of one main contractor and the evidence of some organisations, in memory."""

    demands: tuple[Demand, ...]
    counted: Mapping[Key, tuple[Period, ...]]
    #: Casefolded jobs of professionals, read where a requirement is for some jobs only.
    jobs: Mapping[int, str] = field(default_factory=dict)

    def asks(self, demand: Demand, professional_id: int | None) -> bool:
        """Whether it is asked of this subject: organisation, or a professional with such a job."""
        personal = demand.applies_to == Requirement.AppliesTo.PROFESSIONAL
        if personal != (professional_id is not None):
            return False
        if professional_id is None or not demand.jobs:
            return True
        return self.jobs.get(professional_id, "") in demand.jobs

    def counted_for(
        self, demand: Demand, organisation_id: int, professional_id: int | None
    ) -> tuple[Period, ...]:
        """The periods in which proofs of this subject count for a requirement."""
        return self.counted.get((demand.pool, organisation_id, professional_id), ())

    def lacks(
        self, product_id: int, day: date, organisation_id: int, professional_id: int | None = None
    ) -> list[Lack]:
        """What the organisation (or, if named, the professional) lacks on that day."""
        return [
            Lack(demand, organisation_id, professional_id, day)
            for demand in self.demands
            if self.asks(demand, professional_id)
            and demand.holds_for(product_id, day)
            and not any(
                period.contains(day)
                for period in self.counted_for(demand, organisation_id, professional_id)
            )
        ]

    def days_lacking(
        self, demand: Demand, asked: Period, organisation_id: int, professional_id: int | None
    ) -> list[date]:
        """Days of `asked` (closed) on which the requirement counted and was not met."""
        counting = demand.counting_period
        within = counting.intersection(asked) if counting else None
        if within is None or not self.asks(demand, professional_id):
            return []
        return uncovered_days(within, self.counted_for(demand, organisation_id, professional_id))


def load_register(
    main_contractor_id: int, organisations: Collection[int] | None = None
) -> Register:
    """Read requirements and evidence in a few queries; of all organisations unless named.

    An answer for gates, not rows for a page: the caller's transaction decides what is seen.
    """
    demands = _demands(main_contractor_id)
    grounds = _grounds(_evidence(main_contractor_id, organisations))
    counted = {key: tuple(one.period for one in rows) for key, rows in grounds.items()}
    return Register(demands, counted, _jobs(demands, organisations))


def _evidence(main_contractor_id: int, organisations: Collection[int] | None) -> QuerySet[Evidence]:
    rows = (
        Evidence.objects.filter(main_contractor=main_contractor_id)
        .select_related("requirement")
        .defer("file_content", "number")
        .prefetch_related(
            Prefetch("reviews", queryset=Review.objects.order_by("reviewed_at", "pk"))
        )
    )
    return rows if organisations is None else rows.filter(provider_organisation__in=organisations)


def _jobs(demands: Iterable[Demand], organisations: Collection[int] | None) -> dict[int, str]:
    """Casefolded, by professional; read where some demand is for some jobs only."""
    if not any(demand.jobs for demand in demands):
        return {}
    rows = Professional.objects.all()
    if organisations is not None:
        rows = rows.filter(provider_organisation__in=organisations)
    return {pk: role.strip().casefold() for pk, role in rows.values_list("pk", "role")}


def _demands(main_contractor_id: int) -> tuple[Demand, ...]:
    standing = Requirement.objects.standing().filter(main_contractor=main_contractor_id)
    rows: Iterable[Any] = standing.annotate(
        products=ArrayAgg(
            "requirement_products__product",
            filter=Q(requirement_products__isnull=False),
            default=Value([]),
        )
    )
    return tuple(demand_of(row, frozenset(row.products)) for row in rows)


def demand_of(row: Requirement, products: frozenset[int]) -> Demand:
    """A requirement with the keys of its products, as far as it matters for judging."""
    return Demand(
        pk=row.pk,
        code=row.code,
        name=row.name,
        applies_to=row.applies_to,
        on_lapse=row.on_lapse,
        clause=row.clause,
        period=Period(row.start_date, row.end_date),
        products=products,
        pool=row.pool_id,
        jobs=frozenset(job.strip().casefold() for job in row.jobs),
        grace_until=row.grace_until,
    )


@dataclass(frozen=True)
class Ground:
    """A proof that counts, with the days on which it does."""

    evidence_id: int
    period: Period


def _grounds(evidence: Iterable[Evidence]) -> dict[Key, list[Ground]]:
    """What counts, by whose it is; in the order in which it is given."""
    found: dict[Key, list[Ground]] = defaultdict(list)
    for row in evidence:
        period = counted_period(
            Period(row.valid_from, row.valid_until),
            [Verdict(r.approved, r.reviewed_at, r.effective_from) for r in row.reviews.all()],
        )
        if period:
            key = (row.requirement.pool_id, row.provider_organisation_id, row.professional_id)
            found[key].append(Ground(row.pk, period))
    return found


@dataclass(frozen=True)
class Answer:
    """Whether a requirement is met on a day and by which proofs, and what follows if not."""

    demand: Demand
    met: bool
    consequence: str
    evidence: tuple[Ground, ...] = ()


@dataclass(frozen=True)
class Eligibility:
    """The answer for one subject, product and day, requirement by requirement."""

    answers: tuple[Answer, ...]

    @property
    def is_eligible(self) -> bool:
        """No blocking requirement is unmet."""
        return all(a.met or a.consequence == Requirement.OnLapse.SIGNAL for a in self.answers)


def eligibility(
    *,
    main_contractor_id: int,
    organisation_id: int,
    product_id: int,
    on_date: date,
    professional_id: int | None = None,
) -> Eligibility:
    """May this organisation, or this professional of it, deliver this product on this day?"""
    demands, of_it = _demands(main_contractor_id), [organisation_id]
    register = Register(demands, {}, _jobs(demands, of_it))
    grounds = _grounds(_evidence(main_contractor_id, of_it).order_by("pk"))

    def answer(demand: Demand) -> Answer:
        proofs = grounds.get((demand.pool, organisation_id, professional_id), [])
        of_the_day = tuple(one for one in proofs if one.period.contains(on_date))
        return Answer(demand, bool(of_the_day), demand.consequence_on(on_date), of_the_day)

    return Eligibility(
        tuple(
            answer(demand)
            for demand in demands
            if register.asks(demand, professional_id) and demand.holds_for(product_id, on_date)
        )
    )


def qualified_professionals(
    register: Register,
    professionals: Sequence[tuple[int, int]],
    product_id: int,
    day: date,
) -> dict[int, int]:
    """Number of professionals per organisation without a blocking lack on that day.

    `professionals` are (organisation, professional) pairs that are in service on the day.
    """
    numbers: dict[int, int] = defaultdict(int)
    for organisation, professional in professionals:
        if not any(x.blocks for x in register.lacks(product_id, day, organisation, professional)):
            numbers[organisation] += 1
    return numbers
