"""What people do with clients and placements, for the help page."""

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
        _("Read in referrals"),
        _(
            "Hand in the referrals of your own software as one file: each becomes a request. Check"
            " first: you see per row what is wrong. What is not taken you download, mend and hand"
            " in again."
        ),
        "referral_file_list",
        _CARE,
    ),
    Task(
        _("Let software hand in referrals"),
        _(
            "Make a key and put it in the software of the local team or referral desk. You see the"
            " key once. Stop it when it is no longer used or when somebody else may have it."
        ),
        "access_key_list",
        frozenset({Role.ADMINISTRATOR}),
    ),
    Task(
        _("Make an own team"),
        _(
            "Under Subcontractors: its name, establishment number and first day. Care can be placed"
            " with it at once; the administrator invites who leads it. It ends with a last day."
        ),
        "own_team_new",
        _CONTRACTS,
    ),
    Task(
        _("Take over care that runs already"),
        _(
            "Choose Take over running care, download the template and fill it in from your earlier"
            " administration. The file is checked cell by cell; good rows are taken over, wrong"
            " ones you mend and hand in again. A second person accepts the reconciliation. As long"
            " as nothing further happens to the care, the whole take-over can be undone."
        ),
        "care_import_list",
        _CONTRACTS,
    ),
    Task(
        _("Extend a contract or let temporary funding go on"),
        _(
            "Open the subcontract. Add its options with their days; what was decided about one is"
            " recorded there, and taken it amends the contract. Of a line that ends sooner record"
            " what follows; the next line is made from there in one step. All days stand on Dates."
        ),
        "contract_date_list",
        _CONTRACTS,
    ),
    Task(
        _("Move care to others"),
        _(
            "Open the subcontract and choose Move care: all its placements, in one action. Choose"
            " where they go, look at what becomes of each, and confirm. What cannot move stays on"
            " a list with its reason."
        ),
        "care_move_list",
        _CONTRACTS,
    ),
    Task(
        _("Take no new clients for a while"),
        _(
            "Ask for a client stop on the page of your contract: from when, until when, for which"
            " care and why. It holds once the main contractor consents. Who is in care stays."
        ),
        "subcontract_list",
        _PROVIDER,
    ),
    Task(
        _("Steer how much is taken"),
        _(
            "Client stops that are asked stand on your work list. When a ceiling is nearly used"
            " up notice goes out by itself: talk within two weeks, and decide within two weeks of"
            " it. What lies above a ceiling is held back; record on the page of the contract which"
            " care is exempt."
        ),
        "ceiling_signal_list",
        _CONTRACTS,
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
    Task(
        _("Put in a municipal contract"),
        _(
            "Begin with the products, then put in the contract: municipalities with their shares,"
            " the budget, and the consent to relay. Who allocates, and what messages are for, you"
            " set on its page, from a day on."
        ),
        "municipal_contract_list",
        _CONTRACTS,
    ),
    Task(
        _("Record what a municipal contract says"),
        _(
            "Its page has tabs for the terms, options to extend, budgets and reports. What you"
            " record holds from a day on; earlier versions stay. Leave empty what is unknown. Under"
            " duration you also change its name or last day, and record consent to relay."
        ),
        "municipal_contract_list",
        _CONTRACTS,
    ),
    Task(
        _("Pass duties of the municipality on"),
        _(
            "The tab Duties passed on shows each duty beside every subcontract. Where one is"
            " missing, change the subcontract or add a clause to it that passes the duty on."
        ),
        "municipal_contract_list",
        _CONTRACTS,
    ),
    Task(
        _("Keep to the dates of contracts"),
        _(
            "The page Dates shows when options are announced, reports handed in and contracts"
            " end. What is due within sixty days stands on your work list."
        ),
        "contract_date_list",
        _CONTRACTS,
    ),
    Task(
        _("Set up a subcontract"),
        _(
            "Take up the subcontractor, make a draft, empty or like an existing contract, and add"
            " funding lines and tariffs. A line for price times quantity pays what was delivered or"
            " what was allocated. Its page says what still lacks. Offer it, record the"
            " signing with the signed file, and let it begin."
        ),
        "subcontract_list",
        _CONTRACTS,
    ),
    Task(
        _("Read your contract"),
        _(
            "A contract that we offer stands among your contracts, with its lines and tariffs. You"
            " can download it as it was offered and as it was signed."
        ),
        "subcontract_list",
        _PROVIDER,
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
