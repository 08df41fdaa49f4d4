"""Columns and filters: what a cell shows, what an export gets, which choices there are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F
from django.http import QueryDict

from hoofdaannemer.core import export, tables
from hoofdaannemer.core.filters import FilterSet, PeriodFilter, ScopedModelChoiceFilter
from hoofdaannemer.core.scope import Role, Scope


class _Rows(models.QuerySet["Party"]):
    def visible_to(self, scope: Scope) -> _Rows:
        return self.filter(name__startswith=f"{scope.main_contractor_id}-")


class Party(Group):
    """Any table will do; a name tells whose row it is."""

    objects = _Rows.as_manager()

    class Meta:
        proxy = True
        app_label = "auth"


class _Table(tables.Table):
    status = tables.BadgeColumn(tones={"open": "warning"})
    due = tables.DeadlineColumn()
    bsn = tables.MaskedColumn()
    amount = tables.EuroColumn()
    secret = tables.NumberColumn(exclude_from_export=True)
    period = tables.PeriodColumn()


_ROW: dict[str, Any] = {
    "status": "open",
    "due": date(2026, 11, 24),
    "bsn": "999900006",
    "amount": Decimal("-1234.50"),
    "secret": 5,
}


def _table() -> _Table:
    at = SimpleNamespace(today=date(2026, 11, 20))
    row = SimpleNamespace(**_ROW, start_date=date(2026, 9, 1), end_date=None)
    return _Table([row], request=SimpleNamespace(scope=at))


def test_cells_show_words_and_marks() -> None:
    cells = next(iter(_table().rows)).cells
    assert "ha-badge--warning" in cells["status"]
    assert "ha-badge--warning" in cells["due"]
    assert cells["bsn"] == "••••••006"
    assert cells["amount"].endswith("1.234,50")


def test_a_period_is_two_days_that_are_not_broken() -> None:
    row = SimpleNamespace(**_ROW, start_date=date(2026, 9, 1), end_date=date(2026, 9, 30))
    table = _Table([row], request=SimpleNamespace(scope=SimpleNamespace(today=date(2026, 11, 20))))
    cell = next(iter(table.rows)).cells["period"]
    assert cell.count("ha-one-line") == 2
    [column] = [one for one in export.columns_of(table) if one.header == "Period"]
    assert export.as_csv_cell(column.value(row)) == "01-09-2026 t/m 30-09-2026"


def test_an_export_gets_values_and_no_number_that_is_masked() -> None:
    table = _table()
    columns = export.columns_of(table)
    values = [column.value(table.data[0]) for column in columns]
    assert values[:4] == ["open", date(2026, 11, 24), "••••••006", Decimal("-1234.50")]
    assert len(values) == 5


def test_a_column_sorts_only_where_it_says_so() -> None:
    assert not any(column.orderable for column in _table().columns)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ((), ("pk",)),
        (("name",), ("name", "pk")),
        (("-pk",), ("-pk",)),
        (("name", "id"), ("name", "id")),
        ((F("id").desc(),), None),
    ],
)
def test_every_order_is_total(asked: tuple[Any, ...], order: tuple[str, ...] | None) -> None:
    rows = tables.in_total_order(Group.objects.order_by(*asked))
    assert rows.query.order_by == (order or asked)


class _Filter(FilterSet):
    party = ScopedModelChoiceFilter(model=Party, label="Party", field_name="id")
    period = PeriodFilter(field_name="created", label="Period")


def _filter(query: str) -> _Filter:
    request = SimpleNamespace(scope=Scope(Role.CONTROLLER, main_contractor_id=7))
    return _Filter(data=QueryDict(query), queryset=Group.objects.all(), request=request)


def test_choices_are_no_wider_than_the_scope(db: None) -> None:
    mine, other = (Party.objects.create(name=name) for name in ("7-a", "8-b"))
    assert [row.pk for row in _filter("").form.fields["party"].queryset] == [mine.pk]
    assert _filter(f"party={mine.pk}").is_valid()
    assert _filter(f"party={mine.pk}").chips()[0].text == str(mine)
    for value in (other.pk, other.pk + 1000, "x", "9" * 40):
        assert "party" in _filter(f"party={value}").errors


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "x", "9" * 11])
def test_a_period_that_is_none_is_an_invalid_filter(text: str) -> None:
    found = _filter(f"period={text}")
    found.form.fields.pop("party")
    assert "period" in found.errors


def test_a_period_is_a_range_of_days_both_included() -> None:
    wanted = Group.objects.filter(name__range=("2026-01-01", "2026-03-31"))
    rows = PeriodFilter(field_name="name").filter(Group.objects.all(), "2026-Q1")
    assert str(rows.query) == str(wanted.query)
