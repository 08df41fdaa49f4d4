"""Who may open the pages of the message traffic.

The mailbox is for software: a login opens nothing there, whatever the role.
"""

from hoofdaannemer.core.scope import SECOND_FACTOR, Role

EVERYBODY = [*sorted(SECOND_FACTOR), Role.MUNICIPAL_VIEWER, Role.NOBODY]
CARE = {Role.CONTRACT_MANAGER: 200, Role.CARE_COORDINATOR: 200}
OWN = {Role.SUBCONTRACTOR_ADMIN: 200, Role.SUBCONTRACTOR_USER: 200}
#: A controller reads declarations and their answers; another message is a 404.
READERS = {**CARE, **OWN, Role.CONTROLLER: 200}
WITHOUT_TOKEN = dict.fromkeys(EVERYBODY, 401)

ACCESS = {
    "message_list": ("get", READERS),
    "sent_message_list": ("get", READERS),
    "message_detail": ("get", READERS),
    "sent_message_detail": ("get", READERS),
    "message_lineage": ("get", READERS),
    "sent_message_lineage": ("get", READERS),
    "message_download": ("get", {**CARE, **OWN}),
    "sent_message_download": ("get", {**CARE, **OWN}),
    "message_upload": ("get", {**CARE, **OWN}),
    "message_entry_list": ("get", {**CARE, **OWN}),
    # Of a 315, which both make; of a 305 care staff get 403 too.
    "message_entry": ("get", {**CARE, **OWN}),
    "message_entry_check": ("post", {**CARE, **OWN}),
    # Made in software, so that who sent it is led back to it.
    "message_mend": ("get", dict.fromkeys(OWN, 302)),
    "message_completeness_list": ("get", READERS),
    "sent_message_completeness_list": ("get", READERS),
    "copy_list": ("get", CARE),
    "copy_resend": ("get", {**CARE, Role.ADMINISTRATOR: 200}),
    "message_health": ("get", {Role.ADMINISTRATOR: 200}),
    "message_attention": ("get", {**CARE, Role.ADMINISTRATOR: 200}),
    "message_rerun": ("get", {**CARE, Role.ADMINISTRATOR: 200}),
    "sent_message_resend": ("get", {**CARE, Role.ADMINISTRATOR: 200}),
    "message_settle": ("get", OWN),
    "sent_message_settle": ("get", CARE),
    "envelope_settle": ("get", {**CARE, Role.ADMINISTRATOR: 200}),
    "hub_ggk": ("post", WITHOUT_TOKEN),
    "hub_vecozo": ("post", WITHOUT_TOKEN),
    "mailbox": ("get", WITHOUT_TOKEN),
    "mailbox_message": ("get", WITHOUT_TOKEN),
    "mailbox_acknowledge": ("post", WITHOUT_TOKEN),
    "mailbox_copies": ("get", WITHOUT_TOKEN),
    "mailbox_copy": ("get", WITHOUT_TOKEN),
    "mailbox_copy_acknowledge": ("post", WITHOUT_TOKEN),
    "mailbox_nowhere": ("get", WITHOUT_TOKEN),
    # Public: describes the mailbox, holds nothing of anybody.
    "mailbox_description": ("get", dict.fromkeys(EVERYBODY, 200)),
}
