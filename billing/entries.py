"""The declaration as a message made by hand; registered in `apps.py`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.scope import SUBCONTRACTOR, Role
from messaging.exchange.entry.registry import JUDGED_AT_ONCE, Elsewhere, Maker
from messaging.exchange.services.handwritten import hand_in
from subcontracts.selectors import destinations

MAKER = Maker(
    number="323",
    roles=SUBCONTRACTOR,
    purpose=_("Declares the care of one month, or takes back lines that were approved."),
    usual="month_current",
    usual_label=_("Hand in the month"),
    destinations=destinations.of_provider,
    send=hand_in,
    next_text=JUDGED_AT_ONCE,
)

_DECLARED_UP = _("Declarations to municipalities are made from the care that was approved.")

ELSEWHERE = (
    Elsewhere(
        "323",
        frozenset({Role.CONTRACT_MANAGER}),
        _DECLARED_UP,
        "upward_declaration_list",
        _("To municipalities"),
    ),
    Elsewhere("323", frozenset({Role.CARE_COORDINATOR}), _DECLARED_UP),
)
