"""What a dispute grants: from the answer to a line of the next statement, by two people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from pypdf import PdfReader

from billing import worklist
from billing.models import Adjustment, Dispute, DisputeEntry, Statement, StatementLine
from billing.rules.statement import Opening, Posting, PostingKind, reconcile, totals
from billing.selectors import line_sources
from billing.services import adjustments, disputes, months, statements
from billing.services.disputes import Answer, Asked
from hoofdaannemer.accounts.models import Membership, User
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.invariants import PROMISES
from tests.billing.build import FEBRUARY, JANUARY, declare, moment, placement, priced
from tests.billing.visitors import as_system, visitor
from tests.conftest import become
from tests.factories import World, world

ISSUED, NEXT = date(2026, 2, 5), date(2026, 3, 5)
Outcome = DisputeEntry.Outcome


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def close(chain: World, month: Month, day: date) -> None:
    become(chain.system)
    scope = chain.system.moved_to(moment(day))
    months.run_month(scope=scope, main_contractor_id=chain.main.pk, month=month)


@pytest.fixture
def line(chain: World) -> StatementLine:
    """A line of 660 euros on the statement of January."""
    declare(chain, priced(placement(chain), 10))
    close(chain, JANUARY, ISSUED)
    return StatementLine.objects.get(statement__subcontractor=chain.pxq.subcontractor)


def provider(chain: World) -> Scope:
    return become(chain.at(Role.SUBCONTRACTOR_USER, chain.pxq, at=moment(ISSUED)))


def answering(chain: World) -> Scope:
    return become(chain.at(Role.CONTROLLER, at=moment(ISSUED)))


def second(chain: World) -> Scope:
    """Another controller."""
    become(chain.system)
    user, _made = User.objects.get_or_create(email="tweede@controle.test", name="Tweede")
    Membership.objects.get_or_create(
        user=user,
        role=Role.CONTROLLER,
        main_contractor=chain.main,
        defaults={"started_at": moment(ISSUED)},
    )
    scope = Scope(
        role=Role.CONTROLLER,
        user_id=user.pk,
        main_contractor_id=chain.main.pk,
        at=moment(ISSUED),
    )
    return become(scope)


def disputed(chain: World, line: StatementLine) -> Dispute:
    asked = Asked(text="Het waren elf uur", expected=D("726.00"))
    return disputes.ask(scope=provider(chain), line=line, asked=asked)


def answer(
    chain: World,
    dispute: Dispute,
    outcome: Outcome = Outcome.CORRECTED,
    becomes: D | None = None,
) -> Dispute:
    given = Answer(outcome=outcome, text="Je hebt gelijk", becomes=becomes)
    return disputes.answer(scope=answering(chain), dispute=dispute, given=given)


def agreed(chain: World, line: StatementLine, becomes: D = D("726.00")) -> Adjustment:
    dispute = answer(chain, disputed(chain, line), becomes=becomes)
    disputes.agree(scope=provider(chain), dispute=dispute)
    return Adjustment.objects.get(dispute=dispute)


def accept(chain: World, one: Adjustment) -> Adjustment:
    return adjustments.decide(scope=second(chain), adjustment=one, is_accepted=True)


def broken(chain: World) -> dict[str, list[str]]:
    become(chain.system)
    found = {one.code: list(one.broken_by()) for one in PROMISES if one.code.startswith("PAY")}
    return {code: rows for code, rows in found.items() if rows}


def test_an_agreement_upon_an_amount_proposes_the_difference(
    chain: World, line: StatementLine
) -> None:
    one = agreed(chain, line)
    assert (one.amount, one.status, one.month) == (D("66.00"), "proposed", JANUARY.first)
    assert one.proposed_by_id == answering(chain).user_id
    assert "726,00" in one.why.sentence()
    assert broken(chain) == {}


def test_accepted_by_another_it_stands_on_the_next_statement(
    chain: World, line: StatementLine
) -> None:
    one = agreed(chain, line)
    close(chain, FEBRUARY, NEXT)
    following = Statement.objects.filter(subcontractor=chain.pxq.subcontractor)
    assert not following.filter(month=FEBRUARY.first).exists(), "nothing was decided yet"
    accept(chain, one)
    close(chain, FEBRUARY, NEXT)
    statement = following.get(month=FEBRUARY.first)
    assert (statement.adjusted, statement.payable) == (D("66.00"), D("66.00"))
    posted = statement.lines.get()
    assert (posted.kind, posted.amount, posted.adjustment) == ("adjustment", D("66.00"), one)
    pdf = bytes(statement.pdf)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    assert one.reference in text
    assert statements.made_again(statement) == pdf
    close(chain, FEBRUARY, NEXT)
    assert StatementLine.objects.filter(adjustment=one).count() == 1
    assert broken(chain) == {}


def test_less_may_be_agreed_upon_as_well(chain: World, line: StatementLine) -> None:
    accept(chain, agreed(chain, line, D("594.00")))
    close(chain, FEBRUARY, NEXT)
    statement = Statement.objects.get(subcontractor=chain.pxq.subcontractor, month=FEBRUARY.first)
    assert (statement.adjusted, statement.carried_out) == (D("-66.00"), D("-66.00"))
    assert broken(chain) == {}


def test_not_accepted_by_who_granted_it_nor_twice(chain: World, line: StatementLine) -> None:
    one = agreed(chain, line)
    with pytest.raises(NotAllowedError):
        adjustments.decide(scope=answering(chain), adjustment=one, is_accepted=True)
    with pytest.raises(NotAllowedError):
        adjustments.decide(scope=provider(chain), adjustment=one, is_accepted=True)
    accept(chain, one)
    with pytest.raises(ConflictError):
        accept(chain, one)


def test_refused_the_dispute_is_answered_again(chain: World, line: StatementLine) -> None:
    one = agreed(chain, line)
    with pytest.raises(RuleError, match="BIL-238"):
        adjustments.decide(scope=second(chain), adjustment=one, is_accepted=False, reason=" ")
    adjustments.decide(scope=second(chain), adjustment=one, is_accepted=False, reason="Tien uur")
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.closed_at) == ("asked", None)
    assert dispute.entries.latest("pk").outcome == "refused"
    answer(chain, dispute, becomes=D("700.00"))
    disputes.agree(scope=provider(chain), dispute=dispute)
    again = Adjustment.objects.standing().get()
    assert again.amount == D("40.00")
    close(chain, FEBRUARY, NEXT)
    assert not Statement.objects.filter(month=FEBRUARY.first, adjusted__gt=0).exists()
    assert broken(chain) == {}


def test_not_refused_while_something_else_is_open(chain: World, line: StatementLine) -> None:
    one = agreed(chain, line)
    disputes.ask(scope=provider(chain), line=line, asked=Asked(text="En nu?"))
    with pytest.raises(RuleError, match="BIL-239"):
        adjustments.decide(scope=second(chain), adjustment=one, is_accepted=False, reason="Nee")
    become(chain.system)
    one.refresh_from_db()
    assert one.status == "proposed"


@pytest.mark.parametrize(
    ("becomes", "code"), [(None, "BIL-235"), (D("660.00"), "BIL-236")], ids=["none", "the same"]
)
def test_a_correction_names_another_amount(
    chain: World, line: StatementLine, becomes: D | None, code: str
) -> None:
    with pytest.raises(RuleError, match=code):
        answer(chain, disputed(chain, line), becomes=becomes)


def test_what_is_held_is_released_not_corrected(chain: World) -> None:
    close(chain, JANUARY, ISSUED)
    held = StatementLine.objects.get(kind="hold")
    scope = become(chain.at(Role.SUBCONTRACTOR_USER, chain.fte, at=moment(ISSUED)))
    one = disputes.ask(scope=scope, line=held, asked=Asked(text="Waarom?"))
    with pytest.raises(RuleError, match="BIL-237"):
        answer(chain, one, becomes=D("1.00"))
    answer(chain, one, Outcome.ELSEWHERE)


def test_agreed_without_a_correction_the_page_says_so(chain: World, line: StatementLine) -> None:
    dispute = answer(chain, disputed(chain, line), Outcome.ELSEWHERE)
    disputes.agree(scope=provider(chain), dispute=dispute)
    shown = visitor(chain, Role.SUBCONTRACTOR_USER).get(dispute.get_absolute_url())
    assert "zonder correctie" in shown.context["ended"]
    assert shown.context["corrections"] == []
    as_system()
    assert not Adjustment.objects.exists()


def test_one_correction_a_dispute_by_the_database(chain: World, line: StatementLine) -> None:
    one = agreed(chain, line)
    become(chain.system)
    one.pk = None
    with pytest.raises(DatabaseError, match="adjustment_dispute_once"), transaction.atomic():
        one.save()


def test_what_was_proposed_and_decided_stays(chain: World, line: StatementLine) -> None:
    one = agreed(chain, line)
    become(second(chain))
    rows = Adjustment.objects.filter(pk=one.pk)
    with pytest.raises(DatabaseError, match="PAY-20"), transaction.atomic():
        rows.update(amount=D("1000.00"))
    accept(chain, one)
    with pytest.raises(DatabaseError, match="PAY-20"), transaction.atomic():
        rows.update(status="refused", reason="toch niet")


def test_on_pages_from_the_answer_to_the_statement(chain: World, line: StatementLine) -> None:
    dispute = disputed(chain, line)
    here, there = visitor(chain, Role.CONTROLLER), visitor(chain, Role.SUBCONTRACTOR_USER)
    page = reverse("dispute_answer", args=[dispute.pk])
    lacking = here.post(page, {"outcome": "corrected", "text": "Klopt"})
    assert "becomes" in lacking.context["form"].errors
    here.post(page, {"outcome": "corrected", "becomes": "726,00", "text": "Klopt"})
    assert "726,00" in there.get(dispute.get_absolute_url()).content.decode()
    there.post(reverse("dispute_agree", args=[dispute.pk]))
    as_system()
    one = Adjustment.objects.get()
    [link] = there.get(dispute.get_absolute_url()).context["corrections"]
    assert link.url == one.get_absolute_url()
    assert not here.get(link.url).context["may_decide"]
    other = visitor(chain, Role.CONTROLLER)
    shown = other.get(link.url)
    assert shown.context["may_decide"]
    assert dispute.get_absolute_url() in [source.url for source in shown.context["sources"]]
    decide = reverse("adjustment_decide", args=[one.pk])
    assert "reason" in other.post(decide, {"verdict": "refuse"}).context["form"].errors
    other.post(decide, {"verdict": "accept"})
    as_system()
    close(chain, FEBRUARY, NEXT)
    posted = StatementLine.objects.get(adjustment=one)
    sources = there.get(link.url).context["sources"]
    assert line_sources.line_url(posted) in [source.url for source in sources]
    statement = there.get(posted.statement.get_absolute_url(), {"text": one.reference})
    [row] = statement.context["rows"]
    assert [source.url for source in row["sources"]] == [link.url]
    assert there.get(reverse("adjustment_list")).context["count"] == 1


def test_it_is_work_of_who_did_not_propose_it(chain: World, line: StatementLine) -> None:
    agreed(chain, line)

    def work(scope: Scope) -> list[str]:
        return [item.text for item in worklist.items(scope) if "66,00" in str(item.text)]

    assert len(work(second(chain))) == 1
    assert work(answering(chain)) == []
    assert work(provider(chain)) == []


def test_the_chain_reconciles_with_what_was_granted_beside_it() -> None:
    first = totals([Posting(PostingKind.ENTITLEMENT, "pxq", "1", D("100.00"))])
    granted = Posting(PostingKind.ADJUSTMENT, "", "correction-1", D("-30.00"))
    after = totals([granted], first.closing())
    assert (after.adjusted, after.carried_out) == (D("-30.00"), D("-30.00"))
    assert after.by_form == {}
    assert reconcile([first, after], entitled=D("100.00"), paid=D("100.00")) == []
    assert totals([granted], Opening(D("-1.00"))).balance == D("-31.00")
