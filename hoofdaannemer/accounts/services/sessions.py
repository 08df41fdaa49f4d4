"""Open sessions: kept so that a person sees and ends them, deleted when access ends."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction

from hoofdaannemer.accounts.models import OpenSession, User
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope, acting_as


@transaction.atomic
def open_session(
    *, scope: Scope, user: User, key: str, agent: str, address: str | None
) -> OpenSession:
    """Record a login in one browser; `scope` is the role in which the person begins."""
    session = OpenSession.objects.create(
        user=user,
        session_key=key,
        agent=agent[:200],
        address=address,
        started_at=scope.at,
        seen_at=scope.at,
    )
    with acting_as(scope):
        audit.record(scope, "user.logged_in", user)
    return session


def moved(*, old_key: str, new_key: str) -> None:
    """Follow a session whose key was changed."""
    OpenSession.objects.filter(session_key=old_key).update(session_key=new_key)


def seen(*, key: str, at: datetime) -> None:
    """Note that the session was used."""
    OpenSession.objects.filter(session_key=key).update(seen_at=at)


def closed(*, key: str) -> None:
    """Forget a session that its user has ended by logging out."""
    OpenSession.objects.filter(session_key=key).delete()


@transaction.atomic
def end(*, scope: Scope, session: OpenSession) -> None:
    """End one of one's own sessions: that browser is logged out at its next request."""
    session = OpenSession.objects.visible_to(scope).select_for_update().get(pk=session.pk)
    audit.record(scope, "session.ended", session.user, sessions=1)
    _forget([session])


@transaction.atomic
def end_all(*, scope: Scope, user: User, but: str = "") -> int:
    """End all sessions of a person, except the one with key `but`; returns how many."""
    sessions = list(
        OpenSession.objects.filter(user=user).exclude(session_key=but).select_for_update()
    )
    if sessions:
        audit.record(scope, "session.ended", user, sessions=len(sessions))
        _forget(sessions)
    return len(sessions)


def _forget(sessions: list[OpenSession]) -> None:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    for session in sessions:
        store.delete(session.session_key)
    OpenSession.objects.filter(pk__in=[session.pk for session in sessions]).delete()
