"""Every arrangement is a file: it loads, is tried with care, and comes back the same."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from pytest_django import Settings

from billing.models import Entitlement, Payment, Statement
from hoofdaannemer import scenarios
from hoofdaannemer.accountability.models import Report
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.arrangements import files
from hoofdaannemer.scenarios.arrangements.format import Standing
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import DeliveryStart, DeliveryStop, Subcontract, Tariff

ROWS = (
    *(f"A{number}" for number in range(1, 15)),
    *(f"B{number}" for number in range(1, 7)),
    *("S-A", "S-B", "S-C", "S-D"),
    *(f"F{number}" for number in range(1, 7)),
)
#: For the long run: with many main contractors, or with care of which others have the like.
LONG = ("A4", "A5", "A7", "A10", "B1", "B3", "B4", "B5")
NOT_THERE_YET = {"A9", "A12", "A14", "S-B", "S-C", "S-D", *(f"F{number}" for number in range(1, 7))}


def test_every_row_is_shipped() -> None:
    assert set(files.shipped()) == set(ROWS)
    thought_of = {
        name for name, path in files.shipped().items()
        if files.open_file(path).standing is not Standing.RUNS
    }  # fmt: skip
    assert thought_of == NOT_THERE_YET


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long if name in LONG else ()) for name in ROWS]
)
def test_an_arrangement_loads_runs_and_comes_back_the_same(system: Scope, name: str) -> None:
    path = files.shipped()[name]
    shipped = files.open_file(path)
    scenarios.load(name)
    exported = scenarios.export(name)
    assert exported == shipped
    assert files.write(exported) == path.read_text(encoding="utf-8")
    running = sum(one.is_running for main in shipped.main_contractors for one in main.subcontracts)
    assert Subcontract.objects.filter(status=Subcontract.Status.ACTIVE).count() == running
    if shipped.trial is not None:
        _was_tried(name, len(shipped.main_contractors))
    with pytest.raises(ConflictError):
        scenarios.load(name)


def _was_tried(name: str, main_contractors: int) -> None:
    """Care began and ended, nothing waits or failed, and what was earned was stated and paid."""
    assert DeliveryStart.objects.exists()
    assert DeliveryStop.objects.exists()
    assert not IncomingMessage.objects.exclude(state=IncomingMessage.State.HANDLED).exists()
    assert not OutgoingMessage.objects.filter(state=OutgoingMessage.State.FAILED).exists()
    earned = Entitlement.objects.aggregate(total=Sum("amount"))["total"]
    stated = Statement.objects.aggregate(total=Sum("payable"))["total"]
    paid = Payment.objects.aggregate(total=Sum("amount"))["total"]
    assert earned == stated == paid
    assert earned > 0
    contracts = {one.municipal_contract_id for one in Subcontract.objects.all()}
    assert Report.objects.filter(status=Report.Status.PUBLISHED).count() >= len(contracts)
    assert len(contracts) >= main_contractors


def test_an_export_follows_what_became_of_a_contract(system: Scope) -> None:
    scenarios.load("F6")
    tariff = Tariff.objects.get()
    Tariff.objects.filter(pk=tariff.pk).update(amount=Decimal("125.5000"))
    [main] = scenarios.export("f6").main_contractors
    [price] = main.subcontracts[1].tariffs
    assert price.amount == Decimal("125.5")
    # By the number of its main contractor it is exported as well.
    [again] = scenarios.export(main.kvk).main_contractors
    assert again == main


def test_outside_the_demo_nothing_is_loaded(system: Scope, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(NotAllowedError):
        scenarios.load("F1")
    assert not Subcontract.objects.exists()
    assert scenarios.export("F1") == files.open_file(files.shipped()["F1"])


def test_what_is_not_loaded_is_exported_as_shipped(system: Scope) -> None:
    assert scenarios.export("A3") == files.open_file(files.shipped()["A3"])
    with pytest.raises(RuleError, match="SCE-02"):
        scenarios.export("regio")


class TestWrongFiles:
    """Every mistake is told at once, with its place; nothing is loaded."""

    def _changed(self, old: str, new: str) -> str:
        text = files.shipped()["F1"].read_text(encoding="utf-8")
        assert old in text
        return text.replace(old, new)

    @pytest.mark.parametrize(
        ("old", "new", "place"),
        [
            ("standing: vision", "standing: ooit", "standing: "),
            ("share: '14'", "share: '13'", "main_contractors.1.municipal_contracts.1"),
            ("yearly_budget: '6000000.00'", "yearly_budget: 0.1", "yearly_budget: "),
            ("form: availability", "form: beschikbaar", "lines.1.form: "),
            ("amount: '18500.00'", "bedrag: '18500.00'", "CON-17"),
            ("form: availability", "form: pxq", "CON-17"),
            ("provider: '92041002'", "provider: '92041009'", "92041009"),
            ("municipal_contract: F1-1", "municipal_contract: F1-2", "F1-2"),
            ("title: ", "titel: ", "titel: "),
        ],
    )
    def test_a_mistake_is_told_with_its_place(self, old: str, new: str, place: str) -> None:
        with pytest.raises(RuleError, match="SCE-04") as refusal:
            files.read(self._changed(old, new))
        assert place in str(refusal.value)

    def test_all_mistakes_are_told_at_once(self) -> None:
        text = self._changed("standing: vision", "standing: ooit")
        with pytest.raises(RuleError) as refusal:
            files.read(text.replace("format: 1", "format: 2"))
        assert {line.split(":")[0] for line in str(refusal.value).splitlines()[1:]} == {
            "format",
            "standing",
        }

    @pytest.mark.parametrize(
        "text",
        ["a: [", "\x00", "!!python/object/apply:os.system ['true']", "- 1\n a: 2"],
    )
    def test_what_is_no_yaml_is_refused(self, text: str) -> None:
        with pytest.raises(RuleError, match="SCE-03"):
            files.read(text)

    def test_aliases_that_swell_do_no_harm(self) -> None:
        lines = ["a0: &a0 [x, x]"]
        lines += [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 30)]
        with pytest.raises(RuleError, match="SCE-0"):
            files.read("\n".join([*lines, "format: 1", "notes: *a29"]))

    def test_a_file_that_is_too_large_or_no_text_is_refused(self, tmp_path: Path) -> None:
        large, binary = tmp_path / "a.yaml", tmp_path / "b.yaml"
        large.write_bytes(b" " * (files.LARGEST + 1))
        binary.write_bytes(b"\xff\xfe")
        for path in (large, binary, tmp_path / "none.yaml"):
            with pytest.raises(RuleError, match="SCE-03"):
                files.open_file(path)


class TestCommand:
    """`manage.py scenario`."""

    def _said(self, *arguments: str) -> str:
        said = StringIO()
        call_command("scenario", *arguments, stdout=said)
        return said.getvalue()

    def test_lists_stories_and_files(self, system: Scope) -> None:
        said = self._said("list")
        assert "regio" in said
        assert "S-D" in said

    def test_exports_a_file_that_loads(self, system: Scope, tmp_path: Path) -> None:
        path = tmp_path / "mine.yaml"
        path.write_text(self._said("export", "F1"), encoding="utf-8")
        assert "F1" in self._said("check", str(path))
        self._said("load", str(path))
        assert self._said("export", "F1") == path.read_text(encoding="utf-8")

    def test_a_wrong_name_is_refused_with_the_right_ones(self, system: Scope) -> None:
        with pytest.raises(CommandError, match=r"SCE-01|regio"):
            self._said("load", "A99")
