"""Referrals as the own access writes them, in a file and in a call."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from subcontracts.rules.referralcells import COLUMNS
from tests import factories

Cells = dict[str, str]


def cells(**changes: str) -> Cells:
    """A referral by a general practitioner for guidance, four hours a week."""
    return {
        **dict.fromkeys(COLUMNS, ""),
        "kenmerk": "WT-1",
        "wet": "jw",
        "gemeente": "0307",
        "bsn": factories.bsn(),
        "achternaam": "Kanarie",
        "voorletters": "A.B.",
        "geboortedatum": "04-05-2012",
        "geslacht": "2",
        "type_verwijzer": "02",
        "agb_verwijzer": "01000001",
        "gezag_bekend": "ja",
        "productcategorie": "45",
        "productcode": "45A04",
        "begindatum": "01-04-2026",
        "einddatum": "30-09-2026",
        "volume": "4",
        "frequentie": "2",
        **changes,
    }


def treatment(**changes: str) -> Cells:
    """Treatment besides, in a row that says nothing twice."""
    return {
        **dict.fromkeys(COLUMNS, ""),
        "kenmerk": "WT-1",
        "productcategorie": "54",
        "productcode": "54001",
        "begindatum": "01-04-2026",
        "einddatum": "30-09-2026",
        "volume": "120",
        "frequentie": "4",
        **changes,
    }


def file_of(*rows: Mapping[str, str]) -> bytes:
    """The rows as a file of a spreadsheet."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def call_of(*referrals: Any) -> bytes:
    """The body of a call: one referral, or a list."""
    return json.dumps(referrals[0] if len(referrals) == 1 else list(referrals)).encode()


def told(**changes: Any) -> dict[str, Any]:
    """The same referral as software tells it."""
    product = {
        "productcategorie": "45",
        "productcode": "45A04",
        "begindatum": "2026-04-01",
        "einddatum": "2026-09-30",
        "volume": 4,
        "eenheid": "04",
        "frequentie": "2",
    }
    return {
        "kenmerk": "WT-1",
        "wet": "jw",
        "gemeente": "0307",
        "bsn": factories.bsn(),
        "achternaam": "Kanarie",
        "voorletters": "AB",
        "geboortedatum": "2012-05-04",
        "geslacht": "2",
        "type_verwijzer": "02",
        "agb_verwijzer": "01000001",
        "gezag_bekend": True,
        "producten": [product],
        **changes,
    }
