"""Break-glass: what is asked of whoever breaks it, and who is told. The look itself is above."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Membership, OutgoingMail
from hoofdaannemer.accounts.services import mail
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Role, Scope

PURPOSE: Final = "break_glass"
#: "test" and "nodig" say nothing to whoever reads the log.
SHORTEST_REASON: Final = 20  # characters
FEWEST_WORDS: Final = 4


def checked_reason(reason: str) -> str:
    """The reason without space around it. Raises RuleError ACC-09 for less than a sentence."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON or len(reason.split()) < FEWEST_WORDS:
        raise RuleError("ACC-09", _("Say in a sentence why you need this client's data now."))
    return reason


def alert(scope: Scope) -> None:
    """Mail all contract managers of the main contractor.

    The mail names neither the client nor the reason: both stand behind the login.
    """
    managers = Membership.objects.active().filter(
        main_contractor=scope.main_contractor_id, role=Role.CONTRACT_MANAGER
    )
    receivers = sorted(set(managers.values_list("user", flat=True)))
    mail.send(scope, OutgoingMail.Kind.BREAK_GLASS, to=receivers, context={"at": scope.at})
