"""A form with what stands in it, as the templates show it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from messaging.exchange.entry.checking import Remark
from messaging.exchange.entry.description import Field, Group, Input, form_of
from messaging.exchange.entry.values import PRESENT, Values, items, joined
from messaging.istandaard import MessageType

_ISO: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile("[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_NO_ID: Final = re.compile("[^0-9A-Za-z]+")


def anchor_of(path: str) -> str:
    """The id of a field or group on the page."""
    return "e-" + _NO_ID.sub("-", path).strip("-")


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `choices` are (code, label, whether chosen)."""

    field: Field
    path: str
    text: str
    remarks: Sequence[Remark]
    choices: Sequence[tuple[str, str, bool]]
    is_given_later: bool
    kind: str = "line"

    @property
    def anchor(self) -> str:
        return anchor_of(self.path)

    @property
    def described_by(self) -> str:
        """Ids of the texts that go with the control."""
        return f"{self.anchor}-said {self.anchor}-help"

    @property
    def control(self) -> str:
        """The kind of control."""
        return self.field.input

    @property
    def type(self) -> str:
        """The browser's own type of a control, which a text that it would drop does not get."""
        if self.field.input == Input.DATE and (not self.text or _ISO.fullmatch(self.text)):
            return "date"
        if self.field.input == Input.TIME and (not self.text or _TIME.fullmatch(self.text)):
            return "time"
        return "text"


@dataclass(frozen=True, slots=True)
class Part:
    """A group with its members. `number` is its place in a list, 0 where it is in none."""

    group: Group
    path: str
    number: int
    members: Sequence[Line | Part | Many]
    remarks: Sequence[Remark]
    is_class: bool
    is_marked: bool
    may_be_removed: bool = False
    kind: str = "part"

    @property
    def anchor(self) -> str:
        return anchor_of(self.path)

    @property
    def title(self) -> str:
        """The label, with the place in a list."""
        label = str(self.group.label)
        return f"{label} {self.number}" if self.number else label

    @property
    def element(self) -> str:
        """The name in the standard."""
        return self.group.node.name


@dataclass(frozen=True, slots=True)
class Many:
    """A list of groups, to which one can be added."""

    group: Group
    path: str
    parts: Sequence[Part]
    remarks: Sequence[Remark]
    kind: str = "many"

    @property
    def anchor(self) -> str:
        return anchor_of(self.path)

    @property
    def add_label(self) -> str:
        """What the button that adds one says."""
        return _("Add: %(what)s") % {"what": str(self.group.label).lower()}


def shown(
    kind: MessageType,
    values: Values,
    remarks: Sequence[Remark],
    day: date,
    *,
    given_later: frozenset[str] = frozenset(),
) -> Sequence[Line | Part | Many]:
    """The whole form: every field with its text and the remarks about it.

    A remark about a place that the form does not show stands at the group that would hold it.
    """
    known = set(_paths(form_of(kind), values, ""))
    by_path: dict[str, list[Remark]] = {}
    for remark in remarks:
        by_path.setdefault(shown_place(remark.path, known), []).append(remark)
    return _Binder(values, by_path, day, given_later).members(form_of(kind), "")


def shown_place(path: str, known: Collection[str]) -> str:
    """The path itself or the nearest above it that a form shows; empty where there is none."""
    while path and path not in known:
        path = path.rpartition("/")[0]
    return path


def _paths(group: Group, values: Values, path: str) -> Iterator[str]:
    for member in group.members:
        here = joined(path, member.name)
        yield here
        if isinstance(member, Field):
            continue
        for place in items(values, here) if member.repeats else [here]:
            yield place
            yield from _paths(member, values, place)


def labels(parts: Sequence[Line | Part | Many]) -> dict[str, str]:
    """What each place of a form is called, by path, for a list of remarks."""
    found: dict[str, str] = {}
    for part in parts:
        if isinstance(part, Line):
            found[part.path] = str(part.field.label)
            continue
        found[part.path] = part.title if isinstance(part, Part) else str(part.group.label)
        found |= labels(part.members if isinstance(part, Part) else part.parts)
    return found


@dataclass(frozen=True, slots=True)
class _Binder:
    values: Values
    remarks: Mapping[str, list[Remark]]
    day: date
    given_later: frozenset[str]
    none: Sequence[Remark] = field(default_factory=tuple)

    def members(self, group: Group, path: str) -> list[Line | Part | Many]:
        return [self.member(member, joined(path, member.name)) for member in group.members]

    def member(self, member: Field | Group, path: str) -> Line | Part | Many:
        if isinstance(member, Field):
            return self.line(member, path)
        if not member.repeats:
            return self.part(member, path, 0, may_be_removed=False)
        places = list(items(self.values, path))
        removable = len(places) > member.least
        parts = [
            self.part(member, place, number, may_be_removed=removable)
            for number, place in enumerate(places, start=1)
        ]
        return Many(member, path, parts, self.about(path))

    def part(self, group: Group, path: str, number: int, *, may_be_removed: bool) -> Part:
        return Part(
            group=group,
            path=path,
            number=number,
            members=self.members(group, path),
            remarks=self.about(path),
            # A value of several parts, such as a name, stands within the class it belongs to.
            is_class=not group.node.type_name.startswith("CDT_"),
            is_marked=self.values.get(path) == PRESENT,
            may_be_removed=may_be_removed,
        )

    def line(self, field: Field, path: str) -> Line:
        text = self.values.get(path, "")
        choices: list[tuple[str, str, bool]] = []
        if field.input == Input.CHOICE:
            choices = [(code, label, code == text) for code, label in field.choices(self.day, text)]
        return Line(field, path, text, self.about(path), choices, field.name in self.given_later)

    def about(self, path: str) -> Sequence[Remark]:
        return self.remarks.get(path, self.none)
