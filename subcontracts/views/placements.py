"""Placements: the list, one of them, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.pages import (
    DetailPage,
    ListPage,
    ScopedRequest,
    allowed,
    roles,
    shown_refusals,
)
from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_nl, period_of
from subcontracts import policies, words
from subcontracts.filters import PlacementFilter
from subcontracts.forms import NameProfessionalForm, ReasonForm, StartForm, StopForm
from subcontracts.models import Deadline, Placement
from subcontracts.rules.delivery import StopKey
from subcontracts.selectors.purposes import steers_on
from subcontracts.selectors.spells import spells_of
from subcontracts.services import deliveries, placements
from subcontracts.tables import PlacementTable
from subcontracts.tones import PLACEMENT_TONES
from subcontracts.views.changes import refusal_of_change
from subcontracts.views.identity import (
    PERSONAL,
    facts_for,
    listed,
    log_look,
    may_open_client,
    related_for,
    table_kwargs,
)

READERS = frozenset((STAFF - {Role.ADMINISTRATOR}) | SUBCONTRACTOR)
PROVIDER = tuple(sorted(SUBCONTRACTOR))
#: Who may report, by the relay mode: the provider, or the main contractor where nothing is relayed.
REPORTERS = (*PROVIDER, *sorted(CARE))
FORM_METHODS = ["GET", "HEAD", "POST"]


class PlacementList(ListPage):
    """Newest first; clients by number. A provider sees its own."""

    model = Placement
    table_class = PlacementTable
    filterset_class = PlacementFilter
    related: ClassVar[Sequence[str]] = ("client", "product", "provider_organisation")
    roles = READERS
    title = gettext_lazy("Placements")
    lead = gettext_lazy("Who delivers which allocation.")
    empty_title = gettext_lazy("No placements yet")
    empty_text = gettext_lazy("They appear here when a client is placed.")

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Join the client only for who may see it."""
        super().setup(request, *args, **kwargs)
        if hasattr(request, "scope"):
            self.related = related_for(request.scope, type(self).related)  # type: ignore[misc]

    def get_table_kwargs(self) -> dict[str, Any]:
        """A provider's placements are all its own."""
        if self.request.scope.role in SUBCONTRACTOR:
            return {"exclude": ("provider_organisation",)}
        return table_kwargs(self.request.scope)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Staff lists leave out clients that may not be listed; an own team needs its own."""
        if self.request.scope.role in SUBCONTRACTOR:
            return rows.defer(*PERSONAL)
        return listed(self.request.scope, rows)


class PlacementDetail(DetailPage):
    """One placement: terms, people, starts and stops, and what can be done now."""

    model = Placement
    related: ClassVar[Sequence[str]] = (
        *("client", "product", "provider_organisation", "subcontractor"),
        *("allocation__municipality", "subcontract"),
    )
    roles = READERS
    purpose = "placement.page"
    template_name = "subcontracts/placement_detail.html"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Join the client only for who may see it."""
        super().setup(request, *args, **kwargs)
        if hasattr(request, "scope"):
            self.related = related_for(request.scope, type(self).related)  # type: ignore[misc]

    def log_view(self, row: Placement) -> None:
        """The page says what care this client gets."""
        log_look(self.request.scope, row, self.purpose)

    def get_title(self) -> str:
        return _("Placement %(number)s") % {"number": self.object.number}

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Placements"), reverse("placement_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows; buttons ask what the services ask."""
        scope, placement = self.request.scope, self.object
        reports = allowed(policies.check_can_report, scope, placement)
        spells = spells_of([placement])
        return super().get_context_data(
            tone=PLACEMENT_TONES.get(placement.status, "neutral"),
            facts=_facts(scope, placement),
            may_reply=allowed(policies.check_can_reply, scope, placement),
            may_start=allowed(policies.check_can_report_start, scope, placement, spells),
            may_stop=allowed(policies.check_can_report_stop, scope, placement, spells),
            may_name=allowed(policies.check_can_name, scope, placement),
            may_withdraw=allowed(policies.check_can_withdraw, scope, placement, spells),
            may_see_client=may_open_client(scope, placement.client_id),
            may_change=scope.role in SUBCONTRACTOR and not refusal_of_change(scope, placement),
            may_see_allocation=scope.role in STAFF,
            deadlines=_deadlines(scope, placement),
            spells=[_spell(placement, spell, reports) for spell in spells],
            by_hand=_by_hand(scope, placement, spells),
            people=_people(scope, placement),
            **kwargs,
        )


def _by_hand(scope: Scope, placement: Placement, spells: Sequence[Any]) -> list[tuple[str, str]]:
    """The messages that its provider can make by hand about it now: label and address."""
    is_own_team = placement.subcontract is None
    if scope.role not in SUBCONTRACTOR or placement.client.is_sealed or is_own_team:
        return []
    found = []
    for number, may, label in (
        ("305", policies.check_can_report_start, _("Make the message of the start by hand (305)")),
        ("307", policies.check_can_report_stop, _("Make the message of the stop by hand (307)")),
    ):
        if allowed(may, scope, placement, spells):
            address = reverse("message_entry", args=[f"{placement.family}{number}"])
            found.append((label, f"{address}?over={placement.pk}"))
    return found


def _facts(scope: Scope, placement: Placement) -> list[tuple[str, str]]:
    facts = [
        *facts_for(scope, _("Client"), placement),
        (_("Product"), str(placement.product)),
        (_("How much"), words.extent_text(placement) or _("not specified")),
        (_("Period"), period_of(placement.start_date, placement.end_date)),
        (_("Delivered by"), placement.provider_organisation.name),
        (_("Municipality"), placement.allocation.municipality.name),
    ]
    if placement.is_kept_here(scope.today):
        facts.append((_("Relay"), words.relay_text(placement.relay_on(scope.today))))
    else:
        facts.append((_("Reply before"), date_nl(placement.reply_due_date)))
    subcontract = placement.subcontract
    if subcontract is not None and steers_on(subcontract, scope.today):
        facts.append((_("Messages are for"), words.purpose_text(steers=True)))
    if placement.accepted_by_silence:
        facts.append((_("Answer"), _("Accepted, because no answer came in time.")))
    if placement.reply_reason:
        facts.append((_("Reason"), placement.reply_reason))
    return facts


def _deadlines(scope: Scope, placement: Placement) -> list[tuple[str, Any]]:
    rows = Deadline.objects.visible_to(scope).running().filter(placement=placement)
    if scope.role in SUBCONTRACTOR:
        return [(str(row.get_kind_display()), row.due_date) for row in rows.filter(leg="down")]
    return [(f"{row.get_kind_display()} ({row.get_leg_display()})", row.due_date) for row in rows]


def _spell(placement: Placement, spell: Any, may_report: bool) -> dict[str, Any]:
    """One stretch of care for the template, with what can be taken back."""
    text = ""
    if spell.ended_on:
        text = words.stop_reason_text(placement.family, spell.reason)
    elif spell.paused_on:
        text = words.stop_reason_text(placement.family, "20")
    return {
        "begin": spell.begin,
        "end": spell.ended_on or spell.paused_on,
        "text": text,
        "reason": spell.reason if spell.ended_on else "20",
        "may_take_back": may_report,
    }


def _people(scope: Scope, placement: Placement) -> list[tuple[str, str]]:
    """Names for the own organisation, references for everybody else."""
    own = scope.role in SUBCONTRACTOR
    rows = placement.professionals.visible_to(scope).select_related("professional")
    return [
        (
            row.professional.name if own else row.professional.reference,
            period_of(row.start_date, row.end_date),
        )
        for row in rows
    ]


def _mine(request: ScopedRequest, pk: int) -> Placement:
    rows = Placement.objects.visible_to(request.scope).select_related(
        "client", "product", "subcontract"
    )
    return get_object_or_404(rows, pk=pk)


@roles(*PROVIDER)
@require_POST
def placement_accept(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the client."""
    with shown_refusals(request):
        placements.accept(scope=request.scope, placement=_mine(request, pk))
        messages.success(request, _("You take this client. Report the start when care has begun."))
    return redirect("placement_detail", pk)


def _form_page(
    request: ScopedRequest,
    placement: Placement,
    form: PlainForm,
    act: Callable[[], object],
    texts: dict[str, Any],
) -> HttpResponse:
    """One form about one placement: shown, or carried out and back to the placement."""
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            act()
            messages.success(request, texts["done"])
            return redirect("placement_detail", placement.pk)
    url = reverse("placement_detail", args=[placement.pk])
    context = {
        "form": form,
        "cancel_url": url,
        "breadcrumbs": [
            (_("Placements"), reverse("placement_list")),
            (str(placement.number), url),
        ],
        "lead": f"{placement.client} · {placement.product}",
        **texts,
    }
    return render(request, texts.get("template", "generic/form.html"), context)


@roles(*PROVIDER)
@require_http_methods(FORM_METHODS)
def placement_decline(request: ScopedRequest, pk: int) -> HttpResponse:
    """Not take the client, with the reason."""
    placement = _mine(request, pk)
    form = ReasonForm(request.POST or None, scope=request.scope)
    texts = {
        "title": _("Decline this client?"),
        "submit_label": _("Decline client"),
        "next_text": _("The main contractor then places the client elsewhere."),
        "done": _("You declined this client."),
    }
    return _form_page(
        request,
        placement,
        form,
        lambda: placements.decline(
            scope=request.scope, placement=placement, reason=form.cleaned_data["reason"]
        ),
        texts,
    )


@roles(*sorted(CARE))
@require_http_methods(FORM_METHODS)
def placement_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a placement back."""
    placement = _mine(request, pk)
    form = ReasonForm(request.POST or None, scope=request.scope)
    texts = {
        "title": _("Withdraw this placement?"),
        "submit_label": _("Withdraw placement"),
        "consequences": [
            _("The subcontractor is told and loses this client."),
            _("The client comes back on the work list to be placed."),
        ],
        "danger": True,
        "done": _("The placement is withdrawn."),
        "template": "generic/confirm.html",
    }
    return _form_page(
        request,
        placement,
        form,
        lambda: placements.withdraw(
            scope=request.scope, placement=placement, reason=form.cleaned_data["reason"]
        ),
        texts,
    )


@roles(*PROVIDER)
@require_http_methods(FORM_METHODS)
def placement_name_professional(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say who delivers."""
    placement = _mine(request, pk)
    initial = {"start_date": placement.start_date}
    form = NameProfessionalForm(request.POST or None, scope=request.scope, initial=initial)
    texts = {
        "title": _("Who gives this care?"),
        "submit_label": _("Name this person"),
        "done": _("The person is named."),
    }

    def name() -> None:
        person = form.cleaned_data["professional"]
        placements.name_professional(
            scope=request.scope, placement=placement, professional=person, period=form.period
        )
        for lack in placements.lacks_when_named(request.scope, placement, person, form.period):
            mend = _("Hand in the proof.")
            messages.warning(request, f"{lack.text} {mend}")

    return _form_page(request, placement, form, name, texts)


def _shut_out(request: ScopedRequest, placement: Placement) -> HttpResponse | None:
    """Staff that have nothing to report here go back to the placement, with the reason."""
    if request.scope.role in SUBCONTRACTOR or placement.is_kept_here(request.scope.today):
        return None
    text = _("Under this contract the subcontractor reports starts and stops.")
    messages.error(request, text)
    return redirect("placement_detail", placement.pk)


@roles(*REPORTERS)
@require_http_methods(FORM_METHODS)
def placement_start(request: ScopedRequest, pk: int) -> HttpResponse:
    """Report that care began."""
    placement = _mine(request, pk)
    if back := _shut_out(request, placement):
        return back
    form = StartForm(
        request.POST or None,
        scope=request.scope,
        placement=placement,
        today=request.scope.today,
    )
    texts = {
        "title": _("When did care begin?"),
        "submit_label": _("Report the start"),
        "next_text": _("The municipality is told today."),
        "done": _("The start is reported."),
    }
    return _form_page(
        request,
        placement,
        form,
        lambda: deliveries.report_start(
            scope=request.scope, placement=placement, begin=form.cleaned_data["begin"]
        ),
        texts,
    )


@roles(*REPORTERS)
@require_http_methods(FORM_METHODS)
def placement_stop(request: ScopedRequest, pk: int) -> HttpResponse:
    """Report that care ended, for a while or for good."""
    placement = _mine(request, pk)
    if back := _shut_out(request, placement):
        return back
    spells = spells_of([placement])
    begins = [spell.begin for spell in spells if spell.ended_on is None]
    form = StopForm(
        request.POST or None, scope=request.scope, placement=placement, begins=begins[::-1]
    )
    texts = {
        "title": _("When and why did care end?"),
        "submit_label": _("Report the stop"),
        "next_text": _("The municipality is told when nobody gives this care any more."),
        "done": _("The stop is reported."),
    }
    return _form_page(
        request,
        placement,
        form,
        lambda: deliveries.report_stop(scope=request.scope, placement=placement, stop=form.stop),
        texts,
    )


@roles(*REPORTERS)
@require_POST
def placement_take_back(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take back a stop, or a start without a stop, that was reported by mistake."""
    placement = _mine(request, pk)
    if back := _shut_out(request, placement):
        return back
    wanted = next(
        (
            spell
            for spell in spells_of([placement])
            if spell.begin.isoformat() == request.POST.get("begin", "")
        ),
        None,
    )
    with shown_refusals(request):
        if wanted is None:
            messages.error(request, _("This was already taken back."))
        elif wanted.last_day is None:
            deliveries.withdraw_start(scope=request.scope, placement=placement, begin=wanted.begin)
            messages.success(request, _("The start is taken back."))
        else:
            stop = StopKey(wanted.begin, wanted.ended_on or wanted.last_day, wanted.reason or "20")
            deliveries.withdraw_stop(scope=request.scope, placement=placement, stop=stop)
            messages.success(request, _("The stop is taken back."))
    return redirect("placement_detail", pk)
