"""Who may open the pages of the care chain."""

from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role

# A municipality's home is its list of published reports.
EVERYBODY = dict.fromkeys([*sorted(STAFF | SUBCONTRACTOR), Role.AUDITOR], 200) | {
    Role.MUNICIPAL_VIEWER: 302,
    # An office's is the list of its practices.
    Role.OFFICE_USER: 302,
}
CARE_STAFF = dict.fromkeys(sorted(CARE), 200)
PROVIDER = dict.fromkeys(sorted(SUBCONTRACTOR), 200)
CLIENTS = CARE_STAFF | PROVIDER | {Role.CONTROLLER: 200}
CHAIN = CARE_STAFF | {Role.CONTROLLER: 200, Role.QUALITY_OFFICER: 200}
CONTRACTS = {Role.CONTRACT_MANAGER: 200, Role.CONTROLLER: 200, Role.QUALITY_OFFICER: 200}
WITHOUT_TOKEN = dict.fromkeys(Role, 401)
#: As the pages of the message traffic.
MESSAGES = CARE_STAFF | PROVIDER | {Role.CONTROLLER: 200}
MONEY = {Role.CONTRACT_MANAGER: 200, Role.CONTROLLER: 200}
MANAGER = {Role.CONTRACT_MANAGER: 200}
#: The text and the signed file of a contract: not for who reads its quality part only.
TEXTS = MANAGER | PROVIDER | {Role.CONTROLLER: 200}
ADMINISTRATOR = {Role.ADMINISTRATOR: 200}


def _moves(roles: dict[Role, int]) -> dict[Role, int]:
    """Back to the page it came from, with what was done or refused."""
    return dict.fromkeys(roles, 302)


#: Setting up contracts.
SETUP = {
    "product_list": ("get", CONTRACTS),
    "product_new": ("get", MANAGER),
    "product_file": ("get", MANAGER),
    "product_file_template": ("get", MANAGER),
    "municipal_contract_new": ("get", MANAGER),
    "subcontractor_new": ("get", MANAGER),
    "own_team_new": ("get", MANAGER),
    "own_team_change": ("get", MANAGER),
    "channel_list": ("get", MANAGER | ADMINISTRATOR),
    "channel_up_choose": ("get", MANAGER | ADMINISTRATOR),
    "channel_down_choose": ("get", MANAGER | ADMINISTRATOR),
    "subcontract_new": ("get", MANAGER),
    "subcontract_change": ("get", MANAGER),
    "subcontract_add_line": ("get", MANAGER),
    "funding_line_change": ("get", MANAGER),
    "funding_line_remove": ("get", MANAGER),
    "tariff_remove": ("get", MANAGER),
    "subcontract_tariff_file": ("get", MANAGER),
    "subcontract_tariff_template": ("get", MANAGER),
    "subcontract_offer": ("get", MANAGER),
    "subcontract_withdraw": ("get", MANAGER),
    "subcontract_sign": ("get", MANAGER),
    "subcontract_start": ("get", MANAGER),
    "subcontract_consent": ("get", MANAGER),
    "subcontract_consent_withdraw": ("get", MANAGER),
    "subcontract_amend": ("get", MANAGER),
    "subcontract_text": ("get", TEXTS),
    "version_text": ("get", TEXTS),
    "version_signed": ("get", TEXTS),
}
#: How much and whom a subcontractor takes under a contract that runs.
STEERING = {
    "subcontract_client_stop": ("get", MANAGER | PROVIDER),
    "client_stop_list": ("get", CARE_STAFF | PROVIDER | {Role.CONTROLLER: 200}),
    "client_stop_decide": ("get", MANAGER),
    "client_stop_end": ("get", MANAGER | PROVIDER),
    "ceiling_signal_list": ("get", MONEY | PROVIDER),
    "ceiling_signal_detail": ("get", MONEY | PROVIDER),
    "ceiling_signal_letter": ("get", MONEY | PROVIDER),
    "ceiling_signal_confirm": ("post", _moves(PROVIDER)),
    "ceiling_signal_talk": ("get", MANAGER),
    "ceiling_signal_decide": ("get", MANAGER),
    "subcontract_ceiling_exemption": ("get", MANAGER),
    "ceiling_exemption_end": ("get", MANAGER),
}
#: Moving the care of a subcontract to others.
MOVES = {
    "subcontract_move": ("get", MANAGER),
    "care_move_list": ("get", CARE_STAFF),
    "care_move_detail": ("get", CARE_STAFF),
    "care_move_choose": ("get", MANAGER),
    "care_move_confirm": ("get", MANAGER),
    "care_move_discard": ("get", MANAGER),
    "care_move_retry": ("get", MANAGER),
    "care_move_item": ("get", MANAGER),
    "care_move_item_settle": ("get", MANAGER),
    "care_move_sealed": ("get", MANAGER),
}
#: What goes on after the end of a subcontract or of one of its lines.
GOING_ON = {
    "subcontract_extension_new": ("get", MANAGER),
    "extension_decide": ("get", MANAGER),
    "extension_remove": ("get", MANAGER),
    "funding_line_sunset": ("get", MANAGER),
    "sunset_evaluate": ("get", MANAGER),
    "sunset_continue": ("get", MANAGER),
}
#: Care that runs already when a main contractor begins here.
DAY_ONE = {
    "care_import_list": ("get", MONEY),
    "care_import_new": ("get", MANAGER),
    "care_import_template": ("get", MANAGER),
    "care_import_detail": ("get", MONEY),
    "care_import_wrong": ("get", MANAGER),
    "care_import_confirm": ("get", MANAGER),
    "care_import_discard": ("get", MANAGER),
    "care_import_report": ("get", MONEY),
    "care_import_report_file": ("get", MONEY),
    "care_import_paper": ("get", MONEY),
    "care_import_accept": ("get", MONEY),
    "care_import_undo": ("get", MONEY),
}
#: The end of a subcontract.
ENDING = {
    "subcontract_notice": ("get", MANAGER),
    "subcontract_notice_withdraw": ("get", MANAGER),
    "subcontract_close": ("get", MANAGER),
    "notice_letter": ("get", TEXTS),
}
#: What a municipal contract says, and what of it comes back in subcontracts.
TERMS = {
    "municipal_contract_terms": ("get", CONTRACTS),
    "municipal_contract_terms_set": ("get", MANAGER),
    "municipal_contract_terms_text": ("get", MONEY),
    "municipal_contract_duration": ("get", CONTRACTS),
    "municipal_contract_option_new": ("get", MANAGER),
    "municipal_contract_consortium": ("get", MANAGER),
    "municipal_contract_change": ("get", MANAGER),
    "municipal_contract_relay_consent": ("get", MANAGER),
    "municipal_contract_budget_form": ("get", MANAGER),
    "municipal_contract_divide": ("get", MANAGER),
    "municipal_contract_products": ("get", MANAGER),
    "municipal_contract_budget": ("get", MONEY),
    "municipal_contract_budget_year": ("get", MANAGER),
    "municipal_contract_budget_adjust": ("get", MANAGER),
    "municipal_contract_budget_plan": ("get", MANAGER),
    "municipal_contract_budget_basis": ("get", MANAGER),
    "municipal_contract_duties": ("get", CONTRACTS),
    "municipal_contract_duty_new": ("get", MANAGER),
    "municipal_contract_flowdown": ("get", CONTRACTS),
    "contract_option_decide": ("get", MANAGER),
    "reporting_duty_end": ("get", MANAGER),
    "reporting_duty_hand_in": ("get", MANAGER),
    "subcontract_clause_new": ("get", MANAGER),
    "clause_end": ("get", MANAGER),
    "contract_date_list": ("get", CONTRACTS),
}
#: In the open: how tariffs are built up, what subcontractors say of them, how clauses are read.
OPEN = {
    "buildup_list": ("get", MONEY),
    "buildup_new": ("get", MANAGER),
    "buildup_detail": ("get", MONEY),
    "buildup_parameter_new": ("get", MANAGER),
    "buildup_settle": ("get", MANAGER),
    "buildup_withdraw": ("get", MANAGER),
    "parameter_change": ("get", MANAGER),
    "parameter_remove": ("get", MANAGER),
    "tariff_round_list": ("get", MONEY | PROVIDER),
    "tariff_round_new": ("get", MANAGER),
    "tariff_round_detail": ("get", MONEY | PROVIDER),
    "tariff_round_effects": ("get", MONEY),
    "tariff_round_open": ("get", MANAGER),
    "tariff_round_extend": ("get", MANAGER),
    "tariff_round_submit": ("get", MANAGER),
    "tariff_round_take_back": ("get", MANAGER),
    "tariff_round_withdraw": ("get", MANAGER),
    "tariff_round_decide": ("get", MANAGER),
    "tariff_round_undo": ("get", MANAGER),
    "tariff_line_detail": ("get", MONEY),
    "tariff_line_react": ("get", PROVIDER),
    "tariff_line_adjust": ("get", MANAGER),
    "tariff_reaction_answer": ("get", MANAGER),
    "question_list": ("get", CONTRACTS | PROVIDER),
    "question_new": ("get", CONTRACTS | PROVIDER),
    "question_detail": ("get", CONTRACTS | PROVIDER),
    "question_answer": ("get", MANAGER),
    "question_publish": ("get", MANAGER),
    "question_withdraw": ("get", CONTRACTS | PROVIDER),
    "reading_list": ("get", CONTRACTS | PROVIDER),
    "reading_detail": ("get", CONTRACTS | PROVIDER),
    "reading_withdraw": ("get", MANAGER),
    "announcement_list": ("get", CONTRACTS | PROVIDER),
    "announcement_new": ("get", MANAGER),
    "announcement_detail": ("get", CONTRACTS | PROVIDER),
    "announcement_confirm": ("post", _moves(PROVIDER)),
    "announcement_proof": ("get", CONTRACTS),
    "announcement_attachment": ("get", CONTRACTS | PROVIDER),
    "announcement_remind": ("get", MANAGER),
    "announcement_withdraw": ("get", MANAGER),
    "contact_list": ("get", dict.fromkeys(sorted(STAFF), 200) | PROVIDER),
    "contact_new": ("get", MANAGER | ADMINISTRATOR | PROVIDER),
    "contact_change": ("get", MANAGER | ADMINISTRATOR | PROVIDER),
}
ACCESS = (
    SETUP
    | STEERING
    | MOVES
    | DAY_ONE
    | GOING_ON
    | ENDING
    | TERMS
    | OPEN
    | {
        "home": ("get", EVERYBODY),
        "client_list": ("get", CLIENTS),
        "client_detail": ("get", CLIENTS),
        "client_bsn": ("post", CARE_STAFF | PROVIDER),
        "client_residence": ("get", CARE_STAFF),
        "emergency_list": ("get", ADMINISTRATOR | MANAGER),
        "emergency_open": ("get", ADMINISTRATOR),
        "emergency_detail": ("get", ADMINISTRATOR | MANAGER),
        "emergency_message": ("post", _moves(ADMINISTRATOR)),
        "emergency_end": ("post", _moves(ADMINISTRATOR)),
        "emergency_review": ("post", _moves(MANAGER)),
        "allocation_list": ("get", CHAIN),
        "allocation_detail": ("get", CHAIN),
        "allocation_lineage": ("get", CHAIN),
        "allocation_place": ("get", CARE_STAFF),
        "allocation_change": ("get", CARE_STAFF),
        "allocation_tell_again": ("post", _moves(CARE_STAFF)),
        # What the municipality allocated is not ours to change: back, with the reason.
        "allocation_decide": ("get", CARE_STAFF),
        "allocation_delete": ("get", CARE_STAFF),
        "allocation_announce": ("get", CARE_STAFF),
        "allocation_decision": ("get", CARE_STAFF),
        "request_decision": ("get", CARE_STAFF),
        "decision_list": ("get", CARE_STAFF),
        "decision_detail": ("get", CARE_STAFF),
        "decision_correct": ("get", CARE_STAFF),
        "decision_follow": ("get", CARE_STAFF),
        "decision_objection": ("get", CARE_STAFF),
        "objection_correct": ("get", CARE_STAFF),
        "objection_outcome": ("get", CARE_STAFF),
        "deadline_list": ("get", CLIENTS),
        "foreseen_list": ("get", CARE_STAFF),
        "foreseen_detail": ("get", CARE_STAFF),
        "foreseen_request": ("get", CARE_STAFF),
        "placement_list": ("get", CHAIN | PROVIDER),
        "placement_detail": ("get", CHAIN | PROVIDER),
        "placement_lineage": ("get", CHAIN | PROVIDER),
        "placement_accept": ("post", _moves(PROVIDER)),
        "placement_decline": ("get", PROVIDER),
        "placement_withdraw": ("get", CARE_STAFF),
        "placement_name_professional": ("get", PROVIDER),
        # For the main contractor only where nothing is relayed; else back, with the reason.
        "placement_start": ("get", PROVIDER | _moves(CARE_STAFF)),
        "placement_stop": ("get", PROVIDER | _moves(CARE_STAFF)),
        "placement_change": ("get", PROVIDER),
        "placement_take_back": ("post", _moves(PROVIDER | CARE_STAFF)),
        "care_file_list": ("get", PROVIDER),
        "care_file_refused": ("get", PROVIDER),
        "placement_file_new": ("post", _moves(PROVIDER)),
        "placement_file_download": ("get", PROVIDER),
        # For software: a login opens nothing here.
        "mailbox_placements": ("get", WITHOUT_TOKEN),
        "mailbox_reports": ("post", WITHOUT_TOKEN),
        "access_nowhere": ("get", WITHOUT_TOKEN),
        # Public: holds nothing of anybody.
        "access_description": ("get", dict.fromkeys(Role, 200)),
        "access_referrals": ("post", WITHOUT_TOKEN),
        "access_referral_file": ("post", WITHOUT_TOKEN),
        "access_referral": ("get", WITHOUT_TOKEN),
        "referral_file_list": ("get", CARE_STAFF),
        "referral_file_template": ("get", CARE_STAFF),
        "referral_file_refused": ("get", CARE_STAFF),
        "request_list": ("get", CHAIN | PROVIDER),
        "request_new": ("get", CARE_STAFF | PROVIDER),
        "request_detail": ("get", CHAIN | PROVIDER),
        "request_lineage": ("get", CHAIN | PROVIDER),
        "request_send": ("post", _moves(CARE_STAFF)),
        "request_grant": ("get", CARE_STAFF),
        "request_dismiss": ("get", CARE_STAFF),
        "request_elsewhere": ("get", CARE_STAFF),
        "request_placed_elsewhere": ("get", CARE_STAFF),
        "request_leave": ("post", _moves(CARE_STAFF)),
        "reconciliation_list": ("get", CARE_STAFF),
        "reconciliation_new": ("get", CARE_STAFF),
        "reconciliation_detail": ("get", CARE_STAFF),
        "difference_settle": ("get", CARE_STAFF),
        "subcontractor_list": ("get", CONTRACTS | {Role.ADMINISTRATOR: 200} | PROVIDER),
        "subcontractor_detail": ("get", CONTRACTS | {Role.ADMINISTRATOR: 200} | PROVIDER),
        "subcontract_list": ("get", CONTRACTS | PROVIDER),
        "subcontract_detail": ("get", CONTRACTS | PROVIDER),
        "subcontract_messages": ("get", MESSAGES),
        "contract_messages": ("get", MESSAGES),
        "subcontract_tariff": ("get", MANAGER),
        "subcontract_ceiling": ("get", MANAGER),
        "subcontract_relay": ("get", MANAGER),
        "subcontract_purpose": ("get", MANAGER),
        "subcontract_indexing": ("get", MANAGER),
        "index_round_list": ("get", MONEY),
        "index_round_new": ("get", MANAGER),
        "index_round_detail": ("get", MONEY),
        "index_round_lines": ("get", MONEY),
        "index_round_decide": ("get", MANAGER),
        "index_round_withdraw": ("get", MANAGER),
        "index_round_undo": ("get", MANAGER),
        "index_round_take_out": ("get", MANAGER),
        "index_round_put_back": ("get", MANAGER),
        "index_round_letters": ("get", MONEY),
        "index_letter_download": ("get", MONEY | PROVIDER),
        "index_figure_list": ("get", MONEY),
        "index_figure_new": ("get", MANAGER),
        "index_series_new": ("get", MANAGER),
        "index_scheme_list": ("get", MONEY),
        "index_scheme_new": ("get", MANAGER),
        "index_scheme_terms": ("get", MANAGER),
        "municipal_contract_purpose": ("get", MANAGER),
        "municipal_contract_authority": ("get", MANAGER),
        "municipal_contract_list": ("get", CONTRACTS),
        "municipal_contract_detail": ("get", CONTRACTS),
        "municipal_contract_tariff": ("get", MANAGER),
        "municipal_contract_messages_in_use": ("get", MANAGER),
        "municipal_contract_messages": ("get", CARE_STAFF),
        "professional_list": ("get", PROVIDER),
        "professional_new": ("get", PROVIDER),
        "professional_end": ("get", PROVIDER),
    }
)
