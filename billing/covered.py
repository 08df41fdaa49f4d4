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
        (
            *("month_current", "month_page", "declaration_list", "declaration_detail"),
            "declaration_rejected",
            # Parts of the office's own files: it uploads, and points columns out, for all at once.
            *("declaration_file_list", "declaration_file_detail", "declaration_file_send"),
            *("declaration_file_discard", "declaration_file_original", "declaration_file_wrong"),
        ),
        (
            *("month.handed_in", "declaration.judged", "declaration.entitled"),
            *("declaration_file.uploaded", "declaration_file.confirmed"),
            *("declaration_file.handed_in", "declaration_file.deleted"),
            *("declaration_file.downloaded", "declaration.downloaded"),
            # Of a 323 that the office uploads on its own page; those of messages are open to none.
            "message.received",
        ),
    ),
    (
        Subject.FTE,
        (
            *("fte_report_list", "fte_report_open", "fte_report_carry", "fte_report_detail"),
            *("fte_report_edit", "fte_report_confirm", "fte_report_correct"),
            *("fte_report_file", "fte_report_template"),
            *("fte_columns_list", "fte_columns_change", "fte_columns_forget"),
        ),
        (
            *("fte_report.handed_in", "fte_report.filled"),
            *("column_mapping.saved", "column_mapping.deleted"),
        ),
    ),
    (
        Subject.STATEMENTS,
        (
            *(*_STATEMENTS, "payment_list", "hold_list", "hold_detail", "funding_line_amounts"),
            *("adjustment_list", "adjustment_detail", "payment_term_list"),
            # The same figures, added up to the end of the year.
            *("subcontract_forecast", "subcontract_forecast_xlsx"),
        ),
        (),
    ),
    (
        # What one disputes stands on a statement.
        Subject.DISPUTES,
        (
            *_STATEMENTS[:2],
            *("statement_line_ask", "dispute_list", "dispute_detail", "dispute_react"),
            *("dispute_agree", "dispute_withdraw", "adjustment_list", "adjustment_detail"),
        ),
        # An agreement proposes the correction that it names.
        ("dispute.asked", "dispute.agreed", "dispute.withdrawn", "adjustment.proposed"),
    ),
)
