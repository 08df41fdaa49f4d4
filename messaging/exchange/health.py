"""Is the traffic moving? What waits, since when, and whether the workers show a sign of life.

A higher app registers in `AppConfig.ready()` what of its own waits behind a message, and which of
its work must show that it lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hoofdaannemer.core import heartbeats
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import moment_nl
from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.hubmodels import HubEnvelope
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.policies import ATTENDANTS, READERS

_In, _Out = IncomingMessage.State, OutgoingMessage.State
#: For a person to act on: that it is there is already too long.
AT_ONCE: Final = timedelta()


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One kind of things that wait: how many, since when, and how long is still normal."""

    label: str
    count: int
    oldest: datetime | None
    normal: timedelta
    #: When the first of them had to be done, where that is set for each by itself.
    due: datetime | None = None
    #: Where one sees them; empty for who may not.
    url: str = ""

    def is_late(self, at: datetime) -> bool:
        """Whether the oldest waits longer than is normal."""
        since = self.due or self.oldest
        return since is not None and at - since > self.normal

    @property
    def normal_text(self) -> str:
        """How long is normal, in words."""
        if self.due is not None:
            return _("until %(moment)s") % {"moment": moment_nl(self.due)}
        if not self.normal:
            return _("needs somebody at once")
        hours, seconds = divmod(int(self.normal.total_seconds()), 3600)
        if hours and not seconds:
            return ngettext("up to %(n)s hour", "up to %(n)s hours", hours) % {"n": hours}
        minutes = int(self.normal.total_seconds()) // 60
        return ngettext("up to %(n)s minute", "up to %(n)s minutes", minutes) % {"n": minutes}


@dataclass(frozen=True, kw_only=True)
class Sign:
    """When a kind of work last came to its end, and whether that is too long ago."""

    label: str
    ended_at: datetime | None
    began_at: datetime | None
    is_silent: bool


Source = Callable[[Scope], Iterable[Waiting]]

_sources: list[Source] = []
#: Name of the heartbeat → what the work does.
_work: dict[str, str | Promise] = {}

SWEEP_INCOMING, SWEEP_OUTGOING, WATCH_FOLDERS = "sweep-incoming", "sweep-outgoing", "watch-folders"


def register(source: Source) -> None:
    """Let an app say what of its own waits, as far as the scope may know it."""
    if source not in _sources:
        _sources.append(source)


def register_work(name: str, label: str | Promise) -> None:
    """Expect a sign of life of the work that beats under this name."""
    _work[name] = label


register_work(SWEEP_INCOMING, gettext_lazy("Handling received messages"))
register_work(SWEEP_OUTGOING, gettext_lazy("Delivering sent messages"))
register_work(WATCH_FOLDERS, gettext_lazy("Taking in files from the watched folder"))


def waiting(scope: Scope) -> list[Waiting]:
    """Everything that waits and this scope may know of; a query a table."""
    own = (_incoming, _outgoing, _copies, _envelopes) if scope.role in ATTENDANTS else ()
    found = [one for source in own for one in source(scope)]
    return found + [one for source in _sources for one in source(scope)]


def late(scope: Scope) -> list[Waiting]:
    """What waits longer than is normal; for the work list."""
    return [one for one in waiting(scope) if one.is_late(scope.at)]


def signs(scope: Scope) -> list[Sign]:
    """The last sign of life of each kind of work."""
    known = heartbeats.last(_work)
    found = []
    for name, label in _work.items():
        row = known.get(name)
        ended = row.ended_at if row else None
        found.append(
            Sign(
                label=str(label),
                ended_at=ended,
                began_at=row.began_at if row else None,
                is_silent=ended is None or scope.at - ended > silence(),
            )
        )
    return found


def silence() -> timedelta:
    """How long a worker may be silent."""
    return timedelta(minutes=settings.WORKER_SILENT_MINUTES)


def _soon() -> timedelta:
    return timedelta(minutes=settings.WAITING_MINUTES)


def _incoming(scope: Scope) -> Iterable[Waiting]:
    received, parked = Q(state=_In.RECEIVED), Q(state=_In.PARKED)
    failed = Q(state=_In.FAILED)
    row = IncomingMessage.objects.attended_by(scope).aggregate(
        received=Count("pk", filter=received),
        received_since=Min("received_at", filter=received),
        parked=Count("pk", filter=parked),
        parked_since=Min("received_at", filter=parked),
        parked_until=Min("parked_until", filter=parked),
        failed=Count("pk", filter=failed),
        failed_since=Min("received_at", filter=failed),
    )
    yield Waiting(
        label=_("Received, still to handle"),
        count=row["received"],
        oldest=row["received_since"],
        normal=_soon(),
        url=_board(scope, "message_list", _In.RECEIVED),
    )
    yield Waiting(
        label=_("Received and parked until another message comes"),
        count=row["parked"],
        oldest=row["parked_since"],
        normal=_soon(),
        due=row["parked_until"],
        url=_board(scope, "message_list", _In.PARKED),
    )
    yield Waiting(
        label=_("Received, handling failed"),
        count=row["failed"],
        oldest=row["failed_since"],
        normal=AT_ONCE,
        url=reverse("message_attention"),
    )


def _outgoing(scope: Scope) -> Iterable[Waiting]:
    ours = Q(state=_Out.WAITING, next_try_at__isnull=False)
    theirs = Q(state=_Out.WAITING, next_try_at=None)
    failed = Q(state=_Out.FAILED)
    row = OutgoingMessage.objects.attended_by(scope).aggregate(
        ours=Count("pk", filter=ours),
        ours_since=Min("created_at", filter=ours),
        theirs=Count("pk", filter=theirs),
        theirs_since=Min("created_at", filter=theirs),
        failed=Count("pk", filter=failed),
        failed_since=Min("created_at", filter=failed),
    )
    yield Waiting(
        label=_("To send, still to deliver"),
        count=row["ours"],
        oldest=row["ours_since"],
        normal=_soon(),
        url=_board(scope, "sent_message_list", _Out.WAITING),
    )
    yield Waiting(
        label=_("To send, in the mailbox of a subcontractor that has not taken it yet"),
        count=row["theirs"],
        oldest=row["theirs_since"],
        normal=timedelta(hours=settings.PICK_UP_HOURS),
        url=_board(scope, "sent_message_list", _Out.WAITING),
    )
    yield Waiting(
        label=_("To send, delivery failed"),
        count=row["failed"],
        oldest=row["failed_since"],
        normal=AT_ONCE,
        url=reverse("message_attention"),
    )


def _envelopes(scope: Scope) -> Iterable[Waiting]:
    row = (
        HubEnvelope.objects.visible_to(scope)
        .unopened()
        .aggregate(count=Count("pk"), oldest=Min("received_at"))
    )
    yield Waiting(
        label=_("Envelopes of the hubs that could not be opened"),
        normal=AT_ONCE,
        url=reverse("message_attention"),
        **row,
    )


def _copies(scope: Scope) -> Iterable[Waiting]:
    of_us = Q(state=MessageCopy.State.WAITING, next_try_at__isnull=False)
    failed = Q(state=MessageCopy.State.FAILED)
    row = MessageCopy.objects.visible_to(scope).aggregate(
        waiting=Count("pk", filter=of_us),
        waiting_since=Min("created_at", filter=of_us),
        failed=Count("pk", filter=failed),
        failed_since=Min("created_at", filter=failed),
    )
    yield Waiting(
        label=_("Copies to municipalities, still to deliver"),
        count=row["waiting"],
        oldest=row["waiting_since"],
        normal=_soon(),
        url="",
    )
    yield Waiting(
        label=_("Copies to municipalities, delivery failed"),
        count=row["failed"],
        oldest=row["failed_since"],
        normal=AT_ONCE,
        url=reverse("message_attention"),
    )


def _board(scope: Scope, name: str, state: str) -> str:
    return f"{reverse(name)}?state={state}" if scope.role in READERS else ""
