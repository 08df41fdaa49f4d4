"""How messages travel to a party: a choice of the administrator, with a default for each side."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import STAFF, Role, Scope
from messaging.exchange.hubmodels import Hub
from messaging.exchange.models import Channel, Leg, OutgoingMessage, Party

_MAY_CHOOSE = frozenset({Role.ADMINISTRATOR, Role.CONTRACT_MANAGER})


@transaction.atomic
def choose_transport(
    *, scope: Scope, main_contractor_id: int, party: Party, transport: Channel.Transport
) -> Channel:
    """Let messages to this party travel so; those that wait take the new way too.

    Raises NotAllowedError for other roles than administrator and contract manager, and for
    another main contractor, RuleError MSG-05 for a hub on the way to a subcontractor.
    """
    is_own = scope.role in STAFF and scope.main_contractor_id == main_contractor_id
    if not scope.is_system and not (is_own and scope.role in _MAY_CHOOSE):
        raise NotAllowedError(_("Your role does not choose how messages travel."))
    if transport in Hub.values and party.leg != Leg.UP:
        raise RuleError("MSG-05", _("Only the traffic with a municipality goes by a hub."))
    channel, _made = Channel.objects.update_or_create(
        main_contractor_id=main_contractor_id,
        leg=party.leg,
        **party.columns,
        defaults={"transport": transport},
    )
    audit.record(scope, "channel.chosen", channel, transport=transport.value)
    waiting = OutgoingMessage.objects.visible_to(scope).between(main_contractor_id, party)
    # A mailbox waits for its owner; the others are settled by the next sweep.
    due = None if transport == Channel.Transport.MAILBOX else scope.at
    waiting.filter(state=OutgoingMessage.State.WAITING).update(next_try_at=due)
    return channel
