"""Which reason a stop has that follows from a changed allocation (code lists JZ588 and WMO588)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ALIKE: Final[Mapping[str, str]] = {
    "02": "02",
    "03": "36",
    "05": "36",
    "06": "39",
    "08": "36",
    "09": "38",
    "10": "36",
    "11": "36",
    "12": "37",
}
#: RedenWijziging → RedenBeeindiging, by law.
LINKED: Final[Mapping[str, Mapping[str, str]]] = {
    "jw": {**_ALIKE, "07": "35"},
    "wmo": {**_ALIKE, "07": "31"},
}
#: Never on a provider's own initiative: by the municipality, and after a request for change.
BY_OTHERS: Final = frozenset({"36", "37"})


def linked_reason(family: str, change_reason: str) -> str:
    """The reason of the stop that must follow where an allocation ends sooner; else nothing."""
    return LINKED[family].get(change_reason, "")


def is_offered(code: str, linked: str) -> bool:
    """Whether who reports a stop may choose a reason, given the one that is linked, if any."""
    return code not in BY_OTHERS or code == linked
