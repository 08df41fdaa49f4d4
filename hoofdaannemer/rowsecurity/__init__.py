"""Who may see which row, table by table: the second lock behind `visible_to`.

One module an app, written to the database after each migration by `core.rowsecurity`. A table that
is not listed fails a test. The first lock, and the text of the policy, is docs/access.md.
"""

from hoofdaannemer.core.rowsecurity import TablePolicy
from hoofdaannemer.rowsecurity import (
    accountability,
    accounts,
    billing,
    foundations,
    messaging,
    qualifications,
    subcontracts,
)

POLICIES: dict[str, TablePolicy] = {
    **foundations.POLICIES,
    **accounts.POLICIES,
    **messaging.POLICIES,
    **subcontracts.POLICIES,
    **qualifications.POLICIES,
    **billing.POLICIES,
    **accountability.POLICIES,
}
