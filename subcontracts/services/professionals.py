"""The people who deliver care, kept by their own organisation."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import PlacementProfessional, Professional


@transaction.atomic
def add_professional(
    *, scope: Scope, organisation_id: int, name: str, role: str, period: Period
) -> Professional:
    """Add a person who works for an organisation; others know the person by the reference."""
    policies.check_is_provider(scope, organisation_id)
    number = next_number(organisation_id, "professional")
    professional = Professional.objects.create(
        provider_organisation_id=organisation_id,
        reference=f"P-{number:03d}",
        name=name,
        role=role,
        start_date=period.start,
        end_date=period.end,
    )
    audit.record(scope, "professional.added", professional, reference=professional.reference)
    return professional


@transaction.atomic
def end_professional(*, scope: Scope, professional: Professional, last_day: date) -> Professional:
    """Record the last working day; on placements the person stops that day too.

    Raises RuleError PRO-01 for a last day before the first.
    """
    policies.check_is_provider(scope, professional.provider_organisation_id)
    professional = Professional.objects.select_for_update().get(pk=professional.pk)
    if last_day < professional.start_date:
        raise RuleError("PRO-01", _("The last working day cannot be before the first."))
    professional.end_date = last_day
    professional.save(update_fields=["end_date"])
    PlacementProfessional.objects.filter(
        professional=professional, end_date=None, start_date__lte=last_day
    ).update(end_date=last_day)
    audit.record(scope, "professional.ended", professional, last_day=last_day.isoformat())
    return professional
