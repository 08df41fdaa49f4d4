"""What people do with reports, for the help page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability.models import READERS
from hoofdaannemer.core.guide import Task
from hoofdaannemer.core.scope import Role

TASKS: Final = (
    Task(
        _("Make the quarterly report"),
        _(
            "Choose a contract and a quarter. Figures about few people are hidden by themselves. A"
            " colleague reviews the report before you publish it."
        ),
        "report_list",
        frozenset({Role.CONTRACT_MANAGER}),
    ),
    Task(
        _("Review a report"),
        _("See the real figures beside what will be shown. Approve the draft, or send it back."),
        "report_list",
        frozenset(READERS),
    ),
    Task(
        _("Read a report"),
        _(
            "A report does not change after it was published. A correction is a new version. Where"
            " the contract shows subcontractors, the report leads to them."
        ),
        "release_list",
        frozenset({Role.MUNICIPAL_VIEWER}),
    ),
)

WORDS: Final = (
    (
        _("Hidden figure (×)"),
        _("A figure about so few people that it could tell who they are, or one that would."),
    ),
)
