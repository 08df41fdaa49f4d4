"""Who may open the pages of the care chain."""

from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role

# A municipality's home is its list of published reports.
EVERYBODY = dict.fromkeys([*sorted(STAFF | SUBCONTRACTOR), Role.AUDITOR], 200) | {
    Role.MUNICIPAL_VIEWER: 302
}
CARE_STAFF = dict.fromkeys(sorted(CARE), 200)
PROVIDER = dict.fromkeys(sorted(SUBCONTRACTOR), 200)
CLIENTS = CARE_STAFF | PROVIDER | {Role.CONTROLLER: 200}
CHAIN = CARE_STAFF | {Role.CONTROLLER: 200, Role.QUALITY_OFFICER: 200}
CONTRACTS = {Role.CONTRACT_MANAGER: 200, Role.CONTROLLER: 200, Role.QUALITY_OFFICER: 200}
MANAGER = {Role.CONTRACT_MANAGER: 200}
ADMINISTRATOR = {Role.ADMINISTRATOR: 200}


def _moves(roles: dict[Role, int]) -> dict[Role, int]:
    """Back to the page it came from, with what was done or refused."""
    return dict.fromkeys(roles, 302)


ACCESS = {
    "home": ("get", EVERYBODY),
    "client_list": ("get", CLIENTS),
    "client_detail": ("get", CLIENTS),
    "client_bsn": ("post", CARE_STAFF | PROVIDER),
    "emergency_list": ("get", ADMINISTRATOR | MANAGER),
    "emergency_open": ("get", ADMINISTRATOR),
    "emergency_detail": ("get", ADMINISTRATOR | MANAGER),
    "emergency_message": ("post", _moves(ADMINISTRATOR)),
    "emergency_end": ("post", _moves(ADMINISTRATOR)),
    "emergency_review": ("post", _moves(MANAGER)),
    "allocation_list": ("get", CHAIN),
    "allocation_detail": ("get", CHAIN),
    "allocation_place": ("get", CARE_STAFF),
    "allocation_tell_again": ("post", _moves(CARE_STAFF)),
    "placement_list": ("get", CHAIN | PROVIDER),
    "placement_detail": ("get", CHAIN | PROVIDER),
    "placement_accept": ("post", _moves(PROVIDER)),
    "placement_decline": ("get", PROVIDER),
    "placement_withdraw": ("get", CARE_STAFF),
    "placement_name_professional": ("get", PROVIDER),
    "placement_start": ("get", PROVIDER),
    "placement_stop": ("get", PROVIDER),
    "placement_take_back": ("post", _moves(PROVIDER)),
    "request_list": ("get", CHAIN | PROVIDER),
    "request_new": ("get", CARE_STAFF | PROVIDER),
    "request_detail": ("get", CHAIN | PROVIDER),
    "request_send": ("post", _moves(CARE_STAFF)),
    "request_dismiss": ("get", CARE_STAFF),
    "subcontractor_list": ("get", CONTRACTS | {Role.ADMINISTRATOR: 200} | PROVIDER),
    "subcontractor_detail": ("get", CONTRACTS | {Role.ADMINISTRATOR: 200} | PROVIDER),
    "subcontract_list": ("get", CONTRACTS | PROVIDER),
    "subcontract_detail": ("get", CONTRACTS | PROVIDER),
    "subcontract_tariff": ("get", MANAGER),
    "municipal_contract_list": ("get", CONTRACTS),
    "municipal_contract_detail": ("get", CONTRACTS),
    "professional_list": ("get", PROVIDER),
    "professional_new": ("get", PROVIDER),
    "professional_end": ("get", PROVIDER),
}
