"""Options to extend a subcontract: in order, in time, and never past the task above unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import (
    MunicipalContract,
    Subcontract,
    SubcontractNotice,
    SubcontractOption,
    Tariff,
)
from subcontracts.selectors.contract_dates import DateKind, contract_dates
from subcontracts.services import amending, contracts, extensions
from subcontracts.services.extensions import Decision, OptionFacts
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.conftest import Browser as Browse

END = date(2026, 12, 31)
ANNOUNCE = date(2026, 9, 30)


@pytest.fixture
def here(system: Scope) -> World:
    """The P*Q contract ends with this year, the municipal contract with the next."""
    here = factories.world(system)
    MunicipalContract.objects.filter(pk=here.youth.pk).update(end_date=date(2027, 12, 31))
    amending.end_on(
        scope=factories.moved(system),
        subcontract=contract(here),
        end_date=END,
        agreed_on=NOW.date(),
        reason="Voor een jaar",
    )
    return here


def contract(here: World) -> Subcontract:
    assert here.pxq.subcontract is not None
    return Subcontract.objects.get(pk=here.pxq.subcontract.pk)


def manager(here: World) -> Scope:
    return become(here.at(Role.CONTRACT_MANAGER))


def option(here: World, **others: Any) -> SubcontractOption:
    facts: dict[str, Any] = {"months": 12, "announce_by": ANNOUNCE, **others}
    return extensions.add(
        scope=manager(here), subcontract=contract(here), facts=OptionFacts(**facts)
    )


def decided(here: World, row: SubcontractOption, **others: Any) -> SubcontractOption:
    values: dict[str, Any] = {"outcome": "taken", "decided_on": NOW.date(), **others}
    return extensions.decide(scope=manager(here), option=row, decision=Decision(**values))


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(RuleError) as caught:
        yield
    assert caught.value.code == code


def test_taking_an_option_amends_the_contract(here: World) -> None:
    row = decided(here, option(here), note="Brief van 18 maart")
    now = contract(here)
    assert (row.end_before, row.end_after, now.end_date) == (
        END,
        date(2027, 12, 31),
        date(2027, 12, 31),
    )
    assert row.version == now.versions.order_by("-number").first()
    assert row.version is not None
    # What lasted as long as the contract goes on with it, and the kept text names the option.
    assert set(Tariff.objects.filter(subcontract=now).values_list("end_date", flat=True)) == {
        date(2027, 12, 31)
    }
    assert "gelicht" in str(row.version.text) or "gebruikt" in str(row.version.text)


def test_an_option_that_is_not_taken_changes_nothing(here: World) -> None:
    row = decided(here, option(here), outcome="not_taken")
    assert (row.outcome, row.end_after, contract(here).end_date) == ("not_taken", None, END)
    with pytest.raises(ConflictError):
        decided(here, row)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"months": 0}, "CON-150"),
        ({"announce_by": date(2027, 1, 1)}, "CON-151"),
        ({"decide_by": date(2026, 10, 1)}, "CON-151"),
    ],
    ids=["no months", "after the end", "decided after announced"],
)
def test_its_days_are_in_order(here: World, facts: dict[str, Any], code: str) -> None:
    with refused(code):
        option(here, **facts)


def test_options_follow_each_other(here: World) -> None:
    first = option(here)
    with refused("CON-151"):
        option(here)
    second = option(here, announce_by=date(2027, 9, 30))
    assert second.position == 2
    with refused("CON-152"):
        decided(here, second)
    decided(here, first)
    # The next would go on after the municipal contract: that is seen, not only done.
    with refused("CON-155"):
        decided(here, second)
    assert decided(here, second, outlives=True).end_after == date(2028, 12, 31)


def test_an_option_lapses_on_its_last_day(here: World) -> None:
    row = option(here, announce_by=date(2026, 3, 17))
    with refused("CON-154"):
        decided(here, row)
    assert decided(here, row, decided_on=date(2026, 3, 17)).outcome == "taken"


def test_no_day_to_come_and_no_standing_notice(here: World) -> None:
    row = option(here)
    with refused("CON-153"):
        decided(here, row, decided_on=date(2026, 3, 19))
    become(here.system)
    SubcontractNotice.objects.create(
        **contracts.owners_of(contract(here)),
        subcontract=contract(here),
        by="main",
        given_on=NOW.date(),
        last_day=END,
        reason="Te weinig cliënten",
        recorded_at=NOW,
    )
    with refused("CON-156"):
        decided(here, row)


def test_the_last_open_one_is_taken_out(here: World) -> None:
    first, second = option(here), option(here, announce_by=date(2027, 9, 30))
    with pytest.raises(ConflictError):
        extensions.remove(scope=manager(here), option=first)
    extensions.remove(scope=manager(here), option=second)
    assert list(SubcontractOption.objects.all()) == [first]


def test_a_controller_decides_nothing(here: World) -> None:
    row = option(here)
    with pytest.raises(NotAllowedError):
        extensions.decide(
            scope=become(here.at(Role.CONTROLLER)),
            option=row,
            decision=Decision(outcome="taken", decided_on=NOW.date()),
        )


def test_its_days_stand_among_the_dates(here: World) -> None:
    option(here, decide_by=date(2026, 8, 31))
    option(here, announce_by=date(2027, 9, 30))
    found = contract_dates(manager(here), first=NOW.date(), until=date(2027, 12, 31))
    days = {one.kind: one.day for one in found}
    assert days[DateKind.OPTION_BELOW] == ANNOUNCE
    assert days[DateKind.DECISION] == date(2026, 8, 31)
    # The second one comes after the first was decided.
    assert sum(one.kind is DateKind.OPTION_BELOW for one in found) == 1


def test_from_the_page_of_the_contract(here: World, browse: Browse) -> None:
    browser = browse(here, Role.CONTRACT_MANAGER)
    page = reverse("subcontract_detail", args=[contract(here).pk])
    new = reverse("subcontract_extension_new", args=[contract(here).pk])
    assert new in browser.get(page).content.decode()
    browser.post(new, {"months": "24", "announce_by": "2026-11-30", "note": "Alleen voor ons"})
    row = SubcontractOption.objects.get()
    decide = reverse("extension_decide", args=[row.pk])
    assert decide in browser.get(page).content.decode()
    shown = browser.get(decide).content.decode()
    assert "31 december 2028" in shown
    answer = {"outcome": "taken", "decided_on": "2026-03-01", "outlives": "on"}
    assert browser.post(decide, answer).url == page
    assert contract(here).end_date == date(2028, 12, 31)
    provider = browse(here, Role.SUBCONTRACTOR_ADMIN, here.pxq)
    seen = provider.get(page).content.decode()
    assert "31-12-2028" in seen
    assert "Alleen voor ons" not in seen
    assert decide not in seen


def test_a_draft_says_its_options(here: World) -> None:
    draft = contracts.create_subcontract(
        scope=manager(here),
        subcontractor=here.pxq.subcontractor,
        municipal_contract=here.youth,
        terms=contracts.SubcontractTerms(
            number="O-concept", start_date=date(2027, 1, 1), end_date=date(2027, 12, 31)
        ),
    )
    facts = OptionFacts(months=6, announce_by=date(2027, 6, 30))
    assert extensions.add(scope=manager(here), subcontract=draft, facts=facts).position == 1
    assert Period(draft.start_date, draft.end_date).days == 365
