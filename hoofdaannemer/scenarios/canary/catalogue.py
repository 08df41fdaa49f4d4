"""Who is who in the canary scenario, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.scenarios.people import Person
from subcontracts.models import FundingLine, Subcontract

NORTH: Final = "Kanarie-Noord"
SOUTH: Final = "Kanarie-Zuid"
ALFA: Final = "Kanarie-Alfa"
BETA: Final = "Kanarie-Beta"
GAMMA: Final = "Kanarie-Gamma"
WAD: Final = "Kanarie-Wad"
DUNE: Final = "Kanarie-Duin"

#: Trade register number of the first main contractor: the scenario is there when it is.
KVK: Final = "90900001"


@dataclass(frozen=True)
class Numbers:
    """Invented numbers of an organisation."""

    kvk: str
    agb: str
    kind: str


ORGANISATIONS: Final = {
    NORTH: Numbers(KVK, "73990001", Organisation.Kind.MAIN_CONTRACTOR),
    SOUTH: Numbers("90900002", "73990002", Organisation.Kind.MAIN_CONTRACTOR),
    ALFA: Numbers("90900011", "73990011", Organisation.Kind.PRACTICE),
    BETA: Numbers("90900012", "73990012", Organisation.Kind.INSTITUTION),
    GAMMA: Numbers("90900013", "73990013", Organisation.Kind.INSTITUTION),
}
#: CBS codes of two islands, under an invented name.
MUNICIPALITIES: Final = {WAD: "0093", DUNE: "0096"}


@dataclass(frozen=True)
class Task:
    """What a main contractor does for municipalities, with one product."""

    main: str
    family: str
    category: str
    code: str
    unit: str
    shares: dict[str, Decimal]
    #: Units a week that are allocated, and euros a unit.
    volume: int = 3
    price: Decimal = Decimal("66.00")


TASKS: Final = (
    Task(NORTH, "jw", "45", "45A04", "04", {WAD: Decimal(60), DUNE: Decimal(40)}),
    Task(SOUTH, "wmo", "02", "02A05", "04", {DUNE: Decimal(100)}),
)


@dataclass(frozen=True)
class Relation:
    """A subcontractor of a main contractor, its funding form and how messages reach it."""

    main: str
    provider: str
    form: str
    relay: str = Subcontract.Relay.PORTAL


_FORM = FundingLine.Form
RELATIONS: Final = (
    Relation(NORTH, ALFA, _FORM.PXQ),
    Relation(NORTH, GAMMA, _FORM.FTE),
    Relation(SOUTH, BETA, _FORM.PXQ, Subcontract.Relay.MESSAGES),
    Relation(SOUTH, GAMMA, _FORM.TRAJECTORY),
)
#: Parameters of the forms, as `billing` reads them.
PARAMETERS: Final[dict[str, dict[str, object]]] = {
    _FORM.PXQ: {},
    _FORM.FTE: {"fte": "2.0", "price": "98000.00", "tolerance": "5.00"},
    _FORM.TRAJECTORY: {"price": "6000.00", "start_share": "60.00", "nominal_days": 180},
}


@dataclass(frozen=True)
class Case:
    """A client: whose, of which municipality, and who delivers, one after the other."""

    surname: str
    bsn: str
    main: str
    municipality: str
    providers: tuple[str, ...]

    @property
    def person(self) -> Person:
        """The invented person; the name says who may see it."""
        return Person(
            bsn=self.bsn,
            surname=self.surname,
            prefix="",
            given="Kim",
            birth_date=date(2012, 5, 17) if self.main == NORTH else date(1948, 5, 17),
            sex="2",
            street="Vogelweg",
            house_number=int(self.bsn[-3:]) + 1,
            postcode="8881AA",
            town="Kanariedorp",
        )


#: The client of two subcontractors in succession.
SHARED: Final = "Kanarie-Noord-Alfa-Gamma"
CASES: Final = (
    Case("Kanarie-Noord-Alfa", "999999011", NORTH, WAD, (ALFA,)),
    Case("Kanarie-Noord-Gamma", "999999023", NORTH, DUNE, (GAMMA,)),
    Case(SHARED, "999999035", NORTH, WAD, (ALFA, GAMMA)),
    Case("Kanarie-Zuid-Beta", "999999047", SOUTH, DUNE, (BETA,)),
    Case("Kanarie-Zuid-Gamma", "999999059", SOUTH, DUNE, (GAMMA,)),
    Case("Kanarie-Noord-Niemand", "999999060", NORTH, DUNE, ()),
    Case("Kanarie-Zuid-Niemand", "999999072", SOUTH, DUNE, ()),
)
