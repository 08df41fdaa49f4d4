"""The message board, and the counts over a period: what came in, and what went out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_tables2
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import (
    NUMBER,
    BadgeColumn,
    CodeColumn,
    MomentColumn,
    NumberColumn,
    Table,
)
from hoofdaannemer.core.templatetags.core_format import date_nl
from messaging.exchange.completeness import ANSWERS, UNKNOWN_TYPE, Line
from messaging.exchange.copymodels import MessageCopy
from messaging.exchange.kinds import kind_text
from messaging.exchange.models import IncomingMessage, Leg, OutgoingMessage
from messaging.exchange.tones import INCOMING_TONES, OUTGOING_TONES


class MessageTable(Table):
    """What both directions show. No client: who looks at one opens the message, which is logged."""

    name = CodeColumn(verbose_name=_("Message"), linkify=True, empty_values=())
    kind = django_tables2.Column(
        verbose_name=_("What it is"), accessor="message_type", empty_values=()
    )
    party = django_tables2.Column(verbose_name=_("Other party"), empty_values=())
    identification = django_tables2.Column(verbose_name=_("Identification"))

    def render_name(self, record: Any) -> str:
        return record.name or str(_("Unknown document"))

    def value_name(self, record: Any) -> str:
        return self.render_name(record)

    def render_kind(self, record: Any) -> str:
        return kind_text(record.message_type)

    def value_kind(self, record: Any) -> str:
        return self.render_kind(record)

    def render_party(self, record: Any) -> str:
        return str(record.municipality or record.provider_organisation or "")

    def value_party(self, record: Any) -> str:
        return self.render_party(record)


class IncomingTable(MessageTable):
    """Received messages, newest first."""

    state = BadgeColumn(verbose_name=_("State"), tones=INCOMING_TONES)
    received_at = MomentColumn(verbose_name=_("Received"), orderable=True)

    class Meta:
        model = IncomingMessage
        fields: ClassVar = ("name", "kind", "party", "identification", "state", "received_at")


class OutgoingTable(MessageTable):
    """Sent messages, newest first."""

    state = BadgeColumn(verbose_name=_("State"), tones=OUTGOING_TONES)
    answered = django_tables2.Column(verbose_name=_("Answer"), empty_values=())
    created_at = MomentColumn(verbose_name=_("Made"), orderable=True)

    class Meta:
        model = OutgoingMessage
        fields: ClassVar = (
            *("name", "kind", "party", "identification"),
            *("state", "answered", "created_at"),
        )

    def render_answered(self, record: Any) -> str:
        if record.refused_at:
            return str(_("refused"))
        if record.accepted_at:
            return str(_("accepted"))
        if record.return_due_date is None:
            return "—"
        return str(_("due before %(day)s") % {"day": date_nl(record.return_due_date)})

    def value_answered(self, record: Any) -> str:
        return self.render_answered(record)


class CountColumn(django_tables2.Column):
    """How many messages there are, with the way to them. Empty `name`: all of the line."""

    def __init__(self, parameter: str = "", name: str = "", **kwargs: Any) -> None:
        super().__init__(empty_values=(), attrs=NUMBER, **kwargs)
        self.parameter, self.name = parameter, name

    @property
    def header(self) -> str:
        """The word of the state, as a heading."""
        return capfirst(str(self.verbose_name))

    def counted(self, line: Line) -> int:
        numbers = {"": {"": line.total}, "state": line.states, "answer": line.answers}
        return numbers[self.parameter].get(self.name, 0)

    def render(self, record: Line, table: Any) -> str:
        number = self.counted(record)
        if not number:
            return "0"
        return format_html(
            '<a class="ha-link" href="{}">{}</a>',
            table.address_of(record, self.parameter, self.name),
            number,
        )

    def value(self, record: Line) -> int:
        return self.counted(record)

    def footer(self, table: Any) -> int:
        return sum(self.counted(line) for line in table.data)


class CompletenessTable(Table):
    """Counts by side and message type, each leading to the list of what is counted."""

    kind = django_tables2.Column(
        verbose_name=_("Message"), empty_values=(), footer=_("All together")
    )
    leg = django_tables2.Column(verbose_name=_("Other side"))

    def __init__(self, *args: Any, query: Mapping[str, str], board: str, **kwargs: Any) -> None:
        self._query, self._board = query, board
        super().__init__(*args, **kwargs)

    def render_kind(self, record: Line) -> str:
        kind = kind_text(record.message_type)
        return f"{record.message_type} {kind}" if kind else str(_("Unknown document"))

    def value_kind(self, record: Line) -> str:
        return self.render_kind(record)

    def render_leg(self, value: str) -> str:
        return str(Leg(value).label)

    def value_leg(self, value: str) -> str:
        return self.render_leg(value)

    def address_of(self, line: Line, parameter: str, name: str) -> str:
        """The board, with the filter under which it lists just these messages."""
        asked = {
            **self._query,
            "leg": line.leg,
            "message_type": line.message_type or UNKNOWN_TYPE,
            **({parameter: name} if parameter else {}),
        }
        return f"{self._board}?{urlencode(asked)}"


class ReceivedCounts(CompletenessTable):
    """What became of what came in: a column for each state."""

    total = CountColumn(verbose_name=_("Received"))
    handled = CountColumn("state", "handled", verbose_name=_("handled"))
    rejected = CountColumn("state", "rejected", verbose_name=_("rejected"))
    unreadable = CountColumn("state", "unreadable", verbose_name=_("not readable"))
    parked = CountColumn("state", "parked", verbose_name=_("parked"))
    waiting = CountColumn("state", "received", verbose_name=_("still to handle"))
    failed = CountColumn("state", "failed", verbose_name=_("needs attention"))


class SentCounts(CompletenessTable):
    """Whether what went out arrived, and what was answered."""

    total = CountColumn(verbose_name=_("Sent"))
    delivered = CountColumn("state", "delivered", verbose_name=_("delivered"))
    waiting = CountColumn("state", "waiting", verbose_name=_("waiting"))
    failed = CountColumn("state", "failed", verbose_name=_("needs attention"))
    accepted = CountColumn("answer", "accepted", verbose_name=ANSWERS["accepted"])
    refused = CountColumn("answer", "refused", verbose_name=ANSWERS["refused"])
    awaited = CountColumn("answer", "awaited", verbose_name=_("answer still to come"))
    none_asked = CountColumn("answer", "none", verbose_name=_("no answer asked"))


class WaitingTable(Table):
    """What waits: how many, since when, and whether that is longer than is normal."""

    label = django_tables2.Column(verbose_name=_("What waits"))
    count = NumberColumn(verbose_name=_("How many"))
    oldest = MomentColumn(verbose_name=_("The oldest since"))
    normal_text = django_tables2.Column(verbose_name=_("What is normal"))
    state = django_tables2.Column(verbose_name=_("State"), empty_values=())

    def render_label(self, value: str, record: Any) -> str:
        if not (record.url and record.count):
            return value
        return format_html('<a class="ha-link" href="{}">{}</a>', record.url, value)

    def render_state(self, record: Any, table: Any) -> str:
        late = record.is_late(table.request.scope.at)
        label, tone = (_("too long"), "warning") if late else (_("in order"), "positive")
        return render_to_string("components/badge.html", {"label": label, "tone": tone})


class SignTable(Table):
    """Which background work last came to its end, and when."""

    label = django_tables2.Column(verbose_name=_("Work"))
    ended_at = MomentColumn(verbose_name=_("Last done"))
    began_at = MomentColumn(verbose_name=_("Last begun"))
    state = django_tables2.Column(verbose_name=_("State"), empty_values=())

    def render_state(self, record: Any) -> str:
        label, tone = (_("silent"), "negative") if record.is_silent else (_("alive"), "positive")
        return render_to_string("components/badge.html", {"label": label, "tone": tone})


class CopyTable(Table):
    """Copies to municipalities, newest first."""

    name = CodeColumn(verbose_name=_("Message"), empty_values=())
    kind = django_tables2.Column(verbose_name=_("What it is"), empty_values=())
    party = django_tables2.Column(verbose_name=_("Exchanged with"), empty_values=())
    municipality = django_tables2.Column(verbose_name=_("Copy to"))
    state = BadgeColumn(verbose_name=_("State"), tones=OUTGOING_TONES)
    created_at = MomentColumn(verbose_name=_("Made"), orderable=True)
    delivered_at = MomentColumn(verbose_name=_("Delivered"), orderable=True)

    class Meta:
        model = MessageCopy
        fields: ClassVar = (
            *("name", "kind", "party", "municipality"),
            *("state", "created_at", "delivered_at"),
        )

    def render_name(self, record: MessageCopy) -> str:
        return format_html(
            '<a class="ha-link" href="{}">{}</a>',
            record.original.get_absolute_url(),
            record.original.name,
        )

    def value_name(self, record: MessageCopy) -> str:
        return record.original.name

    def render_kind(self, record: MessageCopy) -> str:
        return kind_text(record.original.message_type)

    def value_kind(self, record: MessageCopy) -> str:
        return self.render_kind(record)

    def render_party(self, record: MessageCopy) -> str:
        # What we issued to ourselves was exchanged with nobody.
        return str(record.original.provider_organisation or _("ourselves"))

    def value_party(self, record: MessageCopy) -> str:
        return self.render_party(record)
