"""What people do with declarations and payments, for the help page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.guide import Task
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role

_PROVIDER: Final = frozenset(SUBCONTRACTOR)
_CONTROLLER: Final = frozenset({Role.CONTROLLER})

_HOLDERS: Final = frozenset({Role.CONTROLLER, Role.CONTRACT_MANAGER, Role.QUALITY_OFFICER})
_OFFICE: Final = frozenset({Role.OFFICE_USER})

TASKS: Final = (
    Task(
        _("Hand in the month of your practices"),
        _(
            "You see all practices with what is still to be done. Begin with the first, hand its"
            " month in, and press Next practice. At the top you read for whom you act."
        ),
        "office_home",
        _OFFICE,
    ),
    Task(
        _("Hand in one file for all your practices"),
        _(
            "Upload a CSV or Excel file in which a column names the practice. Each practice gets"
            " its own rows under its own mandate; rows of others are refused. You look at every"
            " part before you hand it in."
        ),
        "office_file_list",
        _OFFICE,
    ),
    Task(
        _("Hand in messages for your practices"),
        _(
            "Choose the declarations (323) that your software made, several at once if you like."
            " The sender in each says for which practice it is. Check them first, then hand them"
            " in; you read the verdict in the practice."
        ),
        "office_message_upload",
        _OFFICE,
    ),
    Task(
        _("Accept the mandate of a practice"),
        _(
            "A practice gives you a mandate with the number of your office in the trade register."
            " Read what it covers and accept it. You can give it back at any moment."
        ),
        "office_mandate_list",
        _OFFICE,
    ),
    Task(
        _("Let an administration office work for you"),
        _(
            "Choose what the office does and from which day. You read in the log everything it"
            " does for you, and withdraw the mandate at any moment: it holds from the next click."
        ),
        "office_mandate_list",
        frozenset({Role.SUBCONTRACTOR_ADMIN}),
        80,
    ),
    Task(
        _("Read an FTE report in from a file"),
        _(
            "Open the draft of the month and read a file of your own administration in. You see"
            " every cell that is wrong before anything is taken over; wrong rows you mend and hand"
            " in again."
        ),
        "fte_report_list",
        _PROVIDER,
        60,
    ),
    Task(
        _("See what the year of your contract will come to"),
        _(
            "Open your contract and look at its forecast: what is approved, what still runs, what"
            " is likely, and whether the ceiling will be passed, in which month and why."
        ),
        "subcontract_list",
        _PROVIDER,
        60,
    ),
    Task(
        _("See which office acts for a subcontractor"),
        _(
            "Mandates stand there with what they cover and since when. Where the contract says so,"
            " you can refuse an office with a reason."
        ),
        "office_mandate_list",
        frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER}),
        80,
    ),
    Task(
        _("Take an administration office in"),
        _(
            "Take in an office that works for subcontractors and invite its people. They see"
            " nothing until a subcontractor gives the office a mandate."
        ),
        "office_list",
        frozenset({Role.ADMINISTRATOR}),
    ),
    Task(
        _("Hand in your month"),
        _(
            "After the month, fill in how much care each client got. Last month's numbers stand"
            " ready. You see at once what is too much. What is approved comes on your monthly"
            " statement."
        ),
        "month_current",
        _PROVIDER,
    ),
    Task(
        _("Hand in an export of your own administration"),
        _(
            "Upload a CSV or Excel file. The first time you point out what its columns mean; we"
            " remember it. You see row by row what we make of it before you hand it in. What cannot"
            " be read you download, mend and upload again."
        ),
        "declaration_upload",
        _PROVIDER,
    ),
    Task(
        _("Report your FTE"),
        _(
            "A report begins as that of last month. Nothing changed? Then it is one click and a"
            " confirmation. What stands out you can explain in a few words."
        ),
        "fte_report_list",
        _PROVIDER,
    ),
    Task(
        _("Report what an own team worked and cost"),
        _(
            "A row for each job or cost, with FTE, hours and euros; it begins as the month before."
            " It counts in the whole task and in the settlement with the municipalities."
        ),
        "own_team_report_list",
        _CONTROLLER,
    ),
    Task(
        _("Look at FTE reports that stand out"),
        _(
            "Filter the reports by signal: much more than last month, more than 1 FTE for one"
            " person, FTE without clients, hours that do not fit, or a registration that lapsed."
            " The subcontractor may have explained it."
        ),
        "fte_report_list",
        _CONTROLLER,
    ),
    Task(
        _("See when you are paid"),
        _("A statement names the day of payment. What is held back, and why, stands beside it."),
        "statement_list",
        _PROVIDER,
    ),
    Task(
        _("Ask about an amount"),
        _(
            "At each line of a statement you can ask how it came about, or say what it should be."
            " The main contractor answers within ten working days; you say whether you agree. What"
            " is not in dispute is paid as usual."
        ),
        "dispute_list",
        _PROVIDER,
    ),
    Task(
        _("Change the account that you are paid to"),
        _(
            "Ask for another account; an administrator of your organisation confirms it, and the"
            " main contractor checks it. For a week nothing is paid to the new account. Was it not"
            " you? Then undo it."
        ),
        "account_change_list",
        _PROVIDER,
    ),
    Task(
        _("Get e-invoices"),
        _(
            "Agree once that the main contractor makes out your invoices. Each statement then comes"
            " with an e-invoice that your bookkeeping reads."
        ),
        "einvoice_list",
        _PROVIDER,
    ),
    Task(
        _("Agree to the settlement of a year"),
        _(
            "After a year, FTE, places and advance pools are settled. You see every figure and how"
            " it is computed. Agree, or say what is wrong: then it is computed anew. What is"
            " settled comes on your next statement."
        ),
        "settlement_list",
        _PROVIDER,
    ),
    Task(
        _("Confirm your production of a year"),
        _(
            "You see what you delivered for each municipality, by product and tariff. Is it right?"
            " Then an administrator of your organisation confirms it. Else say what is wrong."
        ),
        "production_part_list",
        _PROVIDER,
    ),
    Task(
        _("Follow a figure to its evidence"),
        _(
            "Open a production statement and the sample that was drawn from it. Each line shows its"
            " allocation, placement, declaration, tariff, statement and payment. Download the pack"
            " to draw the sample again yourself."
        ),
        "production_statement_list",
        frozenset({Role.AUDITOR}),
    ),
    Task(
        _("Show the result of a trajectory or a bonus"),
        _(
            "Where a part of the price or a bonus depends on the result, you show what came of it"
            " within ten working days after the end. You see the verdict and why. You do not agree?"
            " Object: somebody else then decides."
        ),
        "result_list",
        _PROVIDER,
    ),
    Task(
        _("Pay back in parts"),
        _(
            "Do you owe something? The main contractor may propose a recovery plan. Once you agree,"
            " each monthly statement takes a part, and leaves you what was agreed."
        ),
        "recovery_plan_list",
        _PROVIDER,
    ),
    Task(
        _("Judge the result of a trajectory or a bonus"),
        _(
            "Judge what a subcontractor showed, before the day that the contract names. Not judged"
            " by then, a trajectory is paid as if nothing depended on the result; a bonus goes on"
            " waiting. Somebody else decides about an objection."
        ),
        "result_list",
        frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER}),
    ),
    Task(
        _("Agree on a recovery plan"),
        _(
            "Choose what is owed, how much a month and what a statement leaves to pay at the least."
            " Nothing is taken before the subcontractor agreed, here or on paper."
        ),
        "recovery_plan_list",
        _CONTROLLER,
    ),
    Task(
        _("Close the month"),
        _(
            "See which subcontractors have handed in everything, and run the month. Each gets one"
            " statement. Running it again changes nothing that was issued."
        ),
        "month_overview",
        _CONTROLLER,
    ),
    Task(
        _("Settle a year"),
        _(
            "Choose the year and a line. You see what is missing, or begin: the settlement is"
            " computed as a draft. Propose it to the subcontractor; when it agreed, a second"
            " controller settles it. What becomes known later is settled as a correction."
        ),
        "settlement_list",
        _CONTROLLER,
    ),
    Task(
        _("Account for the production of a year"),
        _(
            "Make the production statements of a year: one for each municipality, by product and"
            " tariff. Subcontractors confirm their own part, and a second controller establishes"
            " it. Care of an own team that was not reported stops it, unless you say why. Draw"
            " lines for the auditor with a seed that the auditor names, and give the auditor a"
            " login of the administrator."
        ),
        "production_statement_list",
        _CONTROLLER,
    ),
    Task(
        _("Declare to municipalities"),
        _(
            "Some municipalities pay some products by the unit. After the month, see what goes up"
            " and what does not, and why; then confirm. Lines that a municipality rejects come on"
            " your work list."
        ),
        "upward_declaration_list",
        _CONTROLLER,
    ),
    Task(
        _("See what another funding form would do"),
        _(
            "Choose a form, a past period and how much of the care is converted. You see at which"
            " price it costs the same, and who wins or loses. Nothing that was paid changes."
        ),
        "what_if_list",
        frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER}),
    ),
    Task(
        _("Judge invoices of parties without a subcontract"),
        _(
            "Hand in the e-invoice, or the lines as a table. Each line is held against its"
            " indication. Right lines are paid on time; of the others you see all that is wrong at"
            " once. A colleague accepts them with a reason, or you refuse them and send the letter."
        ),
        "invoice_list",
        _CONTROLLER,
    ),
    Task(
        _("Record what a party without a subcontract may deliver"),
        _(
            "Record an indication for each client: the product, the period, how much, and the price"
            " at most. The party writes its reference on the invoice. Choose the allocation where"
            " the municipality gave one, as with a decision of the court."
        ),
        "indication_list",
        frozenset({Role.CONTRACT_MANAGER, Role.CARE_COORDINATOR}),
    ),
    Task(
        _("Take up a party that invoices"),
        _(
            "Certified institutions, secure and national youth care work without a subcontract."
            " Take them up once; two controllers record the account."
        ),
        "invoicing_party_list",
        frozenset({Role.CONTRACT_MANAGER}),
    ),
    Task(
        _("Pay"),
        _(
            "One controller prepares a payment run, another looks at what is unusual in it, ticks"
            " each and releases it. Then download the file and give it to the bank."
        ),
        "payment_run_list",
        _CONTROLLER,
    ),
    Task(
        _("Post interest over a late payment"),
        _(
            "You see what was paid after its term. Propose the interest; another controller accepts"
            " it, and the next statement posts it."
        ),
        "late_payment_list",
        _CONTROLLER,
    ),
    Task(
        _("Decide about a correction"),
        _(
            "An answer to a dispute may say what a line becomes. Once the subcontractor agrees,"
            " somebody else than who answered accepts or refuses it. Then the next statement posts"
            " it, or the dispute is answered again."
        ),
        "adjustment_list",
        _CONTROLLER,
    ),
    Task(
        _("Hand over what is held"),
        _(
            "Each hold names who acts and until when. Hand it to the other side or to a colleague,"
            " with a new day and a word. After its day every controller sees it."
        ),
        "hold_list",
        _HOLDERS,
    ),
    Task(
        _("See what the bank did"),
        _(
            "Hand in what the bank gives: the status of a file or the statement of the account."
            " What came back goes into the next payment run. Where the bank says something odd,"
            " nothing is paid until you found out why."
        ),
        "bank_report_list",
        _CONTROLLER,
    ),
)

WORDS: Final = (
    (
        _("Settlement of a year"),
        _("What a year still comes to after its months, such as FTE that was not there."),
    ),
    (_("Declaration"), _("Care that was given, handed in to be paid.")),
    (_("Entitlement"), _("What a subcontractor has a right to for a month.")),
    (
        _("Recovery plan"),
        _("What a subcontractor owes, paid back in parts on its monthly statements."),
    ),
    (
        _("Indication"),
        _("What a party without a subcontract may deliver to a client, and at what price at most."),
    ),
    (_("Hold"), _("A part that is not paid yet, until something has been put right.")),
    (
        _("Monthly statement"),
        _("All entitlements of a month together, with what is paid and when."),
    ),
)
