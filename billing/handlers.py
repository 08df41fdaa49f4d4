"""The declaration message (323) of a subcontractor, answered with a 325."""

from __future__ import annotations

from collections.abc import Sequence

from billing.services import declarations
from billing.services.declarations import UNKNOWN_CLIENT, Head
from billing.services.staging import staged
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from messaging.exchange.dispatcher import Declared, Outcome
from messaging.exchange.nudges import nudge
from messaging.exchange.services.identification import next_identification
from messaging.istandaard import ServiceRow, Verdict, declaration_answer
from messaging.models import IncomingMessage
from subcontracts.models import Subcontractor


def declared(scope: Scope, incoming: IncomingMessage, message: Declared) -> Outcome:
    """Judge and store a 323; the answer lists the rejected lines (IV087, IV088)."""
    subcontractor = Subcontractor.objects.visible_to(scope).get(
        main_contractor=incoming.main_contractor_id,
        provider_organisation=incoming.provider_organisation_id,
    )
    submission = declarations.submit(
        scope=scope,
        subcontractor=subcontractor,
        head=head_of(message, incoming),
        lines=staged(message.rows, incoming.main_contractor_id),
    )
    nudge("billing.tasks.entitle_declared")
    return Outcome(
        answer=declaration_answer(
            message.head,
            answered(message.rows, submission.verdict),
            identification=next_identification(scope, incoming.main_contractor_id),
            date=scope.today,
        )
    )


def head_of(message: Declared, incoming: IncomingMessage | None) -> Head:
    """What the declaration says of itself."""
    declaration = message.head.declaration
    return Head(
        family=message.head.family.value,
        number=declaration.declaration_number,
        month=Month.of(declaration.declaration_period.start),
        message=incoming,
    )


def answered(rows: Sequence[ServiceRow], verdict: declarations.Verdict) -> Verdict:
    """Our verdict in the words of the answer; an unknown client has the code itself."""
    if verdict.is_refused:
        return Verdict(declaration=tuple(verdict.codes(0)))
    broken = [(rows[line - 1], tuple(verdict.codes(line))) for line in sorted(verdict.broken)]
    unknown = {
        row.bsn: codes for row, codes in broken if UNKNOWN_CLIENT in verdict.broken[row.line]
    }
    return Verdict(clients=unknown, lines=broken)
