"""Which pages and changes of care a mandate covers, by subject; registered in `apps.py`."""

from __future__ import annotations

from typing import Final

from hoofdaannemer.core.mandates import ALWAYS, Subject

#: Subject, names of addresses, verbs of changes.
BY_SUBJECT: Final = (
    (ALWAYS, ("home",), ()),
    (
        Subject.START_STOP,
        (
            *("placement_list", "placement_detail"),
            *("placement_start", "placement_stop", "placement_take_back"),
        ),
        ("start.reported", "start.withdrawn", "stop.reported", "stop.withdrawn"),
    ),
)
