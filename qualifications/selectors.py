"""The one question: is this subject qualified for this product on this day, and by what?

Asked for one subject by people and commands, for many at once by placements and billing; both
read the same three tables in three queries, and the same rules judge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Prefetch, Q, Value

from hoofdaannemer.core.periods import Period
from qualifications.models import Evidence, Requirement, Review
from qualifications.rules import Verdict, counted_period, uncovered_days

#: (requirement, organisation, professional or None) → periods in which evidence counts.
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

    def holds_for(self, product_id: int, day: date) -> bool:
        """Whether it is asked for this product on this day; without products, for all."""
        return self.period.contains(day) and (not self.products or product_id in self.products)


@dataclass(frozen=True)
class Lack:
    """A requirement that is not met on a day."""

    demand: Demand
    organisation_id: int
    professional_id: int | None

    @property
    def blocks(self) -> bool:
        """Whether nothing may be placed while it lasts."""
        return self.demand.on_lapse in Requirement.BLOCKING

    @property
    def holds_payment(self) -> bool:
        """Whether the lines it concerns are held."""
        return self.demand.on_lapse == Requirement.OnLapse.HOLD


@dataclass(frozen=True)
class Register:
    """Requirements of one main contractor and the evidence of some organisations, in memory."""

    demands: tuple[Demand, ...]
    counted: Mapping[Key, tuple[Period, ...]]

    def lacks(
        self, product_id: int, day: date, organisation_id: int, professional_id: int | None = None
    ) -> list[Lack]:
        """What the organisation (or, if named, the professional) lacks on that day."""
        subject = "organisation" if professional_id is None else "professional"
        return [
            Lack(demand, organisation_id, professional_id)
            for demand in self.demands
            if demand.applies_to == subject
            and demand.holds_for(product_id, day)
            and not any(
                period.contains(day)
                for period in self.counted.get((demand.pk, organisation_id, professional_id), ())
            )
        ]

    def days_lacking(
        self, demand: Demand, asked: Period, organisation_id: int, professional_id: int | None
    ) -> list[date]:
        """Days of `asked` (closed) on which the requirement held and was not met."""
        within = demand.period.intersection(asked)
        if within is None:
            return []
        return uncovered_days(
            within, self.counted.get((demand.pk, organisation_id, professional_id), ())
        )


def load_register(
    main_contractor_id: int, organisations: Collection[int] | None = None
) -> Register:
    """Read requirements and evidence in three queries; of all organisations unless named.

    An answer for gates, not rows for a page: the caller's transaction decides what is seen.
    """
    evidence = (
        Evidence.objects.filter(main_contractor=main_contractor_id)
        .defer("file_content", "number")
        .prefetch_related(
            Prefetch("reviews", queryset=Review.objects.order_by("reviewed_at", "pk"))
        )
    )
    if organisations is not None:
        evidence = evidence.filter(provider_organisation__in=organisations)
    return Register(_demands(main_contractor_id), _counted(evidence))


def _demands(main_contractor_id: int) -> tuple[Demand, ...]:
    rows: Iterable[Any] = Requirement.objects.filter(main_contractor=main_contractor_id).annotate(
        products=ArrayAgg(
            "requirement_products__product",
            filter=Q(requirement_products__isnull=False),
            default=Value([]),
        )
    )
    return tuple(
        Demand(
            pk=row.pk,
            code=row.code,
            name=row.name,
            applies_to=row.applies_to,
            on_lapse=row.on_lapse,
            clause=row.clause,
            period=Period(row.start_date, row.end_date),
            products=frozenset(row.products),
        )
        for row in rows
    )


def _counted(evidence: Iterable[Evidence]) -> dict[Key, tuple[Period, ...]]:
    found: dict[Key, list[Period]] = defaultdict(list)
    for row in evidence:
        period = counted_period(
            Period(row.valid_from, row.valid_until),
            [Verdict(r.approved, r.reviewed_at, r.effective_from) for r in row.reviews.all()],
        )
        if period:
            key = (row.requirement_id, row.provider_organisation_id, row.professional_id)
            found[key].append(period)
    return {key: tuple(periods) for key, periods in found.items()}


@dataclass(frozen=True)
class Answer:
    """Whether a requirement is met on a day, and until when."""

    demand: Demand
    met: bool


@dataclass(frozen=True)
class Eligibility:
    """The answer for one subject, product and day, requirement by requirement."""

    answers: tuple[Answer, ...]

    @property
    def is_eligible(self) -> bool:
        """No blocking requirement is unmet."""
        return all(a.met or a.demand.on_lapse == Requirement.OnLapse.SIGNAL for a in self.answers)


def eligibility(
    *,
    main_contractor_id: int,
    organisation_id: int,
    product_id: int,
    on_date: date,
    professional_id: int | None = None,
) -> Eligibility:
    """May this organisation, or this professional of it, deliver this product on this day?"""
    register = load_register(main_contractor_id, [organisation_id])
    subject = "organisation" if professional_id is None else "professional"
    lacking = {
        lack.demand.pk
        for lack in register.lacks(product_id, on_date, organisation_id, professional_id)
    }
    return Eligibility(
        tuple(
            Answer(demand, demand.pk not in lacking)
            for demand in register.demands
            if demand.applies_to == subject and demand.holds_for(product_id, on_date)
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
