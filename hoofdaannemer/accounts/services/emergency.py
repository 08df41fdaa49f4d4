"""Break-glass: an administrator looks at one client, with words, and others know at once."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts import policies
from hoofdaannemer.accounts.models import Membership, OutgoingMail
from hoofdaannemer.accounts.services import mail
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope

PURPOSE = "break_glass"
SHORTEST_REASON = 15  # characters: "test" and "nodig" say nothing to whoever reads the log


@transaction.atomic
def break_glass(*, scope: Scope, client_id: int, reason: str) -> None:
    """Record the look with its reason and alert all contract managers by mail.

    Call it before the client is shown; the look counts from here. The mail names neither the
    client nor the reason: both stand in the log.
    Raises NotAllowedError for anyone but an administrator, RuleError ACC-09 without a reason.
    """
    policies.check_can_break_glass(scope)
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleError("ACC-09", _("Say in a sentence why you need this client's data now."))
    audit.looked_at(scope, [client_id], PURPOSE, reason=reason.strip())
    managers = Membership.objects.active().filter(
        main_contractor=scope.main_contractor_id, role=Role.CONTRACT_MANAGER
    )
    receivers = sorted(set(managers.values_list("user", flat=True)))
    mail.send(scope, OutgoingMail.Kind.BREAK_GLASS, to=receivers, context={"at": scope.at})
