"""The two lists: what came in, and what went out."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.pages import Action, ListPage
from messaging.exchange import policies
from messaging.exchange.filters import IncomingFilter, OutgoingFilter
from messaging.exchange.models import IncomingMessage, OutgoingMessage
from messaging.exchange.tables import IncomingTable, OutgoingTable

PARTIES = ("municipality", "provider_organisation")


class _Board(ListPage):
    """Both directions: two tabs of one page."""

    roles = policies.READERS
    related = PARTIES
    template_name = "messaging/board.html"
    empty_title = gettext_lazy("No messages yet")

    def narrowed(self, rows: Any) -> Any:
        return rows.defer("content", "client_hash")

    def primary(self) -> Action | None:
        if self.request.scope.role not in policies.SENDERS:
            return None
        return Action(_("Upload messages"), reverse("message_upload"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [
            (_("Received"), reverse("message_list"), self.model is IncomingMessage),
            (_("Sent"), reverse("sent_message_list"), self.model is OutgoingMessage),
        ]
        shown = [{"label": label, "url": url, "active": active} for label, url, active in tabs]
        may_make = self.request.scope.role in policies.SENDERS
        entry_url = reverse("message_entry_list") if may_make else ""
        return super().get_context_data(tabs=shown, entry_url=entry_url, **kwargs)


class MessageList(_Board):
    """What came in."""

    model = IncomingMessage
    table_class = IncomingTable
    filterset_class = IncomingFilter
    title = gettext_lazy("Message traffic")
    lead = gettext_lazy("Every message that came in, with what became of it.")
    empty_text = gettext_lazy("Messages show here as soon as they are received.")
    export_name = "berichten-ontvangen"


class SentMessageList(_Board):
    """What went out."""

    model = OutgoingMessage
    table_class = OutgoingTable
    filterset_class = OutgoingFilter
    title = gettext_lazy("Message traffic")
    lead = gettext_lazy("Every message that was sent, and whether it arrived.")
    empty_text = gettext_lazy("Messages show here as soon as they are sent.")
    export_name = "berichten-verzonden"
