"""Who is who in the canary scenario, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.scenarios.people import Person
from subcontracts.models import FundingLine

NORTH: Final = "Kanarie-Noord"
SOUTH: Final = "Kanarie-Zuid"
ALFA: Final = "Kanarie-Alfa"
BETA: Final = "Kanarie-Beta"
GAMMA: Final = "Kanarie-Gamma"
OFFICE: Final = "Kanarie-Kantoor"
BUREAU: Final = "Kanarie-Bureau"
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


@dataclass(frozen=True)
class Office:
    """An administration office: by which main contractor it is taken in, for whom it acts."""

    kvk: str
    main: str
    providers: tuple[str, ...]


OFFICES: Final = {
    OFFICE: Office("90900021", NORTH, (ALFA,)),
    BUREAU: Office("90900022", SOUTH, (BETA, GAMMA)),
}
#: CBS codes of two islands, under an invented name.
MUNICIPALITIES: Final = {WAD: "0093", DUNE: "0096"}


@dataclass(frozen=True)
class Goods:
    """A product of a main contractor and the form under which every subcontractor is paid."""

    form: str
    category: str
    code: str
    unit: str
    parameters: Mapping[str, object] = field(default_factory=dict)


_FORM = FundingLine.Form
_FTE: Final = {"fte": "2.0", "price": "98000.00", "tolerance": "5.00"}


@dataclass(frozen=True)
class Task:
    """What a main contractor does for municipalities; the first of its goods is allocated."""

    main: str
    family: str
    goods: tuple[Goods, ...]
    shares: Mapping[str, Decimal]
    #: Units a week that are allocated, and euros a unit.
    volume: int = 3
    price: Decimal = Decimal("66.00")
    #: Euros that municipalities pay a unit of what is allocated, beside the lump sum.
    upward_price: Decimal = Decimal("70.00")

    @property
    def allocated(self) -> Goods:
        """What municipalities allocate."""
        return self.goods[0]


TASKS: Final = (
    Task(
        NORTH,
        "jw",
        (Goods(_FORM.PXQ, "45", "45A04", "04"), Goods(_FORM.FTE, "41", "41A11", "16", _FTE)),
        {WAD: Decimal(60), DUNE: Decimal(40)},
    ),
    Task(
        SOUTH,
        "wmo",
        (Goods(_FORM.PXQ, "02", "02A05", "04"), Goods(_FORM.FTE, "07", "07A10", "16", _FTE)),
        {DUNE: Decimal(100)},
    ),
)
#: Main contractor and subcontractor; all of them have software beside the portal.
RELATIONS: Final = ((NORTH, ALFA), (NORTH, GAMMA), (SOUTH, BETA), (SOUTH, GAMMA))


@dataclass(frozen=True)
class Case:
    """A client: whose, of which municipality, and who delivers, one after the other."""

    surname: str
    bsn: str
    main: str
    municipality: str
    providers: tuple[str, ...]
    #: Placed now and not replied to.
    is_new: bool = False

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
    Case("Kanarie-Noord-Alfa-nieuw", "999999084", NORTH, WAD, (ALFA,), is_new=True),
    Case("Kanarie-Noord-Gamma-nieuw", "999999096", NORTH, DUNE, (GAMMA,), is_new=True),
    Case("Kanarie-Zuid-Beta-nieuw", "999999102", SOUTH, DUNE, (BETA,), is_new=True),
    Case("Kanarie-Zuid-Gamma-nieuw", "999999114", SOUTH, DUNE, (GAMMA,), is_new=True),
    Case("Kanarie-Noord-Niemand", "999999060", NORTH, DUNE, ()),
    Case("Kanarie-Zuid-Niemand", "999999072", SOUTH, DUNE, ()),
)
