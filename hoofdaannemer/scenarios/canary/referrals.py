"""What the own access hands in: one file of each main contractor, with a row that is not taken."""

from __future__ import annotations

from datetime import datetime

from hoofdaannemer.core.scope import acting_as
from hoofdaannemer.scenarios.canary.care import Care
from subcontracts.models import ReferralFile
from subcontracts.rules import referralfile
from subcontracts.rules.referralcells import COLUMNS
from subcontracts.services import referrals


def hand_in(care: Care, at: datetime) -> None:
    """Let the care coordinator of each hand in a referral of which nearly everything is missing."""
    row = ("Kanarie-1", "jw", *[""] * (len(COLUMNS) - 2))
    raw = "\r\n".join(";".join(cells) for cells in (COLUMNS, row)).encode()
    for name, main in care.cast.memberships:
        if name == "zorg":
            with acting_as(care.cast.scope(name, main, at)) as scope:
                referrals.hand_in(
                    scope=scope,
                    referrals=referralfile.read(raw),
                    source=ReferralFile.Source.PORTAL,
                )
