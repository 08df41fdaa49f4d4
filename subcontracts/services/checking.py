"""What we would refuse as a message ourselves: neither sent nor kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.istandaard import Finding, validate
from messaging.istandaard.model.messages import ChangeRequestMessage
from messaging.istandaard.parts import parts
from subcontracts.models import CareRequest, ChangedProduct
from subcontracts.rules import changes
from subcontracts.selectors import current
from subcontracts.services import change_lines
from subcontracts.services.sending_requests import (
    TRIAL,
    allocation_message,
    change_message,
    lines_as,
)


def check_sendable(scope: Scope, request: CareRequest) -> None:
    """Raises RuleError VOT-06 where the municipality would return the request."""
    if request.kind == CareRequest.Kind.CHANGE:
        check_lines(scope, request, lines_as(request, ChangedProduct.Stage.SENT))
    elif request.client.bsn:
        _refuse(validate(allocation_message(scope, request, TRIAL)))


def check_lines(scope: Scope, request: CareRequest, lines: Sequence[ChangedProduct]) -> None:
    """Raises RuleError VOT-06 where the municipality would return a change with these lines."""
    message = change_message(scope, request, lines, TRIAL)
    _refuse_change(message, change_lines.known_above(scope, request))


def check_asked(scope: Scope, request: CareRequest) -> None:
    """Judge what a subcontractor asks in the portal as a message of its own software.

    It hears of its own placements only. Raises RuleError VOT-06.
    """
    lines = lines_as(request, ChangedProduct.Stage.ASKED)
    message = change_message(scope, request, lines, TRIAL)
    _refuse_change(message, change_lines.known_below(scope, current.care_of(request)))


def _refuse_change(message: ChangeRequestMessage, known: Sequence[changes.Current]) -> None:
    found = validate(message) or changes.findings(message, known)
    _refuse([replace(one, message=_said_of(message, one)) for one in found])


def _said_of(message: ChangeRequestMessage, finding: Finding) -> str:
    """What is wrong, and with which allocation where it is about one."""
    for path, part in parts(message):
        number = getattr(part, "allocation_number", None)
        if number is not None and (finding.path + "/").startswith(path + "/"):
            return _("Allocation %(number)s: %(text)s") % {
                "number": number,
                "text": finding.message,
            }
    return str(finding.message)


def _refuse(findings: Sequence[Finding]) -> None:
    if not findings:
        return
    reasons = " ".join(f"{finding.message} ({finding.rule})" for finding in findings)
    raise RuleError(
        "VOT-06",
        _("The municipality would return this request. %(reasons)s") % {"reasons": reasons},
    )
