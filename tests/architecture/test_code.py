"""Rules of the style guide that a reader cannot see in one file."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
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
    "hoofdaannemer/accounts/views/people.py": {"AccessKey", "ApiToken"},
    # Narrows rows that came through `visible_to`; shows none of its own.
    "subcontracts/filters.py": {"Placement"},
    # The choice filter itself, which calls `visible_to` on the next line.
    "hoofdaannemer/core/filters.py": {"model"},
}
#: First call on a manager that narrows as `visible_to` does, or writes nothing and reads nothing.
NARROWING = {"visible_to", "attended_by", "none"}

#: The scope without a person is made where no person asks.
MAKES_SYSTEM = (
    # A hub delivers: it is proven by token or certificate, and no person asks.
    "messaging/exchange/hub/views.py",
    "hoofdaannemer/core/scope.py",
    # Before a request has a scope: who is this, and in which role?
    "hoofdaannemer/accounts/middleware.py",
    # Reads what must hold for everybody.
    "hoofdaannemer/invariants/promises.py",
)
MAKES_SYSTEM_BELOW = ("management/commands/", "hoofdaannemer/scenarios/")
#: Functions in which the main contractor's administration reacts to another party, each with the
#: reason why that party's own scope will not do.
ACTS_FOR_OTHERS = {
    # Which contract is under mandate is not the subcontractor's to see whose message is copied.
    "messaging/exchange/services/copies.py": {"_copied"},
    "messaging/exchange/services/intake.py": {
        # Whoever hands in a message, it is judged and answered for the main contractor; its
        # handler acts as the sender again.
        "handle",
        # A start in the portal, or another message, lets a message that waited be judged.
        "rejudge_parked",
        # An administrator runs a message again whose findings that role does not read.
        "rerun",
    },
    "subcontracts/selectors/candidates.py": {
        # Room under a ceiling is for who places; what it is made of is for who handles money.
        "__init__",
    },
    # Terms of the municipal contract and money are not for everybody who places: a yes or no is.
    "subcontracts/selectors/consents.py": {"refusals"},
    "subcontracts/selectors/division.py": {"refuses"},
    "billing/selectors/division.py": {"broken_by"},
    "subcontracts/services/deliveries.py": {
        # What goes up depends on what others deliver under the allocation, and meets the main
        # contractor's own term.
        "report_start",
        "report_stop",
        "withdraw_start",
        "withdraw_stop",
    },
    "subcontracts/services/emergency.py": {
        # Who is meant by a number is not the administrator's to see before the glass is broken.
        "_found",
    },
    "subcontracts/services/placements.py": {
        # A declined client must be placed anew: a term and an allocation of the main contractor.
        "decline",
        # Who asked for the care, and who gives the rest of it, is not the provider's to see.
        "accept",
    },
    "subcontracts/services/requests.py": {
        # The client may be known from elsewhere, and which contract covers a product is not the
        # asker's to see; the request itself is stored as the asker.
        "received",
        "is_covered",
    },
    # Money follows from care that the one who closes a month does not see.
    "billing/services/holds.py": {"refresh"},
    # Invoices are not read by who looks after care, and wait for the indication.
    "billing/services/indications.py": {"_judge_again", "end"},
    "billing/services/invoices.py": {"state"},
    "billing/services/months.py": {"run_month"},
    # One objection opens the round again, of which other members of a pool are part.
    "billing/services/settlements.py": {"object_to"},
}
#: Exact numbers only; the others draw, or solve a linear programme, and hold no amount.
NO_MONEY = ("hoofdaannemer/accountability/disclosure/", "hoofdaannemer/core/charts/")
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
    found: dict[str, set[str]] = {}
    for path in files():
        if name_of(path) == "hoofdaannemer/core/scope.py":
            continue
        if points := set(_callers_of("on_behalf_of", tree(path))):
            found[name_of(path)] = points
    assert found == ACTS_FOR_OTHERS


def _callers_of(called: str, module: ast.AST) -> Iterator[str]:
    """Names of the functions in whose body something is called."""
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef):
            continue
        names = [
            getattr(part.func, "id", getattr(part.func, "attr", ""))
            for part in ast.walk(node)
            if isinstance(part, ast.Call)
        ]
        if called in names:
            yield node.name


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
