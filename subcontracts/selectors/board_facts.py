"""What a page of the message board shows besides the messages: codes of answers, and terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Q

from hoofdaannemer.core.scope import Scope
from messaging.exchange.completeness import REFUSED
from messaging.exchange.selectors import document_of, errors_in
from messaging.models import IncomingMessage, Leg, MessageFinding
from subcontracts.models import Deadline, MessageLink
from subcontracts.selectors.board import RECEIVED, SENT, TERM_TYPES

Key = tuple[str, int]
Line = Mapping[str, Any]
ABOUT: Final = ("request", "allocation", "placement")


@dataclass
class Facts:
    """Of one message: return codes of its answer, and the soonest term that runs from it."""

    codes: list[str] = field(default_factory=list)
    term: str = ""
    due: date | None = None


def key_of(line: Line) -> Key:
    """Direction and primary key: a received and a sent message may share a number."""
    return line["way"], line["id"]


def facts(scope: Scope, lines: Sequence[Line]) -> dict[Key, Facts]:
    """The facts of these messages, in four queries however many they are."""
    found: dict[Key, Facts] = {key_of(line): Facts(due=line["answer_due"]) for line in lines}
    refused = {key_of(line) for line in lines if line["answer"] == REFUSED}
    _codes_we_gave(scope, found, [pk for way, pk in refused if way == RECEIVED])
    _codes_we_got(scope, found, [pk for way, pk in refused if way == SENT])
    _terms(scope, found, [line for line in lines if line["message_type"] in TERM_TYPES])
    return found


def _codes_we_gave(scope: Scope, found: dict[Key, Facts], refused: list[int]) -> None:
    visible = IncomingMessage.objects.visible_to(scope).filter(pk__in=refused)
    rows = MessageFinding.objects.filter(message__in=visible.values("pk")).exclude(code="")
    for pk, code in rows.order_by("pk").values_list("message", "code"):
        _add(found[RECEIVED, pk].codes, code)


def _codes_we_got(scope: Scope, found: dict[Key, Facts], refused: list[int]) -> None:
    """They stand in the return message; of several the newest counts."""
    rows = IncomingMessage.objects.visible_to(scope).filter(answers__in=refused).order_by("pk")
    for pk, row in {row.answers_id: row for row in rows}.items():
        message = document_of(row).message
        for _path, code in errors_in(message) if message and pk else ():
            _add(found[SENT, pk or 0].codes, code)


def _add(codes: list[str], code: str) -> None:
    if code not in codes:
        codes.append(code)


def _terms(scope: Scope, found: dict[Key, Facts], lines: list[Line]) -> None:
    """The soonest, among them the one for the answer, which stands there already."""
    leg = lines[0]["leg"] if lines else ""
    subjects = _subjects(scope, lines)
    for row in _running(scope, leg, subjects):
        for subject in _subjects_of(row):
            for message in subjects.get(subject, ()):
                one = found[message]
                if one.due is None or row.due_date < one.due:
                    one.due, one.term = row.due_date, str(row.get_kind_display())


def _subjects(scope: Scope, lines: list[Line]) -> dict[tuple[str, int], set[Key]]:
    """What the messages are about, with the messages about it."""
    keys = defaultdict(list)
    for line in lines:
        keys[line["way"]].append(line["id"])
    links = MessageLink.objects.visible_to(scope).filter(
        Q(incoming__in=keys[RECEIVED]) | Q(outgoing__in=keys[SENT])
    )
    subjects = defaultdict(set)
    for incoming, outgoing, *objects in links.values_list("incoming", "outgoing", *ABOUT):
        message: Key = (RECEIVED, incoming) if incoming else (SENT, outgoing)
        for name, pk in zip(ABOUT, objects, strict=True):
            if pk is not None:
                subjects[name, pk].add(message)
    return subjects


def _subjects_of(row: Deadline) -> list[tuple[str, int]]:
    """A term of a placement is one of its allocation on the upper leg (`board.term_of`)."""
    named = {"placement": row.placement_id}
    if row.leg == Leg.UP:
        named = {"allocation": row.allocation_id, "request": row.request_id}
    return [(name, pk) for name, pk in named.items() if pk is not None]


def _running(scope: Scope, leg: str, subjects: Mapping[tuple[str, int], Any]) -> Iterable[Deadline]:
    about = Q(pk__in=[])
    for name in ABOUT:
        about |= Q(**{f"{name}__in": [pk for kind, pk in subjects if kind == name]})
    return Deadline.objects.visible_to(scope).running().filter(about, leg=leg)
