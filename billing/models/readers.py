"""Who of the main contractor's people reads which money (docs/access.md, section 1)."""

from __future__ import annotations

from hoofdaannemer.core.scope import Role

#: Declarations, statements, payments. The care coordinator reads no money.
MONEY = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})
#: Holds: the quality officer sees reference and amount of the lines that a review concerns.
HOLDS = MONEY | {Role.QUALITY_OFFICER}
#: FTE reports name professionals by reference, and whether they qualify.
FTE = MONEY | {Role.QUALITY_OFFICER}
#: Production statements and samples: an auditor what was established.
AUDITED = MONEY | {Role.AUDITOR}
