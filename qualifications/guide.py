"""What people do with proofs, for the help page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.guide import Task
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role

TASKS: Final = (
    Task(
        _("Keep proofs in order"),
        _("Upload a diploma or registration before the old one lapses. Then care and pay go on."),
        "qualification_overview",
        frozenset(SUBCONTRACTOR),
    ),
    Task(
        _("Judge proofs"),
        _("Your work list has the proofs that wait. Approve, or reject with a reason."),
        "evidence_list",
        frozenset({Role.QUALITY_OFFICER}),
    ),
    Task(
        _("Set requirements"),
        _(
            "Make a requirement, change it from a day on, or end it. Before you confirm you read"
            " how many people and placements it would block."
        ),
        "requirement_list",
        frozenset({Role.QUALITY_OFFICER}),
    ),
)

WORDS: Final = (
    (_("Requirement"), _("What an organisation or professional must be able to show.")),
    (_("Proof"), _("The diploma, registration or statement that shows it.")),
)
