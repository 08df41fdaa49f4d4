"""What goes up to a municipality that pays some products by the unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.models import UpwardContribution, UpwardDeclaration, UpwardLine
from billing.selectors.upward import proposal
from billing.services import upward
from billing.upward_words import Reason
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from messaging.models import OutgoingMessage
from subcontracts.models import Allocation, Client, MessagePurpose
from subcontracts.services import exchange_terms, upward_products
from tests.billing.build import (
    FEBRUARY,
    JANUARY,
    MARCH,
    credit,
    declare,
    line,
    placement,
    priced,
)
from tests.billing.upward import (
    PRICE,
    after,
    answered,
    beside,
    colleague,
    controller,
    message_of,
    part,
    pay_by_unit,
    send,
    standing,
    told,
)
from tests.conftest import become
from tests.factories import World, moved, world


@pytest.fixture
def chain(system: Scope) -> World:
    made = world(system)
    pay_by_unit(made)
    return made


def reasons(chain: World, month: Month = JANUARY) -> list[str]:
    found = proposal(moved(chain.system, after(month)), part(chain), month)
    return [one.reason.value for one in found.left_out]


def refusal(chain: World, month: Month = JANUARY, *, scope: Scope | None = None) -> str:
    with pytest.raises(RuleError) as told_so:
        send(chain, month, scope=scope)
    return told_so.value.code


def test_one_line_for_the_work_of_two_subcontractors_and_an_own_team(chain: World) -> None:
    placed = placement(chain)
    other, team = colleague(chain), chain.own_team
    declare(chain, priced(placed, 3))
    declare(chain, priced(beside(chain, placed, other), 2), party=other)
    own = priced(beside(chain, placed, team), 4, tariff=None)._replace(amount=0)
    declare(chain, own, party=team)
    declaration = send(chain)
    assert told(declaration) == [("D", 9, Decimal("630.00"))]
    sent = message_of(declaration)
    (client,) = sent.declaration.clients
    (only,) = client.service_lines
    assert client.bsn == placed.client.bsn
    # The number is the municipality's own, and the price is what it pays, not what we pay.
    assert only.allocation_number == placed.allocation.number
    assert (only.delivered_volume, only.tariff, only.submitted_amount.cents) == (9, 7000, 63000)
    assert sent.header.sender == chain.main.agb
    assert sent.header.receiver == chain.municipality.code
    assert (len(declaration.number), len(only.reference.number)) == (10, 17)
    built_of = UpwardContribution.objects.values_list("declared_line__provider_organisation")
    assert {one for (one,) in built_of} == {
        chain.pxq.organisation.pk,
        other.organisation.pk,
        team.organisation.pk,
    }


def test_minutes_of_several_are_rounded_to_hours_together(chain: World) -> None:
    """IV079: half an hour or more is an hour, of the sum and not of each."""
    placed = placement(chain)
    other = colleague(chain)
    for party, of in ((chain.pxq, placed), (other, beside(chain, placed, other))):
        # 20 minutes at 66 euros an hour; each rounded apart would be an hour.
        minutes = line(of, unit="01", volume=20, tariff=110, amount=2200)
        declare(chain, minutes, party=party)
    assert told(send(chain)) == [("D", 1, PRICE)]


def test_minutes_are_paid_at_the_price_an_hour_without_rounding_it_first(system: Scope) -> None:
    """IV081, TR346."""
    chain = world(system)
    chain.products["treatment"].unit = "04"
    pay_by_unit(chain, "treatment", price=Decimal("100.00"))
    placed = placement(chain, product=chain.products["treatment"], volume=600, unit="01")
    declare(chain, line(placed, unit="01", volume=50, tariff=6600, amount=330000))
    declaration = send(chain)
    assert told(declaration) == [("D", 50, Decimal("83.33"))]
    (only,) = message_of(declaration).declaration.clients[0].service_lines
    assert (only.unit, only.tariff) == ("01", 167)


def test_a_late_contribution_credits_the_line_and_declares_it_anew(chain: World) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    first = answered(chain, send(chain))
    other = colleague(chain)
    declare(chain, priced(beside(chain, placed, other), 2), party=other)
    declare(chain, priced(placed, 4, FEBRUARY), month=FEBRUARY)
    second = send(chain, FEBRUARY)
    assert told(second) == [
        ("C", 3, Decimal("210.00")),
        ("D", 5, Decimal("350.00")),
        ("D", 4, Decimal("280.00")),
    ]
    lines = message_of(second).declaration.clients[0].service_lines
    assert lines[0].reference.previous == first.lines.get().reference
    # A credit repeats its debit but for the numbers (IV091).
    debit = message_of(first).declaration.clients[0].service_lines[0]
    assert (lines[0].product_period, lines[0].tariff) == (debit.product_period, debit.tariff)
    assert second.submitted == Decimal("420.00")
    assert standing() == [(5, Decimal("350.00")), (4, Decimal("280.00"))]


def test_nothing_changed_and_nothing_is_sent(chain: World) -> None:
    declare(chain, priced(placement(chain), 3))
    answered(chain, send(chain))
    assert refusal(chain) == "BIL-74"
    assert refusal(chain, FEBRUARY) == "BIL-74"
    assert OutgoingMessage.objects.filter(message_type="323").count() == 1


def test_what_a_subcontractor_takes_back_is_credited(chain: World) -> None:
    placed = placement(chain)
    debit = priced(placed, 3)
    declare(chain, debit)
    answered(chain, send(chain))
    declare(chain, credit(debit), month=FEBRUARY)
    second = answered(chain, send(chain, FEBRUARY))
    assert told(second) == [("C", 3, Decimal("210.00"))]
    assert second.submitted == Decimal("-210.00")
    assert standing() == []
    # A replaced line is a credit and a debit; what it amounts to is declared once.
    declare(chain, priced(placed, 6), month=FEBRUARY)
    assert told(send(chain, FEBRUARY)) == [("D", 6, Decimal("420.00"))]


def test_a_change_waits_for_the_answer_to_the_line_before(chain: World) -> None:
    """IV085."""
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    first = send(chain)
    other = colleague(chain)
    declare(chain, priced(beside(chain, placed, other), 2), party=other)
    assert reasons(chain) == [Reason.AWAITING]
    assert refusal(chain) == "BIL-74"
    answered(chain, first)
    assert reasons(chain) == []


def test_months_go_up_in_order(chain: World) -> None:
    """TR318, IV090."""
    placed = placement(chain)
    declare(chain, priced(placed, 1), month=JANUARY)
    declare(chain, priced(placed, 2, FEBRUARY), month=FEBRUARY)
    assert refusal(chain, FEBRUARY) == "BIL-73"
    send(chain)
    send(chain, FEBRUARY)
    declare(chain, priced(placement(chain), 5, JANUARY), month=FEBRUARY)
    assert refusal(chain, JANUARY) == "BIL-72"
    # Late care goes up in the latest month, under its own product period; a month may be skipped.
    late = send(chain, FEBRUARY)
    assert [one.month for one in late.lines.all()] == [JANUARY.first]
    assert message_of(late).declaration.declaration_period.start == FEBRUARY.first
    declare(chain, priced(placed, 1, Month(2026, 4)), month=Month(2026, 4))
    assert refusal(chain, MARCH) == "BIL-74"
    assert send(chain, Month(2026, 4)).month == date(2026, 4, 1)


def test_a_month_goes_up_when_it_is_over(chain: World) -> None:
    declare(chain, priced(placement(chain), 3))
    early = moved(chain.system, after(JANUARY).replace(month=1, day=31))
    assert refusal(chain, scope=early) == "BIL-71"


def test_nothing_goes_up_where_the_contract_has_no_323(chain: World) -> None:
    exchange_terms.use_messages(
        scope=chain.system,
        contract=chain.youth,
        messages=["301", "305"],
        start_date=chain.youth.start_date,
    )
    declare(chain, priced(placement(chain), 3))
    assert refusal(chain) == "BIL-70"


def test_nothing_goes_up_where_messages_are_for_steering_only(chain: World) -> None:
    declare(chain, priced(placement(chain), 3))
    MessagePurpose.objects.create(
        main_contractor=chain.main,
        municipal_contract=chain.youth,
        purpose=MessagePurpose.Purpose.STEERING,
        start_date=JANUARY.first,
        recorded_at=chain.system.at,
    )
    assert refusal(chain) == "BIL-79"


def test_the_period_is_the_month_as_far_as_the_allocation_goes(chain: World) -> None:
    """TR387, TR388, IV089."""
    placed = placement(chain, start=date(2026, 1, 12), end=date(2026, 1, 25))
    declare(chain, priced(placed, 3))
    row = send(chain).lines.get()
    assert (row.start_date, row.end_date) == (date(2026, 1, 12), date(2026, 1, 25))


def test_what_does_not_go_up_is_left_out_with_its_reason(chain: World) -> None:
    too_much = placement(chain, volume=3)
    declare(chain, priced(too_much, 3))
    other = colleague(chain)
    declare(chain, priced(beside(chain, too_much, other), 1), party=other)
    gone, nameless, fits = placement(chain), placement(chain), placement(chain)
    declare(chain, priced(gone, 1), priced(nameless, 1), priced(fits, 1))
    Allocation.objects.filter(pk=gone.allocation_id).update(is_deleted=True)
    Client.objects.filter(pk=nameless.client_id).update(bsn="", bsn_hash=None)
    found = proposal(moved(chain.system, after(JANUARY)), part(chain), JANUARY)
    left = {one.allocation.pk: one for one in found.left_out}
    over = left[too_much.allocation_id]
    assert (over.reason, over.excess) == (Reason.OVER, over.excess)
    assert over.excess is not None
    assert (over.excess.rule, over.excess.allowed, over.built.volumes) == ("TR321", 3, {"04": 4})
    assert left[gone.allocation_id].reason == Reason.WITHDRAWN
    assert left[nameless.allocation_id].reason == Reason.NO_BSN
    assert [one.allocation.pk for one in found.due] == [fits.allocation_id]


def test_the_months_of_an_allocation_share_its_total(chain: World) -> None:
    """TR322: four hours over the whole term; TR369: a budget in euros."""
    placed = placement(chain, volume=4, frequency="6")
    declare(chain, priced(placed, 3))
    answered(chain, send(chain))
    Allocation.objects.filter(pk=placed.allocation_id).update(volume=3)
    other = colleague(chain)
    declare(chain, priced(beside(chain, placed, other), 1, FEBRUARY), month=FEBRUARY, party=other)
    found = proposal(moved(chain.system, after(FEBRUARY)), part(chain), FEBRUARY)
    assert [(one.excess.rule, one.excess.allowed) for one in found.left_out if one.excess] == [
        ("TR322", 0)
    ]
    Allocation.objects.filter(pk=placed.allocation_id).update(
        volume=None, unit="", frequency="", budget=Decimal("250.00")
    )
    found = proposal(moved(chain.system, after(FEBRUARY)), part(chain), FEBRUARY)
    assert [(one.excess.rule, one.excess.allowed) for one in found.left_out if one.excess] == [
        ("TR369", Decimal("40.00"))
    ]


def test_a_product_without_a_tariff_waits_for_one(system: Scope) -> None:
    chain = world(system)
    good = pay_by_unit(chain, price=None)
    declare(chain, priced(placement(chain), 3))
    assert reasons(chain) == [Reason.NO_TARIFF]
    upward_products.set_upward_tariff(
        scope=chain.system,
        contract=chain.youth,
        product=good,
        amount=PRICE,
        months=upward_products.Months(JANUARY),
    )
    assert told(send(chain)) == [("D", 3, Decimal("210.00"))]


def test_a_new_tariff_holds_from_its_month_and_a_corrected_one_declares_anew(chain: World) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    answered(chain, send(chain))
    upward_products.set_upward_tariff(
        scope=chain.system,
        contract=chain.youth,
        product=chain.products["guidance"],
        amount=Decimal("80.00"),
        months=upward_products.Months(FEBRUARY),
    )
    declare(chain, priced(placed, 1, FEBRUARY), month=FEBRUARY)
    assert told(send(chain, FEBRUARY)) == [("D", 1, Decimal("80.00"))]


def test_care_outside_the_lump_sum_only_from_its_first_month(system: Scope) -> None:
    chain = world(system)
    pay_by_unit(chain, first=FEBRUARY)
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    declare(chain, priced(placed, 2, FEBRUARY), month=FEBRUARY)
    assert told(send(chain, FEBRUARY)) == [("D", 2, Decimal("140.00"))]


def test_a_sealed_client_counts(chain: World) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    Client.objects.filter(pk=placed.client_id).update(is_sealed=True)
    found = proposal(controller(chain), part(chain), JANUARY)
    assert found.amount == Decimal("210.00")
    assert [one.is_listed for one in found.due] == [False]


def test_a_controller_sends_what_was_looked_at_and_nobody_else_does(chain: World) -> None:
    placed = placement(chain)
    declare(chain, priced(placed, 3))
    scope = become(controller(chain))
    seen = proposal(scope, part(chain), JANUARY).digest
    become(chain.system)
    declare(chain, priced(placement(chain), 1))
    become(scope)
    with pytest.raises(ConflictError):
        upward.send(scope=scope, part=part(chain), month=JANUARY, seen=seen)
    for role in (Role.CONTRACT_MANAGER, Role.CARE_COORDINATOR):
        other = chain.at(role, at=after(JANUARY))
        with pytest.raises(NotAllowedError):
            upward.send(scope=other, part=part(chain), month=JANUARY)
    seen = proposal(scope, part(chain), JANUARY).digest
    declaration = upward.send(scope=scope, part=part(chain), month=JANUARY, seen=seen)
    assert declaration.sent_by_id == scope.user_id
    assert declaration.line_count == 2


def test_only_who_reads_money_sees_it(chain: World) -> None:
    declare(chain, priced(placement(chain), 3))
    send(chain)
    for model in (UpwardDeclaration, UpwardLine, UpwardContribution):
        for role, seen in (
            (Role.CONTROLLER, 1),
            (Role.CONTRACT_MANAGER, 1),
            (Role.CARE_COORDINATOR, 0),
            (Role.QUALITY_OFFICER, 0),
        ):
            scope = become(chain.at(role))
            # By the query, and by the database alone.
            assert model.objects.visible_to(scope).count() == model.objects.count() == seen
        provider = become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq))
        assert model.objects.visible_to(provider).count() == model.objects.count() == 0
