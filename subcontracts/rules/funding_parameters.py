"""What each funding form asks of a contract: its parameters, with their bounds, in one list.

The form on the page, the check before storing, the contract as a document and the choices that
people read are made from it. `billing.forms` reads the stored values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(Enum):
    """How a parameter is typed in and stored."""

    EUROS = auto()
    FTE = auto()
    PERCENT = auto()
    NUMBER = auto()
    COUNT = auto()
    DAYS = auto()
    YES_NO = auto()
    CHOICE = auto()
    TEXT = auto()


#: Decimals of the kinds that are numbers.
PLACES: Final[Mapping[Kind, int]] = MappingProxyType(
    {Kind.EUROS: 2, Kind.FTE: 3, Kind.PERCENT: 4, Kind.NUMBER: 2, Kind.COUNT: 0, Kind.DAYS: 0}
)


class Products(Enum):
    """Whether a line of the form pays for products."""

    NEEDED = auto()
    ALLOWED = auto()
    #: It lies beside other lines, which pay the products.
    NONE = auto()


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One thing that a contract says about a form; `least` and `most` are allowed themselves.

    `initial` is what a new form on the page begins with, `usual` what holds where a contract does
    not speak of it at all. A choice has its codes with their words, a text its greatest length.
    """

    name: str
    kind: Kind
    label: str | Promise
    help: str | Promise = ""
    is_required: bool = True
    initial: str | bool | None = None
    usual: str | None = None
    least: Decimal = Decimal(0)
    most: Decimal | None = None
    choices: tuple[tuple[str, str | Promise], ...] = ()
    longest: int = 80


_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)


def _euros(name: str, label: str | Promise, help_text: str | Promise = "") -> Parameter:
    """An amount above nothing."""
    return Parameter(name=name, kind=Kind.EUROS, label=label, help=help_text, least=_CENT)


#: Of a trajectory: the parameter with which a part of it depends on its result.
RESULT_SHARE: Final = "result_share"
#: What a contract says beside it.
RESULT_TERMS: Final = ("result_of", "result_measure", "result_judge", "result_days")

#: Of a bonus: the parameter with which it waits for a verdict, and what a contract says beside it.
RESULT_DAYS: Final = "result_days"
RESULT_JUDGE: Final = "result_judge"
#: Who judges a result.
_JUDGES: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("main", _("the main contractor")),
    ("municipality", _("the municipality")),
    ("client", _("the client, by an own view")),
    ("joint", _("both together")),
)

#: Of FTE: how long a vacancy is paid, at what share and counted how, and how roles are settled.
VACANCY_DAYS: Final = "vacancy_days"
VACANCY_SHARE: Final = "vacancy_share"
VACANCY_COUNT: Final = "vacancy_count"
ROLES_SETTLED: Final = "roles_settled"

#: Of price times quantity: which volume is paid, and how minutes are at a price an hour. What is
#: usual of both is not stored.
BASIS: Final = "basis"
ALLOCATED: Final = "allocated"
MINUTES: Final = "minutes"
EXACT: Final = "exact"
_PXQ: Final = (
    Parameter(
        name=BASIS,
        kind=Kind.CHOICE,
        label=_("What is paid"),
        help=_(
            "What was allocated is paid each month for the days of care; then no declaration is"
            " asked."
        ),
        is_required=False,
        initial="delivered",
        choices=(
            ("delivered", _("the volume that was delivered, as declared")),
            (ALLOCATED, _("the volume that was allocated, for the days of care")),
        ),
    ),
    Parameter(
        name=MINUTES,
        kind=Kind.CHOICE,
        label=_("Minutes at a tariff per hour"),
        help=_("Counted for each declared line. What was allocated is always paid exactly."),
        is_required=False,
        initial=EXACT,
        choices=(
            (EXACT, _("are paid exactly, each a sixtieth of the hour")),
            ("quarter", _("are paid for each quarter of an hour that was begun")),
            ("half", _("are paid for each half hour that was begun")),
            ("hour", _("are paid for each hour that was begun")),
        ),
    ),
)

#: Which days of care count, where a form counts them.
_COUNTED: Final = Parameter(
    name="counted",
    kind=Kind.CHOICE,
    label=_("Days that count"),
    help=_("Care begins and ends as it was reported, or as the client was placed."),
    initial="delivered",
    usual="delivered",
    choices=(
        ("delivered", _("from the reported start to the reported end of care")),
        ("placed", _("from the first to the last day of the placement")),
    ),
)
_FTE: Final = (
    Parameter(
        name="fte",
        kind=Kind.FTE,
        label=_("Agreed FTE"),
        least=Decimal("0.001"),
        most=Decimal(10_000),
    ),
    _euros(
        "price", _("Price of one FTE a year"), _("A twelfth of FTE times price is paid each month.")
    ),
    Parameter(
        name="tolerance",
        kind=Kind.PERCENT,
        label=_("Tolerance"),
        help=_("How far the FTE of the year may stay behind without consequence."),
        initial="5",
        usual="0",
        most=_HUNDRED,
    ),
    Parameter(
        name="symmetric",
        kind=Kind.YES_NO,
        label=_("More FTE than agreed is paid as well"),
        is_required=False,
        initial=False,
    ),
    Parameter(
        name="most_over",
        kind=Kind.PERCENT,
        label=_("Paid up to how much more"),
        help=_("Only where more is paid; empty for no limit."),
        is_required=False,
        most=_HUNDRED,
    ),
    Parameter(
        name="recognised",
        kind=Kind.CHOICE,
        label=_("When somebody counts"),
        help=_("On which days of a month all requirements must be met, for the settlement."),
        initial="days",
        usual="days",
        choices=(
            ("days", _("for the part of the days on which all requirements were met")),
            ("first", _("when they were met on the first day of the month")),
            ("last", _("when they were met on the last day of the month")),
        ),
    ),
    Parameter(
        name=VACANCY_DAYS,
        kind=Kind.DAYS,
        label=_("Vacancies are paid for"),
        help=_(
            "FTE that are not filled count for so many days, from the first of the month on. Empty"
            " where they do not count."
        ),
        is_required=False,
        least=Decimal(1),
        most=Decimal(366),
    ),
    Parameter(
        name=VACANCY_SHARE,
        kind=Kind.PERCENT,
        label=_("Part of it that is paid"),
        help=_("Only where vacancies are paid; empty for the whole."),
        is_required=False,
        least=Decimal("0.0001"),
        most=_HUNDRED,
    ),
    Parameter(
        name=VACANCY_COUNT,
        kind=Kind.CHOICE,
        label=_("Over the end of a year"),
        help=_("Only where vacancies are paid."),
        is_required=False,
        initial="on",
        choices=(
            ("on", _("a vacancy runs on: its days are counted once")),
            ("year", _("its days are counted anew each year")),
        ),
    ),
    Parameter(
        name=ROLES_SETTLED,
        kind=Kind.CHOICE,
        label=_("Roles are settled"),
        help=_("Only where roles are named below."),
        is_required=False,
        initial="each",
        choices=(
            ("each", _("each by itself")),
            ("together", _("together: more of one role makes up for less of another")),
        ),
    ),
)
_TRAJECTORY: Final = (
    _euros("price", _("Price of a trajectory")),
    Parameter(
        name="start_share",
        kind=Kind.PERCENT,
        label=_("Part that is paid at the start"),
        help=_("The rest follows at the planned end."),
        initial="60",
        most=_HUNDRED,
    ),
    Parameter(
        name="nominal_days",
        kind=Kind.DAYS,
        label=_("Nominal length in days"),
        help=_("What a trajectory that stops early is counted against."),
        initial="180",
        least=Decimal(1),
        most=Decimal(3660),
    ),
    Parameter(
        name="restart_days",
        kind=Kind.DAYS,
        label=_("Restart window in days"),
        help=_("Who starts again within it goes on with the same trajectory."),
        initial="90",
        usual="90",
        most=Decimal(366),
    ),
    Parameter(
        name=RESULT_SHARE,
        kind=Kind.PERCENT,
        label=_("Part that depends on the result"),
        help=_("Paid when the result was judged; empty where the result changes nothing."),
        is_required=False,
        least=Decimal("0.0001"),
        most=_HUNDRED,
    ),
    Parameter(
        name="result_of",
        kind=Kind.CHOICE,
        label=_("That is a part of"),
        is_required=False,
        initial="price",
        choices=(("price", _("the price")), ("end", _("what is paid at the end"))),
    ),
    Parameter(
        name="result_measure",
        kind=Kind.TEXT,
        label=_("When the result is met"),
        help=_("The measure in words, and how it is shown."),
        is_required=False,
        longest=200,
    ),
    Parameter(
        name=RESULT_JUDGE,
        kind=Kind.CHOICE,
        label=_("Who judges the result"),
        is_required=False,
        initial="main",
        choices=_JUDGES,
    ),
    Parameter(
        name=RESULT_DAYS,
        kind=Kind.DAYS,
        label=_("Judged within so many days after the end"),
        help=_("Not judged by then, it is paid as if nothing depended on the result."),
        is_required=False,
        initial="60",
        least=Decimal(1),
        most=Decimal(366),
    ),
)
_LUMP_SUM: Final = (
    _euros("amount", _("Amount a year"), _("A twelfth is paid each month, whatever is delivered.")),
)
_CAPACITY: Final = (
    Parameter(
        name="places",
        kind=Kind.NUMBER,
        label=_("Agreed places"),
        least=Decimal("0.01"),
        most=Decimal(100_000),
    ),
    _euros("price", _("Price of one place")),
    Parameter(
        name="per",
        kind=Kind.CHOICE,
        label=_("The price is for"),
        initial="month",
        choices=(("day", _("a day")), ("month", _("a month")), ("year", _("a year"))),
    ),
    Parameter(
        name="settled",
        kind=Kind.CHOICE,
        label=_("Settled by occupancy"),
        initial="never",
        choices=(
            ("never", _("never: places are paid whether or not they are occupied")),
            ("month", _("each month")),
            ("year", _("after the year, as price times quantity")),
        ),
    ),
    Parameter(
        name="guarantee",
        kind=Kind.PERCENT,
        label=_("Guaranteed occupancy"),
        help=_("Counted at the least, where occupancy settles; empty for no guarantee."),
        is_required=False,
        most=_HUNDRED,
    ),
    Parameter(
        name="pays_over",
        kind=Kind.YES_NO,
        label=_("More places than agreed are paid as well"),
        is_required=False,
        initial=False,
    ),
    _COUNTED,
)
_FUNCTION: Final = (
    Parameter(
        name="users",
        kind=Kind.NUMBER,
        label=_("Expected users a year"),
        least=Decimal("0.01"),
        most=Decimal(10_000_000),
    ),
    _euros(
        "price",
        _("Price of one expected user a year"),
        _("A twelfth of users times price is paid each month, whoever comes."),
    ),
)
_PROFILE: Final = (
    Parameter(
        name="profile",
        kind=Kind.TEXT,
        label=_("Profile"),
        help=_("Such as “light” or “intensive”. Another profile is another line."),
    ),
    _euros("price", _("Price of one client a month")),
    Parameter(
        name="part_month",
        kind=Kind.CHOICE,
        label=_("A month with care on a part of its days"),
        initial="days",
        usual="days",
        choices=(("days", _("counts by its days of care")), ("whole", _("counts in full"))),
    ),
    _COUNTED,
)
_POPULATION: Final = (
    Parameter(
        name="group",
        kind=Kind.TEXT,
        label=_("Who is counted"),
        help=_("Such as the inhabitants of the municipality, or a target group."),
    ),
    Parameter(
        name="heads",
        kind=Kind.COUNT,
        label=_("Their number"),
        help=_("Another number, from a day on, is another line that follows this one."),
        least=Decimal(1),
        most=Decimal(20_000_000),
    ),
    _euros("price", _("Amount a head a year"), _("A twelfth of the whole is paid each month.")),
)
_AVAILABILITY: Final = (
    _euros("amount", _("Amount a month"), _("Paid whether or not it is used.")),
)
_SUBSIDY: Final = (
    _euros("amount", _("Amount of the subsidy"), _("For the whole time of the line.")),
    Parameter(
        name="instalments",
        kind=Kind.COUNT,
        label=_("Number of instalments"),
        help=_("Spread evenly over the months of the line."),
        initial="12",
        least=Decimal(1),
        most=Decimal(120),
    ),
)
_ADVANCE_POOL: Final = (
    Parameter(
        name="pool",
        kind=Kind.TEXT,
        label=_("Name of the pool"),
        help=_("Lines with the same name under the same municipal contract share one pool."),
    ),
    _euros("production", _("Expected production a year")),
    Parameter(
        name="advance",
        kind=Kind.PERCENT,
        label=_("Part that is paid in advance"),
        help=_("A twelfth of it is paid each month; the rest of the pool waits for the year end."),
        initial="90",
        most=_HUNDRED,
    ),
    Parameter(
        name="key",
        kind=Kind.CHOICE,
        label=_("How the rest is shared at the year end"),
        initial="k1",
        choices=(
            ("k1", _("K1: by real production")),
            ("k2", _("K2: by how far production passed the advance")),
            ("k3", _("K3: the whole pool by real production, the advance set off")),
        ),
    ),
)
_ONE_OFF: Final = (
    _euros("amount", _("Amount"), _("Paid once, with the month in which the line begins.")),
)
_BONUS: Final = (
    _euros(
        "amount",
        _("Amount at the most"),
        _("Paid when a controller records what was granted, or by a verdict that it waits for."),
    ),
    Parameter(
        name="judged_by",
        kind=Kind.TEXT,
        label=_("Judged by"),
        help=_("The outcome, and how it is measured."),
        longest=200,
    ),
    Parameter(
        name=RESULT_DAYS,
        kind=Kind.DAYS,
        label=_("Waits for a verdict within so many days after its last day"),
        help=_(
            "The subcontractor shows the result and may object to the verdict. Empty where a"
            " controller just records what was granted."
        ),
        is_required=False,
        least=Decimal(1),
        most=Decimal(366),
    ),
    Parameter(
        name=RESULT_JUDGE,
        kind=Kind.CHOICE,
        label=_("Who judges the result"),
        help=_("Only where it waits for a verdict."),
        is_required=False,
        initial="main",
        choices=_JUDGES,
    ),
)
_MARGIN: Final = (
    Parameter(
        name="percent",
        kind=Kind.PERCENT,
        label=_("Fee"),
        help=_("Kept by the main contractor, of all other amounts of this contract."),
        least=Decimal("0.0001"),
        most=_HUNDRED,
    ),
)
_SANCTION_DISCOUNT: Final = (
    Parameter(
        name="percent",
        kind=Kind.PERCENT,
        label=_("Discount"),
        help=_("Of all other amounts of this contract in the months of the line."),
        initial="5",
        least=Decimal("0.0001"),
        most=_HUNDRED,
    ),
)
#: By form (`FundingLine.Form`). What is declared has its prices in the tariffs.
PARAMETERS: Final[Mapping[str, tuple[Parameter, ...]]] = MappingProxyType(
    {
        "pxq": _PXQ,
        "fte": _FTE,
        "trajectory": _TRAJECTORY,
        "lump_sum": _LUMP_SUM,
        "capacity": _CAPACITY,
        "function": _FUNCTION,
        "profile": _PROFILE,
        "population": _POPULATION,
        "advance_pool": _ADVANCE_POOL,
        "availability": _AVAILABILITY,
        "subsidy": _SUBSIDY,
        "one_off": _ONE_OFF,
        "bonus": _BONUS,
        "margin": _MARGIN,
        "sanction_discount": _SANCTION_DISCOUNT,
    }
)
#: Forms that may do without products; all others pay for some.
_WITHOUT: Final[Mapping[str, Products]] = MappingProxyType(
    {
        "availability": Products.ALLOWED,
        "subsidy": Products.ALLOWED,
        "one_off": Products.NONE,
        "bonus": Products.NONE,
        "margin": Products.NONE,
        "sanction_discount": Products.NONE,
    }
)
#: The price among the parameters of a form that an indexation changes. What is a share of expected
#: production, or an amount that was agreed once, is none.
INDEXED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fte": "price",
        "trajectory": "price",
        "lump_sum": "amount",
        "capacity": "price",
        "function": "price",
        "profile": "price",
        "population": "price",
        "availability": "amount",
    }
)
#: Forms that are spread over the time of the line, which therefore has a last day.
ENDS: Final = frozenset({"subsidy"})
#: Forms that pay nothing by themselves: a contract needs another line as well.
NOT_ALONE: Final = frozenset({"margin", "sanction_discount"})


def products_of(form: str) -> Products:
    """Whether lines of a form pay for products."""
    return _WITHOUT.get(form, Products.NEEDED)
