"""The municipality's consent to a subcontractor: how far it goes, and its withdrawal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Subcontract, SubcontractConsent
from subcontracts.rules.consent import Consent, Lacks, is_needed, lacking
from subcontracts.selectors.candidates import candidates
from subcontracts.selectors.contract_dates import DateKind, contract_dates
from subcontracts.services import consents, contract_life, placements
from subcontracts.services.consents import ConsentFacts
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser
from tests.subcontracts.setting_up import NEXT_YEAR, SIGNED, manager, ready

DAY = date(2026, 3, 18)
EARLIER = date(2025, 1, 1)


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def consent(**changed: Any) -> Consent:
    return Consent(**{"start_date": EARLIER} | changed)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], Lacks.NONE),
        ([consent()], None),
        ([consent(start_date=DAY + timedelta(days=1))], Lacks.NONE),
        ([consent(end_date=DAY)], None),
        ([consent(end_date=DAY - timedelta(days=1))], Lacks.ENDED),
        ([consent(withdrawn_from=DAY)], Lacks.ENDED),
        ([consent(withdrawn_from=DAY + timedelta(days=1))], None),
        ([consent(withdrawn_from=EARLIER)], Lacks.ENDED),
        ([consent(products=frozenset({7}))], None),
        ([consent(products=frozenset({8}))], Lacks.PRODUCT),
        ([consent(municipalities=frozenset({"0307"}))], None),
        ([consent(municipalities=frozenset({"0342"}))], Lacks.MUNICIPALITY),
        ([consent(products=frozenset({8})), consent(products=frozenset({7}))], None),
        ([consent(end_date=EARLIER), consent(products=frozenset({8}))], Lacks.PRODUCT),
    ],
)
def test_what_a_consent_covers(given: list[Consent], found: Lacks | None) -> None:
    assert lacking(given, DAY, product=7, municipality="0307") == found


@pytest.mark.parametrize(
    ("duty", "is_practice", "needed"),
    [
        ("", False, True),
        ("", True, False),
        ("each", True, True),
        ("none", False, False),
        ("each_except_self_employed", True, False),
        ("each_except_self_employed", False, True),
    ],
)
def test_for_whom_it_is_needed(duty: str, is_practice: bool, needed: bool) -> None:
    assert is_needed(duty, is_practice=is_practice) is needed


def contract(world: World) -> Subcontract:
    assert world.pxq.subcontract
    return world.pxq.subcontract


def recorded(world: World, **facts: Any) -> SubcontractConsent:
    return consents.record(
        scope=manager(world),
        subcontract=contract(world),
        facts=ConsentFacts(**{"start_date": EARLIER} | facts),
    )


def withdrawn(
    world: World, row: SubcontractConsent | None, day: date = DAY, reason: str = "Besluit 4"
) -> SubcontractConsent:
    return consents.withdraw(
        scope=manager(world), subcontract=contract(world), consent=row, first_day=day, reason=reason
    )


def placed(world: World, product: str = "guidance") -> str:
    """Empty where it is placed; otherwise the code, which the place page has as a reason."""
    become(world.system)
    allocation = factories.allocate(world, product)
    scope = become(world.at(Role.CARE_COORDINATOR))
    who = world.pxq.subcontractor
    [found] = [one for one in candidates(scope, allocation) if one.subcontractor == who]
    try:
        placements.place(scope=scope, allocation=allocation, subcontractor=who)
    except RuleError as refusal:
        assert not found.is_eligible
        return refusal.code
    assert found.is_eligible
    return ""


def test_what_stands_among_the_terms_is_for_everything(world: World) -> None:
    assert placed(world) == ""
    Subcontract.objects.filter(pk=contract(world).pk).update(consent_on=None)
    assert placed(world) == "CON-245"


def test_nothing_is_placed_after_a_withdrawal(world: World) -> None:
    row = withdrawn(world, None, DAY + timedelta(days=1))
    assert (row.start_date, row.withdrawn_reason) == (EARLIER, "Besluit 4")
    assert placed(world) == ""
    SubcontractConsent.objects.update(withdrawn_from=DAY)
    assert placed(world) == "CON-245"
    # Another consent beside it, and care can be placed again; the withdrawal stays.
    recorded(world, start_date=DAY)
    assert placed(world) == ""
    assert SubcontractConsent.objects.count() == 2


def test_a_consent_for_some_products_is_for_those(world: World) -> None:
    withdrawn(world, None)
    recorded(world, products=(world.products["guidance"].pk,))
    assert placed(world) == ""
    assert placed(world, "treatment") == "CON-245"


def test_a_consent_of_some_municipalities_is_for_those(world: World) -> None:
    withdrawn(world, None)
    recorded(world, municipalities=(world.other_municipality.code,))
    assert placed(world) == "CON-245"
    recorded(world, municipalities=(world.municipality.code,))
    assert placed(world) == ""


def test_who_needs_no_consent_is_placed_with_without(world: World) -> None:
    become(world.system)
    allocation = factories.allocate(world, "treatment")
    practice = world.trajectory.subcontractor
    Subcontract.objects.filter(subcontractor=practice).update(consent_on=None)
    scope = become(world.at(Role.CARE_COORDINATOR))
    assert placements.place(scope=scope, allocation=allocation, subcontractor=practice).pk


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"end_date": date(2024, 12, 31)}, "CON-246"),
        ({"municipalities": ("0599",)}, "CON-247"),
        ({"products": (0,)}, "CON-247"),
    ],
)
def test_what_cannot_be_agreed_to(world: World, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleError, match=code):
        recorded(world, **facts)
    assert not SubcontractConsent.objects.exists()


def test_a_withdrawal_is_once_with_a_reason_and_a_day_of_the_consent(world: World) -> None:
    row = recorded(world)
    for day, reason in ((EARLIER - timedelta(days=1), "Besluit"), (DAY, " ")):
        with pytest.raises(RuleError, match="CON-246"):
            withdrawn(world, row, day, reason)
    withdrawn(world, row)
    with pytest.raises(ConflictError):
        withdrawn(world, row)
    with pytest.raises(NotAllowedError):
        consents.record(
            scope=become(world.at(Role.CARE_COORDINATOR)),
            subcontract=contract(world),
            facts=ConsentFacts(start_date=DAY),
        )


def test_a_contract_does_not_begin_with_a_product_that_was_not_agreed_to(world: World) -> None:
    subcontract = ready(world)
    scope = manager(world)
    consents.withdraw(
        scope=scope, subcontract=subcontract, consent=None, first_day=NEXT_YEAR, reason="Anders"
    )
    treatment = (world.products["treatment"].pk,)
    consents.record(
        scope=scope,
        subcontract=subcontract,
        facts=ConsentFacts(start_date=NEXT_YEAR, products=treatment),
    )
    contract_life.offer(scope=scope, subcontract=subcontract)
    contract_life.sign(scope=scope, subcontract=subcontract, signature=SIGNED)
    with pytest.raises(RuleError) as refusal:
        contract_life.activate(scope=scope, subcontract=subcontract)
    assert refusal.value.code == "CON-20"
    assert str(world.products["guidance"]) in str(refusal.value)
    whole = ConsentFacts(start_date=NEXT_YEAR)
    consents.record(scope=scope, subcontract=subcontract, facts=whole)
    begun = contract_life.activate(scope=scope, subcontract=subcontract)
    assert begun.status == Subcontract.Status.ACTIVE


def ends(world: World) -> list[date]:
    scope = become(world.at(Role.CONTRACT_MANAGER))
    found = contract_dates(scope, first=scope.today, until=date(2027, 12, 31))
    return [one.day for one in found if one.kind is DateKind.CONSENT]


def test_the_end_of_a_consent_stands_among_the_dates(world: World) -> None:
    last = date(2026, 6, 30)
    recorded(world, end_date=last)
    # The one among the terms goes on.
    assert ends(world) == []
    become(world.system)
    [terms, _second] = SubcontractConsent.objects.order_by("pk")
    withdrawn(world, terms)
    assert ends(world) == [last]
    recorded(world, start_date=last, end_date=date(2026, 12, 31))
    assert ends(world) == [date(2026, 12, 31)]


def test_it_is_recorded_and_withdrawn_on_the_page_of_the_contract(
    world: World, browse: Browser
) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    pk = contract(world).pk
    new, away = (
        reverse(name, args=[pk]) for name in ("subcontract_consent", "subcontract_consent_withdraw")
    )
    assert "Soest" in browser.get(new).content.decode()
    typed = {"start_date": "01-02-2026", "reference": "Besluit 12", "municipalities": ["0342"]}
    assert browser.post(new, typed).status_code == 302
    become(world.system)
    [terms, row] = SubcontractConsent.objects.order_by("pk")
    assert (row.municipalities, row.products, row.end_date) == (["0342"], [], None)
    answer = {"consent": str(terms.pk), "first_day": "01-02-2026", "reason": "Vervangen"}
    assert browser.post(away, answer).status_code == 302
    shown = browser.get(reverse("subcontract_detail", args=[pk])).content.decode()
    assert "Besluit 12" in shown
    assert "Vervangen" in shown


def test_the_subcontractor_reads_it_without_the_reason(world: World, browse: Browser) -> None:
    recorded(world, products=(world.products["guidance"].pk,), reference="Besluit 12")
    become(world.system)
    withdrawn(world, SubcontractConsent.objects.order_by("pk").first())
    page = reverse("subcontract_detail", args=[contract(world).pk])
    shown = browse(world, Role.SUBCONTRACTOR_USER, world.pxq).get(page).content.decode()
    assert "Besluit 12" in shown
    assert "Besluit 4" not in shown
    other = browse(world, Role.SUBCONTRACTOR_ADMIN, world.trajectory)
    assert other.get(page).status_code == 404
    become(world.at(Role.SUBCONTRACTOR_ADMIN, world.trajectory))
    assert not SubcontractConsent.objects.exists()
