"""Which pages and changes of money a mandate covers, by subject; registered in `apps.py`.

Named one by one: a page that is new is open to no office until somebody decides so here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hoofdaannemer.core.mandates import Subject

_STATEMENTS: Final = ("statement_list", "statement_detail", "statement_pdf", "statement_xlsx")

#: Subject, names of addresses, verbs of changes.
BY_SUBJECT: Final[Sequence[tuple[str, Sequence[str], Sequence[str]]]] = (
    (
        Subject.DECLARE,
        ("month_current", "month_page", "declaration_list", "declaration_detail"),
        ("month.handed_in", "declaration.judged", "declaration.entitled"),
    ),
    (
        Subject.FTE,
        (
            *("fte_report_list", "fte_report_open", "fte_report_carry", "fte_report_detail"),
            *("fte_report_edit", "fte_report_confirm", "fte_report_correct"),
            *("fte_report_file", "fte_report_template"),
        ),
        ("fte_report.handed_in", "fte_report.filled", "column_mapping.saved"),
    ),
    (
        Subject.STATEMENTS,
        (*_STATEMENTS, "payment_list", "hold_list", "funding_line_amounts"),
        (),
    ),
    (
        # What one disputes stands on a statement.
        Subject.DISPUTES,
        (
            *_STATEMENTS[:2],
            *("statement_line_ask", "dispute_list", "dispute_detail", "dispute_react"),
            *("dispute_agree", "dispute_withdraw"),
        ),
        ("dispute.asked", "dispute.agreed", "dispute.withdrawn"),
    ),
)
