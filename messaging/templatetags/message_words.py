"""Words of the message traffic for templates."""

from __future__ import annotations

from django import template

from messaging.exchange.kinds import kind_text

register = template.Library()
register.filter("message_kind", kind_text)
