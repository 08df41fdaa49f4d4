"""Finding a client, and the page of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.numbers import mask_bsn
from hoofdaannemer.core.pages import DetailPage, ScopedRequest, roles
from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.forms import ClientSearchForm
from subcontracts.models import Allocation, Client, Placement
from subcontracts.selectors import clients
from subcontracts.tables import AllocationTable, PlacementTable

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
