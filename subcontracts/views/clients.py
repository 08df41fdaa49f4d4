"""Finding a client, and the page of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.numbers import mask_bsn
from hoofdaannemer.core.pages import DetailPage, ScopedRequest, allowed, roles, shown_refusals
from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, date_nl, moment_nl, period_of
from subcontracts import policies
from subcontracts.forms import ClientSearchForm, ResidenceForm
from subcontracts.models import Allocation, Client, Placement
from subcontracts.selectors import clients, residences
from subcontracts.services import residences as residence_services
from subcontracts.tables import AllocationTable, PlacementTable
from subcontracts.views.changes import changes_of

READERS = frozenset(CARE | SUBCONTRACTOR | {Role.CONTROLLER})
#: A controller sees the BSN masked only.
SEE_BSN = frozenset(CARE | SUBCONTRACTOR)


@roles(*READERS)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def client_list(request: ScopedRequest) -> HttpResponse:
    """Search by BSN, number, or birth date and letters; by POST, so that nothing gets in a log."""
    form = ClientSearchForm(request.POST or None, scope=request.scope)
    found = None
    if request.method == "POST" and form.is_valid():
        found = clients.find(request.scope, form.wanted)
        audit.looked_at(request.scope, [row.pk for row in found], "client.search")
    rows = [(row, date_nl(_born(row))) for row in found or []]
    context = {
        "title": _("Find a client"),
        "lead": _("Search in one of three ways. Each look at a client is logged."),
        "form": form,
        "rows": rows,
        "searched": found is not None,
    }
    return render(request, "subcontracts/client_list.html", context)


def _born(client: Client) -> date:
    return date.fromisoformat(client.birth_date)


class ClientDetail(DetailPage):
    """Who it is, and everything that happened, newest first."""

    model = Client
    roles = READERS
    related = ("municipality",)
    purpose = "client.page"
    template_name = "subcontracts/client_detail.html"

    def log_view(self, row: Client) -> None:
        """Each look is logged."""
        audit.looked_at(self.request.scope, [row.pk], self.purpose)

    def get_title(self) -> str:
        return str(self.object.full_name)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        return [(_("Find a client"), reverse("client_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts with the masked BSN, the care as tables, and the timeline."""
        scope, client = self.request.scope, self.object
        return super().get_context_data(
            facts=[*facts_of(client), *self._masked_bsn()],
            placements=self._table(PlacementTable, Placement, _("Placements")),
            allocations=self._table(AllocationTable, Allocation, _("Allocations"))
            if scope.role in STAFF
            else None,
            events=clients.timeline(scope, client),
            changes=changes_of(scope, client),
            residences=_residences(scope, client),
            residence_caption=_("Which municipality is responsible, and from when"),
            residence_headers=[
                _("Municipality"),
                _("Period"),
                _("Ground"),
                _("From whom"),
                _("Recorded"),
                _("Note"),
            ],
            may_tell_residence=allowed(
                policies.check_can_manage_care, scope, client.main_contractor_id
            ),
            **kwargs,
        )

    def _masked_bsn(self) -> list[tuple[str, str]]:
        """The line of the BSN, with the button that shows it to who may see it."""
        client = self.object
        if not client.bsn:
            return []
        may_show = self.request.scope.role in SEE_BSN
        shown = {
            "masked": mask_bsn(client.bsn),
            "label": _("BSN"),
            "url": reverse("client_bsn", args=[client.pk]) if may_show else "",
        }
        return [(_("BSN"), render_to_string("components/masked.html", shown, self.request))]

    def _table(self, table: Any, model: Any, caption: str) -> Any:
        """This client's rows of a kind; None where there are none."""
        rows = model.objects.visible_to(self.request.scope).filter(client=self.object)
        joined = [
            name
            for name in ("product", "municipality", "provider_organisation")
            if hasattr(model, name)
        ]
        found = rows.select_related(*joined)
        if not found:
            return None
        return table(found, request=self.request, caption=caption, exclude=("client", "offered_at"))


def facts_of(client: Client) -> list[tuple[str, str]]:
    """Who it is, without name and BSN."""
    facts = [
        (_("Client number"), client.pseudonym),
        (_("Date of birth"), date_nl(_born(client))),
        (_("Municipality"), client.municipality.name),
    ]
    if client.address:
        street, number, postcode, town = ([*client.address.split("\n"), "", "", "", ""])[:4]
        facts.append((_("Address"), f"{street} {number}, {postcode} {town}"))
    return facts


def _residences(scope: Scope, client: Client) -> list[list[str]]:
    """Who was, is and will be responsible, as lines of a table."""
    return [
        [
            row.municipality.name,
            period_of(row.start_date, row.end_date),
            row.get_basis_display(),
            row.recorded_by.name if row.recorded_by else row.get_source_display(),
            moment_nl(row.recorded_at),
            row.note or "–",
        ]
        for row in residences.history(scope, client.pk)
    ]


@roles(*sorted(CARE))
@require_http_methods(["GET", "HEAD", "POST"])
def client_residence(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record that another municipality is responsible from a day on; what follows is confirmed."""
    client = get_object_or_404(Client.objects.visible_to(request.scope), pk=pk)
    audit.looked_at(request.scope, [client.pk], "client.residence")
    form = ResidenceForm(request.POST or None, scope=request.scope)
    above = reverse("client_detail", args=[pk])
    if form.is_bound and form.is_valid():
        with shown_refusals(request):
            fact = form.fact
            residence_services.tell(scope=request.scope, client=client, fact=fact)
            messages.success(
                request,
                _("From %(day)s %(town)s is responsible.")
                % {"day": date_long(fact.start_date), "town": fact.municipality},
            )
            return redirect("client_detail", pk)
    context = {
        "title": _("Is another municipality responsible?"),
        "consequences": [
            _("Requests for care from that day on go to the new municipality only."),
            _(
                "For care that goes on under an allocation of another municipality a task opens:"
                " have it stopped there, and ask it anew."
            ),
            _("Nothing is sent by this."),
        ],
        "form": form,
        "submit_label": _("Record municipality"),
        "danger": False,
        "cancel_url": above,
        "breadcrumbs": [(_("Find a client"), reverse("client_list")), (client.full_name, above)],
    }
    return render(request, "generic/confirm.html", context)


@roles(*SEE_BSN)
@require_POST
def client_bsn(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the whole BSN once; asked for and logged."""
    client = get_object_or_404(Client.objects.visible_to(request.scope), pk=pk)
    audit.looked_at(request.scope, [client.pk], "client.bsn")
    context = {
        "title": client.full_name,
        "breadcrumbs": [
            (_("Find a client"), reverse("client_list")),
            (client.full_name, reverse("client_detail", args=[client.pk])),
        ],
        "bsn": client.bsn,
        "client": client,
    }
    return render(request, "subcontracts/client_bsn.html", context)
