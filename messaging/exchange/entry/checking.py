"""What is wrong with a message while it is being typed, and how its document would look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging.exchange import rules
from messaging.exchange.entry import typed
from messaging.exchange.entry.values import Values
from messaging.istandaard import Message, MessageType, outlined, validate
from messaging.istandaard.model.header import Header

_ROOT: Final = "/Bericht/"
#: Years that people mean. A year such as 0026 is a slip of the keyboard, though the schema has it.
_LIKELY: Final = range(1900, 2201)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that keeps a message from being sent. `path` as in the form.

    `rule` and `code` are those of the standard, empty where the text in the field is not right;
    `is_missing` where nothing was filled in yet.
    """

    path: str
    text: str | Promise
    rule: str = ""
    code: str = ""
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A message as far as it was typed, the remarks about it, and its document."""

    draft: Message
    remarks: Sequence[Remark]
    xml: str

    @property
    def message(self) -> Message | None:
        """What can be sent; None while there are remarks."""
        return None if self.remarks else self.draft

    @property
    def wrong(self) -> list[Remark]:
        """What was filled in and is not right."""
        return [remark for remark in self.remarks if not remark.is_missing]

    @property
    def missing(self) -> list[Remark]:
        """What must still be filled in."""
        return [remark for remark in self.remarks if remark.is_missing]


def check(kind: MessageType, values: Values, header: Header, today: date) -> Checked:
    """Judge what stands in a form: each field, then the schema, then the rules within a message."""
    read = typed.read(kind, values, header)
    xml, complaints = outlined(read.draft)
    remarks = [
        Remark(path, fault.text, is_missing=fault.is_missing) for path, fault in read.faults.items()
    ]
    remarks += _unlikely(read.days)
    if not remarks:
        remarks = [Remark(below(one.path), one.message) for one in complaints]
    if not remarks:
        remarks = list(_broken(read.draft, today))
    return Checked(read.draft, remarks, xml)


def below(path: str) -> str:
    """The path of a finding as the form has it; empty for the message as a whole."""
    return path.removeprefix(_ROOT) if path.startswith(_ROOT) else ""


def _unlikely(days: Mapping[str, date]) -> Iterator[Remark]:
    for path, day in days.items():
        if day.year not in _LIKELY:
            yield Remark(path, _("Enter a year between 1900 and 2200."))


def _broken(message: Message, today: date) -> Iterator[Remark]:
    for found in validate(message) or rules.external_findings(message, today):
        yield Remark(below(found.path), found.message, found.rule, found.code)
