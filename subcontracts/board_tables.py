"""The table of a contract's messages, and that of the contracts which have one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import django_tables2
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.tables import CodeColumn, DeadlineColumn, MomentColumn, Table
from messaging.exchange.completeness import ANSWERS, AWAITED, NONE_ASKED
from messaging.exchange.kinds import kind_text
from messaging.exchange.tones import INCOMING_TONES, OUTGOING_TONES
from subcontracts.board_filters import STATES, WAYS
from subcontracts.selectors.board import AWAITING, RECEIVED
from subcontracts.selectors.board_facts import Facts, Key, key_of

Line = Mapping[str, Any]
TONES: Final = {**INCOMING_TONES, **OUTGOING_TONES, AWAITING: "information"}


class BoardTable(Table):
    """Messages of both directions, newest first. No client: who looks at one opens the message."""

    name = CodeColumn(verbose_name=_("Message"), empty_values=())
    kind = django_tables2.Column(
        verbose_name=_("What it is"), accessor="message_type", empty_values=()
    )
    way = django_tables2.Column(verbose_name=_("Direction"))
    at = MomentColumn(verbose_name=_("Received or made"))
    party = django_tables2.Column(verbose_name=_("Other party"), empty_values=())
    state = django_tables2.Column(verbose_name=_("State"), accessor="shown_state")
    answer = django_tables2.Column(verbose_name=_("Answer"))
    due = DeadlineColumn(verbose_name=_("Term"), empty_values=(), accessor="answer_due")
    lineage = django_tables2.Column(
        verbose_name=_("From where and to what"), empty_values=(), exclude_from_export=True
    )
    identification = django_tables2.Column(verbose_name=_("Identification"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Of the rows on this page; filled before they are shown.
        self.facts: dict[Key, Facts] = {}

    def _facts(self, record: Line) -> Facts:
        return self.facts.get(key_of(record), Facts())

    def value_name(self, record: Line) -> str:
        return f"{record['family'].upper()}{record['message_type']}" or gettext("Unknown document")

    def render_name(self, record: Line) -> str:
        page = "message_detail" if record["way"] == RECEIVED else "sent_message_detail"
        url = reverse(page, args=[record["id"]])
        return format_html('<a class="ha-link" href="{}">{}</a>', url, self.value_name(record))

    def render_kind(self, record: Line) -> str:
        return kind_text(record["message_type"]) or "—"

    def value_kind(self, record: Line) -> str:
        return kind_text(record["message_type"])

    def render_way(self, value: str) -> str:
        return str(dict(WAYS)[value])

    def value_way(self, value: str) -> str:
        return self.render_way(value)

    def render_party(self, record: Line) -> str:
        return record["town"] or record["provider"] or "—"

    def value_party(self, record: Line) -> str:
        return record["town"] or record["provider"] or ""

    def value_state(self, value: str) -> str:
        return str(STATES[value])

    def render_state(self, value: str) -> str:
        shown = {"label": self.value_state(value), "tone": TONES.get(value, "neutral")}
        return render_to_string("components/badge.html", shown)

    def value_answer(self, value: str, record: Line) -> str:
        if value == NONE_ASKED:
            return "—"
        codes = ", ".join(self._facts(record).codes)
        words = gettext("answer still to come") if value == AWAITED else str(ANSWERS[value])
        return f"{words}: {codes}" if codes else words

    def render_answer(self, value: str, record: Line) -> str:
        return self.value_answer(value, record)

    def render_due(self, record: Line, table: Any, bound_column: Any) -> str:
        found = self._facts(record)
        if found.due is None:
            return "—"
        chip = DeadlineColumn.render(bound_column.column, found.due, table)
        words = found.term or gettext("answer to this message")
        return format_html("<span>{} {}</span>", mark_safe(chip), words)  # noqa: S308  a template

    def value_due(self, record: Line) -> Any:
        return self._facts(record).due

    def render_lineage(self, record: Line) -> str:
        page = "message_lineage" if record["way"] == RECEIVED else "sent_message_lineage"
        return format_html(
            '<a class="ha-link" href="{}">{}</a>',
            reverse(page, args=[record["id"]]),
            gettext("From where and to what"),
        )


class ContractMessagesTable(Table):
    """Contracts, each leading to its messages; nothing of prices, which not every reader sees."""

    number = CodeColumn(verbose_name=_("Contract"), empty_values=())
    about = django_tables2.Column(verbose_name=_("Other party"))

    def render_number(self, record: Any) -> str:
        return format_html('<a class="ha-link" href="{}">{}</a>', record["url"], record["number"])
