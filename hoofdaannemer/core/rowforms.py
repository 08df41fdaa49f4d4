"""Forms that ask the same of several things, as many as one adds: products, municipalities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django import forms

from hoofdaannemer.core.forms import PlainForm


class RowsForm(PlainForm):
    """A form with rows of fields; those after the first have a number in the name (`volume_2`).

    What was typed stays when a row is added or taken out.
    """

    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    #: Names of the fields of a row, and those that a new row begins with from the row before.
    ROW: ClassVar[tuple[str, ...]] = ()
    LIKE_BEFORE: ClassVar[tuple[str, ...]] = ()
    FEWEST: ClassVar[int] = 1
    MOST: ClassVar[int] = 10
    #: Beside the label of a field after the first row: `%(label)s`, `%(number)d`.
    NUMBERED: ClassVar[Any] = "%(label)s (%(number)d)"

    def __init__(self, *args: Any, scope: Any, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        self.count = self._count_of(self.data if self.is_bound else self.initial)
        self.initial["rows"] = self.count
        for number in range(1, self.count + 1):
            self._ask_row(number)

    def row_fields(self) -> dict[str, forms.Field]:
        """New fields of one row, by their name in `ROW`."""
        raise NotImplementedError

    def clean_row(self, found: dict[str, Any], number: int) -> None:
        """Check one row as a whole."""

    def _ask_row(self, number: int) -> None:
        for name, field in self.row_fields().items():
            if number > 1:
                # The list of errors names fields without the heading they stand under.
                field.label = str(self.NUMBERED) % {"label": field.label, "number": number}
            self.fields[name_of(name, number)] = field

    @classmethod
    def retyped(cls, typed: Mapping[str, str], **kwargs: Any) -> Self:
        """The form as typed, with one row more (`add`) or without one (`remove`)."""
        kept = {name: value for name, value in typed.items() if name not in ("add", "remove")}
        count = cls._count_of(kept)
        if "add" in typed and count < cls.MOST:
            count += 1
            for name in cls.LIKE_BEFORE:
                kept[name_of(name, count)] = kept.get(name, "")
        removed = digit(typed.get("remove", ""))
        if 1 <= removed <= count and count > cls.FEWEST:
            for name in cls.ROW:
                for number in range(removed, count):
                    kept[name_of(name, number)] = kept.get(name_of(name, number + 1), "")
                kept.pop(name_of(name, count), None)
            count -= 1
        return cls(initial=kept | {"rows": str(count)}, **kwargs)

    @classmethod
    def _count_of(cls, typed: Mapping[str, Any]) -> int:
        """How many rows the form has, whatever the browser sends."""
        return min(max(digit(typed.get("rows", "")), cls.FEWEST), cls.MOST)

    @property
    def groups(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The rows by their number, each with its fields."""
        return [
            (number, [self[name_of(name, number)] for name in self.ROW])
            for number in range(1, self.count + 1)
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for number in range(1, self.count + 1):
            self.clean_row(found, number)
        return found

    def row(self, number: int) -> dict[str, Any]:
        """The cleaned values of one row. Only after `is_valid()`."""
        return {name: self.cleaned_data[name_of(name, number)] for name in self.ROW}


def name_of(name: str, number: int) -> str:
    """The name of a row's field; those of the first row have no number."""
    return name if number == 1 else f"{name}_{number}"


def digit(text: object) -> int:
    """A small number that the browser sent; zero for anything else."""
    typed = str(text)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0
