"""The list of formal decisions, and of those about one allocation or request."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, DateColumn, DeadlineColumn, Table
from subcontracts import words
from subcontracts.models import FormalDecision, Objection

KIND_TONES = {
    FormalDecision.Kind.GRANTED: "positive",
    FormalDecision.Kind.PARTLY: "warning",
    FormalDecision.Kind.REFUSED: "negative",
    FormalDecision.Kind.CHANGED: "information",
    FormalDecision.Kind.ENDED: "information",
}


class DecisionTable(Table):
    """Decisions with their clocks; wants the columns of `selectors.decisions.with_objections`."""

    about = django_tables2.Column(
        verbose_name=_("Concerns"),
        accessor="subject",
        linkify=lambda record: reverse("decision_detail", args=[record.pk]),
    )
    client = CodeColumn(verbose_name=_("Client"))
    kind = BadgeColumn(verbose_name=_("Decision"), tones=KIND_TONES)
    decision_date = DateColumn(verbose_name=_("Of"))
    objection_until = DateColumn(verbose_name=pgettext_lazy("column", "Objection until"))
    objection = django_tables2.Column(
        verbose_name=_("Objection"), accessor="is_disputed", empty_values=()
    )
    due = DeadlineColumn(verbose_name=_("To be decided"))

    class Meta:
        model = FormalDecision
        fields = (
            *("about", "client", "kind", "decision_date"),
            *("objection_until", "objection", "due"),
        )

    def render_about(self, record: FormalDecision) -> str:
        return words.decision_subject_text(record)

    value_about = render_about

    def render_objection(self, record: Any) -> str:
        if record.is_disputed:
            return str(_("open"))
        return str(Objection.Outcome(record.last_outcome).label) if record.last_outcome else "–"

    value_objection = render_objection
