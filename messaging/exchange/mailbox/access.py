"""Who calls the mailbox: a bearer token stands for an organisation, limited in number of calls."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from hoofdaannemer.accounts.models import ApiToken
from hoofdaannemer.accounts.services import access_keys, tokens
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core import limits
from hoofdaannemer.core.errors import ConflictError, DomainError, NotAllowedError, RuleError
from hoofdaannemer.core.limits import Limit
from hoofdaannemer.core.scope import Scope, acting_as
from messaging.exchange.keymodels import MunicipalKey
from messaging.exchange.services import municipal_keys
from messaging.exchange.tray import Party

_SCHEME: Final = "bearer "
_MINUTE: Final = timedelta(minutes=1)
#: With one token.
CALLS: Final = Limit("mailbox", 300, _MINUTE)
#: With wrong tokens from one address. Whoever has a right one is not held up by others there:
#: behind a proxy all may come from the same.
WRONG_TOKENS: Final = Limit("mailbox-wrong", 20, _MINUTE)

UNKNOWN, FORBIDDEN = 401, 403
#: Addresses to which something is handed in: messages, and files of starts and stops.
HANDS_IN: Final = ("mailbox", "mailbox_reports")

View = Callable[..., HttpResponseBase]
ScopeOf = Callable[[HttpRequest], Scope]


class MailboxError(Exception):
    """A refusal with its HTTP status and a code that stays the same."""

    def __init__(self, status: int, code: str, message: str, *, wait: int = 0) -> None:
        self.status = status
        self.code = code
        self.message = message
        #: Seconds after which another call may succeed.
        self.wait = wait
        super().__init__(message)


def mailbox(view: View) -> View:
    """Decorator of the mailbox's functions for organisations: token, limit, scope, errors as JSON.

    The call is counted before its transaction begins, which may last. No cookie counts here, so
    that there is nothing to forge: the only place without that check.
    """
    return _guarded(view, functools.partial(scope_of, for_municipalities=False), "postbus")


def mailbox_of_messages(view: View) -> View:
    """The same, also for the keys of municipalities: what it shows must be narrowed by its party.

    A key acts as staff of the main contractor, so that no other function may be open to it.
    """
    return _guarded(view, functools.partial(scope_of, for_municipalities=True), "postbus")


def own_access(view: View) -> View:
    """The same for the software of a main contractor's own access, which has keys of its own.

    Such a key acts as its care coordinator, so that no other function may be open to it.
    """
    return _guarded(view, scope_of_access, "toegang")


def _guarded(view: View, whose: ScopeOf, realm: str) -> View:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                scope = whose(request)
            except MailboxError as refusal:
                response: HttpResponseBase = _refused(refusal)
                if refusal.status == UNKNOWN:
                    response["WWW-Authenticate"] = f'Bearer realm="{realm}"'
            else:
                response = _answered(view, scope, request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    # No role: a login alone opens nothing here.
    guarded.roles = frozenset()  # type: ignore[attr-defined]
    return csrf_exempt(guarded)


def _answered(
    view: View, scope: Scope, request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    request.scope = scope  # type: ignore[attr-defined]
    try:
        with acting_as(scope):
            return view(request, *args, **kwargs)
    except (MailboxError, DomainError) as refusal:
        response = _refused(refusal)
    if response.status_code == FORBIDDEN:
        audit.refused(scope, request.path, FORBIDDEN)
    return response


def scope_of(request: HttpRequest, *, for_municipalities: bool) -> Scope:
    """The scope of the organisation, or of the municipality where it may call, whose token this is.

    Raises MailboxError 401 for no or a wrong token, 403 for one that is for something else, 429 for
    too many calls.
    """
    now = timezone.now()
    given = _given(request)
    if (key := municipal_keys.use(given, now)) is not None:
        if not for_municipalities:
            raise _not_for_this()
        _check_may(request, key)
        _count(f"municipal:{key.pk}", now)
        return municipal_keys.scope_of(key, now)
    token = tokens.use(given, now)
    if token is None:
        raise _not_valid(request, now)
    _check_may(request, token)
    _count(str(token.pk), now)
    return tokens.scope_of(token, now)


def scope_of_access(request: HttpRequest) -> Scope:
    """The scope of the own access whose key this is.

    Raises MailboxError 401 for any other key or token or none, 429 for too many calls.
    """
    now = timezone.now()
    key = access_keys.use(_given(request), now)
    if key is None:
        raise _not_valid(request, now)
    _count(f"access:{key.pk}", now)
    return access_keys.scope_of(key, now)


def _not_valid(request: HttpRequest, now: datetime) -> MailboxError:
    """The refusal of a token that opens nothing here; after many of them, for a while."""
    # Without a token nobody is guessing.
    if "Authorization" in request.headers:
        address = str(request.META.get("REMOTE_ADDR", ""))
        if wait := limits.seconds_to_wait(WRONG_TOKENS, address, now):
            text = _("Wait a minute and use a valid token.")
            return MailboxError(429, "too_many_wrong_tokens", text, wait=wait)
    return MailboxError(UNKNOWN, "token", _("This token is not valid."))


def _count(caller: str, now: datetime) -> None:
    if wait := limits.seconds_to_wait(CALLS, caller, now):
        text = _("Wait a minute before the next call.")
        raise MailboxError(429, "too_many_calls", text, wait=wait)


def _check_may(request: HttpRequest, key: MunicipalKey | ApiToken) -> None:
    """Handing in is sending, everything else is part of fetching. Raises MailboxError 403."""
    sends = request.method == "POST" and request.path in map(reverse, HANDS_IN)
    if not (key.may_send if sends else key.may_fetch):
        raise _not_for_this()


def _not_for_this() -> MailboxError:
    return MailboxError(403, "scope", _("This key is not for this function of the mailbox."))


def party_of(scope: Scope) -> Party:
    """Whose mailbox it is: that of a municipality, or of an organisation."""
    if scope.municipality_id:
        return Party(municipality_id=scope.municipality_id)
    return Party(organisation_id=scope.organisation_id)


def _given(request: HttpRequest) -> str:
    """The text of the token, or nothing."""
    given = request.headers.get("Authorization", "")
    return given[len(_SCHEME) :].strip() if given[: len(_SCHEME)].lower() == _SCHEME else ""


def _refused(refusal: MailboxError | DomainError) -> JsonResponse:
    if isinstance(refusal, MailboxError):
        status, code = refusal.status, refusal.code
    elif isinstance(refusal, NotAllowedError):
        status, code = 403, "not_allowed"
    elif isinstance(refusal, ConflictError):
        status, code = 409, "conflict"
    else:
        status = 422
        code = refusal.code if isinstance(refusal, RuleError) else "refused"
    response = error(status, code, str(refusal))
    if isinstance(refusal, MailboxError) and refusal.wait:
        response["Retry-After"] = str(refusal.wait)
    return response


def error(status: int, code: str, message: str) -> JsonResponse:
    """An error as every function of the mailbox gives it."""
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)
