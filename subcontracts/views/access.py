"""Referrals of the own access's software: handed in, and followed; described in a file beside this.

The same as on the page, with a key of the own access.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import ScopedRequest
from messaging.exchange.mailbox.access import MailboxError, own_access
from messaging.exchange.mailbox.views import not_allowed
from subcontracts.models import Allocation, CareRequest, ReferralFile, RequestedProduct
from subcontracts.rules import referralfile, referraljson
from subcontracts.rules.csvfiles import MOST_BYTES
from subcontracts.rules.referral import ANOTHER_ROW, HandedIn
from subcontracts.rules.referralcells import is_reference
from subcontracts.services import referrals

MADE, KNOWN, REFUSED = 201, 200, 422
_DESCRIPTION: Final = Path(__file__).parent / "access_openapi.json"
Read = Callable[[bytes], list[HandedIn]]


@own_access
def referrals_told(request: ScopedRequest) -> HttpResponse:
    """POST one referral or a list as JSON; with `proef=1` only say what would become of them."""
    return _handed_in(request, referraljson.read)


@own_access
def referral_file(request: ScopedRequest) -> HttpResponse:
    """POST referrals as the CSV file of the page; `proef=1` as above."""
    return _handed_in(request, referralfile.read)


@own_access
def referral(request: ScopedRequest, reference: str) -> HttpResponse:
    """GET what became of a referral: its request, and the answer to each product.

    It names nobody, and a client about whom nothing may be passed on is not there.
    """
    if request.method != "GET":
        return not_allowed("GET")
    scope = request.scope
    # What is no reference may be something that a database cannot hold.
    rows = CareRequest.objects.visible_to(scope).filter(
        referral_reference=reference if is_reference(reference) else "",
        client__is_sealed=False,
    )
    row = rows.exclude(referral_reference="").select_related("municipality").first()
    if row is None:
        raise MailboxError(404, "not_found", _("There is no referral with this reference."))
    audit.looked_at(scope, [row.client_id], "request.fetched")
    live = Prefetch("allocations", queryset=Allocation.objects.visible_to(scope).live())
    asked = RequestedProduct.objects.visible_to(scope).filter(request=row)
    return JsonResponse(
        {
            **_request(row),
            "municipality": row.municipality.code,
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
            "products": [
                _product(one) for one in asked.select_related("product").prefetch_related(live)
            ],
        }
    )


@own_access
def nowhere(request: ScopedRequest, rest: str) -> HttpResponse:
    """Anything else below the address of the own access: an error as everywhere in it."""
    raise MailboxError(404, "not_found", _("There is no such address for the own access."))


@require_GET
def description(request: HttpRequest) -> HttpResponse:
    """The description of these functions for software (OpenAPI); holds nothing of anybody."""
    return HttpResponse(_DESCRIPTION.read_bytes(), content_type="application/json")


def _handed_in(request: ScopedRequest, read: Read) -> HttpResponse:
    """Done, or tried: 201 where a request is made, 200 where all is known, 422 where all is wrong.

    What was tried is never 201.
    """
    if request.method != "POST":
        return not_allowed("POST")
    raw = request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise MailboxError(413, "too_large", _("This is larger than 2 MB. Split it."))
    handed_in = read(raw)
    if request.GET.get("proef"):
        outcome = referrals.dry_run(scope=request.scope, referrals=handed_in)
        status = KNOWN if outcome.taken or outcome.known else REFUSED
        return JsonResponse(_told(outcome, is_done=False), status=status)
    file, outcome = referrals.hand_in(
        scope=request.scope, referrals=handed_in, source=ReferralFile.Source.API
    )
    status = MADE if outcome.taken else KNOWN if outcome.known else REFUSED
    return JsonResponse({"id": file.pk, **_told(outcome, is_done=True)}, status=status)


def _told(outcome: referrals.Outcome, *, is_done: bool) -> dict[str, Any]:
    return {
        "taken": outcome.taken,
        "known": outcome.known,
        "refused": len(outcome.refused),
        "referrals": [_result(one, is_done=is_done) for one in outcome.results],
    }


def _result(one: referrals.Result, *, is_done: bool) -> dict[str, Any]:
    """What became of a referral.

    The request of one that was only tried is not there, nor that of a client who was sealed since.
    """
    reference, request = one.handed_in.reference, one.request
    may_tell = (is_done or one.is_known) and request and not request.client.is_sealed
    became = "refused" if request is None else "known" if one.is_known else "taken"
    return {
        "kenmerk": reference if is_reference(reference) else None,
        "outcome": became,
        "request": _request(request) if request and may_tell else None,
        "findings": [
            {"row": line.number, "field": fault.column, "rule": fault.rule, "message": fault.text}
            for line in one.handed_in.lines
            for fault in line.faults
            if fault.rule != ANOTHER_ROW
        ],
    }


def _request(row: CareRequest) -> dict[str, Any]:
    return {
        "kenmerk": row.referral_reference,
        "number": row.number,
        "status": row.status,
        "url": reverse("access_referral", args=[row.referral_reference]),
    }


def _product(asked: RequestedProduct) -> dict[str, Any]:
    return {
        "reference": asked.reference,
        "productcategorie": asked.product.category,
        "productcode": asked.product.code,
        "begindatum": asked.start_date.isoformat(),
        "einddatum": asked.end_date.isoformat() if asked.end_date else None,
        "answer": asked.answer,
        "rejection_reason": asked.rejection_reason or None,
        "responsible_municipality": asked.responsible_code or None,
        "allocations": [row.number for row in asked.allocations.all()],
    }
