"""A subcontract that runs is amended: other terms, another last day, and a version of all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Subcontract, SubcontractVersion, Tariff
from subcontracts.rules.contracttext import ContractText, differences
from subcontracts.selectors.contracttext import unrecorded
from subcontracts.services import amending, contract_life, contracts
from subcontracts.services.amending import Amendment
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.setting_up import NEXT_YEAR, SIGNED, concluded, manager, ready

TODAY = factories.NOW.date()


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


@pytest.fixture
def running(world: World) -> Subcontract:
    """A contract that was offered, signed and begun, with one version."""
    return concluded(world.system, ready(world, ceiling=Decimal("100000.00")))


def terms_of(row: Subcontract, **changed: Any) -> contracts.SubcontractTerms:
    names = contracts.SubcontractTerms.__dataclass_fields__.keys() - {*contracts.DATED_TERMS}
    now = {name: getattr(row, name) for name in names} | {"ceiling": row.ceiling_on(TODAY)}
    return contracts.SubcontractTerms(**now | changed)


def amended(world: World, row: Subcontract, **changed: Any) -> SubcontractVersion:
    return amending.amend(
        scope=manager(world),
        subcontract=row,
        amendment=Amendment(
            terms=terms_of(row, **changed), agreed_on=TODAY, reason="Meer vraag dan verwacht"
        ),
    )


def refusal(world: World, row: Subcontract, **changed: Any) -> str:
    with pytest.raises(RuleError) as refused:
        amended(world, row, **changed)
    return refused.value.code


def test_other_terms_are_a_version_with_what_changed(world: World, running: Subcontract) -> None:
    first = running.versions.get()
    version = amended(world, running, ceiling=Decimal("120000.00"), notice_months=3)
    running.refresh_from_db()
    assert (running.ceiling_on(TODAY), running.notice_months) == (Decimal("120000.00"), 3)
    assert (version.number, version.agreed_on, version.signed_on) == (2, TODAY, None)
    found = differences(ContractText.read(first.text), ContractText.read(version.text))
    assert len(found) == 2
    assert any("120.000,00" in one.after and "100.000,00" in one.before for one in found)
    # What was offered before stays as it was.
    first.refresh_from_db()
    assert not first.is_amendment
    assert not unrecorded(running)


def test_a_tariff_set_meanwhile_waits_for_its_version(world: World, running: Subcontract) -> None:
    contracts.set_tariff(
        scope=manager(world),
        subcontract=running,
        product=world.products["guidance"],
        amount=Decimal("72.50"),
        period=Period(date(2027, 7, 1)),
    )
    assert unrecorded(running)
    version = amended(world, running)
    assert "72,50" in str(version.text)
    assert not unrecorded(running)


def test_nothing_changed_is_no_amendment(world: World, running: Subcontract) -> None:
    assert refusal(world, running) == "CON-64"
    assert running.versions.count() == 1


def test_the_language_of_who_looks_changes_nothing(world: World, running: Subcontract) -> None:
    with translation.override("en"):
        assert not unrecorded(running)


def test_a_later_last_day_takes_along_what_lasted_as_long(world: World, system: Scope) -> None:
    row = concluded(system, ready(world, end_date=date(2027, 12, 31)))
    Tariff.objects.filter(subcontract=row).update(end_date=date(2027, 6, 30))
    amended(world, row, end_date=date(2028, 12, 31))
    row.refresh_from_db()
    line = row.funding_lines.get()
    assert row.end_date == line.end_date == line.line_products.get().end_date == date(2028, 12, 31)
    # What was agreed to end earlier still does.
    assert row.tariffs.get().end_date == date(2027, 6, 30)


@pytest.mark.parametrize("before", [None, date(2028, 12, 31)])
def test_an_earlier_last_day_ends_all_of_it(
    world: World, system: Scope, before: date | None
) -> None:
    row = concluded(system, ready(world, end_date=before))
    last = date(2027, 9, 30)
    amended(world, row, end_date=last)
    row.refresh_from_db()
    ends = [*row.funding_lines.values_list("end_date", flat=True)]
    ends += row.tariffs.values_list("end_date", flat=True)
    assert {row.end_date, *ends} == {last}


@pytest.mark.parametrize("end_date", [TODAY - timedelta(days=1), NEXT_YEAR - timedelta(days=1)])
def test_a_last_day_that_cannot_be_is_refused(
    world: World, running: Subcontract, end_date: date
) -> None:
    assert refusal(world, running, end_date=end_date) == "CON-62"
    running.refresh_from_db()
    assert running.end_date is None


def test_number_and_first_day_stay(world: World, running: Subcontract) -> None:
    amended(world, running, number="X-1", start_date=TODAY, ceiling=None)
    running.refresh_from_db()
    assert (running.number, running.start_date, running.ceiling_on(TODAY)) == (
        "O-2027",
        NEXT_YEAR,
        None,
    )


@pytest.mark.parametrize("status", [*Subcontract.NOT_BEGUN, Subcontract.Status.ENDED])
def test_only_what_runs_is_amended(world: World, status: str) -> None:
    row = ready(world)
    Subcontract.objects.filter(pk=row.pk).update(status=status)
    assert refusal(world, row, ceiling=Decimal(1)) == "CON-61"


@pytest.mark.parametrize("changed", [{"reason": "  "}, {"agreed_on": TODAY + timedelta(days=1)}])
def test_it_says_why_and_since_when(
    world: World, running: Subcontract, changed: dict[str, Any]
) -> None:
    whole = Amendment(
        terms=terms_of(running, ceiling=Decimal(1)), agreed_on=TODAY, reason="Afspraak"
    )
    with pytest.raises(RuleError, match="CON-63"):
        amending.amend(
            scope=manager(world), subcontract=running, amendment=replace(whole, **changed)
        )


def test_a_signed_amendment_is_kept_with_its_version(world: World, running: Subcontract) -> None:
    whole = Amendment(
        terms=terms_of(running, ceiling=Decimal(1)),
        agreed_on=TODAY - timedelta(days=2),
        reason="Afspraak",
        signature=SIGNED,
    )
    version = amending.amend(scope=manager(world), subcontract=running, amendment=whole)
    version.refresh_from_db()
    assert bytes(version.signed_file) == SIGNED.file
    assert version.signed_on == TODAY - timedelta(days=2)
    no_file = replace(whole, terms=terms_of(running, ceiling=Decimal(2)), signature=replace(
        SIGNED, file=b"no PDF"
    ))  # fmt: skip
    with pytest.raises(RuleError, match="CON-25"):
        amending.amend(scope=manager(world), subcontract=running, amendment=no_file)
    assert running.versions.count() == 2


def test_it_is_the_contract_managers_work(world: World, running: Subcontract) -> None:
    whole = Amendment(terms=terms_of(running), agreed_on=TODAY, reason="Afspraak")
    with pytest.raises(NotAllowedError):
        amending.amend(
            scope=become(world.at(Role.CONTROLLER)), subcontract=running, amendment=whole
        )


class TestPage:
    """A contract manager amends; both parties read what became of it."""

    def _typed(self, **changed: Any) -> dict[str, Any]:
        usual = {
            "agreed_on": "1-1-2026",
            "reason": "Meer vraag dan verwacht",
            "reply_working_days": "3",
            "ceiling": "150.000,00",
            "ceiling_signal": "70",
            "has_acceptance_duty": "on",
        }
        return usual | changed

    def test_from_page_to_version(self, world: World, running: Subcontract, browse: Browse) -> None:
        browser = browse(world, Role.CONTRACT_MANAGER)
        url = reverse("subcontract_amend", args=[running.pk])
        assert "100000,00" in browser.get(url).content.decode()
        answer = browser.post(url, self._typed(), follow=True)
        page = answer.content.decode()
        assert "versie 2" in page
        assert "Meer vraag dan verwacht" in page
        assert "150.000,00" in page
        become(world.system)
        other = browse(world, Role.SUBCONTRACTOR_ADMIN, world.pxq)
        page = other.get(reverse("subcontract_detail", args=[running.pk])).content.decode()
        assert "Meer vraag dan verwacht" in page
        become(world.system)
        version = running.versions.get(number=2)
        become(world.system)
        assert other.get(reverse("version_text", args=[version.pk])).status_code == 200

    def test_half_a_signature_is_refused_with_what_to_do(
        self, world: World, running: Subcontract, browse: Browse
    ) -> None:
        browser = browse(world, Role.CONTRACT_MANAGER)
        url = reverse("subcontract_amend", args=[running.pk])
        file = SimpleUploadedFile("a.pdf", SIGNED.file, "application/pdf")
        answer = browser.post(url, self._typed(file=file))
        assert "Vul beide namen" in answer.content.decode()
        become(world.system)
        assert running.versions.count() == 1

    def test_care_that_lasts_longer_is_told(self, world: World, browse: Browse) -> None:
        become(world.system)
        placement = factories.place(world, factories.allocate(world))
        contract = placement.subcontract
        assert contract is not None
        last = TODAY + timedelta(days=1)
        Subcontract.objects.filter(pk=contract.pk).update(end_date=last)
        page = browse(world, Role.CONTRACT_MANAGER).get(
            reverse("subcontract_detail", args=[contract.pk])
        )
        assert "1 plaatsing" in page.content.decode()


def test_offering_keeps_no_day_of_agreement(world: World) -> None:
    draft = ready(world)
    row = contract_life.offer(scope=manager(world), subcontract=draft)
    version = row.versions.get()
    assert (version.agreed_on, version.reason) == (None, "")
