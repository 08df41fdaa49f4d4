"""The sheets of a file with running care, and what each of their columns holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

CLIENTS: Final = "clienten"
ALLOCATIONS: Final = "toewijzingen"
PLACEMENTS: Final = "plaatsingen"
TARIFFS: Final = "tarieven"
TOTALS: Final = "totalen"

#: The columns of each sheet in the order of the template. New ones come last: rows are kept by it.
COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    CLIENTS: (
        *("bsn", "achternaam", "voorvoegsel", "voorletters", "geboortedatum", "geslacht"),
        *("straat", "huisnummer", "postcode", "plaats", "kenmerk"),
    ),
    ALLOCATIONS: (
        *("wet", "gemeente", "toewijzingsnummer", "bsn", "productcategorie", "productcode"),
        *("besluitdatum", "begindatum", "einddatum"),
        *("volume", "eenheid", "frequentie", "budget", "kenmerk", "toegewezen_door"),
    ),
    PLACEMENTS: (
        *("wet", "gemeente", "toewijzingsnummer", "uitvoerder"),
        *("productcategorie", "productcode", "begindatum", "einddatum", "volume", "budget"),
        *("gestart_op", "onderbroken_na", "nummer", "bsn", "kenmerk"),
    ),
    TARIFFS: (
        *("contractnummer", "productcategorie", "productcode", "eenheid", "tarief"),
        *("begindatum", "einddatum"),
    ),
    TOTALS: (
        *("gemeente", "uitvoerder", "productcategorie", "productcode", "jaar"),
        *("clienten", "toewijzingen", "plaatsingen", "volume", "bedrag"),
    ),
}
#: Columns without which a sheet cannot be read.
NEEDED: Final[Mapping[str, Sequence[str]]] = {
    CLIENTS: ("bsn", "achternaam", "geboortedatum", "geslacht"),
    ALLOCATIONS: ("wet", "gemeente", "toewijzingsnummer", "bsn", "begindatum"),
    PLACEMENTS: ("wet", "gemeente", "toewijzingsnummer", "uitvoerder", "begindatum"),
    TARIFFS: ("contractnummer", "productcategorie", "productcode", "tarief", "begindatum"),
    TOTALS: (),
}
#: Sheets whose rows are taken over, in the order in which that happens.
TAKEN: Final = (TARIFFS, CLIENTS, ALLOCATIONS, PLACEMENTS)
