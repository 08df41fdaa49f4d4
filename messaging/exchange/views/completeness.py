"""Completeness over a period: what came in and went out, and the items behind each number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hoofdaannemer.core import export
from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.periods import Month
from messaging.exchange import completeness, policies
from messaging.exchange.filters import IncomingTrafficFilter, OutgoingTrafficFilter
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.tables import CompletenessTable, ReceivedCounts, SentCounts


@dataclass(frozen=True)
class Way:
    """One direction: its rows, how they are counted, and in which words."""

    url_name: str
    board: str
    filterset: type[FilterSet]
    count: Callable[[Any], list[completeness.Line]]
    table: type[CompletenessTable]
    sum_text: str | Promise
    export_name: str


RECEIVED: Final = Way(
    "message_completeness_list",
    "message_list",
    IncomingTrafficFilter,
    completeness.received,
    ReceivedCounts,
    gettext_lazy(
        "Received = handled + rejected + not readable + parked + still to handle"
        " + needs attention. A message stands in exactly one of these."
    ),
    "volledigheid-ontvangen",
)
SENT: Final = Way(
    "sent_message_completeness_list",
    "sent_message_list",
    OutgoingTrafficFilter,
    completeness.sent,
    SentCounts,
    gettext_lazy(
        "Sent = delivered + waiting + needs attention, and also accepted + refused + answer still"
        " to come + no answer asked. A message stands once in each of the two."
    ),
    "volledigheid-verzonden",
)


@roles(*policies.READERS)
@require_safe
def received(request: ScopedRequest) -> HttpResponseBase:
    """What came in, and what became of it."""
    return _shown(request, RECEIVED, IncomingMessage.objects.visible_to(request.scope))


@roles(*policies.READERS)
@require_safe
def sent(request: ScopedRequest) -> HttpResponseBase:
    """What went out, whether it arrived, and what was answered."""
    return _shown(request, SENT, OutgoingMessage.objects.visible_to(request.scope))


def _shown(request: ScopedRequest, way: Way, rows: Any) -> HttpResponseBase:
    filterset = way.filterset(_asked(request), queryset=rows, request=request)
    is_valid = filterset.is_valid()
    lines = way.count(filterset.qs) if is_valid else []
    table = way.table(lines, request=request, query=_kept(filterset), board=reverse(way.board))
    kind = request.GET.get("_export")
    if kind is not None:
        return _exported(request, way, table, kind)
    context = {
        "title": _("Completeness"),
        "lead": way.sum_text,
        "tabs": _tabs(request, way),
        "filter": filterset,
        "count": sum(line.total for line in lines),
        "invalid": not is_valid,
        "table": table if lines else None,
        "breadcrumbs": [(_("Message traffic"), reverse(way.board))],
    }
    return render(request, "messaging/completeness.html", context)


def _asked(request: ScopedRequest) -> Any:
    """What the address asks; this month where it names no time."""
    asked = request.GET.copy()
    if not any(asked.get(name) for name in ("period", "since", "until")):
        asked["period"] = str(Month.of(request.scope.today))
    return asked


def _kept(filterset: FilterSet) -> dict[str, str]:
    """The filter as it goes along to the list behind a number."""
    names = filterset.filters
    return {name: value for name in names if (value := filterset.data.get(name, ""))}


def _tabs(request: ScopedRequest, shown: Way) -> list[dict[str, Any]]:
    """Both directions over the same time."""
    asked = request.GET.copy()
    asked.pop("_export", None)
    query = f"?{asked.urlencode()}" if asked else ""
    return [
        {"label": label, "url": reverse(way.url_name) + query, "active": way is shown}
        for label, way in ((_("Received"), RECEIVED), (_("Sent"), SENT))
    ]


def _exported(
    request: ScopedRequest, way: Way, table: CompletenessTable, kind: str
) -> HttpResponseBase:
    if kind not in export.KINDS:
        raise Http404
    columns = export.columns_of(table)
    rows = list(table.data)
    return export.stream(request.scope, rows, columns, kind=kind, name=way.export_name)
