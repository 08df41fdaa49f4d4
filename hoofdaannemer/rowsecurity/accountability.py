"""Reports, and what was published of them."""

from hoofdaannemer.core.rowsecurity import Only, TablePolicy
from hoofdaannemer.core.scope import Role
from hoofdaannemer.rowsecurity.shared import (
    APPEND,
    READ,
    mine,
    owned,
)

#: Who of the main contractor reads reports.
REPORTS = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER, Role.QUALITY_OFFICER})

OWN_MUNICIPALITY = Only(frozenset({Role.MUNICIPAL_VIEWER})).where(
    "municipality_id = (SELECT app_id('municipality'))"
)

#: Published figures: read by the municipality they are for, changed by nobody.
RELEASED = TablePolicy(
    rows=(mine(REPORTS), OWN_MUNICIPALITY),
    grants=APPEND,
    municipal=READ,
    writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
)

#: Of subcontractors: read by the municipality only as far as the contract shows it today.
AS_AGREED = TablePolicy(
    rows=(
        mine(REPORTS),
        Only(frozenset({Role.MUNICIPAL_VIEWER})).where(
            "municipality_id = (SELECT app_id('municipality')) AND subcontracts_shows_subs("
            "contract_id, level, (now() AT TIME ZONE 'Europe/Amsterdam')::date)"
        ),
    ),
    grants=APPEND,
    municipal=READ,
    writes=(mine(frozenset({Role.CONTRACT_MANAGER})),),
)


POLICIES: dict[str, TablePolicy] = {
    "accountability_report": owned(REPORTS, provider=False),
    "accountability_reporttable": owned(REPORTS, provider=False, grants=APPEND),
    "accountability_release": RELEASED,
    "accountability_releasetable": RELEASED,
    "accountability_releasefile": RELEASED,
    "accountability_subcontractorrelease": AS_AGREED,
    "accountability_subcontractorfile": AS_AGREED,
    "accountability_receipt": TablePolicy(
        rows=(mine(REPORTS), OWN_MUNICIPALITY),
        grants=APPEND,
        municipal=APPEND,
        writes=(OWN_MUNICIPALITY,),
    ),
}
