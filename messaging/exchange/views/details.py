"""One message, received or sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.pages import DetailPage, allowed
from hoofdaannemer.core.scope import SUBCONTRACTOR, Role
from hoofdaannemer.core.templatetags.core_format import date_nl, moment_nl
from messaging.exchange import policies, reading, reasons, selectors
from messaging.exchange.models import IncomingMessage, MessageFinding, OutgoingMessage
from messaging.exchange.tones import INCOMING_TONES, OUTGOING_TONES
from messaging.exchange.views.boards import PARTIES


class _Detail(DetailPage):
    """One message, readable; each look is logged for the clients in it."""

    roles = policies.READERS
    related = (*PARTIES, "main_contractor__organisation")
    purpose = "message.read"
    template_name = "messaging/detail.html"
    download: ClassVar[str] = ""
    settle: ClassVar[str] = ""
    lineage: ClassVar[str] = ""
    board: ClassVar[str] = "message_list"
    tones: ClassVar[dict[Any, str]] = {}

    def log_view(self, row: Any) -> None:
        self.document = selectors.document_of(row)
        clients = selectors.clients_in(self.request.scope, row, self.document)
        audit.looked_at(self.request.scope, clients, self.purpose)

    def get_title(self) -> str:
        return self.object.name or _("Unknown document")

    def breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [(_("Message traffic"), reverse(self.board))]

    def findings(self) -> list[Any]:
        return []

    def why(self) -> str:
        """What keeps the message, in words; empty where nothing does."""
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope, row = self.request.scope, self.object
        parts, more = reading.sections(self.document, masked=scope.role == Role.CONTROLLER)
        found = self.findings()
        marks = reading.marked(parts, [one.path for one in found])
        can_download = allowed(policies.check_can_read_raw, scope)
        can_settle = allowed(policies.check_can_settle, scope, row)
        return super().get_context_data(
            facts=[*self.facts(), *self._settled()],
            settle_url=reverse(self.settle, args=[row.pk]) if can_settle else "",
            advice=self.advice() if can_settle else "",
            advice_title=self.advice_title(),
            why=self.why(),
            warnings=[row.last_error] if row.last_error else [],
            tone=self.tones.get(row.state, "neutral"),
            findings=[(one, reading.meaning_of(one.code, row.family)) for one in found],
            sections=[(part, part.path in marks) for part in parts],
            more=more,
            lineage_url=reverse(self.lineage, args=[row.pk]),
            download_url=reverse(self.download, args=[row.pk]) if can_download else "",
            **kwargs,
        )

    def advice(self) -> str:
        """What the sender of a refused message does about it."""
        return ""

    def advice_title(self) -> str:
        return _("This message came back with errors")

    def _settled(self) -> list[tuple[str, Any]]:
        row = self.object
        if row.settled_at is None:
            return []
        how = row.settled_note or _("a corrected message was accepted")
        return [(_("Dealt with"), f"{moment_nl(row.settled_at)} ({how})")]

    def facts(self) -> list[tuple[str, Any]]:
        row = self.object
        return [
            (_("Law"), row.get_family_display() or "—"),
            (_("Other party"), row.municipality or row.provider_organisation or "—"),
            (_("Identification"), row.identification or "—"),
        ]


class MessageDetail(_Detail):
    """A received message."""

    model = IncomingMessage
    download = "message_download"
    settle = "message_settle"
    lineage = "message_lineage"
    tones = INCOMING_TONES

    def findings(self) -> list[Any]:
        return list(self.object.findings.all())

    def why(self) -> str:
        if self.request.scope.role in SUBCONTRACTOR or self.object.state == "rejected":
            # Who sent it reads the findings; the rest is ours to set going.
            return str(self.object.last_error)
        return reasons.why_received(self.object)

    def advice(self) -> str:
        if self.object.source == IncomingMessage.Source.PORTAL:
            return _("This message counts as never sent. Correct it here and send it again.")
        return _(
            "This message counts as never sent. Correct it in your software and send it again,"
            " or report it here in the portal."
        )

    def facts(self) -> list[tuple[str, Any]]:
        row = self.object
        return [
            *super().facts(),
            (_("Received"), f"{moment_nl(row.received_at)} ({row.get_source_display()})"),
            (_("Judged"), moment_nl(row.handled_at) or "—"),
            (_("Failed attempts"), row.attempts),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, scope = self.object, self.request.scope
        replies = OutgoingMessage.objects.visible_to(scope).filter(in_reply_to=row)
        links: list[tuple[str, Any]] = [
            (_("Our answer"), reply) for reply in replies.defer("content")
        ]
        sent = OutgoingMessage.objects.visible_to(scope).filter(pk=row.answers_id)
        links += [(_("Answers our message"), one) for one in sent.defer("content")]
        earlier = IncomingMessage.objects.visible_to(scope).filter(pk=row.conflicts_with_id)
        links += [(_("Has the identification of"), one) for one in earlier.defer("content")]
        rerun = reverse("message_rerun", args=[row.pk])
        can_rerun = allowed(policies.check_can_rerun, scope, row)
        return super().get_context_data(
            links=links,
            action_url=rerun if can_rerun else "",
            action_label=_("Judge it again"),
            mend_url=reverse("message_mend", args=[row.pk])
            if allowed(policies.check_can_mend, scope, row)
            else "",
            **kwargs,
        )


class SentMessageDetail(_Detail):
    """A sent message."""

    model = OutgoingMessage
    download = "sent_message_download"
    settle = "sent_message_settle"
    lineage = "sent_message_lineage"
    board = "sent_message_list"
    tones = OUTGOING_TONES

    def findings(self) -> list[Any]:
        """What the other side found, when it refused our message."""
        if self.object.refused_at is None:
            return []
        told = selectors.errors_told(self.request.scope, self.object)
        return [MessageFinding(code=code, path=path) for path, code in told]

    def why(self) -> str:
        return reasons.why_sent(self.object, self.request.scope.today)

    def advice_title(self) -> str:
        if self.object.refused_at is None:
            return _("No return message has come in time")
        return super().advice_title()

    def advice(self) -> str:
        if self.object.refused_at is None:
            return _(
                "Call the other side and ask for the return message. If they never got this"
                " message, send it again."
            )
        return _(
            "This message counts as never sent. Correct what is wrong and send it again,"
            " or call the other side."
        )

    def facts(self) -> list[tuple[str, Any]]:
        row = self.object
        return [
            *super().facts(),
            (_("Made"), moment_nl(row.created_at)),
            (_("Delivered"), moment_nl(row.delivered_at) or "—"),
            (_("Attempts"), row.attempts),
            (_("Answer before"), date_nl(row.return_due_date) or "—"),
            (_("Accepted"), moment_nl(row.accepted_at) or "—"),
            (_("Refused"), moment_nl(row.refused_at) or "—"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, scope = self.object, self.request.scope
        received = IncomingMessage.objects.visible_to(scope).defer("content")
        links: list[tuple[str, Any]] = [
            (_("Answer of the other side"), one) for one in received.filter(answers=row)
        ]
        links += [(_("Answers"), one) for one in received.filter(pk=row.in_reply_to_id)]
        resend = reverse("sent_message_resend", args=[row.pk])
        can_resend = allowed(policies.check_can_resend, scope, row)
        return super().get_context_data(
            links=links,
            action_url=resend if can_resend else "",
            action_label=_("Send it again"),
            **kwargs,
        )
