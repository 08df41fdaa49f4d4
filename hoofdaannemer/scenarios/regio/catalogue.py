"""What the scenario consists of: municipalities, products and organisations, as data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

#: CBS code, name, and share of the youth budget in percent (arrangement A2).
YOUTH_REGION = (
    ("0307", "Amersfoort", Decimal("46")),
    ("0308", "Baarn", Decimal("7")),
    ("0313", "Bunschoten", Decimal("7")),
    ("0317", "Eemnes", Decimal("3")),
    ("0327", "Leusden", Decimal("9")),
    ("0267", "Nijkerk", Decimal("12")),
    ("0342", "Soest", Decimal("12")),
    ("0351", "Woudenberg", Decimal("4")),
)
WMO_MUNICIPALITY = ("0114", "Emmen")


@dataclass(frozen=True)
class Goods:
    """A product: unit of WJ756 in which it is bought, and how it is allocated (WJ757)."""

    key: str
    family: str
    category: str
    code: str
    name: str
    unit: str
    frequency: str
    #: Lowest and highest volume allocated a frequency.
    volume: tuple[int, int]
    #: Usual price of one unit in euros; a trajectory's is that of the whole.
    price: Decimal
    #: Share of the clients of its law, in percent.
    weight: int


GOODS = (
    Goods("begeleiding", "jw", "45", "45A04", "Begeleiding jeugd individueel", "04", "2", (2, 5),
          Decimal("68.40"), 46),
    Goods("behandeling", "jw", "54", "54001", "Behandeling jeugd-ggz", "01", "4", (240, 600),
          Decimal("1.8150"), 22),
    Goods("dagbehandeling", "jw", "41", "41A11", "Dagbehandeling jeugd", "16", "2", (2, 4),
          Decimal("96.25"), 16),
    Goods("gezinstraject", "jw", "45", "45A60", "Gezinstraject", "82", "6", (1, 1),
          Decimal("6000.00"), 16),
    Goods("ondersteuning", "wmo", "02", "02A05", "Begeleiding thuis", "04", "2", (2, 4),
          Decimal("66.00"), 50),
    Goods("dagbesteding", "wmo", "07", "07A10", "Dagbesteding", "16", "2", (2, 6),
          Decimal("41.80"), 32),
    Goods("hersteltraject", "wmo", "02", "02A40", "Hersteltraject", "82", "6", (1, 1),
          Decimal("4200.00"), 18),
)  # fmt: skip


@dataclass(frozen=True)
class Further:
    """A product of a contract that whoever delivers the product `like` may deliver as well."""

    like: str
    category: str
    code: str
    name: str
    unit: str
    #: Usual price of one unit in euros.
    price: Decimal


#: With these a contract has the number of codes that its arrangement names: 21 (A2) and 8 (A3).
#: They were not allocated in the past year; most care is in a few codes.
FURTHER = (
    Further("begeleiding", "45", "45A05", "Begeleiding jeugd gespecialiseerd", "04",
            Decimal("81.60")),
    Further("begeleiding", "45", "45A06", "Begeleiding jeugd in een groep", "16",
            Decimal("72.15")),
    Further("begeleiding", "45", "45A48", "Begeleiding na school", "16", Decimal("58.30")),
    Further("begeleiding", "45", "45A53", "Opvoedondersteuning thuis", "04", Decimal("74.10")),
    Further("begeleiding", "45", "45A65", "Vaktherapie", "04", Decimal("88.20")),
    Further("begeleiding", "45", "45A66", "Training sociale vaardigheden", "84",
            Decimal("145.00")),
    Further("begeleiding", "40", "40A04", "Persoonlijke verzorging jeugd", "04",
            Decimal("56.40")),
    Further("begeleiding", "44", "44A08", "Logeren", "14", Decimal("248.00")),
    Further("dagbehandeling", "41", "41A12", "Dagbehandeling gespecialiseerd", "16",
            Decimal("121.50")),
    Further("dagbehandeling", "41", "41A13", "Dagbehandeling jong kind", "16",
            Decimal("109.75")),
    Further("dagbehandeling", "42", "42A03", "Vervoer naar dagbehandeling", "84",
            Decimal("17.40")),
    Further("behandeling", "54", "54002", "Behandeling jeugd-ggz in een groep", "01",
            Decimal("0.9200")),
    Further("behandeling", "54", "54003", "Diagnostiek jeugd-ggz", "01", Decimal("1.9300")),
    Further("behandeling", "54", "54004", "Consult psychiater", "01", Decimal("2.8600")),
    Further("behandeling", "54", "54005", "Medicatiecontrole", "01", Decimal("2.1200")),
    Further("gezinstraject", "45", "45A61", "Gezinstraject kort", "82", Decimal("6000.00")),
    Further("gezinstraject", "45", "45A62", "Traject bij scheiding", "82", Decimal("6000.00")),
    Further("ondersteuning", "02", "02A06", "Begeleiding thuis gespecialiseerd", "04",
            Decimal("79.80")),
    Further("ondersteuning", "03", "03A04", "Persoonlijke verzorging", "04", Decimal("55.20")),
    Further("ondersteuning", "04", "04A08", "Kortdurend verblijf", "14", Decimal("212.00")),
    Further("dagbesteding", "07", "07A11", "Dagbesteding gespecialiseerd", "16",
            Decimal("54.60")),
    Further("dagbesteding", "08", "08A03", "Vervoer naar dagbesteding", "84", Decimal("14.90")),
)  # fmt: skip


@dataclass(frozen=True)
class Provider:
    """A subcontractor: its law, form, products, size and how messages reach it."""

    name: str
    kind: str
    family: str
    form: str
    goods: tuple[str, ...]
    people: int
    relay: str = "portal"
    #: FTE under an FTE line, euros a year under a lump sum; percent above or below the usual price
    #: otherwise.
    size: Decimal = Decimal(0)


def _fte(
    name: str, family: str, goods: tuple[str, ...], fte: str, relay: str = "portal"
) -> Provider:
    people = max(3, round_up(Decimal(fte)))
    return Provider(name, "institution", family, "fte", goods, people, relay, Decimal(fte))


def round_up(value: Decimal) -> int:
    """The next whole number of people that can fill this many FTE."""
    return int(-(-value // 1)) + 1


def _practice(name: str, family: str, goods: tuple[str, ...], above: str = "0") -> Provider:
    return Provider(name, "practice", family, "pxq", goods, 1, "portal", Decimal(above))


def _pxq(
    name: str,
    family: str,
    goods: tuple[str, ...],
    people: int,
    relay: str = "portal",
    above: str = "0",
) -> Provider:
    return Provider(name, "institution", family, "pxq", goods, people, relay, Decimal(above))


def _lump_sum(name: str, family: str, goods: tuple[str, ...], people: int, sum_: str) -> Provider:
    return Provider(name, "institution", family, "lump_sum", goods, people, "portal", Decimal(sum_))


def _trajectory(name: str, family: str, goods: tuple[str, ...], people: int) -> Provider:
    return Provider(name, "institution", family, "trajectory", goods, people)


_B, _T, _D, _G = ("begeleiding",), ("behandeling",), ("dagbehandeling",), ("gezinstraject",)
_O, _W, _H = ("ondersteuning",), ("dagbesteding",), ("hersteltraject",)

PROVIDERS = (
    # Youth, FTE lump sum
    _fte("Jeugdhuis Eemvallei", "jw", (*_B, *_D), "7.5", "messages"),
    _fte("De Springplank Jeugdzorg", "jw", (*_B, *_D), "6.0"),
    _fte("Kompas Jeugd", "jw", (*_B, *_T), "5.5", "messages"),
    _fte("Gezinshulp Vallei en Heuvel", "jw", _B, "4.0"),
    _fte("Stichting De Lantaarn", "jw", (*_B, *_D), "4.5"),
    _fte("Thuisbasis Jeugd", "jw", _B, "3.5"),
    _fte("Horizon Dagbehandeling", "jw", _D, "5.0"),
    _fte("Boomhut Jeugdhulp", "jw", _B, "3.0"),
    # Youth, a fixed lump sum
    _lump_sum("Jeugdzorg De Wissel", "jw", (*_B, *_D), 5, "420000.00"),
    # Youth, price times quantity
    _pxq("GGZ Eemlanden", "jw", _T, 8, "messages", "4"),
    _pxq("Kinder- en Jeugdpraktijk Noorderlicht", "jw", _T, 4),
    _practice("Praktijk Zandloper", "jw", _T, "-2"),
    _practice("Praktijk Van Eik", "jw", (*_B, *_T)),
    _practice("Spelenderwijs Therapie", "jw", _T),
    _practice("Orthopedagogiek De Vlieger", "jw", _B),
    _practice("Praktijk Sterrenkijker", "jw", _T),
    _practice("Coachpraktijk Binnenste Buiten", "jw", _B, "-3"),
    _pxq("Jeugd-ggz Heidezicht", "jw", _T, 5, "portal", "2"),
    _practice("Praktijk Klein Geluk", "jw", _B),
    _practice("Kindertherapie De Kiezel", "jw", _T),
    # Youth, trajectory
    _trajectory("Gezin Centraal", "jw", _G, 4),
    _trajectory("Samen Sterk Gezinsbegeleiding", "jw", _G, 3),
    _trajectory("De Nieuwe Stap", "jw", _G, 3),
    _trajectory("Gezinspraktijk Tussenland", "jw", _G, 2),
    # Wmo, FTE lump sum
    _fte("Thuis Verder Drenthe", "wmo", (*_O, *_W), "6.5", "messages"),
    _fte("Zorggroep Veenhof", "wmo", (*_O, *_W), "5.0"),
    _fte("Dagcentrum De Turfkade", "wmo", _W, "4.0"),
    _fte("Stichting Naoberschap", "wmo", _O, "4.5"),
    _fte("De Werkplaats Dagbesteding", "wmo", _W, "3.5"),
    # Wmo, a fixed lump sum
    _lump_sum("Buurtsteun Zuidveld", "wmo", _O, 4, "290000.00"),
    # Wmo, price times quantity
    _pxq("Ambulante Zorg Hondsrug", "wmo", _O, 5, "messages"),
    _practice("Begeleiding Aan Huis Smit", "wmo", _O),
    _practice("Zorgboerderij De Esrand", "wmo", _W),
    _practice("Praktijk Levenskracht", "wmo", _O, "-2"),
    _pxq("Dagbesteding De Brink", "wmo", _W, 3),
    _practice("Coaching Nieuw Ritme", "wmo", _O),
    _practice("Zorgboerderij Zevenlind", "wmo", _W, "3"),
    # Wmo, trajectory
    _trajectory("Herstel en Verder", "wmo", _H, 3),
    _trajectory("Weer op Eigen Benen", "wmo", _H, 3),
    _trajectory("Stapsgewijs Herstel", "wmo", _H, 2),
)

#: Name and products of the own teams.
OWN_TEAMS = (
    ("Zorgkompas Team Jeugd", "jw", _B),
    ("Zorgkompas Team Emmen", "wmo", _O),
)
