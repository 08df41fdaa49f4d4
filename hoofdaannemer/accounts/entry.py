"""How a request becomes somebody's: password first, then the second factor, then a session.

Until both are given the browser's session only remembers whose password was right, so that no
page takes half a login for a whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import auth
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import login as remember_device

from hoofdaannemer.accounts import selectors
from hoofdaannemer.accounts.models import Membership, OfficeMandate, User
from hoofdaannemer.accounts.services import second_factor, sessions
from hoofdaannemer.core import limits
from hoofdaannemer.core.scope import NOBODY, acting_as

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
#: Session keys of a login that waits for its second factor.
WAITING, WAITING_SINCE, NEXT, NEW_KEY = "login_user", "login_since", "login_next", "sealed_key"
SEEN: Final = "seen_at"
WAIT_AT_MOST: Final = timedelta(minutes=15)
SEEN_EVERY: Final = timedelta(minutes=5)
#: Wishes for a new password from one place on the network: a whole office may be behind it.
RESET_WISHES: Final = limits.Limit("reset", 30, timedelta(hours=1))


def next_address(request: HttpRequest, asked: str | None) -> str:
    """Where the person wanted to go, if that is on this site; else the home page."""
    hosts = {request.get_host()}
    if asked and url_has_allowed_host_and_scheme(asked, hosts, require_https=request.is_secure()):
        return asked
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def in_turn(request: HttpRequest, username: str) -> None:
    """Let the attempts at one name from one place follow each other, in all processes.

    The failures that close the login are counted when an attempt ends: of many at once none would
    see those of the others. The lock lasts as long as the transaction of the request.
    """
    place = request.META.get("REMOTE_ADDR", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"login {place} {username}"]
        )


def count(request: HttpRequest) -> None:
    """Count a wish for a new password, before the transaction in which it is written."""
    if request.method == "POST" and request.path == reverse("password_reset"):
        address = str(request.META.get("REMOTE_ADDR", ""))
        with acting_as(NOBODY):
            wait = limits.seconds_to_wait(RESET_WISHES, address, timezone.now())
        request.seconds_to_wait = wait  # type: ignore[attr-defined]


def seconds_to_wait(request: HttpRequest) -> int:
    """Seconds until what was counted may be done again; 0 where it may be done now."""
    wait: int = getattr(request, "seconds_to_wait", 0)
    return wait


def password_given(request: HttpRequest, user: User, asked: str | None) -> HttpResponseRedirect:
    """Go on after a right password: to the second factor, or in."""
    enrolled = selectors.has_second_factor(user)
    if not enrolled and not selectors.needs_second_factor(selectors.memberships_of(user)):
        begin(request, user)
        return redirect(next_address(request, asked))
    request.session.flush()
    request.session.update(
        {
            WAITING: user.pk,
            WAITING_SINCE: timezone.now().timestamp(),
            NEXT: next_address(request, asked),
        }
    )
    return redirect("second_factor" if enrolled else "second_factor_enrol")


def waiting_user(request: HttpRequest) -> User | None:
    """The person whose password was right and who must give the second factor now."""
    if request.user.is_authenticated:
        # Logged in without it, and given a role since that asks for it.
        return None if is_verified(request) else User.objects.get(pk=request.user.pk)
    since = request.session.get(WAITING_SINCE, 0.0)
    if timezone.now().timestamp() - since > WAIT_AT_MOST.total_seconds():
        return None
    pk = request.session.get(WAITING, 0)
    return User.objects.filter(pk=pk, is_active=True).first()


def is_verified(request: HttpRequest) -> bool:
    """Whether this session was begun with a second factor; set by the library's middleware."""
    return request.user.is_verified()  # type: ignore[no-any-return, union-attr]


def key_to_confirm(request: HttpRequest, user: User) -> str:
    """The key of an app that is being set up: the same until its first code, encrypted here too."""
    kept = request.session.get(NEW_KEY)
    if kept is None:
        kept = second_factor.sealed(second_factor.new_key(), user)
        request.session[NEW_KEY] = kept
    return second_factor.opened(kept, user)


def remember(request: HttpRequest, device: Any) -> None:
    """Note in the session with which device the second factor was given."""
    remember_device(request, device)


def begin(request: HttpRequest, user: User, device: Any = None) -> None:
    """Log in: a fresh session key, and a row with which the person can end the session."""
    for key in (WAITING, WAITING_SINCE, NEXT, NEW_KEY):
        request.session.pop(key, None)
    if request.session.session_key:
        sessions.closed(key=request.session.session_key)
    auth.login(request, user, backend=BACKEND)
    request.session.cycle_key()  # login leaves the key as it is for whoever was half in
    if device is not None:
        remember(request, device)
    now = timezone.now()
    request.session[SEEN] = now.timestamp()
    memberships = selectors.memberships_of(user)
    scope = selectors.scope_in(memberships[0], now) if memberships else selectors.person(user, now)
    sessions.open_session(
        scope=scope,
        user=user,
        key=str(request.session.session_key),
        agent=request.headers.get("User-Agent", ""),
        address=request.META.get("REMOTE_ADDR") or None,
    )


def new_session_key(request: HttpRequest) -> None:
    """Change the key of the session, as at each change of what it may do."""
    old_key = str(request.session.session_key)
    request.session.cycle_key()
    sessions.moved(old_key=old_key, new_key=str(request.session.session_key))


def act_under(request: HttpRequest, mandate: OfficeMandate) -> None:
    """Act under this mandate from the next request on, for as long as it is in force."""
    request.session[selectors.MANDATE] = mandate.pk
    new_session_key(request)


def leave(request: HttpRequest) -> None:
    """Log out, and forget the session."""
    if request.session.session_key:
        sessions.closed(key=request.session.session_key)
    auth.logout(request)


def arrived(request: HttpRequest) -> list[Membership]:
    """The roles of whoever makes this request; somebody without any is logged out."""
    if not request.user.is_authenticated:
        return []
    memberships = selectors.memberships_of(User(pk=request.user.pk))
    if not memberships:
        leave(request)
        return []
    now = timezone.now().timestamp()
    if now - request.session.get(SEEN, 0.0) > SEEN_EVERY.total_seconds():
        request.session[SEEN] = now
        sessions.seen(key=str(request.session.session_key), at=timezone.now())
    return memberships


def detour(request: HttpRequest, memberships: Sequence[Membership]) -> HttpResponse | None:
    """The way to the second factor for whoever must still give it; None for all others."""
    if not memberships or not selectors.awaits_second_factor(request, list(memberships)):
        return None
    names = ("second_factor", "second_factor_enrol", "logout")
    if request.path in {reverse(name) for name in names}:
        return None
    enrolled = selectors.has_second_factor(User(pk=request.user.pk))
    request.session[NEXT] = next_address(request, request.get_full_path())
    return redirect("second_factor" if enrolled else "second_factor_enrol")
