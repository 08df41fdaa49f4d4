"""Rules of the style guide that a reader cannot see in one file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from tests.architecture.sources import PACKAGES, ROOT, calls, files, imports, name_of, tree

#: Modules that answer a person, a message or a clock, and so read through `visible_to` only.
OUTER = {"views", "forms", "filters", "tables", "tasks", "handlers", "exports", "mailbox"}
#: Everybody's rows, without a manager that could narrow them.
PUBLIC = {"Municipality", "MainContractor"}
#: What may read without a scope: each with the reason why.
READS_ALL = {
    # The person who makes the request.
    "hoofdaannemer/accounts/views/account.py": {"User"},
    # How many keys stop with a person that the page has found through `visible_to`.
    "hoofdaannemer/accounts/views/people.py": {"ApiToken"},
    # Narrows rows that came through `visible_to`; shows none of its own.
    "subcontracts/filters.py": {"Placement"},
    # The choice filter itself, which calls `visible_to` on the next line.
    "hoofdaannemer/core/filters.py": {"model"},
}
#: First call on a manager that narrows as `visible_to` does, or writes nothing and reads nothing.
NARROWING = {"visible_to", "attended_by", "none"}

#: The scope without a person is made where no person asks.
MAKES_SYSTEM = (
    "hoofdaannemer/core/scope.py",
    # Before a request has a scope: who is this, and in which role?
    "hoofdaannemer/accounts/middleware.py",
    # Reads what must hold for everybody.
    "hoofdaannemer/invariants/promises.py",
)
MAKES_SYSTEM_BELOW = ("management/commands/", "hoofdaannemer/scenarios/")
#: Points at which the main contractor's administration reacts to another party.
ACTS_FOR_OTHERS = {
    "hoofdaannemer/core/scope.py",
    # Whoever hands in a message, it is judged for the main contractor.
    "messaging/exchange/services/intake.py",
    "messaging/exchange/services/outtray.py",
    # Room under a ceiling is for who places; what it is made of is for who handles money.
    "subcontracts/selectors/candidates.py",
    # A start, stop or request of a subcontractor is weighed with those of others.
    "subcontracts/handlers.py",
    "subcontracts/services/deliveries.py",
    # Who is meant by a number is not the administrator's to see before the glass is broken.
    "subcontracts/services/emergency.py",
    "subcontracts/services/placements.py",
    "subcontracts/services/requests.py",
    # Money follows from care that the one who closes a month does not see.
    "billing/services/holds.py",
    "billing/services/months.py",
}
#: Exact numbers only; the others draw, or solve a linear programme, and hold no amount.
NO_MONEY = ("hoofdaannemer/accountability/disclosure/", "hoofdaannemer/accountability/charts/")
FLOATS = {"hoofdaannemer/scenarios/regio/care.py": {"float"}}


def outer() -> list[Path]:
    return [
        path
        for path in files()
        # The forms of `billing` are forms of funding: services, not pages.
        if OUTER & {path.stem, *path.parent.parts} and "billing/forms/" not in name_of(path)
    ]


@pytest.mark.parametrize("path", outer(), ids=name_of)
def test_pages_and_tasks_read_through_visible_to(path: Path) -> None:
    wrong = []
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")):
            continue
        model = getattr(node.value, "id", getattr(node.value, "attr", ""))
        following = getattr(node, "parent", None)
        first = following.attr if isinstance(following, ast.Attribute) else ""
        if model in PUBLIC | READS_ALL.get(name_of(path), set()):
            continue
        if first not in NARROWING:
            wrong.append(f"line {node.lineno}: {model}.objects.{first}")
    assert wrong == []


def test_every_owned_model_can_be_narrowed() -> None:
    owners = {"main_contractor_id", "provider_organisation_id"}
    missing = [
        model._meta.label
        for model in apps.get_models()
        if owners & {field.column for field in model._meta.concrete_fields}
        and model._meta.label != "accounts.MainContractorLink"
        and not hasattr(model._default_manager, "visible_to")
    ]
    assert missing == []


@pytest.mark.parametrize("path", list(files()), ids=name_of)
def test_amounts_are_rounded_in_one_place(path: Path) -> None:
    name = name_of(path)
    if name.startswith(NO_MONEY) or name == "hoofdaannemer/core/money.py":
        return
    allowed = FLOATS.get(name, set())
    found = [
        f"line {line}: {called}"
        for called, line in calls(path)
        if called in {"float", "round", "quantize"} - allowed
    ]
    assert found == []


def test_the_system_acts_where_no_person_asks() -> None:
    found = {name_of(path) for path in files() if "system" in {name for name, _line in calls(path)}}
    outside = {
        name
        for name in found
        if name not in MAKES_SYSTEM
        and not any(part in name for part in MAKES_SYSTEM_BELOW)
        and Path(name).stem not in ("tasks", "handlers")
    }
    assert outside == set()


def test_acting_for_others_happens_at_named_points() -> None:
    found = {
        name_of(path) for path in files() if "on_behalf_of" in {name for name, _line in calls(path)}
    }
    assert found <= ACTS_FOR_OTHERS


def test_only_messaging_touches_xml() -> None:
    found = {
        name_of(path)
        for path in files()
        if any(name.split(".")[0] == "lxml" for name in imports(path))
    }
    assert {name for name in found if not name.startswith("messaging/")} == set()


def test_the_message_standard_knows_no_database() -> None:
    found = [
        f"{name_of(path)} imports {name}"
        for path in files()
        if name_of(path).startswith("messaging/istandaard/")
        for name in imports(path)
        if name.startswith(("django.db", "django.apps", "messaging.exchange", "messaging.models"))
    ]
    assert found == []


def test_nothing_is_left_to_do() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    found = [
        f"{name_of(path)}:{number}"
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if any(mark in line for mark in marks)
    ]
    assert found == []


def test_no_migration_is_missing() -> None:
    # In a process of its own: other tests define models that have no migration.
    found = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def test_words_for_people_are_in_the_glossary() -> None:
    """The name of every model that people meet is a term of the glossary."""
    lines = (ROOT / "docs" / "glossary.csv").read_text(encoding="utf-8").splitlines()
    terms = {line.split(",")[1].strip().lower() for line in lines[1:] if line}
    with translation.override("en"):
        shown = {
            str(model._meta.verbose_name).lower()
            for model in apps.get_models()
            if model.__module__.split(".")[0] in PACKAGES
            and "verbose_name" in model._meta.original_attrs
        }
    assert shown - terms == set()
