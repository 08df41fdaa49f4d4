"""Declarations as messages (323) that an office hands in for its practices.

A 323 is of one sender: the AGB code in its header says for which practice it is. It goes the road
of a 323 that the practice uploads itself, in the practice's scope under its mandate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from billing.models import Declaration
from billing.selectors.office_files import declaring
from billing.services import uploads
from billing.services.dry_run import dry_run
from hoofdaannemer.accounts import selectors as accounts
from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope, acting_as
from messaging.istandaard import declaration_head, parse

_ResultT = TypeVar("_ResultT")


@dataclass(frozen=True)
class Told:
    """What is, or would be, said of one 323; numbers and codes only, nothing of a client."""

    mandate: OfficeMandate
    lines: int
    rejected: int
    #: Return codes of rejected lines, or of the whole where that is refused.
    codes: tuple[str, ...]
    submitted: Decimal
    granted: Decimal
    is_refused: bool


def check(*, scope: Scope, raw: bytes) -> Told:
    """What would be said of a 323; nothing is declared.

    Raises RuleError BIL-60 where the bytes are no readable declaration, BIL-281 where no mandate in
    force covers declaring for its sender; NotAllowedError for anybody but an office.
    """
    return _for_sender(scope, raw, _checked)


def hand_in(*, scope: Scope, raw: bytes) -> Told:
    """Hand a 323 in for its sender. The same bytes again change nothing.

    Raises as `check` does.
    """
    return _for_sender(scope, raw, _handed_in)


def _for_sender(
    scope: Scope, raw: bytes, step: Callable[[Scope, OfficeMandate, bytes], _ResultT]
) -> _ResultT:
    if scope.role != Role.OFFICE_USER:
        raise NotAllowedError(_("Only an administration office does this."))
    mandate = _mandate(scope, _sender(raw))
    with acting_as(accounts.scope_under(mandate, scope.user_id, scope.at)) as acting:
        return step(acting, mandate, raw)


def _sender(raw: bytes) -> str:
    result = parse(raw)
    if not result.is_valid or result.type is None or result.type.number != "323":
        raise RuleError("BIL-60", _("This is not a readable declaration (323)."))
    return declaration_head(result).header.sender


def _mandate(scope: Scope, sender: str) -> OfficeMandate:
    """Of the sender; whether there is such a practice without a mandate is not told."""
    for mandate in declaring(scope):
        if sender and mandate.provider_organisation.agb == sender:
            return mandate
    raise RuleError(
        "BIL-281",
        _(
            "You may not declare now for the practice that sends this message. Check the sender's"
            " AGB code, or ask the practice for a mandate that covers declaring."
        ),
    )


def _checked(acting: Scope, mandate: OfficeMandate, raw: bytes) -> Told:
    found = dry_run(scope=acting, raw=raw)
    rejected = [line for line in found.lines if line.codes]
    return Told(
        mandate=mandate,
        lines=len(found.lines),
        rejected=len(rejected),
        codes=tuple(sorted({code for line in rejected for code in line.codes})),
        submitted=found.submitted,
        granted=found.granted,
        is_refused=bool(found.problems),
    )


def _handed_in(acting: Scope, mandate: OfficeMandate, raw: bytes) -> Told:
    message = uploads.receive(scope=acting, raw=raw)
    made = Declaration.objects.visible_to(acting).filter(message=message).first()
    if made is None:
        # It was stored and answered; the answer stands with the messages of the practice.
        nothing = Decimal(0)
        return Told(mandate, 0, 0, (), nothing, nothing, is_refused=True)
    lines = made.lines.filter(is_approved=False).values_list("findings__rule", flat=True)
    return Told(
        mandate=mandate,
        lines=made.line_count,
        rejected=made.rejected_count,
        codes=tuple(sorted({code for code in lines if code} | set(made.codes.split()))),
        submitted=made.submitted,
        granted=made.granted,
        is_refused=made.status == Declaration.Status.REFUSED,
    )
