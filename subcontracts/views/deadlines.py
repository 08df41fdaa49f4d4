"""The terms: what is due, what is late and through whom, what was met when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.core.pages import ListPage
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from subcontracts.filters import DeadlineFilter, OwnDeadlineFilter
from subcontracts.models import Deadline
from subcontracts.selectors.timeliness import (
    MUNICIPALITIES,
    OURS,
    THEIRS,
    Share,
    Timeliness,
    timeliness,
)
from subcontracts.tables import DeadlineTable

READERS = CARE | {Role.CONTROLLER} | SUBCONTRACTOR


class DeadlineList(ListPage):
    """Running terms first, soonest due; clients by the number of their placement only."""

    model = Deadline
    table_class = DeadlineTable
    related: ClassVar[Sequence[str]] = (
        "placement__provider_organisation",
        "allocation",
        "request",
    )
    roles = READERS
    title = gettext_lazy("Terms")
    lead = gettext_lazy("What is due and until when, and who was late.")
    empty_title = gettext_lazy("No term is running")
    empty_text = gettext_lazy(
        "Terms appear here when an allocation comes in, a client is placed or a request is sent."
    )
    template_name = "subcontracts/deadline_list.html"
    export_name = "termijnen"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """A subcontractor's terms all lie under placements; the rest is not its own to see."""
        super().setup(request, *args, **kwargs)
        if _is_provider(request):
            self.related = ("placement__provider_organisation",)  # type: ignore[misc]

    def get_filterset_class(self) -> Any:
        return OwnDeadlineFilter if _is_provider(self.request) else DeadlineFilter

    def get_table_kwargs(self) -> dict[str, Any]:
        """A subcontractor has one leg, its own."""
        return {"exclude": ("leg",)} if _is_provider(self.request) else {}

    def narrowed(self, rows: Any) -> QuerySet[Any]:
        """What runs, unless the filter asks for another state."""
        scope = self.request.scope
        shown = rows.listed_for(scope).with_other_leg(scope).with_purpose()
        asked: QuerySet[Any] = shown if self.request.GET.get("state") else shown.running()
        return asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the figures of the last three months."""
        scope = self.request.scope
        found = timeliness(scope)
        return super().get_context_data(
            figures=_figures(scope, found), table_of=_by_subcontractor(scope, found), **kwargs
        )


def _is_provider(request: Any) -> bool:
    scope = getattr(request, "scope", None)
    return scope is not None and scope.role in SUBCONTRACTOR


def _figures(scope: Scope, found: Timeliness) -> list[tuple[str, str, str]]:
    """Label, percentage and what it rests on, for each leg that the reader sees."""
    labels = {THEIRS: _("Your terms met in time")}
    if scope.role not in SUBCONTRACTOR:
        labels = {
            THEIRS: _("Subcontractors in time"),
            OURS: _("We in time"),
            MUNICIPALITIES: _("Municipalities in time"),
        }
    shares = [(label, found.of_leg[whose]) for whose, label in labels.items()]
    return [(label, _percentage(share), _basis(share)) for label, share in shares]


def _by_subcontractor(scope: Scope, found: Timeliness) -> dict[str, Any] | None:
    """A small table for staff, by name; None where it has no rows."""
    if scope.role in SUBCONTRACTOR or not found.of_subcontractor:
        return None
    return {
        "caption": _("In time over the last 90 days, by subcontractor"),
        "headers": [
            _("Subcontractor"),
            _("Reported to us in time"),
            _("Reported by us in time"),
        ],
        "rows": [
            [name, _in_words(shares[THEIRS]), _in_words(shares[OURS])]
            for name, shares in sorted(found.of_subcontractor.items())
        ],
    }


def _percentage(share: Share) -> str:
    return "–" if share.percentage is None else f"{share.percentage}%"


def _basis(share: Share) -> str:
    """The number that a percentage rests on."""
    if not share.due:
        return _("none due in 90 days")
    return ngettext(
        "%(met)s of %(due)s term in 90 days", "%(met)s of %(due)s terms in 90 days", share.due
    ) % {"met": share.in_time, "due": share.due}


def _in_words(share: Share) -> str:
    if share.percentage is None:
        return "–"
    numbers = {"met": share.in_time, "due": share.due}
    return _("%(percentage)s (%(met)s of %(due)s)") % {
        "percentage": _percentage(share),
        **numbers,
    }
