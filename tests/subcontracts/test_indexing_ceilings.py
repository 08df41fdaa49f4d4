"""A round of indexation takes ceilings along where it says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from hoofdaannemer.core.errors import ConflictError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants.indexing import PROMISES
from subcontracts.models import (
    ContractCeiling,
    IndexLetter,
    IndexRound,
    IndexRoundLine,
    Subcontract,
)
from subcontracts.services import (
    amending,
    contract_ceilings,
    index_deciding,
    index_rounds,
    index_undoing,
)
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.indexing import (
    DAY,
    EVE,
    figures,
    follow,
    indexing_world,
    manager,
    scheme,
)

D = Decimal


@pytest.fixture
def world(system: Scope) -> World:
    """Three contracts follow a scheme that gives 4.957 percent; the first has a ceiling."""
    made = indexing_world(system)
    factories.agree_ceiling(contract_of(made), D("100000.00"))
    return made


def contract_of(world: World) -> Subcontract:
    assert world.pxq.subcontract is not None
    return world.pxq.subcontract


def prepared(world: World, effective: date = DAY, *, has_ceilings: bool = True) -> IndexRound:
    return index_rounds.prepare(
        scope=become(manager(world)),
        main_contractor_id=world.main.pk,
        effective=effective,
        has_ceilings=has_ceilings,
    )


def decided(world: World) -> IndexRound:
    row = prepared(world)
    row = index_deciding.decide(scope=become(manager(world, "b")), row=row)
    become(world.system)
    return row


def undo(world: World, row: IndexRound) -> None:
    index_undoing.undo(scope=become(manager(world)), row=row, reason="Verkeerd cijfer")
    become(world.system)


def ceilings(world: World) -> list[tuple[date, Decimal | None]]:
    return [(row.start_date, row.amount) for row in contract_of(world).ceilings.all()]


def test_a_new_ceiling_holds_from_the_day_of_the_round(world: World) -> None:
    before = ceilings(world)
    row = decided(world)
    assert ceilings(world) == [*before, (DAY, D("104957.00"))]
    contract = contract_of(world)
    assert (contract.ceiling_on(EVE), contract.ceiling_on(DAY)) == (D("100000"), D("104957"))
    line = row.lines.get(is_ceiling=True)
    assert (line.old_amount, line.new_amount, line.is_applied) == (D(100000), D(104957), True)
    assert not [one for promise in PROMISES for one in promise.broken_by()]


def test_a_round_that_does_not_say_so_leaves_them(world: World) -> None:
    row = prepared(world, has_ceilings=False)
    assert not row.lines.filter(is_ceiling=True).exists()
    index_deciding.decide(scope=become(manager(world, "b")), row=row)
    become(world.system)
    assert len(ceilings(world)) == 1


def test_the_letter_names_it(world: World) -> None:
    decided(world)
    letter = IndexLetter.objects.get(subcontract=contract_of(world))
    pages = PdfReader(BytesIO(letter.pdf)).pages
    text = " ".join(page.extract_text() for page in pages)
    assert "Bestedingsruimte" in text
    assert "kalenderjaar" in text
    assert "104.957,00" in text


def test_undone_it_is_as_it_was(world: World) -> None:
    before = ceilings(world)
    undo(world, decided(world))
    assert ceilings(world) == before
    again = decided(world)
    assert again.lines.get(is_ceiling=True).is_applied


def test_what_was_built_on_it_is_not_undone(world: World) -> None:
    row = decided(world)
    contract_ceilings.set_ceiling(
        scope=become(manager(world)),
        subcontract=contract_of(world),
        amount=D("120000"),
        start_date=date(2027, 3, 1),
    )
    with pytest.raises(RuleError, match="IDX-07"):
        undo(world, row)


def test_a_ceiling_set_meanwhile_asks_for_another_round(world: World) -> None:
    row = prepared(world)
    factories.agree_ceiling(contract_of(world), D("110000.00"))
    with pytest.raises(ConflictError):
        index_deciding.decide(scope=become(manager(world, "b")), row=row)


def test_why_a_ceiling_stays(world: World) -> None:
    contract = contract_of(world)
    factories.agree_ceiling(contract, D("90000.00"), DAY)
    factories.agree_ceiling(contract, D("95000.00"), date(2027, 7, 1))
    assert world.fte.subcontract and world.trajectory.subcontract
    factories.agree_ceiling(world.fte.subcontract, D("1000.00"))
    factories.agree_ceiling(world.fte.subcontract, None, date(2026, 6, 1))
    lines = prepared(world).lines.filter(is_ceiling=True).order_by("old_amount")
    assert [(one.subcontract_id, one.old_amount, one.left_out) for one in lines] == [
        (world.fte.subcontract.pk, D(1000), "ended"),
        (contract.pk, D(90000), "by_hand"),
        (contract.pk, D(95000), "later"),
    ]


def test_once_a_year(world: World) -> None:
    decided(world)
    again = prepared(world, date(2027, 4, 1)).lines.filter(is_ceiling=True)
    assert set(again.values_list("left_out", flat=True)) == {"indexed"}
    become(world.system)
    one = IndexRoundLine.objects.get(is_applied=True, is_ceiling=True)
    other = ContractCeiling.objects.get(indexed_by=None)
    with pytest.raises(IntegrityError, match="once_a_year"), transaction.atomic():
        again.update(
            left_out="",
            new_amount=1,
            basis=one.basis,
            is_applied=True,
            ceiling=other,
            new_ceiling=other,
        )


def test_the_end_of_a_contract_cancels_it(world: World) -> None:
    row = decided(world)
    ended = amending.end_on(
        scope=become(manager(world)),
        subcontract=contract_of(world),
        end_date=date(2026, 10, 31),
        agreed_on=NOW.date(),
        reason="Korter",
    )
    become(world.system)
    assert any("104.957,00" in one for one in ended.cancelled)
    assert len(ceilings(world)) == 1
    assert row.lines.get(is_ceiling=True).left_out == "ended"


def test_another_amount_than_the_round_gave_breaks_a_promise(world: World) -> None:
    decided(world)
    ContractCeiling.objects.filter(start_date=DAY).update(amount=D("1.00"))
    [promise] = [one for one in PROMISES if one.code == "IND-03"]
    assert list(promise.broken_by())


def test_the_page_asks_for_them_and_shows_them(system: Scope, browse: Browse) -> None:
    world = factories.world(system)
    day = date(timezone.localdate().year + 1, 1, 1)
    follow(world, world.pxq, scheme(world, figures(world, day.year)))
    factories.agree_ceiling(contract_of(world), D("100000.00"))
    manages = browse(world, Role.CONTRACT_MANAGER)
    typed = {"effective": day.isoformat(), "has_ceilings": "on"}
    made = manages.post(reverse("index_round_new"), typed)["Location"]
    lines = manages.get(f"{made}regels/").content.decode()
    assert "Bestedingsruimte per kalenderjaar" in lines
    assert "€ 104.957,00" in lines
