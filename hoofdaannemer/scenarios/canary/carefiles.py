"""Files of the light CSV format, one each way for every subcontractor."""

from __future__ import annotations

from datetime import datetime

from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.care import Care
from subcontracts.models import CareFile
from subcontracts.rules.carefile import COLUMNS
from subcontracts.services import carefiles

#: A placement that nobody has.
NOBODYS = "1"


def exchange(care: Care, at: datetime) -> None:
    """Let each download its placements, and hand in a row that cannot be taken."""
    row = ("", "jw", NOBODYS, "start", f"{at:%d-%m-%Y}", "", "")
    raw = "\r\n".join(";".join(cells) for cells in (COLUMNS, row)).encode()
    for provider in sorted({provider for _case, provider in care.placed}):
        with acting_as(care.cast.scope("medewerker", provider, at)) as scope:
            carefiles.take_placements(scope=scope)
            carefiles.hand_in(scope=scope, raw=raw, source=CareFile.Source.PORTAL)
