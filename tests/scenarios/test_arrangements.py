"""Every arrangement is a file: it loads, is tried with care, and comes back the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from pytest_django import Settings

from billing.models import (
    Entitlement,
    Payment,
    Settlement,
    SettlementRound,
    Statement,
    UpwardSettlement,
)
from hoofdaannemer import scenarios
from hoofdaannemer.accountability.models import Report
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.arrangements import files, loading
from hoofdaannemer.scenarios.arrangements.format import Standing
from hoofdaannemer.scenarios.arrangements.upward import (
    BasisFrom,
    DivisionFrom,
    ExchangeFrom,
    ProductFrom,
)
from messaging.models import IncomingMessage, OutgoingMessage
from subcontracts.models import (
    DeliveryStart,
    DeliveryStop,
    MunicipalContract,
    Subcontract,
    Tariff,
)
from subcontracts.selectors.divisions import steps_of

ROWS = (
    *(f"A{number}" for number in range(1, 15)),
    *(f"B{number}" for number in range(1, 7)),
    *("S-A", "S-B", "S-C", "S-D"),
    *(f"F{number}" for number in range(1, 7)),
)
#: Tried over the end of a year, which is settled with subcontractors and municipalities.
SETTLED = {"A1", "A2", "A3", "A4", "A11", "A13"}
NOT_THERE_YET = {"A9", "A12", "A14", "S-B", "S-C", "S-D", *(f"F{number}" for number in range(1, 7))}


def test_every_row_is_shipped() -> None:
    assert set(files.shipped()) == set(ROWS)
    thought_of = {
        name for name, path in files.shipped().items()
        if files.open_file(path).standing is not Standing.RUNS
    }  # fmt: skip
    assert thought_of == NOT_THERE_YET


def _lines(name: str) -> dict[str, tuple[str, object, list[str]]]:
    """Form, basis and tariffs by product, as the file says."""
    [main] = files.open_file(files.shipped()[name]).main_contractors
    return {
        product: (
            line.form,
            line.parameters,
            [one.product for one in contract.tariffs],
        )
        for contract in main.subcontracts
        for line in contract.lines
        for product in line.products
    }


@pytest.mark.parametrize(
    ("name", "lines", "upward"),
    [
        # Effort: the decision equals the declaration; output: only what was delivered.
        ("F2", {"01A03": {"basis": "allocated"}, "02A05": {}}, ["delivered"]),
        # Living and respite both: the decision equals the declaration.
        ("F6", {"15A02": {"basis": "allocated"}, "04A01": {"basis": "allocated"}}, ["allocated"]),
    ],
)
def test_where_the_decision_is_the_declaration_the_file_pays_what_was_allocated(
    name: str, lines: dict[str, object], upward: list[str]
) -> None:
    assert _lines(name) == {
        product: ("pxq", parameters, [product]) for product, parameters in lines.items()
    }
    [main] = files.open_file(files.shipped()[name]).main_contractors
    terms = [one.values for contract in main.municipal_contracts for one in contract.terms]
    assert [one["pxq_basis"] for one in terms] == upward


@pytest.mark.parametrize("name", ROWS)
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
    """Care began and ended, nothing waits or failed, and what was earned was stated and paid.

    Or is still to be taken back, where the year came to less than its months.
    """
    assert DeliveryStart.objects.exists()
    assert DeliveryStop.objects.exists()
    assert not IncomingMessage.objects.exclude(state=IncomingMessage.State.HANDLED).exists()
    assert not OutgoingMessage.objects.filter(state=OutgoingMessage.State.FAILED).exists()
    earned = Entitlement.objects.aggregate(total=Sum("amount"))["total"]
    stated = Statement.objects.aggregate(total=Sum("payable"))["total"]
    paid = Payment.objects.aggregate(total=Sum("amount"))["total"]
    last = Statement.objects.filter(following=None).aggregate(total=Sum("carried_out"))["total"]
    assert earned == stated + last
    assert paid == stated > 0
    assert last <= 0
    if name in SETTLED:
        _was_settled(main_contractors)
    contracts = {one.municipal_contract_id for one in Subcontract.objects.all()}
    assert Report.objects.filter(status=Report.Status.PUBLISHED).count() >= len(contracts)
    assert len(contracts) >= main_contractors


def _was_settled(main_contractors: int) -> None:
    """Every line or pool that is settled by year is, and so is the year of each contract above."""
    assert {one.status for one in SettlementRound.objects.all()} == {SettlementRound.Status.LOCKED}
    settled = Settlement.objects.filter(entitlement__isnull=False)
    assert settled.count() == Settlement.objects.count() > 0
    # Each is on the statement of the month after.
    unstated = Entitlement.objects.filter(settlement__in=settled, statement_lines=None)
    assert not unstated.exists()
    upward = UpwardSettlement.objects.all()
    assert {one.status for one in upward} == {UpwardSettlement.Status.LOCKED}
    assert upward.count() == MunicipalContract.objects.count() >= main_contractors


def test_an_export_follows_what_became_of_a_contract(system: Scope) -> None:
    scenarios.load("F6")
    tariff = Tariff.objects.get(subcontract__number="OC-02")
    Tariff.objects.filter(pk=tariff.pk).update(amount=Decimal("125.5000"))
    [main] = scenarios.export("f6").main_contractors
    [price] = main.subcontracts[1].tariffs
    assert price.amount == Decimal("125.5")
    # By the number of its main contractor it is exported as well.
    [again] = scenarios.export(main.kvk).main_contractors
    assert again == main


def test_ceilings_of_later_years_are_loaded_and_come_back(system: Scope) -> None:
    text = files.write(files.open_file(files.shipped()["F6"]))
    [line] = [one for one in text.splitlines() if "number: OC-02" in one]
    margin = line.split("number")[0].replace("-", " ")
    more = (
        "ceiling: '50000.00'",
        "ceilings:",
        "- start_date: 2028-01-01",
        "  amount: '60000.00'",
        "- start_date: 2029-01-01",
    )
    changed = files.read(text.replace(line, "\n".join([line, *(margin + one for one in more)])))
    loading.load(changed, lambda _done, _total, _name: None)
    exported = scenarios.export("F6")
    assert exported == changed
    found = exported.main_contractors[0].subcontracts[1].ceilings
    assert [one.amount for one in found] == [Decimal("60000.00"), None]
    contract = Subcontract.objects.get(number="OC-02")
    assert contract.ceiling_on(date(2028, 5, 1)) == Decimal("60000.00")


def test_later_divisions_over_municipalities_are_loaded_and_come_back(system: Scope) -> None:
    shipped = files.open_file(files.shipped()["F6"])
    [upper] = shipped.main_contractors[0].municipal_contracts
    first, second, *rest = upper.municipalities
    both = first.model_copy(update={"share": first.share + second.share})
    later = DivisionFrom(
        start_date=date(2028, 1, 1), municipalities=[both, *rest], source="Addendum 1"
    )
    upper.divisions.append(later)
    changed = files.read(files.write(shipped))
    loading.load(changed, lambda _done, _total, _name: None)
    assert scenarios.export("F6") == changed
    [contract] = MunicipalContract.objects.all()
    assert [len(step.percents) for step in steps_of(contract)] == [2 + len(rest), 1 + len(rest)]


def test_products_messages_and_the_basis_of_later_days_come_back(system: Scope) -> None:
    shipped = files.open_file(files.shipped()["F6"])
    main = shipped.main_contractors[0]
    [upper] = main.municipal_contracts
    code, away, back = upper.products[0], date(2028, 1, 1), date(2028, 7, 1)
    turns = [
        ProductFrom(product=code, start_date=away, is_covered=False, source="Addendum 2"),
        ProductFrom(product=code, start_date=back, is_covered=True, source="Addendum 3"),
    ]
    later = ExchangeFrom(
        start_date=away, messages=["301"], number_first=5, number_last=9, source="brief"
    )
    basis = BasisFrom(first_year=2028, number=Decimal("12.5"), price=Decimal("98000.00"))
    main.municipal_contracts[0] = upper.model_copy(
        update={
            "product_turns": turns,
            "exchanges": [later],
            "budget_form": MunicipalContract.BudgetForm.FTE,
            "planned_decisions": None,
            "bases": [basis],
        }
    )
    changed = files.read(files.write(shipped))
    loading.load(changed, lambda _done, _total, _name: None)
    assert scenarios.export("F6") == changed
    [contract] = MunicipalContract.objects.all()

    def covered(day: date) -> set[str]:
        return {row.product.code for row in contract.products.covered_on(day)}

    assert code not in covered(date(2028, 6, 30))
    assert code in covered(back)


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
