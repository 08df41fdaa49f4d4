"""The messages of one contract, both directions, told apart by what they are about.

A municipal contract has the traffic with its municipalities, a subcontract that with its
subcontractor. A message is of the contract of the request, allocation, placement or declared care
that it concerns; a return message stands with what it answers. What concerns nothing, such as a
document that could not be read, is listed apart, under the only contract that it can belong to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from hoofdaannemer.core.scope import Scope
from messaging.exchange.completeness import ACCEPTED, NONE_ASKED, REFUSED, answered_as
from messaging.exchange.models import UNANSWERED
from messaging.exchange.policies import ATTENDANTS
from messaging.exchange.selectors import incoming_attention, outgoing_attention
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Client, Deadline, MessageLink, MunicipalContract, Subcontract
from subcontracts.selectors.board_contracts import Belonging, belonging

Contract = MunicipalContract | Subcontract
#: Scope and subcontract, or None for any → rows with the received `message` that declares care.
Declared = Callable[[Scope, Subcontract | None], QuerySet[Any]]
RECEIVED, SENT = "in", "out"
AWAITING = "awaiting"
#: Messages from which a term runs: to place or reply, and to answer.
TERM_TYPES: Final = ("301", "315", "317")
COLUMNS: Final = (
    *("way", "id", "at", "family", "message_type", "leg", "identification"),
    *("town", "provider", "shown_state", "answer", "answer_due"),
)
_declared: list[Declared] = []


def register_declared(declared: Declared) -> None:
    """Say, from `AppConfig.ready()`, which received messages declare care under a contract."""
    if declared not in _declared:
        _declared.append(declared)


@dataclass(frozen=True)
class Both:
    """Received and sent messages side by side; filters narrow the two alike."""

    scope: Scope
    leg: Leg
    received: Any
    sent: Any

    @property
    def model(self) -> type[IncomingMessage]:
        """For a filter, which asks what it filters."""
        return IncomingMessage

    def all(self) -> Both:
        """Itself: its querysets are lazy and never shared."""
        return self

    def none(self) -> QuerySet[Any]:
        """No lines, for a filter that cannot be read."""
        return IncomingMessage.objects.none()

    def filter(self, received: Q, sent: Q) -> Both:
        """The messages that fulfil the condition of their direction."""
        return replace(self, received=self.received.filter(received), sent=self.sent.filter(sent))

    def only(self, way: str) -> Both:
        """One direction."""
        if way == RECEIVED:
            return replace(self, sent=self.sent.none())
        return replace(self, received=self.received.none())

    def asking_attention(self) -> Both:
        """What somebody in this role must look at: as on the page of that name, or the own."""
        return self.filter(*_attention(self.scope))

    def late(self) -> Both:
        """An answer that should have come, or a term that runs from the message and has passed."""
        return self.filter(*_late(self.scope, self.leg))

    def lines(self) -> QuerySet[Any]:
        """Both directions as one list of COLUMNS, newest first, in one query."""
        received = self.received.annotate(
            way=Value(RECEIVED),
            at=F("received_at"),
            shown_state=F("state"),
            answer=Case(
                When(state=IncomingMessage.State.REJECTED, then=Value(REFUSED)),
                When(Exists(_replies()), then=Value(ACCEPTED)),
                default=Value(NONE_ASKED),
                output_field=CharField(),
            ),
            answer_due=Value(None, output_field=OutgoingMessage._meta.get_field("return_due_date")),
        )
        sent = self.sent.annotate(
            way=Value(SENT),
            at=F("created_at"),
            shown_state=sent_state(),
            answer=answered_as(),
            answer_due=Case(When(UNANSWERED, then=F("return_due_date"))),
        )
        halves = [
            rows.annotate(town=F("municipality__name"), provider=F("provider_organisation__name"))
            .order_by()
            .values(*COLUMNS)
            for rows in (received, sent)
        ]
        both: QuerySet[Any] = halves[0].union(halves[1], all=True)
        return both.order_by("-at", "way", "-id")

    def counts(self) -> Counts:
        """How many of each kind, in one query a direction."""
        asks, late = _attention(self.scope), _late(self.scope, self.leg)
        states = IncomingMessage.State
        came = self.received.order_by().aggregate(
            all=Count("pk"),
            attention=Count("pk", filter=asks[0]),
            late=Count("pk", filter=late[0]),
            parked=Count("pk", filter=Q(state=states.PARKED)),
        )
        went = self.sent.order_by().aggregate(
            all=Count("pk"),
            attention=Count("pk", filter=asks[1]),
            late=Count("pk", filter=late[1]),
            awaiting=Count("pk", filter=awaiting()),
        )
        return Counts(
            received=came["all"],
            sent=went["all"],
            attention=came["attention"] + went["attention"],
            late=came["late"] + went["late"],
            parked=came["parked"],
            awaiting=went["awaiting"],
        )


@dataclass(frozen=True)
class Counts:
    """The figures above the list."""

    received: int
    sent: int
    attention: int
    late: int
    parked: int
    awaiting: int


@dataclass(frozen=True)
class Board:
    """One contract's messages in two groups, and how many stand in neither."""

    #: About a request, allocation, placement or declared care of the contract.
    about: Both
    #: About nothing, of a party with which this is the only contract.
    party: Both
    #: About nothing, and of a party with more contracts.
    ambiguous: Both
    #: About clients who are never listed.
    sealed: Both

    def count_left_out(self) -> tuple[int, int]:
        """Ambiguous ones, and those about clients who are never listed."""
        return _size(self.ambiguous), _size(self.sealed)


def _size(both: Both) -> int:
    return int(both.received.count() + both.sent.count())


def board(scope: Scope, contract: Contract) -> Board:
    """The messages of this contract, as far as the scope reads messages."""
    where = belonging(scope, contract)
    traffic = {"main_contractor": contract.main_contractor_id, "leg": where.leg}
    every = Both(
        scope,
        where.leg,
        IncomingMessage.objects.visible_to(scope).filter(**traffic),
        OutgoingMessage.objects.visible_to(scope).filter(**traffic),
    )
    sealed = _sealed(scope, contract)
    about = every.filter(*_about(scope, contract, where))
    loose = every.filter(*_about_nothing(scope)).filter(where.party, where.party)
    listed = loose.filter(~sealed[0], ~sealed[1])
    return Board(
        about=about.filter(~sealed[0], ~sealed[1]),
        party=listed.filter(where.sole, where.sole),
        ambiguous=listed.filter(~where.sole, ~where.sole),
        sealed=about.filter(*sealed),
    )


def _about(scope: Scope, contract: Contract, where: Belonging) -> tuple[Q, Q]:
    """Conditions on received and on sent messages: about the contract, or an answer to such."""
    of_contract = Q()
    for kind, rows in where.objects.items():
        of_contract |= Q(**{f"{kind}__in": rows})
    links = MessageLink.objects.visible_to(scope).filter(of_contract)
    came = links.filter(incoming__isnull=False).values("incoming")
    went = links.filter(outgoing__isnull=False).values("outgoing")
    received = Q(pk__in=came) | Q(answers__in=went)
    sent = Q(pk__in=went) | Q(in_reply_to__in=came)
    if isinstance(contract, Subcontract):
        for declared in _declared:
            messages = declared(scope, contract).values("message")
            received |= Q(pk__in=messages)
            sent |= Q(in_reply_to__in=messages)
    return received, sent


def _about_nothing(scope: Scope) -> tuple[Q, Q]:
    """Neither the message concerns anything, nor what it answers."""
    links = MessageLink.objects.visible_to(scope)
    received = Q(Exists(links.filter(incoming=OuterRef("pk"))))
    received |= Q(Exists(links.filter(outgoing=OuterRef("answers"))))
    sent = Q(Exists(links.filter(outgoing=OuterRef("pk"))))
    sent |= Q(Exists(links.filter(incoming=OuterRef("in_reply_to"))))
    for declared in _declared:
        rows = declared(scope, None)
        received |= Q(Exists(rows.filter(message=OuterRef("pk"))))
        sent |= Q(Exists(rows.filter(message=OuterRef("in_reply_to"))))
    return ~received, ~sent


def _sealed(scope: Scope, contract: Contract) -> tuple[Q, Q]:
    """By the client that the message names, and by what it is about."""
    clients = Client.objects.visible_to(scope).filter(
        main_contractor=contract.main_contractor_id, is_sealed=True
    )
    hashes = Q(client_hash__in=clients.filter(bsn_hash__isnull=False).values("bsn_hash"))
    found = Q()
    for path in ("request", "allocation", "placement", "start__placement"):
        found |= Q(**{f"{path}__client__in": clients})
    found |= Q(stop__start__placement__client__in=clients)
    links = MessageLink.objects.visible_to(scope).filter(found)
    came = links.filter(incoming__isnull=False).values("incoming")
    went = links.filter(outgoing__isnull=False).values("outgoing")
    return (
        hashes | Q(pk__in=came) | Q(answers__isnull=False, answers__in=went),
        hashes | Q(pk__in=went) | Q(in_reply_to__isnull=False, in_reply_to__in=came),
    )


def _attention(scope: Scope) -> tuple[Q, Q]:
    if scope.role in ATTENDANTS:
        return (
            Q(pk__in=incoming_attention(scope).order_by().values("pk")),
            Q(pk__in=outgoing_attention(scope).order_by().values("pk")),
        )
    returned = Q(state=IncomingMessage.State.REJECTED, settled_at=None)
    return returned, UNANSWERED & Q(return_due_date__lt=scope.today)


def _late(scope: Scope, leg: Leg) -> tuple[Q, Q]:
    passed = Deadline.objects.visible_to(scope).running().filter(leg=leg)
    passed = passed.filter(due_date__lt=scope.today).order_by()
    links = MessageLink.objects.visible_to(scope).filter(Exists(passed.filter(term_of(leg))))
    of_term = Q(message_type__in=TERM_TYPES)
    received = of_term & Q(Exists(links.filter(incoming=OuterRef("pk"))))
    sent = of_term & Q(Exists(links.filter(outgoing=OuterRef("pk"))))
    return received, sent | (UNANSWERED & Q(return_due_date__lt=scope.today))


def term_of(leg: Leg) -> Q:
    """Terms, inside a query of links, of what the link names."""
    if leg == Leg.DOWN:
        return Q(placement=OuterRef("placement"))
    return Q(allocation=OuterRef("allocation")) | Q(request=OuterRef("request"))


def awaiting() -> Q:
    """Delivered, and the other side owes the answer."""
    return UNANSWERED & Q(state=OutgoingMessage.State.DELIVERED)


def sent_state() -> Case:
    """The state of a sent message, which tells too that its answer is awaited."""
    return Case(
        When(awaiting(), then=Value(AWAITING)), default=F("state"), output_field=CharField()
    )


def _replies() -> QuerySet[OutgoingMessage]:
    return OutgoingMessage.objects.filter(in_reply_to=OuterRef("pk"))
