"""What people do with tariffs in the open, questions, announcements and contacts, for help."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.guide import Task
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role

_PROVIDER: Final = frozenset(SUBCONTRACTOR)
_CARE: Final = frozenset(CARE)
_CONTRACTS: Final = frozenset({Role.CONTRACT_MANAGER})

TASKS: Final = (
    Task(
        _("Build a tariff up"),
        _(
            "Draw up a version: costs of a year, the hours over which they go, and what comes on"
            " top, each line with its source. You see every step. A colleague settles it."
        ),
        "buildup_list",
        _CONTRACTS,
    ),
    Task(
        _("Ask subcontractors about tariffs"),
        _(
            "Prepare a round with settled versions and open it. After the closing day you answer"
            " the reactions, choose what is decided about and lay the round before a colleague."
            " Deciding publishes it; until the day before it takes effect you can undo that."
        ),
        "tariff_round_list",
        _CONTRACTS,
    ),
    Task(
        _("React on proposed tariffs"),
        _(
            "Open the round on your work list. You see line by line how a tariff is built up."
            " Agree, name another value with its reason, or comment; until the closing day you can"
            " change it. Other subcontractors do not see it."
        ),
        "tariff_round_list",
        _PROVIDER,
    ),
    Task(
        _("Ask what a clause means"),
        _(
            "Choose Ask a question beside the clause on the page of the contract. The answer comes"
            " within ten working days. Published readings tell what others were answered."
        ),
        "question_list",
        _PROVIDER | _CONTRACTS,
    ),
    Task(
        _("Tell subcontractors something"),
        _(
            "Write it once, for all or for some, with a PDF if you want. You see who read it and"
            " when, and who did not; remind those."
        ),
        "announcement_list",
        _CONTRACTS,
    ),
    Task(
        _("Read announcements"),
        _(
            "They stand on your work list. Confirm that you have read them; each of your colleagues"
            " does so too."
        ),
        "announcement_list",
        _PROVIDER,
    ),
    Task(
        _("Find the right contact"),
        _("Search by subject, and keep the contacts of your own organisation up to date."),
        "contact_list",
        _PROVIDER | _CARE,
    ),
)
