"""Organisations, the people who act for them, and for whom."""

from hoofdaannemer.core.rowsecurity import Only, TablePolicy
from hoofdaannemer.core.scope import Role
from hoofdaannemer.rowsecurity.shared import (
    APPEND,
    BEFORE_SCOPE,
    KEEP,
    MONEY,
    PROVIDER,
    PUBLIC,
    READ,
    SENT_FOR,
    mine,
)

#: Steps of a mandate that one sees.
_OF_SEEN_MANDATE = (
    "EXISTS (SELECT 1 FROM accounts_officemandate parent WHERE parent.id = mandate_id)"
)


POLICIES: dict[str, TablePolicy] = {
    # Read before there is a scope, so guarded by `visible_to` alone.
    "accounts_organisation": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_maincontractor": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_maincontractorlink": TablePolicy(grants=KEEP),
    "accounts_municipality": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_user": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_membership": TablePolicy(grants=KEEP, municipal=READ),
    "accounts_invitation": TablePolicy(grants=KEEP),
    "accounts_opensession": TablePolicy(municipal=("SELECT", "INSERT", "UPDATE", "DELETE")),
    "accounts_apitoken": TablePolicy(grants=KEEP),
    # Who acts for whom: for both, and for who contracts the one that gives it. Never changed.
    "accounts_officemandate": TablePolicy(
        rows=(
            Only(frozenset({Role.OFFICE_USER})).where(
                "office_id = (SELECT app_id('organisation'))"
            ),
            PROVIDER,
            Only(MONEY).where(
                "EXISTS (SELECT 1 FROM accounts_maincontractorlink link"
                " WHERE link.organisation_id = provider_organisation_id"
                " AND link.main_contractor_id = (SELECT app_id('main_contractor')))"
            ),
        ),
        writes=(
            Only(frozenset({Role.SUBCONTRACTOR_ADMIN})).where(
                "provider_organisation_id = (SELECT app_id('organisation'))"
            ),
        ),
        grants=APPEND,
        asks_mandate=False,
    ),
    "accounts_mandatestep": TablePolicy(
        rows=(_OF_SEEN_MANDATE,),
        writes=tuple(
            Only(frozenset(roles)).where(f"kind IN ({kinds}) AND {_OF_SEEN_MANDATE}")
            for roles, kinds in (
                ({Role.OFFICE_USER}, "'accepted', 'declined', 'returned'"),
                ({Role.SUBCONTRACTOR_ADMIN}, "'withdrawn'"),
                (MONEY, "'refused'"),
            )
        ),
        grants=APPEND,
        asks_mandate=False,
    ),
    # Read before there is a scope; then the administrator's.
    "accounts_accesskey": TablePolicy(
        rows=(BEFORE_SCOPE, mine(frozenset({Role.ADMINISTRATOR}))), grants=KEEP
    ),
    # Asked at each request of whoever gave a second factor; the key in it is encrypted.
    "accounts_authenticatorapp": PUBLIC,
    # Anybody writes, workers read: who asked for a new password is nobody's business.
    "accounts_resetwish": TablePolicy(
        rows=("false",),
        writes=("true",),
        grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
        municipal=("INSERT",),
    ),
    # Written and read by a worker only.
    "accounts_weeklydigest": TablePolicy(rows=("false",), grants=APPEND),
    "accounts_outgoingmail": TablePolicy(
        rows=SENT_FOR,
        writes=("true",),
        grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
    ),
}
