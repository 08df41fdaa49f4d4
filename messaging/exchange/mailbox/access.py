"""Who calls the mailbox: a bearer token stands for an organisation, limited in number of calls."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from hoofdaannemer.accounts.models import ApiToken, Membership
from hoofdaannemer.core.errors import ConflictError, DomainError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role, Scope, acting_as, system

_SCHEME: Final = "bearer "
#: Calls a minute: with one token, and with wrong tokens from one address.
CALLS: Final = 300
WRONG_TOKENS: Final = 20
_MINUTE: Final = 60
#: `used_at` is for people: once a minute is exact enough, and spares a write a call.
_USED: Final = timedelta(minutes=1)

View = Callable[..., HttpResponseBase]


class MailboxError(Exception):
    """A refusal with its HTTP status and a code that stays the same."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(message)


def mailbox(view: View) -> View:
    """Decorator of the mailbox's functions: token, limit, scope, errors as JSON.

    No cookie counts here, so that there is nothing to forge: the only place without that check.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                scope = scope_of(request)
                with acting_as(scope):
                    request.scope = scope  # type: ignore[attr-defined]
                    response = view(request, *args, **kwargs)
            except (MailboxError, DomainError) as refusal:
                response = _refused(refusal)
        patch_cache_control(response, private=True, no_store=True)
        return response

    # No role: a login alone opens nothing here.
    guarded.roles = frozenset()  # type: ignore[attr-defined]
    return csrf_exempt(guarded)


def scope_of(request: HttpRequest) -> Scope:
    """The scope of the organisation whose token this is.

    Raises MailboxError 401 for no or a wrong token, 429 for too many calls.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if _count(f"mailbox-wrong:{address}", add=0) >= WRONG_TOKENS:
        raise MailboxError(429, "too_many_wrong_tokens", _("Wait a minute and use a valid token."))
    with acting_as(system()):
        token = _token_of(request)
        if token is None:
            # Without a token nobody is guessing.
            _count(f"mailbox-wrong:{address}", add=int("Authorization" in request.headers))
            raise MailboxError(401, "token", _("This token is not valid."))
        _mark_used(token)
    if _count(f"mailbox:{token.pk}") > CALLS:
        raise MailboxError(429, "too_many_calls", _("Wait a minute before the next call."))
    return Scope(
        role=Role.SUBCONTRACTOR_USER,
        user_id=token.created_by_id or 0,
        organisation_id=token.organisation_id,
        at=timezone.now(),
    )


def _token_of(request: HttpRequest) -> ApiToken | None:
    given = request.headers.get("Authorization", "")
    if given[: len(_SCHEME)].lower() != _SCHEME:
        return None
    digest = hashlib.sha256(given[len(_SCHEME) :].strip().encode()).digest()
    token = ApiToken.objects.filter(token_hash=digest, revoked_at=None).first()
    return token if token is not None and _maker_may(token) else None


def _maker_may(token: ApiToken) -> bool:
    """A token ends with the access of the person who made it."""
    memberships = Membership.objects.active().filter(
        user=token.created_by_id, organisation=token.organisation_id, role__in=SUBCONTRACTOR
    )
    return token.created_by_id is not None and memberships.exists()


def _mark_used(token: ApiToken) -> None:
    now = timezone.now()
    if token.used_at is None or now - token.used_at > _USED:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)


def _count(key: str, *, add: int = 1) -> int:
    """Calls under this key in the running minute, per web process."""
    minute = int(timezone.now().timestamp()) // _MINUTE
    name = f"{key}:{minute}"
    cache.add(name, 0, timeout=2 * _MINUTE)
    return int(cache.incr(name, add)) if add else int(cache.get(name, 0))


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
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="postbus"'
    if status == 429:
        response["Retry-After"] = str(_MINUTE)
    return response


def error(status: int, code: str, message: str) -> JsonResponse:
    """An error as every function of the mailbox gives it."""
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)
