"""The clock of a ceiling: notice at its signal, a talk, a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accessmatrix.subcontracts import STEERING
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import gates, tasks, worklist
from subcontracts.models import CeilingSignal, ClientStop, Subcontract
from subcontracts.rules import ceiling as rules
from subcontracts.services import ceiling_signals
from subcontracts.services.ceiling_signals import Decided, Decision
from tests import factories
from tests.conftest import become
from tests.factories import NOW, Party, World
from tests.subcontracts.conftest import Browser as Browse

TODAY = timezone.localdate(NOW)
ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]
CEILING = Decimal("100000.00")


@pytest.fixture
def world(system: Scope) -> World:
    made = factories.world(system)
    factories.agree_ceiling(contract_of(made.pxq), CEILING)
    return made


def contract_of(party: Party) -> Subcontract:
    assert party.subcontract is not None
    return party.subcontract


def use(monkeypatch: pytest.MonkeyPatch, amount: str) -> None:
    """Let so many euros of every ceiling be used."""

    def spent(ids: Sequence[int], year: int, today: date) -> dict[int, Decimal]:
        return dict.fromkeys(ids, Decimal(amount))

    monkeypatch.setattr(gates, "spent", spent)


def noticed(world: World) -> list[CeilingSignal]:
    return ceiling_signals.give_notice(scope=become(factories.moved(world.system)))


def given(world: World, monkeypatch: pytest.MonkeyPatch) -> CeilingSignal:
    use(monkeypatch, "70000.00")
    (signal,) = noticed(world)
    return signal


def manager(world: World, days: int = 0) -> Scope:
    return become(world.at(Role.CONTRACT_MANAGER, at=NOW + timedelta(days=days)))


def talked(world: World, monkeypatch: pytest.MonkeyPatch) -> CeilingSignal:
    signal = given(world, monkeypatch)
    return ceiling_signals.record_talk(
        scope=manager(world, 5), signal=signal, day=TODAY + timedelta(days=3), note="Over groei"
    )


def decided(decision: Decision, **changes: Any) -> Decided:
    return Decided(
        **{"decision": decision, "day": TODAY + timedelta(days=4), "note": "Afgesproken", **changes}
    )


# Notice


@pytest.mark.parametrize(
    ("used", "is_given"),
    [("69999.99", False), ("70000.00", True), ("120000.00", True), ("0.00", False)],
)
def test_notice_is_given_from_seventy_percent_on(
    world: World, monkeypatch: pytest.MonkeyPatch, used: str, is_given: bool
) -> None:
    use(monkeypatch, used)
    assert bool(noticed(world)) is is_given


def test_care_that_was_placed_counts_before_anything_was_declared(world: World) -> None:
    factories.agree_ceiling(contract_of(world.pxq), Decimal("100.00"))
    factories.place(world, factories.allocate(world))
    (signal,) = noticed(world)
    assert signal.subcontract == world.pxq.subcontract
    assert signal.used > 70


def test_the_talk_is_due_in_two_weeks_and_the_decision_two_weeks_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = given(world, monkeypatch)
    assert signal.talk_due == TODAY + timedelta(days=14)
    assert signal.decision_due == TODAY + timedelta(days=28)
    assert signal.due == signal.talk_due


def test_it_is_given_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given(world, monkeypatch)
    use(monkeypatch, "99000.00")
    assert noticed(world) == []


def test_after_the_ceiling_was_raised_the_next_may_come(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(world, monkeypatch)
    factories.agree_ceiling(contract_of(world.pxq), 2 * CEILING)
    assert noticed(world) == []
    use(monkeypatch, "140000.00")
    (second,) = noticed(world)
    assert second.ceiling == 2 * CEILING


def test_where_no_ceiling_was_agreed_there_is_no_notice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.agree_ceiling(contract_of(world.pxq), None)
    use(monkeypatch, "9000000.00")
    assert noticed(world) == []


def test_the_worker_gives_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "70000.00")
    tasks.signal_ceilings()
    become(world.system)
    assert CeilingSignal.objects.count() == 1


def test_the_letter_is_a_pdf_that_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    signal = given(world, monkeypatch)
    assert bytes(signal.letter).startswith(b"%PDF")


def test_many_contracts_take_as_many_queries_as_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "90000.00")
    scope = become(factories.moved(world.system))
    with CaptureQueriesContext(connection) as one:
        ceiling_signals.give_notice(scope=scope)
    CeilingSignal.objects.update(ceiling=1)
    for contract in Subcontract.objects.all():
        factories.agree_ceiling(contract, CEILING)
    with CaptureQueriesContext(connection) as all_of_them:
        assert len(ceiling_signals.give_notice(scope=scope)) > 1
    assert len(all_of_them) <= len(one)


def test_due_days() -> None:
    assert rules.talk_due(date(2026, 12, 24)) == date(2027, 1, 7)
    assert rules.decision_due(date(2027, 1, 7)) == date(2027, 1, 21)


# Reading, talk and decision


def test_the_subcontractor_confirms_that_it_has_read_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = given(world, monkeypatch)
    with pytest.raises(NotAllowedError):
        ceiling_signals.confirm(scope=manager(world), signal=signal)
    scope = become(world.at(Role.SUBCONTRACTOR_ADMIN, world.pxq))
    confirmed = ceiling_signals.confirm(scope=scope, signal=signal)
    assert confirmed.confirmed_by_id == scope.user_id
    later = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq, at=NOW + timedelta(days=1)))
    again = ceiling_signals.confirm(scope=later, signal=signal)
    assert again.confirmed_at == confirmed.confirmed_at


def test_the_clock_of_the_decision_runs_from_the_talk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = talked(world, monkeypatch)
    assert signal.due == signal.decision_due == TODAY + timedelta(days=17)


@pytest.mark.parametrize("days", [-1, 6])
def test_a_talk_is_between_notice_and_today(
    world: World, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    signal = given(world, monkeypatch)
    with pytest.raises(RuleError, match="CON-84"):
        ceiling_signals.record_talk(
            scope=manager(world, 5), signal=signal, day=TODAY + timedelta(days=days), note=""
        )


def test_nothing_is_decided_before_the_talk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    signal = given(world, monkeypatch)
    with pytest.raises(RuleError, match="CON-85"):
        ceiling_signals.decide(
            scope=manager(world, 5), signal=signal, decided=decided(Decision.STAYS)
        )


def test_a_raised_ceiling_stands_in_the_contract_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = talked(world, monkeypatch)
    raised = decided(Decision.RAISED)
    with pytest.raises(RuleError, match="CON-86"):
        ceiling_signals.decide(scope=manager(world, 5), signal=signal, decided=raised)
    factories.agree_ceiling(signal.subcontract, CEILING + 1)
    done = ceiling_signals.decide(scope=manager(world, 5), signal=signal, decided=raised)
    assert (done.decision, done.due) == (Decision.RAISED, None)


def test_a_client_stop_is_set_with_the_decision(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = talked(world, monkeypatch)
    with pytest.raises(RuleError, match="CON-87"):
        ceiling_signals.decide(
            scope=manager(world, 5), signal=signal, decided=decided(Decision.CLIENT_STOP)
        )
    first = TODAY + timedelta(days=20)
    ceiling_signals.decide(
        scope=manager(world, 5),
        signal=signal,
        decided=decided(Decision.CLIENT_STOP, stop_from=first),
    )
    become(world.system)
    stop = ClientStop.objects.get()
    assert (stop.status, stop.start_date) == (ClientStop.Status.GRANTED, first)


def test_where_the_stop_cannot_be_nothing_is_decided(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = talked(world, monkeypatch)
    past = decided(Decision.CLIENT_STOP, stop_from=TODAY - timedelta(days=1))
    with pytest.raises(RuleError, match="CON-80"):
        ceiling_signals.decide(scope=manager(world, 5), signal=signal, decided=past)
    become(world.system)
    signal.refresh_from_db()
    assert signal.decision == ""


def test_it_is_decided_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    signal = talked(world, monkeypatch)
    stays = decided(Decision.STAYS)
    ceiling_signals.decide(scope=manager(world, 5), signal=signal, decided=stays)
    with pytest.raises(ConflictError):
        ceiling_signals.decide(scope=manager(world, 5), signal=signal, decided=stays)


def test_the_work_list_leads_from_step_to_step(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = given(world, monkeypatch)

    def verbs(scope: Scope) -> list[str]:
        url = reverse("ceiling_signal_detail", args=[signal.pk])
        return [str(one.verb) for one in worklist.items(scope) if one.url == url]

    theirs = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    assert verbs(theirs) == ["Lees de kennisgeving"]
    ceiling_signals.confirm(scope=theirs, signal=signal)
    assert verbs(theirs) == []
    scope = manager(world, 5)
    assert verbs(scope) == ["Voer het gesprek"]
    ceiling_signals.record_talk(scope=scope, signal=signal, day=TODAY, note="")
    assert verbs(scope) == ["Besluit"]
    ceiling_signals.decide(scope=scope, signal=signal, decided=decided(Decision.STAYS))
    assert verbs(scope) == []


# Pages


def pages_of(world: World, signal: CeilingSignal) -> dict[str, str]:
    become(world.system)
    names = [name for name in STEERING if name.startswith("ceiling_signal")]
    return {
        name: reverse(name) if name.endswith("_list") else reverse(name, args=[signal.pk])
        for name in names
    }


@pytest.mark.parametrize("role", ROLES)
def test_matrix(world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    pages = pages_of(world, given(world, monkeypatch))
    is_provider = role in (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
    browser = browse(world, role, world.pxq if is_provider else None)
    got = {
        name: getattr(browser, STEERING[name][0])(url).status_code for name, url in pages.items()
    }
    assert got == {name: STEERING[name][1].get(role, 403) for name in pages}


def test_another_subcontractor_finds_nothing(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = pages_of(world, given(world, monkeypatch))
    browser = browse(world, Role.SUBCONTRACTOR_USER, world.trajectory)
    for name in ("ceiling_signal_detail", "ceiling_signal_letter"):
        assert browser.get(pages[name]).status_code == 404, name
    assert browser.post(pages["ceiling_signal_confirm"]).status_code == 404
    assert (
        pages["ceiling_signal_detail"]
        not in browser.get(pages["ceiling_signal_list"]).content.decode()
    )


def test_from_notice_to_decision_on_the_pages(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = pages_of(world, given(world, monkeypatch))
    there = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    assert there.post(pages["ceiling_signal_confirm"])["Location"] == pages["ceiling_signal_detail"]
    assert there.get(pages["ceiling_signal_letter"])["Content-Type"] == "application/pdf"
    here = browse(world, Role.CONTRACT_MANAGER)
    today = timezone.localdate().isoformat()
    talk = {"day": today, "note": "Er is meer vraag"}
    assert here.post(pages["ceiling_signal_talk"], talk).status_code == 302
    no_day = {"decision": "client_stop", "day": today}
    assert "CON-87" in here.post(pages["ceiling_signal_decide"], no_day).content.decode()
    stays = {"decision": "stays", "day": today, "note": "Het is genoeg"}
    assert here.post(pages["ceiling_signal_decide"], stays).status_code == 302
    shown = there.get(pages["ceiling_signal_detail"]).content.decode()
    assert "Er is meer vraag" in shown and "Het is genoeg" in shown
