"""The message board: what came in, and what went out."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import BadgeColumn, CodeColumn, MomentColumn, Table
from hoofdaannemer.core.templatetags.core_format import date_nl
from messaging.exchange.kinds import kind_text
from messaging.exchange.models import IncomingMessage, OutgoingMessage

INCOMING_TONES: dict[Any, str] = {
    "received": "information",
    "handled": "positive",
    "rejected": "negative",
    "unreadable": "negative",
    "parked": "warning",
    "failed": "warning",
}
OUTGOING_TONES: dict[Any, str] = {
    "waiting": "information",
    "delivered": "positive",
    "failed": "warning",
}


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
