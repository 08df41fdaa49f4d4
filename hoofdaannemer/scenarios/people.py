"""Invented people, practices and numbers, the same at every load.

BSNs are of the published test range and pass the eleven test; IBANs carry valid check digits of
an invented account.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from schwifty import IBAN
from stdnum.nl import bsn

FIRST_TEST_BSN, LAST_TEST_BSN = 999_900_006, 999_999_990

_SURNAMES = (
    "Akkerhof Beekmans Cruijs Daalwijk Elzenga Fokkinga Graafland Haverkort IJsbrandt Jorna "
    "Kloosterhuis Landweer Mulderij Noordeloos Oosterveld Plaggemars Quartel Rietbergen Schokker "
    "Terpstraat Uilenberg Veenhoven Wagenvoort Zandwerven Bosgraaf Donkersloot Eikelboom "
    "Groenewoudt Hazelaar Koppelaars Lindeboom Meerdink Ottenhof Peppelaar Rozendaal Steenakker "
    "Tolhuis Vlietstra Waterlander Zomerdijk"
).split()
_PREFIXES = ("", "", "", "", "van", "de", "van der", "ter")
_GIVEN = (
    "Aafke Bram Cato Daan Elin Floris Guusje Hidde Ilse Jelmer Kaat Lieke Mees Noor Olle Pien "
    "Quinten Roos Sem Tess Umar Vera Wout Xander Yara Zoe Abel Bente Casper Dunya"
).split()
_STREETS = (
    "Appelgaard Bongerd Dorpsbrink Esdoornpad Fazantlaan Gildestraat Heideweg Iepenhof "
    "Kerkakker Lindelaan Meidoornstraat Notenhof Oeverzegge Pastorielaan Rietkraag Seringenpad"
).split()


@dataclass(frozen=True)
class Person:
    """An invented client."""

    bsn: str
    surname: str
    prefix: str
    given: str
    birth_date: date
    sex: str
    street: str
    house_number: int
    postcode: str
    town: str

    @property
    def initials(self) -> str:
        """First letter, as the message standard wants it."""
        return self.given[0]


def test_bsns() -> Iterator[str]:
    """Every valid BSN of the test range, in order."""
    for number in range(FIRST_TEST_BSN, LAST_TEST_BSN + 1):
        text = f"{number:09d}"
        if bsn.is_valid(text):
            yield text


def iban(number: int) -> str:
    """A valid Dutch IBAN over an invented account number."""
    return str(IBAN.generate("NL", bank_code="INGB", account_code=f"{number:010d}"))


def full_name(dice: random.Random) -> str:
    """A name for somebody who works in care."""
    prefix = dice.choice(_PREFIXES)
    return " ".join(p for p in (dice.choice(_GIVEN), prefix, dice.choice(_SURNAMES)) if p)


def person(
    dice: random.Random, number: str, *, town: str, born_between: tuple[date, date]
) -> Person:
    """A client with the BSN `number`, born in the closed interval, living in `town`."""
    first, last = born_between
    letters = "ABDEGHJKLNPRSTVWXZ"
    return Person(
        bsn=number,
        surname=dice.choice(_SURNAMES),
        prefix=dice.choice(_PREFIXES),
        given=dice.choice(_GIVEN),
        birth_date=first + timedelta(days=dice.randrange((last - first).days + 1)),
        sex=dice.choice("12"),
        street=dice.choice(_STREETS),
        house_number=dice.randrange(1, 200),
        postcode=f"{dice.randrange(3000, 9000)}{dice.choice(letters)}{dice.choice(letters)}",
        town=town,
    )
