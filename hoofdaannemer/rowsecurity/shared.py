"""Conditions and grants that tables of several apps share."""

from hoofdaannemer.core.rowsecurity import Only, TablePolicy
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role

MONEY = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})

READ = ("SELECT",)
APPEND = ("SELECT", "INSERT")
KEEP = ("SELECT", "INSERT", "UPDATE")
DISPOSABLE = (*KEEP, "DELETE")

#: A call that nobody has been recognised in yet.
BEFORE_SCOPE = "(SELECT app_role()) IN ('', 'nobody')"


def mine(roles: frozenset[Role]) -> str:
    """Rows of the main contractor, for these of its people."""
    return Only(roles).where("main_contractor_id = (SELECT app_id('main_contractor'))")


PROVIDER = Only(SUBCONTRACTOR).where("provider_organisation_id = (SELECT app_id('organisation'))")


def owned(
    staff: frozenset[Role] = STAFF,
    *,
    provider: bool = True,
    grants: tuple[str, ...] = KEEP,
) -> TablePolicy:
    """Rows of the main contractor for `staff`; of the own organisation for a provider."""
    rows = (mine(staff),) if staff else ()
    return TablePolicy(rows=(*rows, *((PROVIDER,) if provider else ())), grants=grants)


def through(table: str, column: str, *, grants: tuple[str, ...] = KEEP) -> TablePolicy:
    """Rows whose parent row is visible: the parent's own policy decides."""
    return TablePolicy(
        rows=(f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {column})",), grants=grants
    )


#: Public reference data: nobody's rows, read by municipalities too.
PUBLIC = TablePolicy(municipal=READ)
CARE_STAFF = STAFF - {Role.ADMINISTRATOR}

#: Rows that name on whose behalf they were made, for who manages people there.
SENT_FOR = (
    Only(frozenset({Role.ADMINISTRATOR})).where(
        "main_contractor = (SELECT app_id('main_contractor'))"
    ),
    Only(frozenset({Role.SUBCONTRACTOR_ADMIN})).where(
        "acting_organisation = (SELECT app_id('organisation'))"
    ),
)


def shown_to_its_subcontractors(table: str, grants: tuple[str, ...] = KEEP) -> TablePolicy:
    """Rows of the main contractor, also for every provider that has a relation with it."""
    return TablePolicy(
        rows=(
            mine(STAFF),
            Only(SUBCONTRACTOR).where(
                "EXISTS (SELECT 1 FROM subcontracts_subcontractor sub"
                f" WHERE sub.main_contractor_id = {table}.main_contractor_id)"
            ),
        ),
        grants=grants,
    )
