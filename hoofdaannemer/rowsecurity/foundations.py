"""Django, its libraries, core and the logs."""

from hoofdaannemer.core.rowsecurity import TablePolicy
from hoofdaannemer.rowsecurity.shared import (
    APPEND,
    BEFORE_SCOPE,
    KEEP,
    PUBLIC,
    SENT_FOR,
)

#: Tables of Django and its libraries: nobody's rows.
FREE = TablePolicy()

_IN_OWN_NAME = "coalesce(user_id, 0) = coalesce((SELECT app_id('user')), 0)"

#: Any role: each record names its maker and is read through `visible_to`.
RECORDS = TablePolicy(
    rows=(
        "user_id = (SELECT app_id('user'))",
        *SENT_FOR,
    ),
    # One records in one's own name only; work without a person in nobody's.
    # And under the mandate one acts under, if under any.
    writes=(f"{_IN_OWN_NAME} AND mandate = coalesce((SELECT app_id('mandate')), 0)",),
    # Append-only: nobody changes or deletes what was recorded.
    grants=APPEND,
    municipal=APPEND,
)


POLICIES: dict[str, TablePolicy] = {
    # The municipal role may keep its session and messages going.
    "django_migrations": FREE,
    "django_content_type": PUBLIC,
    "django_session": TablePolicy(municipal=("SELECT", "INSERT", "UPDATE", "DELETE")),
    "auth_group": FREE,
    "auth_group_permissions": FREE,
    "auth_permission": FREE,
    "axes_accessattempt": FREE,
    "axes_accessattemptexpiration": FREE,
    "axes_accessfailurelog": FREE,
    "axes_accesslog": FREE,
    "otp_static_staticdevice": PUBLIC,
    "otp_static_statictoken": FREE,
    "core_counter": TablePolicy(grants=KEEP),
    # Counted before a call has a scope; whoever acts for somebody neither reads nor resets it.
    "core_callcount": TablePolicy(rows=(BEFORE_SCOPE,)),
    # When work last ran: nothing of anybody.
    "core_heartbeat": TablePolicy(grants=KEEP),
    "audit_accessrecord": RECORDS,
    "audit_changerecord": RECORDS,
    "audit_refusedattempt": RECORDS,
}
