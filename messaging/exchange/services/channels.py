"""How messages travel to a party: a choice of the administrator, with a default for each side."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.exchange import carriers, nudges, policies, selectors
from messaging.exchange.hubmodels import Hub
from messaging.exchange.models import Channel, Leg, OutgoingMessage, Party
from messaging.exchange.transports.hubs import Unconfigured

#: Ways that somebody could choose for each side. A municipality has no page here to look at.
_WAYS: Final = {
    Leg.UP: (
        Channel.Transport.FOLDER,
        Channel.Transport.MAILBOX,
        Channel.Transport.GGK,
        Channel.Transport.VECOZO,
    ),
    Leg.DOWN: (Channel.Transport.PORTAL, Channel.Transport.MAILBOX, Channel.Transport.FOLDER),
}


def ways_to(main_contractor_kvk: str, leg: Leg) -> list[Channel.Transport]:
    """The ways that exist here; a hub where the operator described a connection with it."""
    return [
        one
        for one in _WAYS[leg]
        if one not in Hub.values
        or not isinstance(carriers.carrier_to(one, main_contractor_kvk), Unconfigured)
    ]


@transaction.atomic
def choose_transport(
    *, scope: Scope, main_contractor_id: int, party: Party, transport: Channel.Transport
) -> Channel:
    """Let messages to this party travel so; those that wait take the new way too.

    What failed under the old way stays with whoever looks after the traffic, and takes the new
    way when it is sent again. What was fetched, shown or handed over stays so.

    Raises NotAllowedError for other roles than administrator and contract manager, and for
    another main contractor, RuleError MSG-05 for a way that does not exist to this side.
    """
    policies.check_can_choose_way(scope, main_contractor_id)
    if transport in Hub.values and party.leg != Leg.UP:
        raise RuleError("MSG-05", _("Only the traffic with a municipality goes by a hub."))
    if transport == Channel.Transport.PORTAL and party.leg == Leg.UP:
        raise RuleError("MSG-05", _("A municipality has no portal in which it reads messages."))
    before = selectors.transport_to(main_contractor_id, party)
    channel, _made = Channel.objects.update_or_create(
        main_contractor_id=main_contractor_id,
        leg=party.leg,
        **party.columns,
        defaults={"transport": transport},
    )
    # An administrator sees that a message waits, and not what it says.
    waiting = OutgoingMessage.objects.attended_by(scope).between(main_contractor_id, party)
    # A mailbox waits for its owner; the others are settled by the next sweep.
    due = None if transport == Channel.Transport.MAILBOX else scope.at
    moved = waiting.filter(state=OutgoingMessage.State.WAITING).update(next_try_at=due)
    audit.record(
        scope,
        "channel.chosen",
        channel,
        transport=transport.value,
        before=before.value,
        waiting=moved,
    )
    if moved and due is not None:
        nudges.nudge(nudges.SWEEP_OUTGOING)
    return channel
