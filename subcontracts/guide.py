"""What people do with clients and placements, for the help page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.guide import Task
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR

_PROVIDER: Final = frozenset(SUBCONTRACTOR)
_CARE: Final = frozenset(CARE)

TASKS: Final = (
    Task(
        _("Take a client"),
        _(
            "Open the line on your work list and read how much care is asked, and from when. Then"
            " take the client or decline. Without an answer in time, you take the client."
        ),
        "home",
        _PROVIDER,
    ),
    Task(
        _("Report start and end of care"),
        _(
            "Report the first day within the term that stands on the placement, and the last day"
            " too. We pass it on to the municipality."
        ),
        "placement_list",
        _PROVIDER,
    ),
    Task(
        _("Place a client"),
        _(
            "Open the line on your work list. You see who can deliver the care, at what price, how"
            " long one waits and how much room is left. Choose one of them."
        ),
        "home",
        _CARE,
    ),
    Task(
        _("Find a client"),
        _("Search by BSN, by allocation number, or by birth date and surname. Looks are logged."),
        "client_list",
        _CARE,
    ),
)

WORDS: Final = (
    (
        _("Allocation"),
        _("What a municipality has granted a client: which care, how much, how long."),
    ),
    (_("Placement"), _("An allocation, or a part of it, in the hands of one subcontractor.")),
    (_("Ceiling"), _("The most that a contract pays in a year.")),
)
