"""Whether a page may be opened by who acts under a mandate, so that no link leads to a refusal."""

from __future__ import annotations

from typing import Any

from django import template

from hoofdaannemer.core import mandates

register = template.Library()


@register.simple_tag(takes_context=True)
def may_open(context: dict[str, Any], name: str) -> bool:
    """`{% may_open "statement_list" as may_read %}`; the role is the page's own question."""
    return mandates.covers_page(context["request"].scope, name)
