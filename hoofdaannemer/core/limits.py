"""How often something may be done in a while, counted for all processes together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from hoofdaannemer.core.crypto import keyed_hash
from hoofdaannemer.core.scope import Scope, acting_as

#: One statement, so that two processes never read the same number. The window begins with the
#: first call; the clocks of two machines may differ, so an older moment never begins one.
_COUNT: Final = """
INSERT INTO core_callcount AS c (key, started_at, calls) VALUES (%(key)s, %(at)s, 1)
ON CONFLICT (key) DO UPDATE SET
    calls = CASE WHEN excluded.started_at >= c.started_at + %(window)s THEN 1 ELSE c.calls + 1 END,
    started_at = CASE WHEN excluded.started_at >= c.started_at + %(window)s
                      THEN excluded.started_at ELSE c.started_at END
RETURNING calls, started_at
"""
#: No window is longer; what is older is nobody's count any more.
_FORGET_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `calls` in a `window`; `name` keeps the keys of different limits apart."""

    name: str
    calls: int
    window: timedelta


def seconds_to_wait(limit: Limit, key: str, at: datetime) -> int:
    """Count one call by `key`; 0 where it is allowed, else seconds until the window ends.

    Call it outside a transaction: the row stays locked until the end of one, and all other calls
    by this key would wait for this one.
    """
    given: dict[str, Any] = {
        # An address is somebody's: it is not kept as it is.
        "key": keyed_hash(f"{limit.name}:{key}").hex(),
        "at": at,
        "window": limit.window,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        calls, started_at = cursor.fetchone() or (1, at)
    if calls <= limit.calls:
        return 0
    left = min(limit.window, started_at + limit.window - at)
    return max(1, math.ceil(left.total_seconds()))


def forget(*, scope: Scope) -> int:
    """Remove counts of windows that ended long ago; returns how many."""
    with acting_as(scope), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_callcount WHERE started_at < %s", [scope.at - _FORGET_AFTER]
        )
        return int(cursor.rowcount)
