"""Tables of proofs and requirements."""

from __future__ import annotations

from datetime import date
from typing import Final

import django_tables2
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import BadgeColumn, DateColumn, MomentColumn, PeriodColumn, Table
from qualifications.models import Evidence, Requirement

OUTCOME_TONES = {
    Evidence.Outcome.APPROVED: "positive",
    Evidence.Outcome.REJECTED: "negative",
    Evidence.Outcome.AWAITING: "information",
}


#: What a requirement is on a day, and how that looks.
HOLDS, COMING, OVER, TAKEN_BACK = _("holds"), _("still to begin"), _("ended"), _("taken back")
STATE_TONES: Final[dict[str | Promise, str]] = {
    HOLDS: "positive",
    COMING: "information",
    OVER: "neutral",
    TAKEN_BACK: "neutral",
}


def state_of(requirement: Requirement, day: date) -> str | Promise:
    """Whether a version holds on a day, will, did, or never did."""
    if requirement.withdrawn_at is not None:
        return TAKEN_BACK
    if requirement.start_date > day:
        return COMING
    ended = requirement.end_date is not None and requirement.end_date < day
    return OVER if ended else HOLDS


class EvidenceTable(Table):
    """Proofs with what was decided on them."""

    requirement = django_tables2.Column(
        linkify=("evidence_detail", [django_tables2.A("pk")]), verbose_name=_("Proof of")
    )
    provider_organisation = django_tables2.Column(verbose_name=_("Organisation"))
    professional = django_tables2.Column(verbose_name=_("Professional"), default="")
    valid_from = DateColumn(verbose_name=_("Valid from"))
    valid_until = DateColumn(verbose_name=_("Valid until"))
    outcome = BadgeColumn(tones=OUTCOME_TONES, verbose_name=_("Outcome"))
    uploaded_at = MomentColumn(verbose_name=_("Uploaded"))

    class Meta:
        model = Evidence
        fields = ()


class RequirementTable(Table):
    """What is asked, of whom, and what follows when it lapses."""

    name = django_tables2.Column(linkify=True, verbose_name=_("Requirement"))
    applies_to = django_tables2.Column(
        accessor="get_applies_to_display", verbose_name=_("Applies to")
    )
    proof = django_tables2.Column(accessor="get_proof_display", verbose_name=_("Proof"))
    on_lapse = django_tables2.Column(
        accessor="get_on_lapse_display", verbose_name=_("When it lapses")
    )
    clause = django_tables2.Column(verbose_name=_("Clause"))
    period = PeriodColumn(verbose_name=_("Period"))

    class Meta:
        model = Requirement
        fields = ()
