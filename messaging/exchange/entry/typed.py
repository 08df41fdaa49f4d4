"""From the texts of a form to a typed message, and from a typed message to texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging.exchange.entry import texts
from messaging.exchange.entry.description import Field, Group, Input, form_of
from messaging.exchange.entry.values import BLANKS, PRESENT, Values, is_filled, items, joined
from messaging.istandaard import Message, MessageType
from messaging.istandaard.model.header import Header


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a field cannot be read; `is_missing` where nothing stands in it."""

    text: str | Promise
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """A message as far as it was typed. In `draft` what cannot be read is absent.

    `faults` and `days`, the dates that were read, by path in the order of the document.
    """

    draft: Message
    faults: Mapping[str, Fault]
    days: Mapping[str, date]

    @property
    def message(self) -> Message | None:
        """The message; None while a field is wrong or missing."""
        return None if self.faults else self.draft


def read(kind: MessageType, values: Values, header: Header) -> Typed:
    """The message of these texts, under a header that is not typed."""
    reader = _Reader(values)
    held = reader.held(form_of(kind), "")
    draft = kind.message(family=kind.family, header=header, **held)
    return Typed(draft, reader.faults, reader.days)


@dataclass(slots=True)
class _Reader:
    values: Values
    faults: dict[str, Fault] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)

    def held(self, group: Group, path: str) -> dict[str, Any]:
        """The fields of a group's object; a required one without a value is left empty."""
        return {
            member.attribute: self.member(member, joined(path, member.name))
            for member in group.members
        }

    def member(self, member: Field | Group, path: str) -> Any:
        if isinstance(member, Field):
            return self.value(member, path)
        if member.repeats:
            return self.several(member, path)
        if not member.least and not is_filled(self.values, path):
            return None
        return self.one(member, path)

    def several(self, group: Group, path: str) -> tuple[Any, ...]:
        places = list(items(self.values, path))
        if len(places) < group.least:
            self.faults[path] = Fault(_("At least one is needed."), is_missing=True)
        return tuple(self.one(group, place) for place in places)

    def one(self, group: Group, path: str) -> Any:
        build = group.node.build
        if build is None:
            raise TypeError(f"{group.name} has no class")
        return build(**self.held(group, path))

    def value(self, field: Field, path: str) -> Any:
        absent = None if field.input in _NUMBERS else ""
        typed = self.values.get(path, "").strip(BLANKS)
        try:
            if typed:
                value = texts.read(field, typed)
                if isinstance(value, date):
                    self.days[path] = value
                return value
        except texts.Unreadable as unreadable:
            self.faults[path] = Fault(unreadable.text)
            return absent
        if field.is_required:
            self.faults[path] = Fault(_("Fill this in."), is_missing=True)
        return absent


_NUMBERS = frozenset({Input.NUMBER, Input.EURO, Input.DATE, Input.TIME})


def values_of(message: Message) -> dict[str, str]:
    """The texts of a message, as `read` takes them."""
    found: dict[str, str] = {}
    _write(form_of(message.type), message, "", found)
    return found


def _write(group: Group, part: object, path: str, found: dict[str, str]) -> None:
    for member in group.members:
        here = joined(path, member.name)
        value = getattr(part, member.attribute)
        if isinstance(member, Field):
            found[here] = texts.write(member, value)
        elif member.repeats:
            for place, item in enumerate(cast(tuple[object, ...], value), start=1):
                _write(member, item, f"{here}[{place}]", found)
        elif value is not None:
            _write(member, value, here, found)
            if not member.least and not is_filled(found, here):
                found[here] = PRESENT
