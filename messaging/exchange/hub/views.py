"""The addresses at which the hubs deliver. The receipt goes out when the bytes are stored."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from hoofdaannemer.core.scope import acting_as, system
from messaging.exchange.hub import access
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.services import hubs as receiving
from messaging.exchange.transports import stuf, vsp
from messaging.exchange.transports.envelopes import MAX_ENVELOPE, Envelope, EnvelopeError, Fault
from messaging.exchange.transports.hubs import GGK, VECOZO, Connection

View = Callable[..., HttpResponseBase]
Delivered = tuple[HubEnvelope, Envelope | Fault | EnvelopeError]


def address(view: View) -> View:
    """Decorator of an address for a hub: no cookie counts here, and a login alone opens nothing."""
    view.roles = frozenset()  # type: ignore[attr-defined]
    return csrf_exempt(view)


@address
def ggk(request: HttpRequest, kvk: str) -> HttpResponseBase:
    """POST a Di01, Du01 or Fo01; answered with Bv03, or Fo03 in a SOAP fault."""
    return _delivery(request, kvk, GGK, _stuf_answer)


@address
def vecozo(request: HttpRequest, kvk: str) -> HttpResponseBase:
    """POST berichtMetadata and payload; answered with 204, or 422 with the reason."""
    return _delivery(request, kvk, VECOZO, _vsp_answer)


def _delivery(
    request: HttpRequest,
    kvk: str,
    hub: str,
    answer: Callable[[Connection, Delivered], HttpResponse],
) -> HttpResponse:
    with translation.override(settings.LANGUAGE_CODE):
        response = _refused_call(request) or _received(request, kvk, hub, answer)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _refused_call(request: HttpRequest) -> HttpResponse | None:
    if request.method != "POST":
        response = _said(HTTPStatus.METHOD_NOT_ALLOWED, _("Use one of: %(methods)s."))
        response["Allow"] = "POST"
        return response
    if _length(request) > MAX_ENVELOPE:
        text = _("The envelope is larger than 36 MB.")
        return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
    return None


def _received(
    request: HttpRequest,
    kvk: str,
    hub: str,
    answer: Callable[[Connection, Delivered], HttpResponse],
) -> HttpResponse:
    try:
        connection = access.connection_for(request, kvk, hub)
    except access.NotProvenError:
        response = _said(HTTPStatus.UNAUTHORIZED, _("Nobody may deliver here in this way."))
        response["WWW-Authenticate"] = 'Bearer realm="knooppunt"'
        return response
    except access.TooManyError as limit:
        response = _said(HTTPStatus.TOO_MANY_REQUESTS, _("Wait a minute before the next call."))
        response["Retry-After"] = str(limit.wait)
        return response
    # Not `body`, whose limit is that of a message without its envelope.
    raw, content_type = request.read(MAX_ENVELOPE + 1), request.headers.get("Content-Type", "")
    # Committed when the block ends: no receipt before that.
    with acting_as(system()) as scope:
        delivered = receiving.receive(
            scope=scope, connection=connection, raw=raw, content_type=content_type
        )
    return answer(connection, delivered)


def _stuf_answer(connection: Connection, delivered: Delivered) -> HttpResponse:
    row, opened = delivered
    if isinstance(opened, EnvelopeError):
        # SOAP 1.1 gives a fault this status.
        return HttpResponse(stuf.refusal(opened), content_type=stuf.XML, status=500)
    if connection.application is None:
        raise ValueError("a connection with the GGk without an application")
    body = stuf.receipt(opened, str(row.receipt), connection.application)
    return HttpResponse(body, content_type=stuf.XML)


def _vsp_answer(connection: Connection, delivered: Delivered) -> HttpResponse:
    _row, opened = delivered
    if isinstance(opened, EnvelopeError):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return JsonResponse(vsp.problem(opened, status), status=status)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


def _said(status: HTTPStatus, text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
