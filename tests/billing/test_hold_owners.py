"""Who acts on what is held: seen by both sides, handed over, and chased after its due date."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing import worklist
from billing.models import Hold, HoldHandover
from billing.services import hold_owners, months
from billing.services.hold_owners import NextOwner
from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.core.errors import NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import ContractCeiling
from tests.billing.build import FEBRUARY, JANUARY, declare, moment, placement, priced
from tests.billing.test_months import report
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, agree_ceiling, world

ISSUED = date(2026, 2, 5)
DUE = date(2026, 3, 1)
Owner = Hold.Owner


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def hold(chain: World) -> Hold:
    """The FTE month of January, for want of its report."""
    scope = chain.system.moved_to(moment(ISSUED))
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=JANUARY)
    return Hold.objects.get()


def working(chain: World, role: Role, day: date = ISSUED) -> Scope:
    """Somebody of the main contractor who works in this role."""
    become(chain.system)
    scope = chain.at(role, at=moment(day))
    Membership.objects.get_or_create(
        user=User.objects.get(pk=scope.user_id),
        role=role,
        main_contractor=chain.main,
        defaults={"started_at": moment(date(2026, 1, 1))},
    )
    return scope


def provider(chain: World, day: date = ISSUED) -> Scope:
    become(chain.system)
    return chain.at(Role.SUBCONTRACTOR_USER, chain.fte, at=moment(day))


def hand(scope: Scope, hold: Hold, **changes: object) -> Hold:
    values = {
        "owner": Owner.MAIN_CONTRACTOR,
        "due_date": DUE,
        "note": "De opgave staat klaar",
        **changes,
    }
    return hold_owners.hand_over(scope=become(scope), hold=hold, to=NextOwner(**values))  # type: ignore[arg-type]


def work(scope: Scope) -> list[str]:
    """What the work list says of holds."""
    become(scope)
    url = reverse("hold_list")
    return [item.detail for item in worklist.items(scope) if item.url.startswith(url)]


def test_it_is_work_of_who_acts_and_after_its_day_of_controllers_too(
    chain: World, hold: Hold
) -> None:
    assert (hold.owner, hold.due_date) == ("subcontractor", date(2026, 2, 19))
    assert work(provider(chain)) == [""]
    assert work(working(chain, Role.CONTROLLER, hold.due_date)) == []
    late = hold.due_date + timedelta(days=3)
    assert work(provider(chain, late)) == ["3 dagen te laat"]
    [said] = work(working(chain, Role.CONTROLLER, late))
    assert said == "de onderaannemer, 3 dagen te laat"
    assert work(working(chain, Role.QUALITY_OFFICER, late)) == []


def test_handed_over_to_the_other_side_and_to_a_colleague(chain: World, hold: Hold) -> None:
    hand(provider(chain), hold)
    assert work(provider(chain)) == []
    assert len(work(working(chain, Role.CONTROLLER))) == 1
    officer = working(chain, Role.QUALITY_OFFICER)
    assert work(officer) == []
    hand(working(chain, Role.CONTROLLER), hold, user_id=officer.user_id, note="Kijk jij?")
    assert len(work(officer)) == 1
    assert work(working(chain, Role.CONTROLLER)) == []
    become(chain.system)
    known = Hold.objects.get()
    assert (known.owner, known.holder_id, known.due_date) == (
        "main_contractor",
        officer.user_id,
        DUE,
    )
    told = HoldHandover.objects.values_list("from_owner", "to_owner", "to_user", "note")
    assert list(told) == [
        ("subcontractor", "main_contractor", None, "De opgave staat klaar"),
        ("main_contractor", "main_contractor", officer.user_id, "Kijk jij?"),
    ]


WRONG = {
    "BIL-241": {"due_date": date(2026, 2, 4)},
    "BIL-241 far": {"due_date": date(2026, 6, 1)},
    "BIL-243": {"owner": Owner.SUBCONTRACTOR},
    "BIL-244": {"note": " "},
}


@pytest.mark.parametrize("case", WRONG)
def test_handed_over_to_somebody_in_time_and_with_a_word(
    chain: World, hold: Hold, case: str
) -> None:
    with pytest.raises(RuleError, match=case.split(maxsplit=1)[0]):
        hand(working(chain, Role.CONTROLLER), hold, **WRONG[case])
    hand(working(chain, Role.CONTROLLER), hold)


def test_only_a_colleague_who_handles_holds_is_named(chain: World, hold: Hold) -> None:
    coordinator = working(chain, Role.CARE_COORDINATOR)
    manager = working(chain, Role.CONTRACT_MANAGER)
    for user, by in (
        (coordinator, working(chain, Role.CONTROLLER)),
        (provider(chain), working(chain, Role.CONTROLLER)),
        (manager, provider(chain)),
    ):
        with pytest.raises(RuleError, match="BIL-242"):
            hand(by, hold, user_id=user.user_id)
    hand(working(chain, Role.CONTROLLER), hold, user_id=manager.user_id)


def test_only_by_whose_turn_it_is_or_who_handles_holds(chain: World, hold: Hold) -> None:
    become(chain.system)
    for scope in (
        working(chain, Role.ADMINISTRATOR),
        chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(ISSUED)),
    ):
        with pytest.raises((NotAllowedError, Hold.DoesNotExist)):
            hand(scope, hold)
    hand(provider(chain), hold)
    with pytest.raises(NotAllowedError):
        hand(provider(chain), hold, owner=Owner.SUBCONTRACTOR)


def test_what_was_released_is_nobodys(chain: World, hold: Hold) -> None:
    report(chain, JANUARY, fte="1.000")
    later = chain.system.moved_to(moment(date(2026, 3, 5)))
    months.run_month(scope=later, main_contractor_id=chain.main.pk, month=FEBRUARY)
    with pytest.raises(RuleError, match="BIL-240"):
        hand(working(chain, Role.CONTROLLER), hold)
    assert work(provider(chain, date(2026, 2, 25)))[1:] == []


def test_another_amount_leaves_who_acts_and_until_when(chain: World) -> None:
    agree_ceiling(chain.pxq.subcontract, Decimal(500))  # type: ignore[arg-type]
    placed = placement(chain)
    declare(chain, priced(placed, 10))
    scope = chain.system.moved_to(moment(ISSUED))
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=JANUARY)
    hold = Hold.objects.get(kind="ceiling")
    manager = working(chain, Role.CONTRACT_MANAGER)
    hand(working(chain, Role.CONTROLLER), hold, user_id=manager.user_id)
    become(chain.system)
    ContractCeiling.objects.update(amount=Decimal(600))
    later = chain.system.moved_to(moment(date(2026, 3, 5)))
    months.run_month(scope=later, main_contractor_id=chain.main.pk, month=FEBRUARY)
    known = Hold.objects.open().get(kind="ceiling")
    assert known.pk != hold.pk
    assert (known.holder_id, known.due_date) == (manager.user_id, DUE)


def test_on_pages(chain: World, hold: Hold) -> None:
    here = visitor(chain, Role.CONTROLLER)
    there = visitor(chain, Role.SUBCONTRACTOR_USER, chain.fte)
    page = reverse("hold_hand_over", args=[hold.pk])
    assert page in here.get(hold.get_absolute_url()).content.decode()
    assert "to" in here.post(page, {"to": "subcontractor", "note": "x"}).context["form"].errors
    as_system()
    typed = {
        "to": "main_contractor",
        "due_date": (date.today() + timedelta(days=9)).strftime("%d-%m-%Y"),  # noqa: DTZ011
        "note": "Wij zoeken dit uit",
    }
    shown = there.post(page, typed, follow=True)
    assert "Wij zoeken dit uit" in shown.content.decode()
    assert page not in shown.content.decode(), "it is not its turn any more"
    listed = here.get(reverse("hold_list"), {"owner": "main_contractor"})
    assert listed.context["count"] == 1
    assert "de hoofdaannemer" in listed.content.decode()
    assert here.get(reverse("hold_list"), {"late": "mine"}).context["count"] == 0
    assert here.get(reverse("hold_list"), {"late": "late"}).context["count"] == 0
