"""What people do with messages, for the help page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.guide import Task
from messaging.exchange.policies import ATTENDANTS, READERS

TASKS: Final = (
    Task(
        _("Look up a message"),
        _("Every message that came in or went out stands here, with the answer to it."),
        "message_list",
        frozenset(READERS),
        order=90,
    ),
    Task(
        _("Set going what stands still"),
        _("A message that could not be handled or delivered waits here. You can run it again."),
        "message_attention",
        frozenset(ATTENDANTS),
        order=90,
    ),
)
