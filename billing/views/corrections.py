"""What corrections of months still ask for upward."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from billing.correction_tables import CorrectionFilter, CorrectionTable
from billing.models import Entitlement
from billing.selectors.corrections import corrections
from billing.views.access import MONEY
from hoofdaannemer.core.pages import ListPage


class CorrectionList(ListPage):
    """Corrections, the newest first."""

    model = Entitlement
    table_class = CorrectionTable
    filterset_class = CorrectionFilter
    related = ("provider_organisation", "product")
    roles = MONEY
    title = gettext_lazy("Corrections and what follows upward")
    lead = gettext_lazy(
        "What was taken back of a month, and where the old amount still stands: in a declaration to"
        " a municipality, an established production statement or a settlement."
    )
    empty_title = gettext_lazy("No corrections")
    empty_text = gettext_lazy("What is taken back of a month comes here.")
    export_name = "correcties"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what did not follow yet."""
        found: QuerySet[Any] = corrections(self.request.scope).select_related(*self.related)
        return found.order_by("-recorded_at", "-pk")
