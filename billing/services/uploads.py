"""A declaration file that a subcontractor uploads goes the way of every other message."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from billing.services.addressing import subcontractor_of
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import SUBCONTRACTOR, Scope
from messaging.exchange.services import intake
from messaging.istandaard import declaration_head, declaration_rows, parse
from messaging.models import IncomingMessage, Leg


@transaction.atomic
def receive(*, scope: Scope, raw: bytes) -> IncomingMessage:
    """Take in a 323 and handle it at once.

    Raises RuleError BIL-60 where the bytes are no readable declaration, BIL-61 where the
    sender is another; NotAllowedError for anybody else.
    """
    if scope.role not in SUBCONTRACTOR:
        raise NotAllowedError(_("Only the organisation that delivers the care does this."))
    result = parse(raw)
    if not result.is_valid or result.type is None or result.type.number != "323":
        raise RuleError("BIL-60", _("This is not a readable declaration (323)."))
    subcontractor = subcontractor_of(scope, declaration_head(result), declaration_rows(result))
    message = intake.receive(
        scope=scope,
        raw=raw,
        main_contractor_id=subcontractor.main_contractor_id,
        leg=Leg.DOWN,
        source=IncomingMessage.Source.UPLOAD,
        organisation_id=scope.organisation_id,
    )
    return intake.handle(scope=scope, message_id=message.pk)
