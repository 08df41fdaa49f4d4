"""The light CSV format for software: the same files as on the page, with the mailbox's token."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import export
from hoofdaannemer.core.pages import ScopedRequest
from messaging.exchange.mailbox.access import MailboxError, error, mailbox
from subcontracts.models import CareFile
from subcontracts.rules.carefile import Line
from subcontracts.rules.csvfiles import MOST_BYTES, Fault
from subcontracts.selectors import carefiles as selectors
from subcontracts.services import carefiles


@mailbox
def placements(request: ScopedRequest) -> HttpResponse:
    """GET the placements that are new or changed after `sinds`; without it all that runs."""
    if request.method != "GET":
        return _not_allowed("GET")
    scope = request.scope
    rows = selectors.placements_for_file(scope, since=_since(request), until=scope.at)
    audit.looked_at(scope, selectors.clients_in(rows), "placement_file.downloaded")
    return HttpResponse(
        export.csv_bytes(rows, selectors.PLACEMENTS), content_type="text/csv; charset=utf-8"
    )


def _since(request: ScopedRequest) -> datetime | None:
    """The moment asked for. Raises MailboxError 400 for text that is none."""
    text = request.GET.get("sinds", "")
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise MailboxError(400, "since", _("Write a moment as 2026-11-22T09:00:00+01:00."))
    return make_aware(moment) if is_naive(moment) else moment


@mailbox
def reports(request: ScopedRequest) -> HttpResponse:
    """POST starts and stops as CSV; with `proef=1` only say what would become of them."""
    if request.method != "POST":
        return _not_allowed("POST")
    raw = request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise MailboxError(413, "too_large", _("This file is larger than 2 MB. Split it."))
    if request.GET.get("proef"):
        outcome = carefiles.dry_run(scope=request.scope, raw=raw)
        return JsonResponse(
            {
                "taken": outcome.taken,
                "known": outcome.known,
                "refused": [_shown(line, fault) for line, fault in outcome.refused],
            }
        )
    row = carefiles.hand_in(scope=request.scope, raw=raw, source=CareFile.Source.MAILBOX)
    return JsonResponse(
        {
            "id": row.pk,
            "taken": row.taken_count,
            "known": row.known_count,
            "refused": [
                {"row": one.line, "column": one.column, "rule": one.rule, "message": one.text}
                for one in row.refused_rows.all()
            ],
        },
        status=201,
    )


def _shown(line: Line, fault: Fault) -> dict[str, object]:
    return {
        "row": line.number,
        "column": fault.column,
        "rule": fault.rule,
        "message": fault.text,
    }


def _not_allowed(methods: str) -> HttpResponse:
    response = error(405, "method", _("Use one of: %(methods)s.") % {"methods": methods})
    response["Allow"] = methods
    return response
