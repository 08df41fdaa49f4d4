"""Whom a requirement would block, before it is made or changed. Numbers only; changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Q

from hoofdaannemer.accounts.models import Organisation
from qualifications.models import Requirement
from qualifications.selectors import Demand, Register, load_register
from qualifications.services import RequirementTerms
from qualifications.status import concerns, delivered_products
from subcontracts.models import (
    Placement,
    PlacementProfessional,
    Professional,
    Subcontractor,
)


@dataclass(frozen=True)
class Effect:
    """What follows on the first day on which a lack counts, with the proofs of now."""

    day: date
    on_lapse: str
    #: Organisations that get no new placements.
    organisations: int
    #: Professionals of whom nothing shows it; of a requirement of organisations none.
    professionals: int
    #: Placements that run then and are delivered by whom it concerns.
    placements: int


def effect_of(
    main_contractor_id: int,
    terms: RequirementTerms,
    before: Requirement | None = None,
    *,
    keeps_proofs: bool = False,
) -> Effect:
    """Judge everybody as the terms would, in a handful of queries.

    An answer in numbers, not rows for a page: the caller's transaction decides what is seen.
    """
    demand = _demand(terms, before.pool_id if before and keeps_proofs else 0)
    day = terms.grace_until + timedelta(days=1) if terms.grace_until else terms.period.start
    organisations = _asked(main_contractor_id, demand, day)
    read = load_register(main_contractor_id, organisations)
    people = _people(organisations, day)
    jobs = {person: job for staff in people.values() for person, job in staff}
    register = replace(read, demands=(demand,), jobs=jobs)
    lacking = [
        (organisation, person)
        for organisation in organisations
        for person in _subjects(demand, people.get(organisation, ()))
        if _lacks(register, demand, day, organisation, person)
    ]
    return Effect(
        day=day,
        on_lapse=terms.on_lapse,
        organisations=len(_blocked(demand, organisations, people, lacking)),
        professionals=sum(person is not None for _organisation, person in lacking),
        placements=_placements(main_contractor_id, demand, day, lacking),
    )


def _demand(terms: RequirementTerms, pool: int) -> Demand:
    return Demand(
        pk=0,
        code=terms.code,
        name=terms.name,
        applies_to=terms.applies_to,
        on_lapse=terms.on_lapse,
        clause=terms.clause,
        period=terms.period,
        products=frozenset(product.pk for product in terms.products),
        pool=pool,
        jobs=frozenset(job.strip().casefold() for job in terms.jobs),
        grace_until=terms.grace_until,
    )


def _asked(main_contractor_id: int, demand: Demand, day: date) -> list[int]:
    """Organisations that work for the main contractor then and deliver what it is for."""
    rows = Subcontractor.objects.filter(main_contractor=main_contractor_id).in_force_on(day)
    # An office gives no care: nothing is placed with it anyhow.
    rows = rows.exclude(provider_organisation__kind=Organisation.Kind.OFFICE)
    delivered = delivered_products(main_contractor_id, None)
    found = set(rows.values_list("provider_organisation_id", flat=True))
    return sorted(one for one in found if concerns(demand, delivered.get(one, frozenset())))


def _people(organisations: Sequence[int], day: date) -> dict[int, list[tuple[int, str]]]:
    people: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = Professional.objects.filter(provider_organisation__in=organisations).in_force_on(day)
    for organisation, person, job in rows.values_list("provider_organisation_id", "pk", "role"):
        people[organisation].append((person, job.strip().casefold()))
    return people


def _subjects(demand: Demand, staff: Sequence[tuple[int, str]]) -> list[int | None]:
    if demand.applies_to == Requirement.AppliesTo.ORGANISATION:
        return [None]
    return [person for person, _job in staff]


def _lacks(
    register: Register, demand: Demand, day: date, organisation: int, person: int | None
) -> bool:
    counted = register.counted_for(demand, organisation, person)
    return register.asks(demand, person) and not any(period.contains(day) for period in counted)


def _blocked(
    demand: Demand,
    organisations: Sequence[int],
    people: Mapping[int, Sequence[tuple[int, str]]],
    lacking: Sequence[tuple[int, int | None]],
) -> set[int]:
    """As the gate of placements decides: an organisation itself, or all its people, lack it."""
    if demand.on_lapse not in Requirement.BLOCKING:
        return set()
    if demand.applies_to == Requirement.AppliesTo.ORGANISATION:
        return {organisation for organisation, _nobody in lacking}
    without = {person for _organisation, person in lacking}
    return {one for one in organisations if all(p in without for p, _job in people.get(one, ()))}


def _placements(
    main_contractor_id: int, demand: Demand, day: date, lacking: Sequence[tuple[int, int | None]]
) -> int:
    rows = Placement.objects.filter(main_contractor=main_contractor_id).live().current_on(day)
    if demand.products:
        rows = rows.filter(product__in=demand.products)
    if demand.applies_to == Requirement.AppliesTo.ORGANISATION:
        return rows.filter(provider_organisation__in={one for one, _nobody in lacking}).count()
    named = PlacementProfessional.objects.filter(
        Q(end_date=None) | Q(end_date__gte=day),
        professional__in={person for _organisation, person in lacking},
    )
    return rows.filter(pk__in=named.values("placement")).count()
