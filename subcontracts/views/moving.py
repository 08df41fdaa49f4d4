"""Moves of care: the list, and one of them with every placement in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.pages import ListPage, ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import CARE, Role, Scope
from subcontracts import moving_policies as policies
from subcontracts.models import CareMove, CareMoveItem, Subcontract
from subcontracts.moving_forms import WishForm
from subcontracts.moving_tables import ItemFilter, ItemTable, MoveFilter, MoveTable
from subcontracts.moving_words import MOVE_TONES, facts_of
from subcontracts.selectors import moving as selectors
from subcontracts.selectors.moving_sealed import still_to_settle
from subcontracts.services import moving
from subcontracts.views.contract_page import contract_page
from subcontracts.views.identity import PERSONAL

Status = CareMove.Status
#: What a page shows of a placement in a move.
ITEM_RELATED: Sequence[str] = (
    *("move", "placement__product", "placement__client", "new_placement"),
    *("placement__allocation__municipality", "destination__provider_organisation"),
)


class MoveList(ListPage):
    """Every move of care, with how many placements moved and how many remain."""

    model = CareMove
    table_class = MoveTable
    filterset_class = MoveFilter
    related = ("subcontract__provider_organisation",)
    roles = CARE
    title = gettext_lazy("Moves of care")
    lead = gettext_lazy(
        "Placements that go to another subcontractor or an own team, many in one action."
    )
    empty_title = gettext_lazy("No moves of care yet")
    empty_text = gettext_lazy("A contract manager begins one on the page of a subcontract.")
    export_name = "verplaatsingen"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        shown: QuerySet[Any] = rows.with_counts()  # type: ignore[attr-defined]
        return shown


class MoveDetail(ListPage):
    """One move: every placement with where it goes and what becomes or became of it."""

    model = CareMoveItem
    table_class = ItemTable
    filterset_class = ItemFilter
    related: ClassVar[Sequence[str]] = ITEM_RELATED
    roles = CARE
    empty_title = gettext_lazy("No placements in this move")
    empty_text = gettext_lazy("Nothing was placed under the contract on or after that day.")
    export_name = "verplaatsing"
    template_name = "subcontracts/care_move.html"

    @cached_property
    def move(self) -> CareMove:
        rows = CareMove.objects.visible_to(self.request.scope).with_counts()
        related = ("subcontract__provider_organisation", "prepared_by", "confirmed_by")
        found: CareMove = get_object_or_404(rows.select_related(*related), pk=self.kwargs["pk"])
        return found

    @cached_property
    def _verdicts(self) -> dict[int, selectors.Verdict]:
        """The check of all rows of a draft, for a download; a page checks what it shows."""
        is_draft = self.move.status == Status.DRAFT
        if not is_draft or "_export" not in self.request.GET:
            return {}
        return selectors.verdicts(self.request.scope, list(self.get_queryset()))

    def get_title(self) -> str:
        name = self.move.subcontract.provider_organisation.name
        return _("Move of the care of %(name)s") % {"name": name}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Moves of care"), reverse("care_move_list"))]

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.filter(move=self.move).exclude(placement__client__is_sealed=True)
        return rows.defer(*(f"placement__{name}" for name in PERSONAL))

    def get_table_kwargs(self) -> dict[str, Any]:
        """Only who may change something is offered to; in a draft all have one status."""
        hidden = [] if self.request.scope.role == Role.CONTRACT_MANAGER else ["change"]
        if self.move.status == Status.DRAFT:
            hidden.append("status")
        return {"exclude": hidden}

    def get_table(self, **kwargs: Any) -> Any:
        """The check of a draft, for the rows that are shown."""
        table = super().get_table(**kwargs)
        if self.move.status == Status.DRAFT:
            shown = [row.record for row in table.paginated_rows]
            table.verdicts = selectors.verdicts(self.request.scope, shown)
        return table

    def _sorted_table(self, **kwargs: Any) -> Any:
        table = super()._sorted_table(**kwargs)
        table.verdicts = self._verdicts
        return table

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With how far it is and what can be done."""
        scope, move = self.request.scope, self.move
        may_change = allowed(policies.check_can_change, scope, move)
        others = CareMove.objects.visible_to(scope)
        return super().get_context_data(
            move=move,
            badge=move.get_status_display(),
            tone=MOVE_TONES.get(move.status, "neutral"),
            facts=facts_of(move),
            told=_told(move),
            handled=getattr(move, "total", 0) - getattr(move, "waiting", 0),
            is_busy=move.status == Status.RUNNING,
            may_change=may_change,
            may_retry=getattr(move, "refused", 0)
            and allowed(policies.check_can_retry, scope, move, others),
            kept_apart=0 if move.status == Status.DISCARDED else _kept_apart(scope, move),
            may_list=scope.role == Role.CONTRACT_MANAGER,
            **kwargs,
        )


def _told(move: Any) -> str:
    return _("%(moved)s of %(total)s moved, %(remaining)s remain") % {
        "moved": move.moved,
        "total": move.total,
        "remaining": move.remaining,
    }


def _kept_apart(scope: Scope, move: CareMove) -> int:
    """Placements of clients whose data stay inside, about which somebody has to decide."""
    return still_to_settle(scope, move).count()


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def subcontract_move(request: ScopedRequest, pk: int) -> HttpResponse:
    """Begin the move of all care under a contract."""
    scope = request.scope
    rows = Subcontract.objects.visible_to(scope).select_related("provider_organisation")
    row = get_object_or_404(rows, pk=pk)
    initial = {"day": _likely_day(scope, row)}
    form = WishForm(request.POST or None, scope=scope, subcontract=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            move = moving.prepare(scope=scope, subcontract=row, wish=form.wish)
            return redirect("care_move_detail", move.pk)
    return contract_page(
        request,
        row,
        title=_("Move the care of %(name)s") % {"name": row.provider_organisation.name},
        lead=_("All placements under contract %(number)s, in one action.") % {"number": row.number},
        form=form,
        submit_label=_("Show the placements"),
        next_text=_("Nothing moves yet: you see what would become of each placement first."),
    )


def _likely_day(scope: Scope, contract: Subcontract) -> date:
    """The day after the contract ends, if that is to come; else the first of next month."""
    after = selectors.day_after(contract)
    return after if after and after >= scope.today else Month.of(scope.today).next().first
