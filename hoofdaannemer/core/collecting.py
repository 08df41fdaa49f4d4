"""When Python looks for garbage that refers to itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: New objects after which Python looks among the youngest; it counts rows, and never finds one.
_YOUNG: Final = 50_000
#: So many times among those of one age before it looks among older ones too.
_OLDER: Final = 20


def collect_seldom() -> None:
    """Look less often, and never at what the process loaded when it began.

    Left as it comes, Python looks after each 700 new objects, at every page and message, and goes
    through the whole of Django and the platform again and again. Nearly all that is thrown away
    refers to nothing and goes at once, without being looked for.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not look for circular garbage until the end of this block.

    Thousands of new rows look like garbage to come, and make Python go through everything that the
    process holds, several times. Rows refer to nothing, and what is no longer needed still goes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
