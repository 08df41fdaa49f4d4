"""A subcontract from draft to running: what it must have, what is kept, who sees it when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import FundingLine, MunicipalContract, Subcontract, Tariff
from subcontracts.rules.contracttext import ContractText, differences
from subcontracts.selectors.contracttext import text_of
from subcontracts.services import contract_life, contracts, drafting
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.setting_up import (
    NEXT_YEAR,
    SIGNED,
    TRAJECTORY,
    concluded,
    draft,
    line,
    manager,
    ready,
    terms,
)


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def refused(world: World, subcontract: Subcontract, step: str = "offer") -> str:
    with pytest.raises(RuleError) as refusal:
        getattr(contract_life, step)(scope=manager(world), subcontract=subcontract)
    return refusal.value.code


def test_it_is_offered_signed_and_begins(world: World) -> None:
    subcontract = ready(world)
    offered = contract_life.offer(scope=manager(world), subcontract=subcontract)
    assert offered.status == Subcontract.Status.OFFERED
    signed = contract_life.sign(scope=manager(world), subcontract=offered, signature=SIGNED)
    assert (signed.status, signed.signed_on) == (Subcontract.Status.SIGNED, factories.NOW.date())
    version = signed.versions.get()
    assert bytes(version.signed_file) == SIGNED.file
    assert version.signed_for_them == SIGNED.for_them
    begun = contract_life.activate(scope=manager(world), subcontract=signed)
    assert begun.status == Subcontract.Status.ACTIVE


@pytest.mark.parametrize("before", list(Subcontract.Status))
@pytest.mark.parametrize(
    ("step", "after"),
    [
        ("offer", Subcontract.Status.OFFERED),
        ("withdraw", Subcontract.Status.DRAFT),
        ("activate", Subcontract.Status.ACTIVE),
    ],
)
def test_only_the_steps_there_are(
    world: World, before: Subcontract.Status, step: str, after: Subcontract.Status
) -> None:
    subcontract = ready(world)
    Subcontract.objects.filter(pk=subcontract.pk).update(status=before)
    if after in Subcontract.TRANSITIONS[before]:
        moved = getattr(contract_life, step)(scope=manager(world), subcontract=subcontract)
        assert moved.status == after
    else:
        assert refused(world, subcontract, step) == "CON-06"


def test_an_active_one_ends_and_may_go_on(world: World) -> None:
    subcontract = world.pxq.subcontract
    assert subcontract
    for status in ("ending", "active", "ending", "ended"):
        moved = contract_life.move_to(scope=manager(world), subcontract=subcontract, status=status)
        assert moved.status == status
    with pytest.raises(RuleError, match="CON-06"):
        contract_life.move_to(scope=manager(world), subcontract=subcontract, status="active")


def test_nothing_is_offered_without_a_line(world: World) -> None:
    assert refused(world, draft(world)) == "CON-07"


def test_what_is_declared_needs_a_tariff_from_the_first_day(world: World) -> None:
    subcontract = draft(world)
    line(world, subcontract)
    assert refused(world, subcontract) == "CON-18"
    contracts.set_tariff(
        scope=manager(world),
        subcontract=subcontract,
        product=world.products["guidance"],
        amount=Decimal(70),
        period=Period(date(2027, 1, 2)),
    )
    assert refused(world, subcontract) == "CON-18"


@pytest.mark.parametrize(
    ("form", "parameters"),
    [
        (FundingLine.Form.FTE, {"fte": "2", "price": "98000"}),
        (FundingLine.Form.TRAJECTORY, TRAJECTORY),
    ],
)
def test_other_forms_need_no_tariff(world: World, form: str, parameters: dict[str, object]) -> None:
    subcontract = draft(world)
    line(world, subcontract, form, parameters=parameters)
    contract_life.offer(scope=manager(world), subcontract=subcontract)


def test_it_does_not_begin_before_the_municipal_contract(world: World) -> None:
    MunicipalContract.objects.filter(pk=world.youth.pk).update(start_date=date(2027, 2, 1))
    assert refused(world, ready(world)) == "CON-19"


@pytest.mark.parametrize("consent", [None, date(2027, 1, 2)])
def test_it_does_not_begin_without_consent_of_the_municipality(
    world: World, consent: date | None
) -> None:
    subcontract = ready(world, consent_on=consent)
    contract_life.offer(scope=manager(world), subcontract=subcontract)
    contract_life.sign(scope=manager(world), subcontract=subcontract, signature=SIGNED)
    assert refused(world, subcontract, "activate") == "CON-20"


def test_who_works_alone_needs_no_consent(world: World) -> None:
    organisation = world.pxq.organisation
    Organisation.objects.filter(pk=organisation.pk).update(kind=Organisation.Kind.PRACTICE)
    subcontract = ready(world, consent_on=None)
    assert concluded(manager(world), subcontract).status == Subcontract.Status.ACTIVE


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (replace(SIGNED, for_them="  "), "CON-26"),
        (replace(SIGNED, file=b"<html>"), "CON-25"),
        (replace(SIGNED, file=b"%PDF-" + bytes(contract_life.MOST_BYTES)), "CON-25"),
    ],
)
def test_a_signature_is_names_and_a_pdf(
    world: World, signature: contract_life.Signature, code: str
) -> None:
    subcontract = ready(world)
    contract_life.offer(scope=manager(world), subcontract=subcontract)
    with pytest.raises(RuleError, match=code):
        contract_life.sign(scope=manager(world), subcontract=subcontract, signature=signature)
    subcontract.refresh_from_db()
    assert subcontract.status == Subcontract.Status.OFFERED


def test_what_was_offered_does_not_change(world: World) -> None:
    subcontract = ready(world)
    contract_life.offer(scope=manager(world), subcontract=subcontract)
    found = subcontract.funding_lines.get()
    scope = manager(world)
    for attempt in (
        lambda: drafting.change_terms(scope=scope, subcontract=subcontract, terms=terms()),
        lambda: drafting.remove_line(scope=scope, line=found),
        lambda: drafting.remove_tariff(scope=scope, tariff=subcontract.tariffs.get()),
        lambda: contracts.set_tariff(
            scope=scope,
            subcontract=subcontract,
            product=world.products["guidance"],
            amount=Decimal(71),
            period=Period(date(2027, 6, 1)),
        ),
    ):
        with pytest.raises(RuleError, match="CON-27"):
            attempt()


def test_a_second_version_says_what_is_different(world: World) -> None:
    subcontract = ready(world)
    contract_life.offer(scope=manager(world), subcontract=subcontract)
    contract_life.withdraw(scope=manager(world), subcontract=subcontract)
    drafting.change_terms(
        scope=manager(world), subcontract=subcontract, terms=terms(notice_months=3)
    )
    contract_life.offer(scope=manager(world), subcontract=subcontract)
    newest, before = (ContractText.read(one.text) for one in subcontract.versions.all())
    assert [(one.what, one.before, one.after) for one in differences(before, newest)] == [
        ("Opzegtermijn", "–", "3 maanden")
    ]
    subcontract.refresh_from_db()
    assert newest == ContractText.read(text_of(subcontract).written())


def test_a_provider_sees_it_from_the_offer_on(world: World) -> None:
    subcontract = ready(world)
    provider = world.at(Role.SUBCONTRACTOR_USER, world.pxq)

    def seen() -> list[int]:
        scope = become(provider)
        rows = (
            Subcontract.objects.visible_to(scope).filter(pk=subcontract.pk),
            FundingLine.objects.visible_to(scope).filter(subcontract=subcontract),
            Tariff.objects.visible_to(scope).filter(subcontract=subcontract),
            # What the database itself lets through.
            Subcontract.objects.filter(pk=subcontract.pk),
            FundingLine.objects.filter(subcontract=subcontract),
            Tariff.objects.filter(subcontract=subcontract),
        )
        return [found.count() for found in rows]

    assert seen() == [0] * 6
    contract_life.offer(scope=manager(world), subcontract=subcontract)
    assert seen() == [1] * 6
    contract_life.withdraw(scope=manager(world), subcontract=subcontract)
    assert seen() == [0] * 6


@pytest.mark.parametrize("role", [Role.CARE_COORDINATOR, Role.CONTROLLER, Role.SUBCONTRACTOR_ADMIN])
def test_only_contract_managers_take_steps(world: World, role: Role) -> None:
    subcontract = ready(world)
    party = world.pxq if role == Role.SUBCONTRACTOR_ADMIN else None
    with pytest.raises(NotAllowedError):
        contract_life.offer(scope=become(world.at(role, party)), subcontract=subcontract)


def test_a_draft_is_changed_freely(world: World) -> None:
    subcontract = ready(world)
    scope = manager(world)
    drafting.change_terms(
        scope=scope, subcontract=subcontract, terms=terms("O-9", ceiling=Decimal(5))
    )
    found = subcontract.funding_lines.get()
    drafting.change_line(
        scope=scope,
        line=found,
        terms=contracts.LineTerms(
            name="Traject",
            form=FundingLine.Form.TRAJECTORY,
            period=Period(NEXT_YEAR),
            products=[world.products["guidance"]],
            parameters=TRAJECTORY,
        ),
    )
    subcontract.refresh_from_db()
    assert (subcontract.number, subcontract.ceiling_on(NEXT_YEAR)) == ("O-9", Decimal(5))
    assert subcontract.funding_lines.get().parameters["price"] == "6000.00"


def test_a_line_lies_within_its_contract(world: World) -> None:
    subcontract = draft(world, end_date=date(2027, 12, 31))
    with pytest.raises(RuleError, match="CON-24"):
        contracts.add_funding_line(
            scope=manager(world),
            subcontract=subcontract,
            line=contracts.LineTerms(
                name="Te lang",
                form=FundingLine.Form.PXQ,
                period=Period(NEXT_YEAR),
                products=[world.products["guidance"]],
            ),
        )


def test_a_number_is_used_once(world: World) -> None:
    draft(world)
    with pytest.raises(RuleError, match="CON-31"):
        draft(world)


def test_a_copy_has_lines_and_tariffs_of_the_new_period(world: World) -> None:
    source = ready(world)
    scope = manager(world)
    contracts.set_tariff(
        scope=scope,
        subcontract=source,
        product=world.products["guidance"],
        amount=Decimal(73),
        period=Period(date(2028, 1, 1)),
    )
    made = drafting.copy(
        scope=scope,
        source=source,
        subcontractor=world.fte.subcontractor,
        terms=terms("O-copy", start_date=date(2027, 7, 1), end_date=date(2028, 6, 30)),
    )
    found = made.funding_lines.get()
    assert (found.start_date, found.end_date) == (date(2027, 7, 1), date(2028, 6, 30))
    prices = made.tariffs.order_by("start_date")
    assert [(row.amount, row.start_date, row.end_date) for row in prices] == [
        (Decimal("70.0000"), date(2027, 7, 1), date(2027, 12, 31)),
        (Decimal("73.0000"), date(2028, 1, 1), date(2028, 6, 30)),
    ]
    assert made.status == Subcontract.Status.DRAFT


def test_what_held_to_the_end_of_the_old_contract_holds_to_the_end_of_the_next(
    world: World,
) -> None:
    source = ready(world, end_date=None)
    Subcontract.objects.filter(pk=source.pk).update(end_date=date(2027, 12, 31))
    source.funding_lines.update(end_date=date(2027, 12, 31))
    Tariff.objects.filter(subcontract=source).update(end_date=date(2027, 12, 31))
    source.refresh_from_db()
    made = drafting.copy(
        scope=manager(world),
        source=source,
        subcontractor=world.pxq.subcontractor,
        terms=terms("O-2028", start_date=date(2028, 1, 1)),
    )
    assert made.funding_lines.get().end_date is None
    assert made.tariffs.get().start_date == date(2028, 1, 1)
