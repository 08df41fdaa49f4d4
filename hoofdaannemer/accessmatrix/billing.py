"""Who may open the pages of declarations, statements and payments."""

from hoofdaannemer.core.scope import Role

OWN = {Role.SUBCONTRACTOR_ADMIN: 200, Role.SUBCONTRACTOR_USER: 200}
OWN_MOVES = dict.fromkeys(OWN, 302)
MONEY = {Role.CONTRACT_MANAGER: 200, Role.CONTROLLER: 200}
READERS = {**MONEY, **OWN}
HOLDS = {**READERS, Role.QUALITY_OFFICER: 200}
FIN = {Role.CONTROLLER: 200}
FIN_MOVES = {Role.CONTROLLER: 302}

ACCESS = {
    "municipal_contract_wall": ("get", MONEY),
    "month_current": ("get", OWN_MOVES),
    "month_page": ("get", OWN),
    "declaration_list": ("get", READERS),
    "declaration_upload": ("get", OWN),
    "declaration_detail": ("get", READERS),
    "declaration_template": ("get", OWN),
    "declaration_file_list": ("get", OWN),
    "declaration_file_detail": ("get", OWN),
    "declaration_file_map": ("get", OWN),
    "declaration_file_send": ("get", OWN),
    "declaration_file_discard": ("get", OWN),
    "declaration_file_original": ("get", OWN),
    "declaration_file_wrong": ("get", OWN),
    "column_mapping_list": ("get", OWN),
    "column_mapping_change": ("get", OWN),
    "column_mapping_forget": ("get", OWN),
    "upward_declaration_list": ("get", MONEY),
    "upward_declaration_detail": ("get", MONEY),
    "upward_overview": ("get", FIN),
    "upward_month": ("get", FIN),
    "upward_line_again": ("post", FIN_MOVES),
    "upward_line_give_up": ("get", FIN),
    "fte_report_list": ("get", HOLDS),
    "fte_report_open": ("post", OWN_MOVES),
    "fte_report_carry": ("post", OWN_MOVES),
    "fte_report_confirm": ("get", OWN),
    "fte_report_detail": ("get", HOLDS),
    # 200 for a draft; 302 to the report once it was handed in.
    "fte_report_edit": ("get", OWN),
    "fte_report_correct": ("post", OWN_MOVES),
    "funding_line_amounts": ("get", READERS),
    "funding_line_assess": ("get", FIN),
    "month_overview": ("get", FIN_MOVES),
    "month_run_detail": ("get", FIN),
    "month_close": ("get", FIN),
    "month_run_start": ("post", FIN_MOVES),
    "statement_list": ("get", READERS),
    "statement_detail": ("get", READERS),
    "statement_pdf": ("get", READERS),
    "statement_line_ask": ("get", OWN),
    "dispute_list": ("get", READERS),
    "dispute_detail": ("get", READERS),
    "dispute_answer": ("get", MONEY),
    "dispute_react": ("get", OWN),
    "dispute_agree": ("post", OWN_MOVES),
    "dispute_withdraw": ("post", OWN_MOVES),
    "hold_list": ("get", HOLDS),
    "payment_run_list": ("get", MONEY),
    "payment_run_prepare": ("get", FIN),
    "payment_run_detail": ("get", MONEY),
    "payment_run_release": ("get", FIN),
    "payment_run_cancel": ("get", FIN),
    "payment_run_file": ("get", FIN),
    "payment_list": ("get", READERS),
    "what_if_list": ("get", MONEY),
    "what_if_new": ("get", MONEY),
    "what_if_ask": ("get", MONEY),
    "what_if_detail": ("get", MONEY),
    "what_if_delete": ("get", MONEY),
    "what_if_result_detail": ("get", MONEY),
}
