"""Scenario `canary`: small, for tests that parties are kept apart (docs/access.md).

Two main contractors, three subcontractors of which one works for both, two municipalities, and
every role in each. Every party has at least one object of every kind, and every name begins with
`Kanarie-` and its party, so that a name on the wrong page is found by a search for it.
"""

from hoofdaannemer.scenarios.canary.catalogue import KVK
from hoofdaannemer.scenarios.canary.story import load

DESCRIPTION = "Two of everything, to test that parties see nothing of each other."

__all__ = ["DESCRIPTION", "KVK", "load"]
