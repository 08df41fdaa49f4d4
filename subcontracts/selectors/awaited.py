"""The work list's items about return messages that are due: ours to ask for, or theirs to send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import add_working_days
from messaging.models import Leg, OutgoingMessage
from subcontracts.models import Client
from subcontracts.selectors.returned import MOST, clients_by_hash, is_sealed
from subcontracts.worklist import WorkItem

#: Working days left when an answer that is still to come is shown.
SOON: Final = 1
MISSING = gettext_lazy("Return messages that stay away")
TO_ANSWER = gettext_lazy("Messages that your software must answer")


def by_us(scope: Scope) -> Iterator[WorkItem]:
    """Messages to municipalities and subcontractors without an answer (OP090)."""
    for message, client, about in _due(scope):
        other = message.municipality if message.leg == Leg.UP else message.provider_organisation
        yield _item(message, client, MISSING, f"{about} · {other}", _("Ask for it"))


def by_them(scope: Scope) -> Iterator[WorkItem]:
    """Messages that a subcontractor's software received and has not answered."""
    for message, client, about in _due(scope):
        yield _item(message, client, TO_ANSWER, about, _("Look"))


def _due(scope: Scope) -> Iterator[tuple[OutgoingMessage, Client | None, str]]:
    """Each message of which the answer is due soon, or late, with whom and what it is about."""
    rows = OutgoingMessage.objects.visible_to(scope).unanswered()
    due = rows.filter(return_due_date__lte=add_working_days(scope.today, SOON))
    listed = due.select_related("municipality", "provider_organisation").defer("content")
    sent = list(listed[:MOST])
    clients = clients_by_hash(scope, sent)
    for message in sent:
        client = clients.get(bytes(message.client_hash or b""))
        yield message, client, f"{message.name} · {client or message.identification}"


def _item(
    message: OutgoingMessage, client: Client | None, kind: str | Promise, text: str, verb: str
) -> WorkItem:
    return WorkItem(
        kind=kind,
        text=text,
        url=message.get_absolute_url(),
        verb=verb,
        due=message.return_due_date,
        is_sealed=is_sealed(client),
    )
