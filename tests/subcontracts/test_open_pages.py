"""Who may open the pages of tariffs in the open, questions, announcements and contacts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hoofdaannemer.accessmatrix.subcontracts import OPEN
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import TariffRoundLine
from subcontracts.services import (
    announcements,
    contacts,
    questions,
    tariff_reactions,
    tariff_rounds,
)
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.indexing import manager
from tests.subcontracts.tariffs import settled

ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.NOBODY)]
PROVIDERS = (Role.SUBCONTRACTOR_ADMIN, Role.SUBCONTRACTOR_USER)
PLAIN = ("buildup_new", "tariff_round_new", "question_new", "announcement_new", "contact_new")


def keys_of(world: World, role: Role) -> dict[str, int]:
    """One object of each kind that everybody may see who reads the kind, by the kind's prefix."""
    buildup = settled(world)
    scope, today = become(manager(world)), timezone.localdate()
    opened = tariff_rounds.prepare(
        scope=scope,
        main_contractor_id=world.main.pk,
        facts=tariff_rounds.RoundFacts(
            title="Tarieven",
            effective_date=today + timedelta(days=60),
            closes_on=today + timedelta(days=9),
        ),
        buildups=[buildup],
    )
    tariff_rounds.open_round(scope=scope, row=opened)
    told = announcements.announce(
        scope=scope,
        main_contractor_id=world.main.pk,
        facts=announcements.AnnouncementFacts(
            title="Rooster",
            text="Zie de bijlage.",
            start_date=today,
            attachment=b"%PDF-1.7",
            attachment_name="rooster.pdf",
        ),
    )
    there = become(world.at(Role.SUBCONTRACTOR_USER, world.pxq))
    line = TariffRoundLine.objects.visible_to(there).get()
    (reaction,) = tariff_reactions.react(
        scope=there, line=line, said=[tariff_reactions.ReactionFacts(stance="agree")]
    )
    asked = questions.ask(
        scope=there,
        facts=questions.QuestionFacts(
            subject="Wat?", question="Hoe?", subcontract=world.pxq.subcontract
        ),
    )
    scope = become(manager(world))
    questions.answer(scope=scope, question=asked, text="Zo")
    reading = questions.publish(
        scope=scope,
        question=asked,
        facts=questions.ReadingFacts(subject="Wat?", asked="Hoe?", text="Zo"),
    )
    is_provider = role in PROVIDERS
    contact = contacts.add(
        scope=become(world.at(role, world.pxq)) if is_provider else scope,
        main_contractor_id=world.main.pk,
        organisation_id=world.pxq.organisation.pk if is_provider else None,
        facts=contacts.ContactFacts(
            subject="care", name="Loket", start_date=timezone.localdate(NOW), phone="033 1234567"
        ),
    )
    become(world.system)
    return {
        "buildup": buildup.pk,
        "parameter": buildup.parameters.values_list("pk", flat=True)[0],
        "tariff_round": opened.pk,
        "tariff_line": line.pk,
        "tariff_reaction": reaction.pk,
        "question": asked.pk,
        "reading": reading.pk,
        "announcement": told.pk,
        "contact": contact.pk,
    }


@pytest.mark.parametrize("role", ROLES)
def test_matrix(system: Scope, browse: Browse, role: Role) -> None:
    world = factories.world(system)
    keys = keys_of(world, role)
    browser = browse(world, role, world.pxq if role in PROVIDERS else None)
    got = {}
    for name, (method, _expected) in OPEN.items():
        is_plain = name in PLAIN or name.endswith("_list")
        pk = next(pk for kind, pk in keys.items() if name.startswith(f"{kind}_"))
        url = reverse(name, args=[] if is_plain else [pk])
        got[name] = getattr(browser, method)(url).status_code
    assert got == {name: expected.get(role, 403) for name, (_m, expected) in OPEN.items()}
