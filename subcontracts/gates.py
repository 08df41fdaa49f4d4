"""Questions to the apps above: may care be placed here, may this person give it, and more.

Higher apps register their answers in `AppConfig.ready()`; without an answer nothing is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    Allocation,
    MunicipalContract,
    Product,
    Professional,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules.contracttext import Section


@dataclass(frozen=True)
class Refusal:
    """Why care may not be placed: a rule's code and a whole sentence for a person."""

    code: str
    text: str


@dataclass(frozen=True)
class Lack:
    """What a professional lacks to give some care; `blocks` where nobody may be named without."""

    code: str
    text: str
    blocks: bool


PlacementGate = Callable[[Subcontractor, Product, date], Iterable[Refusal]]
#: The same for many subcontractors in a fixed number of queries, by their primary key.
BulkPlacementGate = Callable[
    [Sequence[Subcontractor], Product, date], Mapping[int, Sequence[Refusal]]
]
#: What this professional of the subcontractor lacks to give the product on a day.
ProfessionalGate = Callable[[Subcontractor, Professional, Product, date], Iterable[Lack]]
#: Euros declared and committed in a calendar year, seen from a day, by key of the subcontract.
Spent = Callable[[Sequence[int], int, date], Mapping[int, Decimal]]
#: Euros approved and not credited of care in a period, by subcontract and product.
Turnover = Callable[[int, Period], Mapping[tuple[int, int], Decimal]]
#: What was paid of the months of a period, by subcontract, form and name of the funding line.
PaidByLine = Callable[[int, Period], Mapping[tuple[int, str, str], Decimal]]
#: Of euros of care to be placed, by any key: with which the division between own teams and
#: subcontractors is broken that a municipal contract asks for.
DivisionAnswer = Callable[[Scope, MunicipalContract, dict[int, Decimal]], frozenset[int]]
#: Whether an allocation must stay because approved, uncredited lines rest on it (TR385).
DeleteGate = Callable[[Allocation], bool]


@dataclass(frozen=True)
class Declared:
    """What was declared of an allocation: volumes in its unit, amounts in euros, credits off."""

    declared_volume: Decimal = Decimal(0)
    declared_amount: Decimal = Decimal(0)
    approved_volume: Decimal = Decimal(0)
    approved_amount: Decimal = Decimal(0)


DeclaredAnswer = Callable[[Allocation], Declared]


@dataclass(frozen=True)
class Used:
    """What was declared and approved of a placement, credits off: the last day of it, how much in
    the unit of the placement (begun units count), and euros.
    """

    until: date
    volume: int
    amount: Decimal


#: The same for many placements at once, by primary key; without an entry nothing was.
UsedAnswer = Callable[[Sequence[int]], Mapping[int, Used]]


@dataclass(frozen=True)
class Loose:
    """Something that must happen before a contract is closed: in words, and where."""

    text: str
    url: str


#: What a higher app still has to settle of a contract that ends, for who looks.
EndingAnswer = Callable[[Scope, Subcontract], Iterable[Loose]]

#: What a higher app adds to the text of a contract, as annexes.
AnnexAnswer = Callable[[Subcontract], Iterable[Section]]

_placement_gates: dict[str, tuple[PlacementGate, BulkPlacementGate | None]] = {}
_professional_gates: dict[str, ProfessionalGate] = {}
_spent: dict[str, Spent] = {}
_turnover: dict[str, Turnover] = {}
_paid_by_line: dict[str, PaidByLine] = {}
_delete_gates: dict[str, DeleteGate] = {}
_declared: dict[str, DeclaredAnswer] = {}
_used: dict[str, UsedAnswer] = {}
_endings: dict[str, EndingAnswer] = {}
_annexes: dict[str, AnnexAnswer] = {}
_divisions: dict[str, DivisionAnswer] = {}


def _name(answer: Callable[..., object]) -> str:
    return f"{answer.__module__}.{getattr(answer, '__qualname__', repr(answer))}"


def register_placement_gate(gate: PlacementGate, bulk: BulkPlacementGate | None = None) -> None:
    """Let `gate` refuse placements; `bulk` answers the same for many subcontractors at once."""
    _placement_gates[_name(gate)] = (gate, bulk)


def register_professional_gate(gate: ProfessionalGate) -> None:
    """Let `gate` say what a professional lacks who is named on a placement."""
    _professional_gates[_name(gate)] = gate


def register_spent(answer: Spent) -> None:
    """Let billing say what of a ceiling is used."""
    _spent[_name(answer)] = answer


def register_turnover(answer: Turnover) -> None:
    """Let billing say for how much was declared; the last one counts."""
    _turnover.clear()
    _turnover[_name(answer)] = answer


def register_paid_by_line(answer: PaidByLine) -> None:
    """Let billing say what lines were paid; the last one counts."""
    _paid_by_line.clear()
    _paid_by_line[_name(answer)] = answer


def register_delete_gate(gate: DeleteGate) -> None:
    """Let billing refuse the deletion of an allocation."""
    _delete_gates[_name(gate)] = gate


def register_declared(answer: DeclaredAnswer) -> None:
    """Let billing say what was declared of an allocation; the last one counts."""
    _declared.clear()
    _declared[_name(answer)] = answer


def register_used(answer: UsedAnswer) -> None:
    """Let billing say what of placements was declared; the last one counts."""
    _used.clear()
    _used[_name(answer)] = answer


def used(placement_ids: Sequence[int]) -> Mapping[int, Used]:
    """What was declared and approved of these placements, by primary key."""
    for answer in _used.values():
        return answer(placement_ids)
    return {}


def register_division(answer: DivisionAnswer) -> None:
    """Let billing say what goes against the division that was agreed; the last one counts."""
    _divisions.clear()
    _divisions[_name(answer)] = answer


def breaks_division(
    scope: Scope, contract: MunicipalContract, costs: dict[int, Decimal]
) -> frozenset[int]:
    """With which of these costs of care with a subcontractor the agreed division is broken."""
    for answer in _divisions.values():
        return answer(scope, contract, costs)
    return frozenset()


def register_ending(answer: EndingAnswer) -> None:
    """Let an app say what it must still settle of a contract that ends."""
    _endings[_name(answer)] = answer


def loose_ends(scope: Scope, subcontract: Subcontract) -> list[Loose]:
    """What higher apps must still settle before the contract is closed."""
    return [one for answer in _endings.values() for one in answer(scope, subcontract)]


def declared(allocation: Allocation) -> Declared:
    """What was declared of an allocation; nothing where nobody knows."""
    for answer in _declared.values():
        return answer(allocation)
    return Declared()


def refusals(subcontractor: Subcontractor, product: Product, day: date) -> list[Refusal]:
    """Why this subcontractor may not deliver this product on this day; empty: it may."""
    return [
        refusal
        for gate, _bulk in _placement_gates.values()
        for refusal in gate(subcontractor, product, day)
    ]


def lacks_of(
    subcontractor: Subcontractor, person: Professional, product: Product, day: date
) -> list[Lack]:
    """What this professional lacks to give this product on this day; empty: nothing."""
    return [
        lack
        for gate in _professional_gates.values()
        for lack in gate(subcontractor, person, product, day)
    ]


def refusals_of_many(
    subcontractors: Sequence[Subcontractor], product: Product, day: date
) -> dict[int, list[Refusal]]:
    """The same for many subcontractors, by primary key; all of them are present."""
    found: dict[int, list[Refusal]] = {one.pk: [] for one in subcontractors}
    for gate, bulk in _placement_gates.values():
        if bulk is not None:
            for pk, refused in bulk(subcontractors, product, day).items():
                found[pk].extend(refused)
            continue
        for one in subcontractors:
            found[one.pk].extend(gate(one, product, day))
    return found


def spent(subcontract_ids: Sequence[int], year: int, today: date) -> dict[int, Decimal]:
    """Euros of the ceilings that are used, added over all answers; zero where nobody knows."""
    total = dict.fromkeys(subcontract_ids, Decimal(0))
    for answer in _spent.values():
        for pk, amount in answer(subcontract_ids, year, today).items():
            total[pk] = total.get(pk, Decimal(0)) + amount
    return total


def turnover(main_contractor_id: int, period: Period) -> Mapping[tuple[int, int], Decimal]:
    """For how much care of a period was declared, by subcontract and product."""
    for answer in _turnover.values():
        return answer(main_contractor_id, period)
    return {}


def paid_by_line(main_contractor_id: int, period: Period) -> Mapping[tuple[int, str, str], Decimal]:
    """What was paid of the months of a period, by subcontract, form and name of the line.

    A line that was indexed goes on in another of the same name.
    """
    for answer in _paid_by_line.values():
        return answer(main_contractor_id, period)
    return {}


def may_not_be_deleted(allocation: Allocation) -> bool:
    """Whether some app needs the allocation to stay (TR385)."""
    return any(gate(allocation) for gate in _delete_gates.values())


def register_annex(answer: AnnexAnswer) -> None:
    """Let `answer` add annexes to the text of a contract."""
    _annexes[_name(answer)] = answer


def annexes(subcontract: Subcontract) -> list[Section]:
    """What the apps above demand of who signs the contract, in the active language."""
    return [section for answer in _annexes.values() for section in answer(subcontract)]
