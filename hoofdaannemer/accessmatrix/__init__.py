"""Every address × every login → the answer that the access policy wants (docs/access.md).

One module an app says which role may open which address; the rest follows: what belongs to
somebody else does not exist (404) for a role that reads the kind, and is refused (403) to a role
that never does. A test asks all of it of the site; `manage.py access_matrix` prints it for tests
from outside. An address that stands in no module fails the test.
"""

from hoofdaannemer.accessmatrix.logins import STRANGER, Login, logins
from hoofdaannemer.accessmatrix.rows import ABSENT, TO_LOGIN, Holdings, Row, rows
from hoofdaannemer.accessmatrix.tables import ANONYMOUS, access, names

__all__ = [
    "ABSENT",
    "ANONYMOUS",
    "STRANGER",
    "TO_LOGIN",
    "Holdings",
    "Login",
    "Row",
    "access",
    "logins",
    "names",
    "rows",
]
