"""Who may open the pages about people, keys and logs.

NOBODY is somebody who has not logged in; the entrance is open to everybody.
"""

from hoofdaannemer.core.scope import SECOND_FACTOR, STAFF, SUBCONTRACTOR, Role

EVERYBODY = dict.fromkeys([*sorted(SECOND_FACTOR), Role.MUNICIPAL_VIEWER], 200)
ALSO_STRANGERS = EVERYBODY | {Role.NOBODY: 200}
#: The address that the matrix asks for names a link or mail that is not there.
NOT_THERE = dict.fromkeys(ALSO_STRANGERS, 404)
EVERYBODY_MOVES = dict.fromkeys(EVERYBODY, 302)
WITH_APP = dict.fromkeys(sorted(SECOND_FACTOR), 200)
WITH_APP_MOVES = dict.fromkeys(WITH_APP, 302)
MANAGERS = {Role.ADMINISTRATOR: 200, Role.SUBCONTRACTOR_ADMIN: 200}
MANAGERS_MOVE = dict.fromkeys(MANAGERS, 302)
DELEGATE = {Role.SUBCONTRACTOR_ADMIN: 200}
ADMINISTRATOR = {Role.ADMINISTRATOR: 200}
MONEY = {Role.CONTRACT_MANAGER: 200, Role.CONTROLLER: 200}
OFFICE_MOVES = {Role.OFFICE_USER: 302}
MANDATES = MONEY | dict.fromkeys(sorted(SUBCONTRACTOR), 200) | {Role.OFFICE_USER: 200}
READERS = dict.fromkeys(sorted(STAFF | SUBCONTRACTOR), 200)

ACCESS = {
    # The entrance: whoever is in already is led on.
    "login": ("get", EVERYBODY_MOVES | {Role.NOBODY: 200}),
    "second_factor": ("get", EVERYBODY_MOVES),
    "second_factor_enrol": ("get", EVERYBODY_MOVES),
    "invitation_accept": ("get", NOT_THERE),
    "password_reset": ("get", ALSO_STRANGERS),
    "password_reset_sent": ("get", ALSO_STRANGERS),
    "password_reset_confirm": ("get", NOT_THERE),
    # The demo's mail; nothing at all outside the demo.
    "demo_mail_list": ("get", ALSO_STRANGERS),
    "demo_mail_detail": ("get", NOT_THERE),
    "account": ("get", EVERYBODY),
    "logout": ("post", EVERYBODY_MOVES),
    "role_switch": ("post", EVERYBODY_MOVES),
    "account_name": ("get", EVERYBODY),
    "account_digest": ("post", WITH_APP_MOVES),
    "password_change": ("get", EVERYBODY),
    "second_factor_renew": ("get", WITH_APP),
    "recovery_codes_renew": ("get", WITH_APP),
    "session_end": ("post", EVERYBODY_MOVES),
    "session_end_others": ("post", EVERYBODY_MOVES),
    "user_list": ("get", MANAGERS),
    "user_invite": ("get", MANAGERS),
    "user_detail": ("get", MANAGERS),
    "role_give": ("get", MANAGERS),
    "role_end": ("get", MANAGERS),
    "user_block": ("get", MANAGERS),
    "user_unblock": ("post", MANAGERS_MOVE),
    "user_second_factor_reset": ("get", MANAGERS),
    "user_mail_resend": ("post", MANAGERS_MOVE),
    "invitation_resend": ("post", MANAGERS_MOVE),
    "paying_account": ("get", ADMINISTRATOR),
    "office_list": ("get", ADMINISTRATOR),
    "office_new": ("get", ADMINISTRATOR),
    # Acting for who gave it a mandate, an office is a user of theirs, limited by core.mandates.
    "office_mandate_act": ("post", OFFICE_MOVES),
    "office_mandate_list": ("get", MANDATES),
    "office_mandate_detail": ("get", MANDATES),
    "office_mandate_document": ("get", MANDATES),
    "office_mandate_give": ("get", DELEGATE),
    "office_mandate_accept": ("post", OFFICE_MOVES),
    "office_mandate_leave": ("get", {Role.OFFICE_USER: 200}),
    "office_mandate_withdraw": ("get", DELEGATE),
    "office_mandate_refuse": ("get", MONEY),
    "token_list": ("get", DELEGATE),
    "token_create": ("get", DELEGATE),
    "token_revoke": ("get", DELEGATE),
    "access_key_list": ("get", ADMINISTRATOR),
    "access_key_create": ("get", ADMINISTRATOR),
    "access_key_revoke": ("get", ADMINISTRATOR),
    "access_record_list": ("get", READERS),
    "change_record_list": ("get", READERS),
    "refused_attempt_list": ("get", READERS),
}
