"""What is held back: the list, and one hold with what releases it and what it is about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from billing import policies
from billing.filters import HoldFilter
from billing.hold_forms import HandOverForm
from billing.models import Entitlement, Hold, HoldHandover, StatementLine
from billing.rules.explain import Explanation
from billing.selectors import line_sources
from billing.selectors.line_sources import Source
from billing.services import hold_owners
from billing.tables import HoldTable
from billing.views.access import HOLDS, OWN, READERS, own_columns
from billing.worklist.holding import late_text
from hoofdaannemer.core import mandates
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import (
    Action,
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    form_page,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl, month_nl


class HoldList(ListPage):
    """Holds, newest first."""

    model = Hold
    table_class = HoldTable
    filterset_class = HoldFilter
    related = ("provider_organisation", "holder")
    roles = HOLDS
    title = gettext_lazy("Held back")
    lead = gettext_lazy("Amounts that wait for something, and what gets them released.")
    empty_title = gettext_lazy("Nothing is held back")
    empty_text = gettext_lazy("Everything that was approved is paid on time.")

    def primary(self) -> Action | None:
        """Most holds wait for a proof, which their subcontractor adds."""
        if self.request.scope.role in OWN:
            return Action(_("Add a proof"), reverse("evidence_upload"))
        return None

    def get_table_kwargs(self) -> dict[str, Any]:
        return own_columns(self.request.scope)


class HoldDetail(DetailPage):
    """One hold: why, who acts and until when, and the lines it stands on."""

    model = Hold
    related = ("provider_organisation", "holder")
    roles = HOLDS
    template_name = "billing/hold_detail.html"

    def get_title(self) -> str:
        """The line that it holds."""
        return _("Held back of line %(line)s") % {"line": self.object.reference}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [(_("Held back"), reverse("hold_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts; and where the money is read as well, what it rests on and where it stands."""
        scope, hold = self.request.scope, self.object
        reads_money = scope.role in READERS
        return super().get_context_data(
            badge=_("held back") if hold.released_at is None else _("released"),
            tone="warning" if hold.released_at is None else "positive",
            facts=[*_facts(scope, hold), *(_computed(hold) if reads_money else [])],
            entries=[_entry(scope, one) for one in _handovers(scope, hold)],
            may_hand_over=allowed(policies.check_can_hand_over, scope, hold)
            and mandates.covers_page(scope, "hold_hand_over"),
            way_out=hold.way_out if hold.released_at is None else "",
            sources=_sources(scope, hold) if reads_money else [],
            stated=_stated(scope, hold),
            **kwargs,
        )


def _facts(scope: Scope, hold: Hold) -> list[tuple[str, str]]:
    facts = [
        (_("Subcontractor"), hold.provider_organisation.name),
        (_("Month"), month_nl(hold.month)),
        (_("Amount"), format_euro(hold.amount)),
        (_("Why"), hold.reason),
        (_("Clause"), hold.clause),
        (_("Held since"), moment_nl(hold.recorded_at)),
        (_("Who acts"), hold.who_acts),
    ]
    if hold.released_at:
        facts.append((_("Released"), moment_nl(hold.released_at)))
    else:
        due = [date_nl(hold.due_date), late_text(hold, scope)]
        facts.append((_("Before"), ", ".join(text for text in due if text)))
    return [(name, text) for name, text in facts if text]


def _handovers(scope: Scope, hold: Hold) -> QuerySet[HoldHandover]:
    rows = HoldHandover.objects.visible_to(scope).filter(hold=hold)
    return rows.select_related("author", "to_user")


def _entry(scope: Scope, one: HoldHandover) -> dict[str, Any]:
    """For the component: who handed it to whom, until when."""
    to = one.to_user.name if one.to_user else one.get_to_owner_display()
    return {
        "author": one.author.name,
        "at": one.recorded_at,
        "note": _("Handed over to %(to)s, before %(day)s")
        % {"to": to, "day": date_nl(one.due_date)},
        "text": one.note,
        "own": one.author_id == scope.user_id,
    }


def _computed(hold: Hold) -> list[tuple[str, str]]:
    """How the amount came about where a part is held."""
    if hold.explanation is None:
        return []
    return [(_("How computed"), Explanation.from_dict(hold.explanation).sentence())]


def _sources(scope: Scope, hold: Hold) -> list[Source]:
    """What it is about. Not joined to the hold: whoever reviews proofs reads no entitlements."""
    rows = Entitlement.objects.visible_to(scope).select_related("placement", "funding_line", "step")
    return line_sources.of_entitlement(scope, rows.get(pk=hold.entitlement_id))


def _stated(scope: Scope, hold: Hold) -> list[Source]:
    """The lines of statements that hold it and release it."""
    rows = StatementLine.objects.visible_to(scope).filter(hold=hold).select_related("statement")
    return [
        Source(
            _("%(what)s on statement %(number)s")
            % {"what": row.get_kind_display().capitalize(), "number": row.statement},
            line_sources.line_url(row),
        )
        for row in rows.select_related("hold").defer("statement__pdf", "statement__document")
    ]


@roles(*sorted(HOLDS))
@require_http_methods(["GET", "HEAD", "POST"])
def hold_hand_over(request: ScopedRequest, pk: int) -> HttpResponse:
    """Let somebody else act on it."""
    scope = request.scope
    rows = Hold.objects.visible_to(scope).select_related("holder")
    hold = get_object_or_404(rows, pk=pk)
    form = HandOverForm(request.POST or None, scope=scope, hold=hold)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            hold_owners.hand_over(scope=scope, hold=hold, to=form.chosen)
            messages.success(request, _("Handed over. It is on the work list of who acts now."))
            return redirect(hold)
    return form_page(
        request,
        title=_("Hand over what is held of line %(line)s") % {"line": hold.reference},
        form=form,
        submit_label=_("Hand over"),
        above=[
            (_("Held back"), reverse("hold_list")),
            (hold.reference, hold.get_absolute_url()),
        ],
        next_text=_("Now: %(who)s. %(what)s") % {"who": hold.who_acts, "what": hold.way_out},
    )
