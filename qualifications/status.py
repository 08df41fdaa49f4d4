"""What lacks or is about to lapse, for the overview page and the work list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl
from qualifications.models import Requirement
from qualifications.rules import still_valid_until
from qualifications.selectors import Demand, Register, load_register
from subcontracts.models import FundingLineProduct, Professional, Subcontractor

#: A lapse is announced this long before: renewing a register entry takes weeks.
NOTICE_DAYS = 60


@dataclass(frozen=True)
class Status:
    """One requirement of one subject today: met until a day, or not met."""

    subcontractor: Subcontractor
    professional: Professional | None
    demand: Demand
    met: bool
    until: date | None
    #: While the time to comply lasts, its last day.
    grace_until: date | None = None

    def lapses_before(self, day: date) -> bool:
        """Met now, and no longer on `day`."""
        return self.met and self.until is not None and self.until < day

    @property
    def consequence(self) -> str:
        """What follows from a lapse, in words."""
        follows = str(Requirement.OnLapse(self.demand.on_lapse).label)
        if self.grace_until is None:
            return follows
        return _("signal only until %(day)s, then: %(follows)s") % {
            "day": date_nl(self.grace_until),
            "follows": follows,
        }


def statuses(scope: Scope, day: date) -> list[Status]:
    """Every requirement of every organisation and professional that this scope may see.

    A handful of queries per main contractor: one for a subcontractor's staff it works for.
    """
    subcontractors = list(
        Subcontractor.objects.visible_to(scope)
        .in_force_on(day)
        .select_related("provider_organisation")
    )
    people: dict[int, list[Professional]] = {}
    for person in Professional.objects.visible_to(scope).in_force_on(day):
        people.setdefault(person.provider_organisation_id, []).append(person)
    found: list[Status] = []
    for main_contractor in sorted({s.main_contractor_id for s in subcontractors}):
        organisations = [scope.organisation_id] if scope.role in SUBCONTRACTOR else None
        register = load_register(main_contractor, organisations)
        delivered = delivered_products(main_contractor, organisations)
        for subcontractor in subcontractors:
            if subcontractor.main_contractor_id == main_contractor:
                staff = people.get(subcontractor.provider_organisation_id, [])
                products = delivered.get(subcontractor.provider_organisation_id, frozenset())
                asked = [d for d in register.demands if concerns(d, products)]
                found.extend(_of(register, subcontractor, staff, day, asked))
    return found


def delivered_products(
    main_contractor: int, organisations: Sequence[int] | None
) -> dict[int, frozenset[int]]:
    """Products that each organisation has a funding line for; own teams have none."""
    rows = FundingLineProduct.objects.filter(main_contractor=main_contractor)
    if organisations is not None:
        rows = rows.filter(provider_organisation__in=organisations)
    found: dict[int, set[int]] = defaultdict(set)
    for organisation, product in rows.values_list("provider_organisation_id", "product_id"):
        found[organisation].add(product)
    return {organisation: frozenset(products) for organisation, products in found.items()}


def concerns(demand: Demand, products: frozenset[int]) -> bool:
    return not demand.products or not products or bool(demand.products & products)


def _of(
    register: Register,
    subcontractor: Subcontractor,
    staff: list[Professional],
    day: date,
    asked: Sequence[Demand],
) -> Iterator[Status]:
    organisation = subcontractor.provider_organisation_id
    for demand in asked:
        if not demand.period.contains(day):
            continue
        personal = demand.applies_to == Requirement.AppliesTo.PROFESSIONAL
        subjects: list[Professional | None] = [*staff] if personal else [None]
        in_grace = demand.grace_until is not None and day <= demand.grace_until
        for subject in subjects:
            person = subject.pk if subject else None
            if not register.asks(demand, person):
                continue
            counted = register.counted_for(demand, organisation, person)
            try:
                until, met = still_valid_until(counted, day), True
            except LookupError:
                until, met = None, False
            grace = demand.grace_until if in_grace else None
            yield Status(subcontractor, subject, demand, met, until, grace)


def needing_attention(scope: Scope, day: date) -> list[Status]:
    """What is not met, then what lapses within the notice, soonest first."""
    soon = day + timedelta(days=NOTICE_DAYS)
    listed = [s for s in statuses(scope, day) if not s.met or s.lapses_before(soon)]
    return sorted(listed, key=lambda s: (s.met, s.until or date.min, s.subcontractor.pk))
