"""Questions and disputes about a line of a statement: from asking to agreement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from billing import worklist
from billing.models import Dispute, DisputeEntry, Statement, StatementLine
from billing.services import disputes, months, payments
from billing.services.disputes import Answer, Asked
from hoofdaannemer.core.errors import ConflictError, DomainError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.working_days import add_working_days
from tests.billing.build import JANUARY, declare, moment, placement, priced
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

D = Decimal
Outcome = DisputeEntry.Outcome
ISSUED = date(2026, 2, 5)


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


@pytest.fixture
def line(chain: World) -> StatementLine:
    """A line of 660 euros on the statement of January."""
    declare(chain, priced(placement(chain), 10))
    scope = chain.system.moved_to(moment(ISSUED))
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=JANUARY)
    statement = Statement.objects.get(subcontractor=chain.pxq.subcontractor)
    return statement.lines.get()


def provider(chain: World, day: date = ISSUED) -> Scope:
    return become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(day)))


def controller(chain: World, day: date = ISSUED) -> Scope:
    return become(chain.at(Role.CONTROLLER, at=moment(day)))


def asked(
    chain: World, line: StatementLine, expected: Decimal | None = None, day: date = ISSUED
) -> Dispute:
    what = Asked(text="Het waren elf uur", expected=expected)
    return disputes.ask(scope=provider(chain, day), line=line, asked=what)


def answered(
    chain: World,
    dispute: Dispute,
    outcome: Outcome = Outcome.EXPLAINED,
    becomes: Decimal | None = None,
) -> Dispute:
    given = Answer(outcome=outcome, text="Zie de 323", becomes=becomes)
    return disputes.answer(scope=controller(chain), dispute=dispute, given=given)


def test_from_dispute_to_agreement(chain: World, line: StatementLine) -> None:
    one = asked(chain, line, D("726.00"))
    assert (one.kind, one.due_date) == ("dispute", add_working_days(ISSUED, 10))
    one = answered(chain, one, Outcome.STAYS)
    one = disputes.react(scope=provider(chain), dispute=one, text="Toch niet")
    one = answered(chain, one, Outcome.CORRECTED, D("726.00"))
    one = disputes.agree(scope=provider(chain), dispute=one)
    assert (one.status, one.closed_at) == ("agreed", moment(ISSUED))
    said = list(one.entries.values_list("side", "outcome"))
    assert said == [
        ("subcontractor", ""),
        ("main", "stays"),
        ("subcontractor", ""),
        ("main", "corrected"),
    ]


def test_the_clock_of_each_side_is_on_its_work_list(chain: World, line: StatementLine) -> None:
    def kinds(scope: Scope) -> list[str]:
        return [str(item.text) for item in worklist.items(scope) if "regel" in str(item.text)]

    one = asked(chain, line)
    assert len(kinds(controller(chain))) == 1
    assert kinds(provider(chain)) == []
    answered(chain, one)
    assert kinds(controller(chain)) == []
    assert len(kinds(provider(chain))) == 1


def test_the_undisputed_and_the_disputed_are_paid_as_usual(
    chain: World, line: StatementLine
) -> None:
    asked(chain, line, D("726.00"))
    run = payments.prepare_run(scope=controller(chain), main_contractor_id=chain.main.pk)
    assert run.total == D("660.00")


def test_a_dispute_ends_with_the_days_to_object_a_question_does_not(
    chain: World, line: StatementLine
) -> None:
    with pytest.raises(RuleError, match="BIL-97"):
        asked(chain, line, D("726.00"), date(2026, 3, 8))
    assert asked(chain, line, day=date(2026, 3, 8)).kind == "question"


def test_on_the_last_day_one_may_dispute(chain: World, line: StatementLine) -> None:
    assert asked(chain, line, D("726.00"), date(2026, 3, 7)).kind == "dispute"


def test_another_amount_and_one_at_a_time(chain: World, line: StatementLine) -> None:
    with pytest.raises(RuleError, match="BIL-98"):
        asked(chain, line, D("660.00"))
    one = asked(chain, line)
    with pytest.raises(RuleError, match="BIL-99"):
        asked(chain, line)
    disputes.withdraw(scope=provider(chain), dispute=one)
    assert asked(chain, line).pk != one.pk


def test_a_question_is_explained_or_granted(chain: World, line: StatementLine) -> None:
    with pytest.raises(RuleError, match="BIL-100"):
        answered(chain, asked(chain, line), Outcome.STAYS)


Step = Callable[[World, Dispute], Dispute]
AGREE: Step = lambda chain, one: disputes.agree(scope=provider(chain), dispute=one)  # noqa: E731
REACT: Step = lambda chain, one: disputes.react(  # noqa: E731
    scope=provider(chain), dispute=one, text="Nee"
)
WITHDRAW: Step = lambda chain, one: disputes.withdraw(  # noqa: E731
    scope=provider(chain), dispute=one
)


@pytest.mark.parametrize("step", [AGREE, REACT])
def test_nobody_reacts_before_there_is_an_answer(
    chain: World, line: StatementLine, step: Step
) -> None:
    with pytest.raises(ConflictError):
        step(chain, asked(chain, line))


@pytest.mark.parametrize("step", [AGREE, REACT, WITHDRAW, answered])
def test_what_ended_stays_so(chain: World, line: StatementLine, step: Step) -> None:
    one = AGREE(chain, answered(chain, asked(chain, line)))
    with pytest.raises(ConflictError):
        step(chain, one)


def test_each_side_speaks_for_itself(chain: World, line: StatementLine) -> None:
    one = asked(chain, line)
    with pytest.raises(NotAllowedError):
        given = Answer(outcome=Outcome.ELSEWHERE, text="Akkoord")
        disputes.answer(scope=provider(chain), dispute=one, given=given)
    answered(chain, one)
    with pytest.raises(NotAllowedError):
        disputes.agree(scope=controller(chain), dispute=one)
    stranger = become(chain.at(Role.SUBCONTRACTOR_USER, chain.trajectory, at=moment(ISSUED)))
    with pytest.raises((NotAllowedError, DomainError)):
        disputes.ask(scope=stranger, line=line, asked=Asked(text="?"))


def test_on_pages_from_the_line_to_the_agreement(chain: World, line: StatementLine) -> None:
    statement = reverse("statement_detail", args=[line.statement_id])
    page = reverse("statement_line_ask", args=[line.pk])
    there, here = visitor(chain, Role.SUBCONTRACTOR_USER), visitor(chain, Role.CONTROLLER)
    assert page in there.get(statement).content.decode()
    assert page not in here.get(statement).content.decode()
    no_amount = there.post(page, {"kind": "dispute", "text": "Te laag"})
    assert "expected" in no_amount.context["form"].errors
    typed = {"kind": "question", "expected": "726,00", "text": "Hoe is dit berekend?"}
    shown = there.post(page, typed, follow=True)
    assert "Hoe is dit berekend?" in shown.content.decode()
    as_system()
    one = Dispute.objects.get()
    assert (one.kind, one.expected) == ("question", None)
    url = one.get_absolute_url()
    assert url in here.get(statement).content.decode()
    answer = {"outcome": "explained", "text": "Tien uur maal 66 euro"}
    here.post(reverse("dispute_answer", args=[one.pk]), answer)
    assert "Tien uur maal 66 euro" in there.get(url).content.decode()
    there.post(reverse("dispute_agree", args=[one.pk]))
    assert "akkoord" in here.get(url).content.decode()
    closed = here.get(reverse("dispute_list"), {"is_open": "closed"})
    assert closed.context["count"] == 1
    assert here.get(reverse("dispute_list"), {"is_open": "open"}).context["count"] == 0
