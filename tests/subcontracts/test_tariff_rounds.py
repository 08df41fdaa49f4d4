"""Rounds about tariffs: asked, reacted on, answered, decided by another, published and undone."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accessmatrix.subcontracts import OPEN
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.money import round_cents
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import gates, worklist
from subcontracts.models import (
    Subcontract,
    Tariff,
    TariffBuildup,
    TariffChange,
    TariffReaction,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.rules.tariff_changes import Held, LeftOut, Offer, changes, spread
from subcontracts.rules.tariff_lines import Move, followed
from subcontracts.selectors import tariff_rounds as selectors
from subcontracts.selectors.tariff_lines import line_effects, together
from subcontracts.selectors.tariff_reactions import Summary, summaries
from subcontracts.services import (
    cancelling,
    index_undoing,
    tariff_publishing,
    tariff_reactions,
    tariff_rounds,
)
from subcontracts.services.tariff_reactions import ReactionFacts
from tests import factories
from tests.conftest import become
from tests.factories import NOW, Party, World
from tests.subcontracts import indexing
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.indexing import manager, set_tariff
from tests.subcontracts.tariffs import settled

TODAY = timezone.localdate(NOW)
CLOSES = TODAY + timedelta(days=14)
DAY = date(2026, 7, 1)
#: The day after the closing day.
LATER = NOW + timedelta(days=15)


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def prepared(world: World, *buildups: TariffBuildup, **changes: Any) -> TariffRound:
    facts = {"title": "Tarieven 2026", "effective_date": DAY, "closes_on": CLOSES} | changes
    proposed = buildups or [settled(world)]
    return tariff_rounds.prepare(
        scope=become(manager(world)),
        main_contractor_id=world.main.pk,
        facts=tariff_rounds.RoundFacts(**facts),
        buildups=proposed,
    )


def opened(world: World, *buildups: TariffBuildup, **changes: Any) -> TariffRound:
    row = prepared(world, *buildups, **changes)
    return tariff_rounds.open_round(scope=become(manager(world)), row=row)


def provider(world: World, party: Party | None = None, at: datetime = NOW) -> Scope:
    return become(world.at(Role.SUBCONTRACTOR_USER, party or world.pxq, at=at))


def line_of(scope: Scope, row: TariffRound) -> TariffRoundLine:
    return TariffRoundLine.objects.visible_to(scope).get(round=row)


def said(world: World, row: TariffRound, stance: str, **facts: Any) -> TariffReaction:
    scope = provider(world)
    (one,) = tariff_reactions.react(
        scope=scope, line=line_of(scope, row), said=[ReactionFacts(stance=stance, **facts)]
    )
    return one


def submitted(world: World, row: TariffRound) -> TariffRound:
    return tariff_rounds.submit(scope=become(manager(world, at=LATER)), row=row)


def decided(world: World, row: TariffRound) -> TariffRound:
    row = submitted(world, row)
    return tariff_publishing.decide(scope=become(manager(world, "b", at=LATER)), row=row)


def another(world: World, name: str, tariff: str = "66.00") -> Party:
    """One more subcontractor with the same products."""
    become(world.system)
    products = [world.products["guidance"]]
    return factories.party(
        factories.moved(world.system),
        world.main,
        world.youth,
        name,
        "pxq",
        products,
        tariff=Decimal(tariff),
    )


# What a decision does to contracts


def held(amount: str, start: date, end: date | None = None, **changes: Any) -> Held:
    values: dict[str, Any] = {"key": 1, "contract": 1, "product": 1, "unit": "04"} | changes
    return Held(amount=Decimal(amount), period=Period(start, end), **values)


@pytest.mark.parametrize(
    ("tariffs", "new", "left_out"),
    [
        ([held("50", date(2026, 1, 1))], "55", None),
        ([held("50", date(2026, 1, 1), DAY)], "55", None),
        ([held("50", date(2026, 1, 1), DAY - timedelta(days=1))], None, LeftOut.NONE),
        ([held("50", DAY + timedelta(days=1))], None, LeftOut.LATER),
        ([held("50", DAY)], None, LeftOut.SET_BY_HAND),
        ([held("50", date(2026, 1, 1), unit="01")], None, LeftOut.OTHER_UNIT),
        ([held("50", date(2026, 1, 1), was_asked=False)], None, LeftOut.NOT_ASKED),
        ([held("55.0000", date(2026, 1, 1))], None, LeftOut.UNCHANGED),
    ],
)
def test_which_tariffs_get_the_new_one(
    tariffs: list[Held], new: str | None, left_out: LeftOut | None
) -> None:
    (found,) = changes(tariffs, DAY, {1: Offer(Decimal(55), "04")})
    assert (found.new, found.left_out) == (Decimal(new) if new else None, left_out)


def test_of_a_history_only_the_tariff_of_that_day_counts() -> None:
    rows = [
        held("40", date(2025, 1, 1), date(2025, 12, 31), key=1),
        held("50", date(2026, 1, 1), date(2026, 12, 31), key=2),
        held("60", date(2027, 1, 1), key=3),
    ]
    (found,) = changes(rows, DAY, {1: Offer(Decimal(55), "04")})
    assert (found.of.key, found.new) == (2, Decimal(55))


def test_a_middle_is_published_of_five_other_values_or_more() -> None:
    few, many = Summary(), Summary()
    few.values = [Decimal(60)] * 4
    many.values = [Decimal(60), Decimal(70), Decimal(80), Decimal(90), Decimal(100)]
    assert few.as_published()["median"] is None
    assert many.as_published()["median"] == "80"
    assert spread([]) is None


# Asking


def test_who_has_the_product_is_asked_and_nobody_else(world: World) -> None:
    row = prepared(world)
    scope = provider(world)
    assert not TariffRound.objects.visible_to(scope).exists()
    assert not TariffRound.objects.exists()
    tariff_rounds.open_round(scope=become(manager(world)), row=row)
    scope = provider(world)
    (item,) = [one for one in worklist.items(scope) if "tarie" in str(one.kind).lower()]
    assert item.due == CLOSES
    # What is proposed to it can be read line by line, under the second lock too.
    buildup = line_of(scope, row).proposed
    assert TariffBuildup.objects.visible_to(scope).get() == buildup
    assert TariffBuildup.objects.count() == 1 and buildup.parameters.count() == 4
    other = provider(world, world.trajectory)
    assert not TariffRound.objects.visible_to(other).exists()
    assert not TariffRound.objects.exists() and not TariffBuildup.objects.exists()


def test_what_cannot_be_asked(world: World) -> None:
    row = settled(world)
    for code, changed in (
        ("CON-110", {"closes_on": TODAY - timedelta(days=1)}),
        ("CON-110", {"effective_date": CLOSES}),
    ):
        with pytest.raises(RuleError, match=code):
            prepared(world, row, **changed)
    with pytest.raises(RuleError, match="CON-111"):
        prepared(world, row, row)
    nobodys = prepared(world, settled(world, world.products["support"]))
    with pytest.raises(RuleError, match="CON-112"):
        tariff_rounds.open_round(scope=become(manager(world)), row=nobodys)


# Reacting


def test_a_reaction_is_changed_until_the_closing_day_and_seen_by_no_other(world: World) -> None:
    party = another(world, "Buurtzorg Oost")
    row = opened(world)
    said(world, row, "agree")
    scope = provider(world, at=NOW + timedelta(days=14))
    line = line_of(scope, row)
    wages = line.proposed.parameters.get(name="Loonkosten")
    tariff_reactions.react(
        scope=scope,
        line=line,
        said=[
            ReactionFacts(stance="other", value=Decimal(58), reason="Verzuim is hoger"),
            ReactionFacts(stance="comment", parameter=wages, reason="Schaal 9 is gebruikelijk"),
        ],
    )
    assert TariffReaction.objects.visible_to(scope).count() == 2
    assert not [one for one in worklist.items(scope) if "tarie" in str(one.kind).lower()]
    other = provider(world, party)
    assert not TariffReaction.objects.visible_to(other).exists()
    assert not TariffReaction.objects.exists()
    with pytest.raises(RuleError, match="CON-113"):
        tariff_reactions.react(
            scope=provider(world, at=LATER), line=line, said=[ReactionFacts(stance="agree")]
        )


def test_a_reaction_says_something_that_can_be_weighed(world: World) -> None:
    row = opened(world)
    for facts in ({"stance": "other", "value": Decimal(58)}, {"stance": "comment"}):
        with pytest.raises(RuleError, match="CON-119"):
            said(world, row, **facts)
    with pytest.raises(RuleError, match="CON-119"):
        said(world, row, "other", reason="Te laag")
    elsewhere = settled(world, world.products["treatment"]).parameters.first()
    with pytest.raises(RuleError, match="CON-119"):
        said(world, row, "agree", parameter=elsewhere)


def test_the_manager_answers_after_the_closing_day(world: World) -> None:
    row = opened(world)
    one = said(world, row, "other", value=Decimal(58), reason="Verzuim")
    with pytest.raises(RuleError, match="CON-115"):
        tariff_reactions.answer(scope=become(manager(world)), reaction=one, text="Nee")
    scope = become(manager(world, at=LATER))
    with pytest.raises(RuleError, match="CON-114"):
        tariff_rounds.submit(scope=scope, row=row)
    tariff_reactions.answer(scope=scope, reaction=one, text="Overgenomen")
    line = line_of(scope, row)
    tariff_rounds.adjust(scope=scope, line=line, final=line.final, explanation="Zie antwoord")
    assert tariff_rounds.submit(scope=scope, row=row).status == "submitted"
    there = provider(world, at=LATER)
    assert TariffReaction.objects.visible_to(there).get().answer == "Overgenomen"


def test_a_later_closing_day_opens_it_again(world: World) -> None:
    row = opened(world)
    scope = become(manager(world, at=LATER))
    for wrong in (CLOSES, DAY):
        with pytest.raises(RuleError, match="CON-110"):
            tariff_rounds.extend(scope=scope, row=row, closes_on=wrong)
    tariff_rounds.extend(scope=scope, row=row, closes_on=CLOSES + timedelta(days=7))
    there = provider(world, at=LATER)
    line = line_of(there, row)
    tariff_reactions.react(scope=there, line=line, said=[ReactionFacts(stance="agree")])
    with pytest.raises(RuleError, match="CON-115"):
        tariff_rounds.submit(scope=become(manager(world, at=LATER)), row=row)


def test_reactions_stand_side_by_side(world: World) -> None:
    parties = [another(world, name) for name in ("Oost", "West")]
    row = opened(world)
    said(world, row, "other", value=Decimal(70), reason="a")
    scope = provider(world, parties[0])
    facts = ReactionFacts(stance="other", value=Decimal(60), reason="b")
    tariff_reactions.react(scope=scope, line=line_of(scope, row), said=[facts])
    scope = become(manager(world))
    (found,) = summaries(scope, row).values()
    assert found.silent == ["West"]
    assert found.spread is not None
    assert (found.spread.lowest, found.spread.median, found.spread.highest) == (60, 65, 70)


# The effect


def test_the_effect_on_what_was_approved_in_twelve_months(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.pxq.subcontract
    guidance = world.products["guidance"].pk
    # A hundred hours at € 66,00; a contract without care has no effect that is known.
    declared = {(world.pxq.subcontract.pk, guidance): Decimal("6600.00")}
    monkeypatch.setattr(gates, "_turnover", {"test": lambda *asked: declared})
    another(world, "Oost")
    row = opened(world)
    scope = become(manager(world))
    found = {one.organisation: one for one in selectors.by_subcontractor(scope, row)}
    assert found["Zorg in Beeld"].new == Decimal("5500.00")
    assert found["Oost"].new is None and found["Oost"].taking_part == 1
    assert selectors.total(found.values()) == (Decimal("6600.00"), Decimal("5500.00"))


def test_more_contracts_take_no_more_queries(world: World) -> None:
    row = prepared(world)
    counts = []
    for name in ("Oost", "West", "Zuid"):
        another(world, name)
        scope = become(manager(world))
        with CaptureQueriesContext(connection) as queries:
            selectors.plan(scope, row)
        counts.append(len(queries))
    assert counts[0] == counts[-1]


# Deciding and undoing


def test_decided_by_another_and_in_the_contract_from_the_day(world: World) -> None:
    row = submitted(world, opened(world))
    with pytest.raises(NotAllowedError):
        tariff_publishing.decide(scope=become(manager(world, at=LATER)), row=row)
    scope = become(manager(world, "b", at=LATER))
    assert [one for one in worklist.items(scope) if "rondes" in str(one.kind)]
    done = tariff_publishing.decide(scope=scope, row=row)
    assert done.status == TariffRound.Status.DECIDED
    guidance = Tariff.objects.filter(product=world.products["guidance"]).order_by("start_date")
    assert [(one.amount, one.start_date, one.end_date) for one in guidance] == [
        (Decimal(66), date(2025, 1, 1), DAY - timedelta(days=1)),
        (Decimal(55), DAY, None),
    ]
    line = line_of(scope, row)
    assert line.summary["asked"] == 1 and line.summary["reacted"] == 0


def test_what_is_decided_instead_is_not_told_before(world: World) -> None:
    row = opened(world)
    lines = (("Tarief", "hourly", "57.50"),)
    other = settled(world, None, lines)
    scope = become(manager(world, at=LATER))
    line = line_of(scope, row)
    tariff_rounds.adjust(scope=scope, line=line, final=other, explanation="Verzuim is hoger.")
    there = provider(world, at=LATER)
    assert list(TariffBuildup.objects.visible_to(there)) == [line.proposed]
    assert TariffBuildup.objects.count() == 1
    done = decided(world, row)
    assert done.changes.get().new_amount == Decimal("57.50")
    there = provider(world, at=LATER)
    assert set(TariffBuildup.objects.visible_to(there)) == {line.proposed, other}
    assert TariffBuildup.objects.count() == 2


def test_what_changed_meanwhile_is_not_decided_about(world: World) -> None:
    row = submitted(world, opened(world))
    become(world.system)
    set_tariff(world, world.products["guidance"], "67.00", date(2026, 5, 1))
    scope = become(manager(world, "b", at=LATER))
    with pytest.raises(ConflictError):
        tariff_publishing.decide(scope=scope, row=row)
    tariff_rounds.take_back(scope=scope, row=row)
    done = decided(world, row)
    assert done.changes.get(left_out="").old_amount == Decimal(67)


def test_decided_before_its_day_only(world: World) -> None:
    row = submitted(world, opened(world))
    late = become(manager(world, "b", at=NOW + timedelta(days=120)))
    with pytest.raises(RuleError, match="CON-117"):
        tariff_publishing.decide(scope=late, row=row)


def test_undone_before_its_day_everything_is_as_it_was(world: World) -> None:
    row = decided(world, opened(world))
    scope = become(manager(world, at=LATER))
    tariff_publishing.undo(scope=scope, row=row, reason="Verkeerde cao")
    (tariff,) = Tariff.objects.filter(product=world.products["guidance"])
    assert (tariff.amount, tariff.end_date) == (Decimal(66), None)
    assert TariffRound.objects.get().status == "undone"


def test_from_its_day_on_nothing_is_undone(world: World) -> None:
    row = decided(world, opened(world))
    scope = become(manager(world, at=NOW + timedelta(days=110)))
    with pytest.raises(RuleError, match="CON-118"):
        tariff_publishing.undo(scope=scope, row=row, reason="Te laat")


def test_what_was_built_on_it_is_undone_first(world: World) -> None:
    row = decided(world, opened(world))
    become(world.system)
    set_tariff(world, world.products["guidance"], "56.00", date(2026, 9, 1))
    with pytest.raises(RuleError, match="CON-121"):
        tariff_publishing.undo(scope=become(manager(world, at=LATER)), row=row, reason="Toch niet")


def test_indexation_is_not_undone_under_a_published_tariff(system: Scope) -> None:
    world = indexing.indexing_world(system)
    indexed = indexing.decided(world)
    row = decided(world, opened(world, effective_date=date(2027, 7, 1)))
    scope = become(manager(world, at=LATER))
    with pytest.raises(RuleError, match="IDX-07"):
        index_undoing.undo(scope=scope, row=indexed, reason="Verkeerd cijfer")
    tariff_publishing.undo(scope=scope, row=row, reason="Eerst dit")
    index_undoing.undo(scope=scope, row=indexed, reason="Verkeerd cijfer")
    (tariff,) = Tariff.objects.filter(product=world.products["guidance"])
    assert (tariff.amount, tariff.end_date) == (Decimal(66), None)


def test_a_contract_that_ends_before_lets_go_of_the_new_tariff(world: World) -> None:
    row = decided(world, opened(world))
    become(world.system)
    contract = world.pxq.subcontract
    assert contract
    Subcontract.objects.filter(pk=contract.pk).update(end_date=date(2026, 6, 1))
    contract.refresh_from_db()
    cancelling.cancel_later(scope=factories.moved(world.system, LATER), subcontract=contract)
    change = TariffChange.objects.get(round=row)
    assert (change.is_applied, change.left_out) == (False, "ended")
    assert not Tariff.objects.filter(start_date=DAY).exists()


# Pages


def pages_of(world: World) -> dict[str, str]:
    """A round that is open today, with a reaction in it."""
    now = timezone.now()
    today = timezone.localdate(now)
    row = opened(
        world,
        settled(world),
        closes_on=today + timedelta(days=10),
        effective_date=today + timedelta(days=60),
    )
    one = said(world, row, "comment", reason="Alleen voor de hoofdaannemer")
    become(world.system)
    keys = {"tariff_round": row.pk, "tariff_line": one.line_id, "tariff_reaction": one.pk}
    plain = ("tariff_round_list", "tariff_round_new")
    return {
        name: reverse(
            name,
            args=[]
            if name in plain
            else [next(pk for kind, pk in keys.items() if name.startswith(kind))],
        )
        for name in OPEN
        if name.startswith("tariff_")
    }


def test_another_subcontractor_finds_nothing(world: World, browse: Browse) -> None:
    pages = pages_of(world)
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.trajectory)
    for name in ("tariff_round_detail", "tariff_line_react"):
        assert browser.get(pages[name]).status_code == 404, name
    assert "Tarieven 2026" not in browser.get(pages["tariff_round_list"]).content.decode()


def test_reacted_on_a_page_and_read_by_the_manager_alone(world: World, browse: Browse) -> None:
    party = another(world, "Buurtzorg Oost")
    pages = pages_of(world)
    there = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    assert pages["tariff_line_react"] in there.get(pages["tariff_round_detail"]).content.decode()
    typed = {"stance_whole": "other", "value_whole": "", "reason_whole": ""}
    assert there.post(pages["tariff_line_react"], typed).status_code == 200
    typed |= {"value_whole": "58,50", "reason_whole": "Verzuim is hoger"}
    assert there.post(pages["tariff_line_react"], typed)["Location"] == pages["tariff_round_detail"]
    assert "58,50" in there.get(pages["tariff_round_detail"]).content.decode()
    here = browse(world, Role.CONTRACT_MANAGER).get(pages["tariff_line_detail"]).content.decode()
    assert "58,50" in here and "Buurtzorg Oost" in here
    other = browse(world, Role.SUBCONTRACTOR_USER, party).get(pages["tariff_round_detail"])
    assert "Verzuim is hoger" not in other.content.decode()
    assert "€ 55,00" in other.content.decode()


def test_published_with_how_many_reacted_and_what_was_done(world: World, browse: Browse) -> None:
    row = opened(world)
    one = said(world, row, "comment", reason="Schaal 9 is gebruikelijk")
    scope = become(manager(world, at=LATER))
    tariff_reactions.answer(scope=scope, reaction=one, text="Schaal 8 blijft")
    line = line_of(scope, row)
    tariff_rounds.adjust(
        scope=scope, line=line, final=line.final, explanation="De schaal is niet gewijzigd."
    )
    decided(world, row)
    page = reverse("tariff_round_detail", args=[row.pk])
    there = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    shown = there.get(page).content.decode()
    assert "De schaal is niet gewijzigd." in shown and "Schaal 8 blijft" in shown
    assert "1 van 1 onderaannemer" in shown
    # The tariff in the contract leads to how it was built up.
    assert world.pxq.subcontract
    contract = reverse("subcontract_detail", args=[world.pxq.subcontract.pk])
    assert page in there.get(contract).content.decode()


def test_the_effect_is_a_file_too(world: World, browse: Browse) -> None:
    pages = pages_of(world)
    browser = browse(world, Role.CONTROLLER)
    response = browser.get(f"{pages['tariff_round_effects']}?_export=csv")
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Zorg in Beeld" in content and "-11" in content


def test_a_price_that_is_no_tariff_would_follow_its_products() -> None:
    moves = [Move("begeleiding", Decimal("66.00"), Decimal("69.30"), is_own=True)]
    found = followed(Decimal("6000.00"), moves, 1, Decimal("48000.00"))
    assert (found.new, found.percent) == (Decimal("6150.00"), Decimal("2.50"))
    assert (found.yearly_old, found.yearly_new) == (Decimal("48000.00"), Decimal("49200.00"))
    assert followed(Decimal("6000.00"), moves, 0, None).yearly_new is None


def test_lines_without_a_tariff_stand_beside_the_round(world: World, browse: Browse) -> None:
    """A subcontractor with places of the product has no tariff: the middle one of others counts."""
    scope = factories.moved(world.system)
    places = factories.party(
        scope, world.main, world.youth, "Verblijf", "capacity", [world.products["guidance"]],
        tariff=None, parameters={"places": "10", "price": "120", "per": "day", "settled": "never"},
    )  # fmt: skip
    row = opened(world)
    [one] = line_effects(become(manager(world)), row)
    new = line_of(become(manager(world)), row).final.amount
    assert new and one.follows
    assert one.line.subcontract == places.subcontract
    assert one.times == 3650
    assert [(move.old, move.new, move.is_own) for move in one.moves] == [(66, new, False)]
    assert one.follows.new == round_cents(120 * new / 66)
    assert [each.old for each in together([one])] == [438_000]
    reads = browse(world, Role.CONTROLLER)
    address = reverse("tariff_round_effects", args=[row.pk])
    page = reads.get(address)
    assert "Verblijf" in page.content.decode()
    assert "438.000,00" in page.content.decode()
    # The file names it as well, below the contracts that have a tariff.
    response = reads.get(f"{address}?_export=csv")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    cells = list(csv.reader(lines, delimiter=";"))[-1]
    assert places.subcontract.number in cells[0]
    assert "capaciteit" in cells[1]
    assert (cells[2], cells[5]) == ("120,00", "438000,00")
    assert cells[3] == f"{one.follows.new}".replace(".", ",")
    assert "geen tarief" in cells[7] and "het middelste van alle contracten" in cells[7]
