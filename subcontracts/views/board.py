"""The messages of one contract in one place, and the contracts that have such a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from hoofdaannemer.core import export
from hoofdaannemer.core.pages import ListPage, ScopedRequest, roles
from hoofdaannemer.core.scope import CARE, Scope
from messaging.exchange.policies import READERS
from messaging.models import IncomingMessage
from subcontracts.board_filters import PARTY, BoardFilter
from subcontracts.board_tables import BoardTable, ContractMessagesTable
from subcontracts.models import MunicipalContract, Subcontract
from subcontracts.selectors.board import AWAITING, RECEIVED, SENT, Board, Both, Counts, board
from subcontracts.selectors.board_facts import facts
from subcontracts.views.contracts import READERS as CONTRACT_READERS


class _ContractBoard(ListPage):
    """Both groups of a contract: what is about it, and what can only be told by its party."""

    model = IncomingMessage
    table_class = BoardTable
    filterset_class = BoardFilter
    template_name = "subcontracts/message_board.html"
    lead = gettext_lazy("Every message about this contract, both ways, newest first.")
    empty_title = gettext_lazy("No messages yet")
    empty_text = gettext_lazy("They show here as soon as one is received or sent.")
    contracts: ClassVar[Any]
    page: ClassVar[str]
    above: ClassVar[str | Promise]

    @cached_property
    def contract(self) -> Any:
        rows = self.contracts.objects.visible_to(self.request.scope)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def board(self) -> Board:
        return board(self.request.scope, self.contract)

    @property
    def group(self) -> Both:
        """The group that the address asks for."""
        return self.board.party if self._is_party else self.board.about

    @property
    def _is_party(self) -> bool:
        return self.request.GET.get("group") == PARTY

    def get_queryset(self) -> Any:
        return self.group

    def get_title(self) -> str:
        return _("Messages of %(contract)s") % {"contract": self.named()}

    def named(self) -> str:
        """The contract, in a heading."""
        return str(self.contract)

    def breadcrumbs(self) -> Sequence[tuple[str, str]]:
        """Back to the contract, or to the list for who does not read contracts."""
        if self.request.scope.role not in CONTRACT_READERS:
            return [(_("Messages by contract"), reverse("contract_messages"))]
        own = reverse(f"{self.page}_detail", args=[self.contract.pk])
        return [(str(self.above), reverse(f"{self.page}_list")), (self.contract.number, own)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The list with figures and groups, and what stands in neither."""
        context = super().get_context_data(**kwargs)
        table = context["table"]
        table.facts = facts(self.request.scope, [row.record for row in table.paginated_rows])
        about, party = self.board.about.counts(), self.board.party.counts()
        context.update(
            figures=self._figures(party if self._is_party else about),
            tabs=self._tabs(about, party),
            left_out=self._left_out(),
            is_party=self._is_party,
        )
        return context

    def _figures(self, counts: Counts) -> list[dict[str, Any]]:
        shown: list[tuple[str, int, dict[str, str]]] = [
            (_("All"), counts.received + counts.sent, {}),
            (_("Received"), counts.received, {"way": RECEIVED}),
            (_("Sent"), counts.sent, {"way": SENT}),
            (_("Needs attention"), counts.attention, {"asks": "attention"}),
            (_("Late"), counts.late, {"asks": "late"}),
            (_("Awaiting an answer"), counts.awaiting, {"state": AWAITING}),
            (_("Parked"), counts.parked, {"state": "parked"}),
        ]
        group = {"group": PARTY} if self._is_party else {}
        return [
            {"label": label, "value": count, "url": f"?{urlencode({**group, **asked})}"}
            for label, count, asked in shown
        ]

    def _tabs(self, about: Counts, party: Counts) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "url": f"{self.request.path}{query}",
                "active": active,
                "count": counts.received + counts.sent,
            }
            for label, query, active, counts in (
                (_("About this contract"), "", not self._is_party, about),
                (_("Known by the party only"), f"?group={PARTY}", self._is_party, party),
            )
        ]

    def _left_out(self) -> list[str]:
        ambiguous, sealed = self.board.count_left_out()
        found = []
        if ambiguous:
            text = ngettext(
                "%(count)s message is about nothing that we know, and its party has more"
                " contracts. It stands in the message traffic only.",
                "%(count)s messages are about nothing that we know, and their party has more"
                " contracts. They stand in the message traffic only.",
                ambiguous,
            )
            found.append(text % {"count": ambiguous})
        if sealed:
            text = ngettext(
                "%(count)s message is about a sealed client and is not listed.",
                "%(count)s messages are about sealed clients and are not listed.",
                sealed,
            )
            found.append(text % {"count": sealed})
        return found

    def exported(self, kind: str) -> HttpResponseBase:
        """The filtered list, with the codes and terms of its rows read a batch at a time."""
        if kind not in export.KINDS:
            raise Http404
        filterset = self.get_filterset(self.get_filterset_class())
        valid = filterset.is_valid() or not filterset.is_bound
        self.object_list = filterset.qs if valid else filterset.queryset.none()
        table = self._sorted_table(**self.get_table_kwargs())
        return export.stream(
            self.request.scope,
            _WithFacts(self.request.scope, table),  # type: ignore[arg-type]
            export.columns_of(table),
            kind=kind,
            name=self.export_name,
        )


class _WithFacts:
    """The rows of a table; before each batch the table learns its facts."""

    def __init__(self, scope: Scope, table: Any) -> None:
        self.scope, self.table = scope, table

    def __iter__(self) -> Iterator[Any]:
        rows = iter(self.table.data.data.iterator(chunk_size=export.ROWS_AT_ONCE))
        while batch := list(islice(rows, export.ROWS_AT_ONCE)):
            self.table.facts = facts(self.scope, batch)
            yield from batch


class MunicipalContractMessages(_ContractBoard):
    """The traffic with the municipalities of a contract."""

    contracts = MunicipalContract
    roles = CARE
    page = "municipal_contract"
    above = gettext_lazy("Municipal contracts")
    export_name = "berichten-gemeentecontract"


class SubcontractMessages(_ContractBoard):
    """The traffic with the subcontractor under a contract; a subcontractor sees its own."""

    contracts = Subcontract
    roles = READERS
    page = "subcontract"
    above = gettext_lazy("Subcontracts")
    export_name = "berichten-contract"

    def named(self) -> str:
        return f"{self.contract.number} · {self.contract.provider_organisation.name}"


@roles(*READERS)
@require_safe
def contract_messages(request: ScopedRequest) -> HttpResponse:
    """Every contract of which this role reads the messages, by number and party."""
    scope = request.scope
    below = Subcontract.objects.visible_to(scope).select_related("provider_organisation")
    groups: list[tuple[str, str, list[tuple[Any, str]]]] = [
        (
            _("Subcontracts"),
            "subcontract_messages",
            [(row, row.provider_organisation.name) for row in below],
        )
    ]
    if scope.role in CARE:
        above = MunicipalContract.objects.visible_to(scope)
        named = [(row, row.name) for row in above]
        groups.insert(0, (_("Municipal contracts"), "municipal_contract_messages", named))
    tables = [
        ContractMessagesTable(
            [
                {"number": row.number, "about": about, "url": reverse(page, args=[row.pk])}
                for row, about in rows
            ],
            request=request,
            caption=caption,
        )
        for caption, page, rows in groups
    ]
    context = {
        "title": _("Messages by contract"),
        "lead": _("Choose a contract to see all its messages in one place."),
        "tables": tables,
        "empty": not any(rows for _caption, _page, rows in groups),
    }
    return render(request, "subcontracts/contract_messages.html", context)
