"""What people do with messages, for the help page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.guide import Task
from hoofdaannemer.core.scope import Role
from messaging.exchange.policies import ATTENDANTS, READERS, SENDERS, WAY_CHOOSERS

TASKS: Final = (
    Task(
        _("Look up a message"),
        _("Every message that came in or went out stands here, with the answer to it."),
        "message_list",
        frozenset(READERS),
        order=90,
    ),
    Task(
        _("Make a message by hand"),
        _(
            "Choose the message and fill in its elements. What is not right is told while you type,"
            " and the XML stands beside it. The page of the task itself is usually handier."
        ),
        "message_entry_list",
        frozenset(SENDERS),
        order=90,
    ),
    Task(
        _("Choose how messages travel"),
        _(
            "Folder, mailbox, portal or hub, for each municipality and subcontractor. You see what"
            " waits, and before you confirm what becomes of it."
        ),
        "channel_list",
        frozenset(WAY_CHOOSERS),
        order=90,
    ),
    Task(
        _("Set going what stands still"),
        _("A message that could not be handled or delivered waits here. You can run it again."),
        "message_attention",
        frozenset(ATTENDANTS),
        order=90,
    ),
    Task(
        _("Show that no message was lost"),
        _(
            "Choose a month: everything that came in and went out is counted by what became of it."
            " Each number opens the messages behind it."
        ),
        "message_completeness_list",
        frozenset(READERS),
        order=91,
    ),
    Task(
        _("See whether the message traffic goes on"),
        _("What waits and since when, and whether the background work shows a sign of life."),
        "message_health",
        frozenset({Role.ADMINISTRATOR}),
        order=92,
    ),
    Task(
        _("See what led to a message"),
        _(
            "Open the message, the allocation or the placement and choose From where and to what:"
            " all that led to it and followed from it stands there in order."
        ),
        "message_list",
        frozenset(READERS),
        order=93,
    ),
)
