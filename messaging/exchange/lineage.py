"""What led to what: messages here, what they are about from the apps above, as one story.

A higher app registers in `AppConfig.ready()` a source that says which of its objects belong to the
story and which cause has which effect. Each source reads with a number of queries that does not
depend on the length of the story, and only what the scope may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.core.scope import Scope
from messaging.exchange.kinds import kind_text
from messaging.exchange.models import IncomingMessage, OutgoingMessage, Tray
from messaging.exchange.tones import INCOMING_TONES, OUTGOING_TONES

RECEIVED: Final = "received"
SENT: Final = "sent"


@dataclass(frozen=True, order=True)
class Ref:
    """One thing in a story: its kind and primary key."""

    kind: str
    pk: int

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"{self.kind}-{self.pk}"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One thing as the story tells it. Names no client."""

    ref: Ref
    at: datetime
    title: str
    text: str = ""
    url: str = ""
    state: str = ""
    tone: str = "neutral"


@dataclass
class Found:
    """Part of a story: what there is, which cause has which effect, and whose care it is."""

    nodes: dict[Ref, Node] = field(default_factory=dict)
    #: Cause and effect; an end that the scope may not see has no node.
    links: set[tuple[Ref, Ref]] = field(default_factory=set)
    clients: set[int] = field(default_factory=set)

    def add(self, node: Node, *causes: Ref) -> None:
        """One more thing, with what led to it."""
        self.nodes[node.ref] = node
        self.links.update((cause, node.ref) for cause in causes)

    def take(self, other: Found) -> None:
        """All of another part."""
        self.nodes |= other.nodes
        self.links |= other.links
        self.clients |= other.clients

    def refs(self) -> set[Ref]:
        """Everything that is named, also without a node."""
        return {*self.nodes, *(ref for link in self.links for ref in link)}


#: Scope and what is known of the story so far → what an app adds to it.
Source = Callable[[Scope, set[Ref]], Found]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Let an app tell its part; a later one is told what the earlier ones found."""
    if source not in _sources:
        _sources.append(source)


@dataclass(frozen=True)
class Line:
    """One line of the story. `place` says how it stands to where one came from."""

    node: Node
    depth: int
    #: What it follows from, one line up; empty for a beginning.
    follows: Node | None
    #: Further causes that are not told by the line it stands under.
    also: tuple[Node, ...]
    place: str

    @property
    def is_here(self) -> bool:
        return self.place == HERE

    @property
    def place_text(self) -> str:
        """How it stands to where one came from, in words; empty for what stands beside it."""
        words = {HERE: _("you came from here"), BEFORE: _("led to it"), AFTER: _("follows from it")}
        return words.get(self.place, "")

    @property
    def indent(self) -> int:
        """Steps to the right: a phone has no room for more."""
        return min(self.depth, DEEPEST)


DEEPEST: Final = 6
BEFORE, HERE, AFTER, BESIDE = "before", "here", "after", "beside"


@dataclass(frozen=True)
class Story:
    """The lines in reading order, and the clients whose care they tell of."""

    lines: tuple[Line, ...]
    clients: frozenset[int]


def story(scope: Scope, about: Ref) -> Story:
    """Everything that led to this and followed from it, as far as the scope may see it."""
    found = Found()
    known = {about, *_counterparts(scope, about)}
    for source in _sources:
        found.take(source(scope, known | found.refs()))
    found.take(_messages(scope, known | found.refs()))
    return Story(tuple(_lines(found, about)), frozenset(found.clients))


def _counterparts(scope: Scope, about: Ref) -> Iterable[Ref]:
    """What a return message answers: the story is that of the message that it answers."""
    if about.kind == RECEIVED:
        received = IncomingMessage.objects.visible_to(scope).filter(pk=about.pk)
        for answers, earlier in received.values_list("answers", "conflicts_with"):
            yield from (Ref(SENT, answers),) if answers else ()
            yield from (Ref(RECEIVED, earlier),) if earlier else ()
    elif about.kind == SENT:
        sent = OutgoingMessage.objects.visible_to(scope).filter(pk=about.pk)
        for (answers,) in sent.values_list("in_reply_to"):
            yield from (Ref(RECEIVED, answers),) if answers else ()


def _messages(scope: Scope, refs: set[Ref]) -> Found:
    """The messages that are named, with the answers to them."""
    found = Found()
    parties = ("municipality", "provider_organisation")
    named = {kind: [ref.pk for ref in refs if ref.kind == kind] for kind in (RECEIVED, SENT)}
    sent = OutgoingMessage.objects.visible_to(scope).filter(
        Q(pk__in=named[SENT]) | Q(in_reply_to__in=named[RECEIVED])
    )
    keys = set(named[SENT])
    for row in sent.select_related(*parties).defer("content"):
        keys.add(row.pk)
        led = {pk for pk in (row.in_reply_to_id, row.caused_by_id) if pk is not None}
        found.add(_sent(row, scope), *(Ref(RECEIVED, pk) for pk in led))
    received = IncomingMessage.objects.visible_to(scope).filter(
        Q(pk__in=named[RECEIVED]) | Q(answers__in=keys)
    )
    for message in received.select_related(*parties).defer("content"):
        found.add(_received(message))
        if message.answers_id is not None:
            found.links.add((Ref(SENT, message.answers_id), Ref(RECEIVED, message.pk)))
        if message.conflicts_with_id is not None:
            found.links.add((Ref(RECEIVED, message.conflicts_with_id), Ref(RECEIVED, message.pk)))
    return found


def _received(row: IncomingMessage) -> Node:
    return Node(
        ref=Ref(RECEIVED, row.pk),
        at=row.received_at,
        title=_("%(name)s received from %(party)s") % _words(row),
        text=kind_text(row.message_type),
        url=row.get_absolute_url(),
        state=str(row.get_state_display()),
        tone=INCOMING_TONES[row.state],
    )


def _sent(row: OutgoingMessage, scope: Scope) -> Node:
    state, tone = str(row.get_state_display()), OUTGOING_TONES[row.state]
    if row.refused_at is not None:
        state, tone = _("refused"), "negative"
    elif row.accepted_at is not None:
        state, tone = _("accepted"), "positive"
    elif row.is_overdue(scope.today):
        state, tone = _("not answered in time"), "warning"
    return Node(
        ref=Ref(SENT, row.pk),
        at=row.created_at,
        title=_("%(name)s sent to %(party)s") % _words(row),
        text=kind_text(row.message_type),
        url=row.get_absolute_url(),
        state=state,
        tone=tone,
    )


def _words(row: Tray) -> dict[str, str]:
    party = row.municipality or row.provider_organisation
    return {"name": row.name or _("Unknown document"), "party": str(party)}


# From causes and effects to lines


def _lines(found: Found, about: Ref) -> Iterator[Line]:
    """Each thing once, below its nearest cause."""
    causes, effects = _seen(found)
    depths = _depths(found, causes, effects)
    before, after = _reached(about, causes), _reached(about, effects)
    parents: dict[Ref, Ref] = {}
    children: dict[Ref | None, list[Ref]] = defaultdict(list)
    for ref in found.nodes:
        # The nearest cause is the one with most before it: others led to this one too.
        nearest = max(causes[ref], key=lambda one: (depths[one], one), default=None)
        if nearest is not None:
            parents[ref] = nearest
        children[nearest].append(ref)

    def place(ref: Ref) -> str:
        if ref == about:
            return HERE
        return BEFORE if ref in before else AFTER if ref in after else BESIDE

    def in_order(refs: Iterable[Ref]) -> list[Ref]:
        """The last first; of one moment the answer to a message comes before what it made."""
        return sorted(refs, key=lambda ref: (found.nodes[ref].at, _rank(ref), ref), reverse=True)

    todo = [(ref, 0) for ref in in_order(children[None])]
    while todo:
        ref, depth = todo.pop()
        parent = parents.get(ref)
        told = {parent, *_reached(parent, causes)} if parent else set()
        yield Line(
            node=found.nodes[ref],
            depth=depth,
            follows=found.nodes[parent] if parent else None,
            also=tuple(found.nodes[one] for one in sorted(causes[ref] - told)),
            place=place(ref),
        )
        todo += [(child, depth + 1) for child in in_order(children[ref])]


def _rank(ref: Ref) -> int:
    return (SENT, RECEIVED).index(ref.kind) if ref.kind in (SENT, RECEIVED) else 2


_Edges = Mapping[Ref, set[Ref]]


def _seen(found: Found) -> tuple[_Edges, _Edges]:
    """Causes of each and effects of each, between things that the scope sees."""
    causes: dict[Ref, set[Ref]] = defaultdict(set)
    effects: dict[Ref, set[Ref]] = defaultdict(set)
    for cause, effect in found.links:
        if cause in found.nodes and effect in found.nodes:
            causes[effect].add(cause)
            effects[cause].add(effect)
    return causes, effects


def _depths(found: Found, causes: _Edges, effects: _Edges) -> dict[Ref, int]:
    """The longest way to each thing from a beginning."""
    depths = dict.fromkeys(found.nodes, 0)
    open_causes = {ref: len(causes[ref]) for ref in found.nodes}
    ready = [ref for ref, count in open_causes.items() if not count]
    while ready:
        ref = ready.pop()
        for effect in effects[ref]:
            depths[effect] = max(depths[effect], depths[ref] + 1)
            open_causes[effect] -= 1
            if not open_causes[effect]:
                ready.append(effect)
    return depths


def _reached(start: Ref, edges: _Edges) -> set[Ref]:
    """Everything that is reached from here, without here itself."""
    reached: set[Ref] = set()
    todo = [start]
    while todo:
        for ref in edges.get(todo.pop(), ()):
            if ref not in reached:
                reached.add(ref)
                todo.append(ref)
    return reached - {start}
