"""Messages, envelopes and what is on its way."""

from dataclasses import replace

from hoofdaannemer.core.rowsecurity import TablePolicy
from hoofdaannemer.core.scope import CARE, STAFF, Role
from hoofdaannemer.rowsecurity.shared import (
    BEFORE_SCOPE,
    KEEP,
    mine,
    owned,
    through,
)

POLICIES: dict[str, TablePolicy] = {
    # A person's action may put a message in the out-tray.
    # Everybody whose action sends something asks which way; two roles of staff choose it.
    "messaging_channel": replace(
        owned(provider=True),
        writes=(mine(frozenset({Role.ADMINISTRATOR, Role.CONTRACT_MANAGER})),),
    ),
    "messaging_incomingmessage": owned(STAFF, grants=KEEP),
    "messaging_outgoingmessage": owned(STAFF, grants=KEEP),
    # Written by the system alone; whoever looks after the traffic lists what was refused.
    "messaging_hubenvelope": owned(CARE | {Role.ADMINISTRATOR}, provider=False),
    # Rows without content: who looks after the traffic sees what did not arrive.
    "messaging_messagecopy": owned(CARE | {Role.ADMINISTRATOR}, provider=False),
    # Read before there is a scope, like the keys of organisations; then the administrator's.
    "messaging_municipalkey": TablePolicy(
        rows=(BEFORE_SCOPE, mine(frozenset({Role.ADMINISTRATOR}))), grants=KEEP
    ),
    # Findings go when a person has the message judged again; the change record keeps the codes.
    "messaging_messagefinding": through(
        "messaging_incomingmessage", "message_id", grants=(*KEEP, "DELETE")
    ),
    "messaging_deliveryattempt": through("messaging_outgoingmessage", "message_id"),
}
