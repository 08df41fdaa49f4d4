"""Why a message stands still, in words for whoever must set it going."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl
from messaging.exchange.models import IncomingMessage, OutgoingMessage

#: Kind and place of an error, as `services.concluding.fault_of` writes it.
_FAULT: Final = re.compile(r"\w+( \([^()]+:\d+\))?")


def why_received(row: IncomingMessage) -> str:
    """What keeps a received message; empty for one that nothing keeps."""
    states = IncomingMessage.State
    if row.state == states.FAILED and _FAULT.fullmatch(row.last_error):
        return _(
            "Our software could not handle this message, not after %(count)s attempts either. Try"
            " again. If it fails again, pass this on to whoever maintains the software: %(fault)s."
        ) % {"count": row.attempts, "fault": row.last_error}
    if row.state == states.PARKED:
        return _("%(reason)s It waits until %(moment)s and is then judged without it.") % {
            "reason": row.last_error,
            "moment": moment_nl(row.parked_until),
        }
    if row.state == states.UNREADABLE:
        return _("This document is no message that can be read, so nobody was told. Ask for it.")
    if row.state == states.REJECTED and not row.last_error:
        return _(
            "The sender could not be answered, since the message does not fit the one who sent it."
            " Mend what is wrong in the data of the organisation and try again, or call the sender."
        )
    return row.last_error


def why_sent(row: OutgoingMessage, today: date) -> str:
    """What keeps a sent message; empty for one that nothing keeps."""
    if row.state == OutgoingMessage.State.FAILED and row.hub_code:
        return _(
            "%(fault)s Put right what it names, with the municipality or the hub's help desk, and"
            " send it again; it then goes under a new reference."
        ) % {"fault": row.last_error}
    if row.state == OutgoingMessage.State.FAILED:
        return _(
            "This message could not be delivered, not after %(count)s attempts either. See that"
            " the receiver can be reached and send it again. The system said: %(fault)s."
        ) % {"count": row.attempts, "fault": row.last_error}
    if row.is_overdue(today):
        return _("No return message has come. It was due before %(day)s.") % {
            "day": date_nl(row.return_due_date)
        }
    return row.last_error
