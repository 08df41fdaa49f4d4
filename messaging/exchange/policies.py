"""Who may hand in, read and re-run messages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractorLink
from hoofdaannemer.core.errors import ConflictError, NotAllowedError
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role, Scope
from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.models import IncomingMessage, OutgoingMessage, Party

#: Roles that read messages; a controller declarations only.
READERS = CARE | SUBCONTRACTOR | {Role.CONTROLLER}
#: Roles that get a message as XML.
RAW_READERS = CARE | SUBCONTRACTOR
#: Roles that hand in messages: staff those of a municipality, a subcontractor its own.
SENDERS = CARE | SUBCONTRACTOR
#: Roles that see what needs attention; the administrator without content.
ATTENDANTS = CARE | {Role.ADMINISTRATOR}
#: Roles that choose how messages travel to a party.
WAY_CHOOSERS = frozenset({Role.ADMINISTRATOR, Role.CONTRACT_MANAGER})


def check_can_receive(scope: Scope, main_contractor_id: int, party: Party) -> None:
    """Raises NotAllowedError unless this scope may hand in a message that comes from `party`."""
    if scope.is_system:
        return
    of_municipality = party.municipality_id is not None
    if of_municipality and scope.role in CARE and main_contractor_id == scope.main_contractor_id:
        return
    is_own = scope.role in SUBCONTRACTOR and party.organisation_id == scope.organisation_id
    if is_own and works_for(scope.organisation_id, main_contractor_id):
        return
    raise NotAllowedError(_("You cannot hand in messages for this organisation."))


def works_for(organisation_id: int, main_contractor_id: int) -> bool:
    """Whether the organisation works, or worked, for this main contractor."""
    return MainContractorLink.objects.filter(
        organisation=organisation_id, main_contractor=main_contractor_id
    ).exists()


def check_can_read_raw(scope: Scope) -> None:
    """Raises NotAllowedError for a role that reads messages but not their XML."""
    if scope.role not in RAW_READERS and not scope.is_system:
        raise NotAllowedError(_("Your role does not see the XML of messages."))


def check_can_rerun(scope: Scope, message: IncomingMessage) -> None:
    """Raises NotAllowedError for other roles, ConflictError for a message that is done.

    What was answered stays answered: the sender has its verdict.
    """
    check_can_attend(scope)
    waiting = message.state in {IncomingMessage.State.FAILED, IncomingMessage.State.PARKED}
    unanswered = {IncomingMessage.State.REJECTED, IncomingMessage.State.UNREADABLE}
    if not waiting and not (message.state in unanswered and not message.replies.all()):
        raise ConflictError(_("This message needs no attention any more. Reload the page."))


def check_can_resend(scope: Scope, message: OutgoingMessage) -> None:
    """Raises NotAllowedError for other roles, ConflictError where nothing is wrong.

    A message that failed, or to which no answer came in time: the same one goes out again, which
    its receiver answers as the first time (TR056).
    """
    check_can_attend(scope)
    states = OutgoingMessage.State
    is_lost = message.state == states.DELIVERED and message.is_overdue(scope.today)
    if message.state != states.FAILED and not (is_lost and message.settled_at is None):
        raise ConflictError(_("This message needs no attention any more. Reload the page."))


def check_can_resend_copy(scope: Scope, copy: MessageCopy) -> None:
    """Raises NotAllowedError for other roles, ConflictError for a copy that did not fail."""
    check_can_attend(scope)
    if copy.state != MessageCopy.State.FAILED:
        raise ConflictError(_("This copy needs no attention any more. Reload the page."))


def check_can_settle(scope: Scope, message: IncomingMessage | OutgoingMessage) -> None:
    """Who sent a message that was refused, or not answered in time, says that it is dealt with.

    Raises NotAllowedError for everybody else, ConflictError for a message that needs nobody.
    """
    if isinstance(message, IncomingMessage):
        senders, needs_somebody = SUBCONTRACTOR, message.state == IncomingMessage.State.REJECTED
    else:
        senders = CARE
        needs_somebody = message.refused_at is not None or message.is_overdue(scope.today)
    if scope.role not in senders:
        raise NotAllowedError(_("Only who sent this message says that it is dealt with."))
    if not needs_somebody or message.settled_at is not None:
        raise ConflictError(_("This message needs no attention any more. Reload the page."))


def check_can_mend(scope: Scope, message: IncomingMessage) -> None:
    """Who made a message by hand corrects it after it was refused.

    Raises NotAllowedError for everybody else, ConflictError for a message that came from software,
    or that needs nobody any more.
    """
    check_can_settle(scope, message)
    if message.source != IncomingMessage.Source.PORTAL:
        raise ConflictError(_("This message was not made here. Correct it in your software."))


def check_can_attend(scope: Scope) -> None:
    """Raises NotAllowedError for a role that does not look after the traffic."""
    if scope.role not in ATTENDANTS and not scope.is_system:
        raise NotAllowedError(_("Your role does not run messages again."))


def check_can_choose_way(scope: Scope, main_contractor_id: int) -> None:
    """Raises NotAllowedError unless administrator or contract manager of this main contractor."""
    is_own = scope.main_contractor_id == main_contractor_id
    if not scope.is_system and not (is_own and scope.role in WAY_CHOOSERS):
        raise NotAllowedError(_("Your role does not choose how messages travel."))
