"""Rows of one kind, held by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

#: A class made by `typing.NamedTuple`.
RowT = TypeVar("RowT", bound="tuple[Any, ...]")


class Columns(Sequence[RowT], Generic[RowT]):
    """Many rows of one named tuple, of which most questions are about a column or two.

    A row is made when one asks for it: of ten thousand lines only the wrong ones are looked at
    one by one. `row` is the named tuple, given by each kind.
    """

    row: ClassVar[Any]
    __slots__ = ("_columns",)

    def __init__(self, columns: Iterable[Sequence[Any]]) -> None:
        """`columns` stand in the order of the fields of `row`, and are equally long."""
        self._columns = tuple(columns)

    @classmethod
    def of(cls, rows: Sequence[RowT]) -> Self:
        """The same rows by column; what is held that way already comes back as it is."""
        if isinstance(rows, cls):
            return rows
        return cls(zip(*rows, strict=True) if rows else ((),) * len(cls.row._fields))

    def column(self, name: str) -> Sequence[Any]:
        """What all rows have in the field `name`."""
        at: int = self.row._fields.index(name)
        return self._columns[at]

    def values(self, *names: str) -> Iterator[Any]:
        """Of each row the value of one field, or those of several as a tuple."""
        columns = [self.column(name) for name in names]
        return iter(columns[0]) if len(columns) == 1 else zip(*columns, strict=True)

    def __len__(self) -> int:
        return len(self._columns[0])

    def __iter__(self) -> Iterator[RowT]:
        rows: Iterator[RowT] = map(self.row._make, zip(*self._columns, strict=True))
        return rows

    @overload
    def __getitem__(self, at: int) -> RowT: ...
    @overload
    def __getitem__(self, at: slice) -> list[RowT]: ...
    def __getitem__(self, at: int | slice) -> RowT | list[RowT]:
        if isinstance(at, slice):
            return list(type(self)(column[at] for column in self._columns))
        row: RowT = self.row._make(column[at] for column in self._columns)
        return row
