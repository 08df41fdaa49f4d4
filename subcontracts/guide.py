"""What people do with clients and placements, for the help page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.guide import Task
from hoofdaannemer.core.scope import CARE, SUBCONTRACTOR, Role

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
        _("Work with CSV files"),
        _(
            "Where your contract says so, download your placements as one file, fill in the starts"
            " and stops and hand the file in. Check first: you see per row what is wrong."
        ),
        "care_file_list",
        _PROVIDER,
    ),
    Task(
        _("Ask for other care"),
        _(
            "Open the placement or the allocation and choose Request a change. All the client has"
            " now is filled in; correct what must become different. You see the answer with the"
            " request."
        ),
        "request_list",
        _PROVIDER | _CARE,
    ),
    Task(
        _("Index tariffs"),
        _(
            "Record the figures of the year and prepare a round for all subcontracts at once. Look"
            " at what it does and why something is left out. A colleague decides about it; until"
            " the day before it takes effect you can undo that."
        ),
        "index_round_list",
        frozenset({Role.CONTRACT_MANAGER}),
    ),
    Task(
        _("Read your new tariffs"),
        _(
            "When your tariffs are indexed, the letter and the new tariffs stand on the page of"
            " your contract."
        ),
        "subcontract_list",
        _PROVIDER,
    ),
    Task(
        _("Allocate under a mandate"),
        _(
            "Where we allocate in the name of a municipality, a request waits for your own"
            " decision. Open it and choose Allocate, or do not take it up. The municipality gets"
            " a copy."
        ),
        "request_list",
        _CARE,
    ),
    Task(
        _("Compare with the books of a municipality"),
        _(
            "Ask the municipality for a file of current allocations and compare it with ours. You"
            " see what differs, column by column; explain each difference or have it put right."
        ),
        "reconciliation_list",
        _CARE,
    ),
    Task(
        _("Record a formal decision"),
        _(
            "Open the allocation or request and choose Record a decision. You see until when the"
            " resident may object. Record an objection and its outcome on the decision's own page."
        ),
        "decision_list",
        _CARE,
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
        _("Keep to the terms"),
        _(
            "The list says what is due and until when, and what follows when it is late. Choose"
            " Met late to see what went wrong, and whether that was at the subcontractor or at"
            " the main contractor."
        ),
        "deadline_list",
        _PROVIDER | _CARE,
    ),
    Task(
        _("See all messages of a contract"),
        _(
            "Choose a contract. Its messages stand together, received and sent, with the answers"
            " and the terms that run. The figures above the list show what needs attention or is"
            " late. What cannot be tied to a case stands in a group of its own."
        ),
        "contract_messages",
        _PROVIDER | _CARE,
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
