"""Questions about contracts: asked, answered within a term, and read by all whom it concerns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Role, Scope
from subcontracts import worklist
from subcontracts.models import ClauseQuestion, ClauseReading, Subcontract, SubcontractClause
from subcontracts.services import clauses, questions
from subcontracts.services.clauses import ClauseFacts
from subcontracts.services.questions import QuestionFacts, ReadingFacts
from tests import factories
from tests.conftest import become
from tests.factories import NOW, Party, World
from tests.subcontracts.conftest import Browser as Browse

TODAY = timezone.localdate(NOW)


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def contract_of(party: Party) -> Subcontract:
    assert party.subcontract is not None
    return party.subcontract


def manager(world: World) -> Scope:
    return become(world.at(Role.CONTRACT_MANAGER))


def provider(world: World, party: Party) -> Scope:
    return become(world.at(Role.SUBCONTRACTOR_USER, party))


def clause(world: World, party: Party, text: str, passes_on: str = "") -> SubcontractClause:
    facts = ClauseFacts(
        code="4.2", title="Werkdagen", text=text, start_date=TODAY, passes_on=passes_on
    )
    return clauses.set_clause(scope=manager(world), subcontract=contract_of(party), facts=facts)


def asked(world: World, of: SubcontractClause | None = None) -> ClauseQuestion:
    facts = QuestionFacts(
        subject="Wat is een werkdag?",
        question="Telt Zorg in Beeld de zaterdag mee?",
        subcontract=contract_of(world.pxq),
        clause=of,
    )
    return questions.ask(scope=provider(world, world.pxq), facts=facts)


def published(world: World, of: SubcontractClause | None = None, **changes: Any) -> ClauseReading:
    row = asked(world, of)
    scope = manager(world)
    questions.answer(scope=scope, question=row, text="De zaterdag telt niet mee.")
    values = {"subject": "Werkdagen", "asked": "Telt zaterdag mee?", "text": "Nee."} | changes
    return questions.publish(scope=scope, question=row, facts=ReadingFacts(**values))


def readings(world: World, party: Party) -> list[str]:
    """Under both locks."""
    scope = provider(world, party)
    found = [one.subject for one in ClauseReading.objects.visible_to(scope)]
    assert [one.subject for one in ClauseReading.objects.all()] == found
    return found


# Asking and answering


def test_answered_within_ten_working_days_and_on_the_work_list_until_then(world: World) -> None:
    row = asked(world, clause(world, world.pxq, "Een werkdag is geen feestdag."))
    # Ten working days after Wednesday 18 March 2026.
    assert row.due_on == date(2026, 4, 1)
    scope = manager(world)
    (item,) = [one for one in worklist.items(scope) if "Vragen" in str(one.kind)]
    assert item.due == row.due_on
    questions.answer(scope=scope, question=row, text="Nee")
    assert not [one for one in worklist.items(scope) if "Vragen" in str(one.kind)]
    assert ClauseQuestion.objects.visible_to(provider(world, world.pxq)).get().answer == "Nee"
    with pytest.raises(ConflictError):
        questions.answer(scope=manager(world), question=row, text="Toch wel")


def test_only_the_asker_and_the_main_contractor_read_a_question(world: World) -> None:
    asked(world)
    other = provider(world, world.trajectory)
    assert not ClauseQuestion.objects.visible_to(other).exists()
    assert not ClauseQuestion.objects.exists()


def test_a_clause_of_another_contract(world: World) -> None:
    elsewhere = clause(world, world.trajectory, "Iets anders")
    scope = manager(world)
    facts = QuestionFacts(
        subject="?", question="?", subcontract=contract_of(world.pxq), clause=elsewhere
    )
    with pytest.raises(RuleError, match="CON-122"):
        questions.ask(scope=scope, facts=facts)
    with pytest.raises(RuleError, match="CON-122"):
        questions.ask(
            scope=provider(world, world.pxq), facts=QuestionFacts(subject="?", question="?")
        )


def test_who_asked_takes_it_back_and_nobody_else(world: World) -> None:
    row = asked(world)
    with pytest.raises(NotAllowedError):
        questions.withdraw(scope=manager(world), question=row)
    assert questions.withdraw(scope=provider(world, world.pxq), question=row).status == "withdrawn"
    with pytest.raises(ConflictError):
        questions.answer(scope=manager(world), question=row, text="Nee")


def test_own_staff_ask_too(world: World) -> None:
    officer = become(world.at(Role.QUALITY_OFFICER))
    row = questions.ask(scope=officer, facts=QuestionFacts(subject="Wat?", question="Hoe?"))
    assert row.provider_organisation_id is None
    with pytest.raises(NotAllowedError):
        questions.answer(scope=officer, question=row, text="Zo")


# Published readings


def test_a_reading_is_for_who_has_the_clause_too(world: World) -> None:
    one = clause(world, world.pxq, "Een werkdag is geen feestdag.")
    published(world, one)
    assert readings(world, world.pxq) == ["Werkdagen"]
    assert readings(world, world.trajectory) == []
    clause(world, world.trajectory, "Een werkdag is geen feestdag.")
    assert readings(world, world.trajectory) == ["Werkdagen"]


def test_or_for_who_passes_the_same_duty_of_the_same_contract_on(world: World) -> None:
    published(world, clause(world, world.pxq, "Wij nemen aan wie komt.", "acceptance_duty"))
    clause(world, world.fte, "Anders gezegd", "acceptance_duty")
    assert readings(world, world.fte) == []
    clause(world, world.trajectory, "Anders gezegd", "acceptance_duty")
    assert readings(world, world.trajectory) == ["Werkdagen"]


def test_a_reading_in_general_is_for_all_of_this_main_contractor(
    world: World, system: Scope
) -> None:
    published(world)
    assert readings(world, world.fte) == ["Werkdagen"]
    become(system)
    stranger = factories.world(system)
    assert readings(stranger, stranger.fte) == []


def test_a_reading_names_nobody(world: World) -> None:
    with pytest.raises(RuleError, match="CON-124"):
        published(world, asked="Telt ZORG IN BEELD de zaterdag mee?")


def test_published_once_and_withdrawn(world: World) -> None:
    reading = published(world)
    scope = manager(world)
    facts = ReadingFacts(subject="Nog eens", asked="?", text="!")
    with pytest.raises(ConflictError):
        questions.publish(scope=scope, question=reading.question, facts=facts)
    questions.withdraw_reading(scope=scope, reading=reading)
    assert readings(world, world.pxq) == []
    scope = manager(world)
    assert ClauseReading.objects.visible_to(scope).count() == 1


# Pages


def test_from_the_contract_to_a_reading_that_others_find(world: World, browse: Browse) -> None:
    one = clause(world, world.pxq, "Een werkdag is geen feestdag.")
    clause(world, world.trajectory, "Een werkdag is geen feestdag.")
    there = browse(world, Role.SUBCONTRACTOR_USER, world.pxq)
    new = f"{reverse('question_new')}?clause={one.pk}"
    detail = reverse("subcontract_detail", args=[contract_of(world.pxq).pk])
    assert new in there.get(detail).content.decode()
    assert f'value="{one.pk}" selected' in there.get(new).content.decode()
    typed = {
        "subcontract": contract_of(world.pxq).pk,
        "clause": one.pk,
        "subject": "Zaterdag",
        "question": "Telt zaterdag mee?",
    }
    question = there.post(reverse("question_new"), typed)["Location"]
    become(world.system)
    row = ClauseQuestion.objects.get()
    here = browse(world, Role.CONTRACT_MANAGER)
    answer = reverse("question_answer", args=[row.pk])
    assert answer in here.get(question).content.decode()
    here.post(answer, {"text": "Nee, zaterdag niet."})
    assert "Nee, zaterdag niet." in there.get(question).content.decode()
    typed = {"subject": "Zaterdag", "asked": "Telt zaterdag mee?", "text": "Nee."}
    reading = here.post(reverse("question_publish", args=[row.pk]), typed)["Location"]
    other = browse(world, Role.SUBCONTRACTOR_USER, world.trajectory)
    assert other.get(question).status_code == 404
    found = other.get(reverse("reading_list"), {"word": "zaterdag"}).content.decode()
    assert reading in found
    assert world.pxq.organisation.name not in other.get(reading).content.decode()
    # It stands beside the clause in their own contract too.
    theirs = reverse("subcontract_detail", args=[contract_of(world.trajectory).pk])
    assert reading in other.get(theirs).content.decode()
