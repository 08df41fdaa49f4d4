"""The page of rules says what the code does, and the facts are those of the standard."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import replace

import pytest

from messaging.istandaard import codelists
from messaging.istandaard.rules import RULES
from messaging.istandaard.rules.catalogue import catalogue
from messaging.management.commands.rule_table import PAGE
from messaging.management.ruletable import source
from messaging.management.ruletable.page import page
from messaging.management.ruletable.places import State, enforced


def test_page_is_current() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run manage.py rule_table --write"


def test_every_rule_of_the_standard() -> None:
    kinds = Counter(rule.kind for rule in catalogue().values())
    assert kinds == {"TR": 80, "OP": 93, "IV": 38, "CD": 22, "CS": 19, "RS": 39, "UP": 17}
    known = {*codelists.packaged("WJ001_jw").codes, *codelists.packaged("WJ001_wmo").codes}
    assert {rule.return_code for rule in catalogue().values()} - {""} <= known


def test_rules_within_a_message_are_all_judged() -> None:
    """Ours in the registry are those of the standard, and CALENDAR."""
    within = {rule.code for rule in catalogue().values() if rule.judged_by == "xslt"}
    assert set(RULES) == within | {"CALENDAR"}
    for code in within:
        found = enforced(catalogue()[code])
        assert found.state == State.WITHIN, code
        assert found.places


@pytest.mark.parametrize(
    ("code", "state", "place"),
    [
        ("RS005", State.SCHEMA, "LDT_Volume"),
        ("CS319", State.SCHEMA, "Declaratie.DeclaratieNummer"),
        ("RS039", State.UNUSED, None),
        ("CS002", State.WITHIN, "messaging.istandaard.rules.client.bsn"),
        ("CD087", State.WITHIN, "messaging.istandaard.rules.declaration._tariff_unless_euros"),
        ("TR358", State.WITHIN, "messaging.istandaard.rules.declaration._of_declaration"),
        ("TR378", State.ACROSS, "messaging.exchange.rules"),
        ("OP274", State.PROCESS, "messaging.istandaard.deadlines"),
    ],
)
def test_place(code: str, state: State, place: str | None) -> None:
    found = enforced(catalogue()[code])
    assert found.state == state
    assert place in found.places if place else not found.places


def test_a_rule_that_the_schema_does_not_hold_is_not_claimed() -> None:
    higher = replace(catalogue()["RS005"], facet="maxInclusive 5")
    assert enforced(higher).state == State.NOT_YET
    elsewhere = replace(catalogue()["CS319"], elements=("Declaratie.DeclaratieDagtekening",))
    assert enforced(elsewhere).state == State.NOT_YET
    nobody = replace(catalogue()["TR019"], code="TR999")
    assert enforced(nobody).state == State.NOT_YET


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('def f():\n    """Judges TR001."""', []),
        ("x = 1  # TR001", []),
        ('TEXTS = {"TR001": _("Mend it."), "TR002": "9002"}', []),
        ('yield Finding("TR001", "9001", path, text)', ["TR001"]),
        ("SQL = \"SELECT line, 'TR001' FROM lines\"", ["TR001"]),
        ('CONDITIONS = {"TR001": "end_date < start_date"}', ["TR001"]),
        ('return "OP090x4"', ["OP090x4"]),
    ],
)
def test_use_and_mention(text: str, codes: list[str]) -> None:
    assert list(source.codes_used(ast.parse(text))) == codes
