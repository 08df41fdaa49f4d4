"""What this app answers when placements ask: who is qualified on this day, and who is not?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from qualifications.models import Requirement
from qualifications.selectors import Register, load_register
from subcontracts.gates import Lack, Refusal
from subcontracts.models import Product, Professional, Subcontractor


def placement(subcontractor: Subcontractor, product: Product, day: date) -> Iterable[Refusal]:
    """Why this subcontractor may not be given this product on this day; empty: it may."""
    return placements([subcontractor], product, day).get(subcontractor.pk, [])


def placements(
    subcontractors: Sequence[Subcontractor], product: Product, day: date
) -> Mapping[int, Sequence[Refusal]]:
    """The same for many subcontractors of one main contractor, in four queries."""
    if not subcontractors:
        return {}
    organisations = [s.provider_organisation_id for s in subcontractors]
    register = load_register(subcontractors[0].main_contractor_id, organisations)
    people = _in_service(organisations, day)
    return {
        s.pk: list(_refusals(register, s, people[s.provider_organisation_id], product, day))
        for s in subcontractors
    }


def professional(
    subcontractor: Subcontractor, person: Professional, product: Product, day: date
) -> list[Lack]:
    """What this professional lacks to deliver this product on this day; a signal blocks nothing."""
    organisation = subcontractor.provider_organisation_id
    register = load_register(subcontractor.main_contractor_id, [organisation])
    return [
        Lack(
            "QUA-12",
            _("%(person)s lacks: %(name)s.")
            % {"person": person.reference, "name": lack.demand.name},
            blocks=lack.blocks,
        )
        for lack in register.lacks(product.pk, day, organisation, person.pk)
    ]


def _in_service(organisations: Sequence[int], day: date) -> dict[int, list[int]]:
    people: dict[int, list[int]] = defaultdict(list)
    rows = Professional.objects.filter(provider_organisation__in=organisations).in_force_on(day)
    for organisation, person in rows.values_list("provider_organisation_id", "pk"):
        people[organisation].append(person)
    return people


def _refusals(
    register: Register,
    subcontractor: Subcontractor,
    people: Sequence[int],
    product: Product,
    day: date,
) -> Iterable[Refusal]:
    organisation = subcontractor.provider_organisation_id
    for lack in register.lacks(product.pk, day, organisation):
        if lack.blocks:
            yield Refusal(
                "QUA-10", _("The organisation lacks: %(name)s.") % {"name": lack.demand.name}
            )
    if _asks_people(register, product, day) and not any(
        not any(lack.blocks for lack in register.lacks(product.pk, day, organisation, person))
        for person in people
    ):
        yield Refusal("QUA-11", _("No professional is qualified for this product on that day."))


def _asks_people(register: Register, product: Product, day: date) -> bool:
    return any(
        demand.applies_to == Requirement.AppliesTo.PROFESSIONAL
        and demand.consequence_on(day) in Requirement.BLOCKING
        and demand.holds_for(product.pk, day)
        for demand in register.demands
    )
