"""The lists of questions and of published readings."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.filters import FilterSet, ScopedModelChoiceFilter
from hoofdaannemer.core.tables import BadgeColumn, DateColumn, MomentColumn, Table
from subcontracts.models import ClauseQuestion, ClauseReading, Subcontract

QUESTION_TONES = {
    ClauseQuestion.Status.OPEN: "warning",
    ClauseQuestion.Status.ANSWERED: "positive",
    ClauseQuestion.Status.WITHDRAWN: "neutral",
}


class QuestionTable(Table):
    """Newest first."""

    subject = django_tables2.Column(
        verbose_name=gettext_lazy("Subject"),
        linkify=lambda record: reverse("question_detail", args=[record.pk]),
    )
    clause = django_tables2.Column(
        verbose_name=gettext_lazy("Clause"), default=gettext_lazy("in general")
    )
    asker = django_tables2.Column(
        verbose_name=gettext_lazy("Asked by"), empty_values=(), accessor="provider_organisation"
    )
    status = BadgeColumn(verbose_name=gettext_lazy("Status"), tones=QUESTION_TONES)
    asked_at = MomentColumn(verbose_name=gettext_lazy("Asked on"))
    due_on = DateColumn(verbose_name=gettext_lazy("Answer before"))

    class Meta:
        model = ClauseQuestion
        fields: ClassVar = ("subject", "clause", "asker", "status", "asked_at", "due_on")

    def render_asker(self, record: ClauseQuestion) -> str:
        asker = record.provider_organisation
        return asker.name if asker else _("our own people")

    def value_asker(self, record: ClauseQuestion) -> str:
        return self.render_asker(record)


class QuestionFilter(FilterSet):
    """By status and contract."""

    subcontract = ScopedModelChoiceFilter(model=Subcontract, label=gettext_lazy("Subcontract"))

    class Meta:
        model = ClauseQuestion
        fields = ("status", "subcontract")


class ReadingTable(Table):
    """Newest first."""

    subject = django_tables2.Column(
        verbose_name=gettext_lazy("Subject"),
        linkify=lambda record: reverse("reading_detail", args=[record.pk]),
    )
    about = django_tables2.Column(
        verbose_name=gettext_lazy("Clause"), default=gettext_lazy("in general")
    )
    text = django_tables2.Column(verbose_name=gettext_lazy("How we read it"))
    published_at = DateColumn(verbose_name=gettext_lazy("Published on"))
    withdrawn_at = DateColumn(verbose_name=gettext_lazy("Withdrawn on"))

    class Meta:
        model = ClauseReading
        fields: ClassVar = ("subject", "about", "text", "published_at", "withdrawn_at")

    def render_text(self, value: str) -> str:
        return value if len(value) <= 160 else f"{value[:157]}…"

    def value_text(self, value: str) -> str:
        return value


class ReadingFilter(FilterSet):
    """By a word in it, and whether it is about a clause."""

    word = django_filters.CharFilter(
        label=gettext_lazy("Contains the word"), method="by_word", max_length=60
    )
    is_general = django_filters.BooleanFilter(label=gettext_lazy("In general"), method="by_clause")

    class Meta:
        model = ClauseReading
        fields = ("word", "is_general")

    def by_word(self, rows: Any, name: str, value: str) -> Any:
        """In the clause, the question or the reading: there are few enough to read them all."""
        return rows.filter(
            Q(subject__icontains=value)
            | Q(asked__icontains=value)
            | Q(text__icontains=value)
            | Q(clause_title__icontains=value)
            | Q(clause_code__iexact=value)
        )

    def by_clause(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(clause_code="") if value else rows.exclude(clause_code="")
