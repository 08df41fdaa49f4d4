"""What follows on temporary funding, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import FundingSunset

_FollowUp = FundingSunset.FollowUp


def follow_up_text(row: FundingSunset) -> str:
    """What follows on a line, with who evaluates or what was concluded."""
    if row.follow_up == _FollowUp.EVALUATION:
        return _("%(who)s evaluates it before %(day)s") % {
            "who": row.evaluator,
            "day": date_nl(row.evaluate_by),
        }
    text = _("nothing") if row.follow_up == _FollowUp.ENDS else row.get_next_form_display()
    if row.next_line is not None:
        text = _("%(form)s: “%(line)s”") % {"form": text, "line": row.next_line.name}
    if row.evaluated_on is None:
        return text
    return _("%(text)s, evaluated on %(day)s: %(conclusion)s") % {
        "text": text,
        "day": date_nl(row.evaluated_on),
        "conclusion": row.conclusion,
    }
