"""Who may open the pages of the message traffic.

The mailbox is for software: a login opens nothing there, whatever the role.
"""

from hoofdaannemer.core.scope import SECOND_FACTOR, Role

EVERYBODY = [*sorted(SECOND_FACTOR), Role.MUNICIPAL_VIEWER, Role.NOBODY]
CARE = {Role.CONTRACT_MANAGER: 200, Role.CARE_COORDINATOR: 200}
OWN = {Role.SUBCONTRACTOR_ADMIN: 200, Role.SUBCONTRACTOR_USER: 200}
#: A controller reads declarations and their answers; another message is a 404.
READERS = {**CARE, **OWN, Role.CONTROLLER: 200}
#: 302: back to the list, with what was done or the refusal.
ATTENDANTS_MOVE = {Role.CONTRACT_MANAGER: 302, Role.CARE_COORDINATOR: 302, Role.ADMINISTRATOR: 302}
WITHOUT_TOKEN = dict.fromkeys(EVERYBODY, 401)

ACCESS = {
    "message_list": ("get", READERS),
    "sent_message_list": ("get", READERS),
    "message_detail": ("get", READERS),
    "sent_message_detail": ("get", READERS),
    "message_download": ("get", {**CARE, **OWN}),
    "sent_message_download": ("get", {**CARE, **OWN}),
    "message_upload": ("get", {**CARE, **OWN}),
    "message_attention": ("get", {**CARE, Role.ADMINISTRATOR: 200}),
    "message_rerun": ("post", ATTENDANTS_MOVE),
    "sent_message_resend": ("post", ATTENDANTS_MOVE),
    "message_settle": ("get", OWN),
    "sent_message_settle": ("get", CARE),
    "mailbox": ("get", WITHOUT_TOKEN),
    "mailbox_message": ("get", WITHOUT_TOKEN),
    "mailbox_acknowledge": ("post", WITHOUT_TOKEN),
    # Public: describes the mailbox, holds nothing of anybody.
    "mailbox_description": ("get", dict.fromkeys(EVERYBODY, 200)),
}
