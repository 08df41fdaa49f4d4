"""How the status of a placement looks: the tone of its badge."""

from __future__ import annotations

from typing import Any, Final

from subcontracts.models import Placement

PLACEMENT_TONES: Final[dict[Any, str]] = {
    Placement.Status.OFFERED: "warning",
    Placement.Status.ACCEPTED: "positive",
    Placement.Status.DECLINED: "negative",
}
