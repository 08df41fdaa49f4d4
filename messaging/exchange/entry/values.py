"""What stands in a form: texts by path, such as `Client/StartProducten/StartProduct[1]/Begindatum`.

A path is that of the document without `/Bericht/`, so that a finding names its field. A group that
may be left out is left out while nothing stands in it; one that stands in a message without
anything in it has a text of its own, `PRESENT`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from messaging.exchange.entry.description import Field, Group, form_of
from messaging.istandaard import MessageType

Values = Mapping[str, str]

PRESENT: Final = "1"
#: Fields of one form: the server takes a thousand texts at once, ours and those of the page.
MOST_FIELDS: Final = 900
_PLACE: Final = re.compile(r"\[([0-9]{1,6})\]")


#: Blanks around a text do not count; others than those of ASCII are letters to the standard.
BLANKS: Final = " \t\r\n"


def joined(path: str, name: str) -> str:
    """The path of what is below a path; the form itself has none."""
    return f"{path}/{name}" if path else name


def whole(kind: MessageType, given: Values) -> dict[str, str]:
    """The texts of a form, every field that it shows with one, whatever was posted.

    A field that was not given has the text that a new one begins with.

    Groups that repeat are counted by what is given, and numbered from 1 without gaps; one that
    must be there is there once at least. What belongs to no field is left out.
    """
    found: dict[str, str] = {}
    _copy(form_of(kind), given, "", "", found)
    return found


def _copy(group: Group, given: Values, source: str, target: str, found: dict[str, str]) -> None:
    for member in group.members:
        origin, path = joined(source, member.name), joined(target, member.name)
        if isinstance(member, Field):
            found[path] = given.get(origin, member.default)
        elif member.repeats:
            places = _places(given, origin) or list(range(1, member.least + 1))
            for place, number in enumerate(places, start=1):
                _copy(member, given, f"{origin}[{number}]", f"{path}[{place}]", found)
        else:
            if not member.least and given.get(origin) == PRESENT:
                found[path] = PRESENT
            _copy(member, given, origin, path, found)


def _places(values: Values, path: str) -> list[int]:
    """The numbers of a list's items, in order."""
    found = set()
    for name in values:
        if name.startswith(path) and (place := _PLACE.match(name, len(path))):
            found.add(int(place[1]))
    return sorted(found)


def items(values: Values, path: str) -> Iterator[str]:
    """The paths of a list's items, in order."""
    for place in _places(values, path):
        yield f"{path}[{place}]"


def is_filled(values: Values, path: str) -> bool:
    """Whether anything stands in a group."""
    below = f"{path}/"
    return path in values or any(
        text.strip(BLANKS) for name, text in values.items() if name.startswith(below)
    )


def with_item(kind: MessageType, values: Values, path: str) -> dict[str, str]:
    """The same with one empty item more in the list at `path`; at most what a form can hold."""
    place = max(_places(values, path), default=0) + 1
    longer = whole(kind, {**values, f"{path}[{place}]": ""})
    return longer if len(longer) <= MOST_FIELDS else dict(values)


def without_item(kind: MessageType, values: Values, path: str) -> dict[str, str]:
    """The same without the item at `path`; those behind it move up."""
    below = f"{path}/"
    return whole(kind, {name: text for name, text in values.items() if not name.startswith(below)})
