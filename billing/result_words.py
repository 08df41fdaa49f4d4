"""A result in words: its terms, and what was found."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from billing.models import TrajectoryResult
from hoofdaannemer.core.money import format_euro, round_cents
from hoofdaannemer.core.templatetags.core_format import date_nl, volume


def terms_facts(row: TrajectoryResult) -> list[tuple[str, str]]:
    """What depends on it, when it is met, who judges that, and before which day."""
    return [
        (_("Depends on the result"), format_euro(row.at_stake)),
        (_("The result is met when"), row.measure),
        (_("Who judges the result"), str(row.get_judge_display())),
        (_("Judged before"), date_nl(row.target_date)),
    ]


def found_facts(row: TrajectoryResult) -> list[tuple[str, str]]:
    """The outcome and what is paid by it; nothing before a verdict."""
    if not row.outcome or row.share is None:
        return []
    counts_from = date_nl(row.counts_from) if row.counts_from else _("when it was decided")
    return [
        (_("Outcome"), outcome_text(row.get_outcome_display(), row.share)),
        (_("Paid of it"), format_euro(round_cents(row.at_stake * row.share))),
        (_("Counts from"), counts_from),
    ]


def bonus_facts(row: TrajectoryResult) -> list[tuple[str, str]]:
    """A bonus on the page of its line."""
    return [*terms_facts(row), *found_facts(row)]


def outcome_text(label: str, share: Decimal) -> str:
    """An outcome, with the part that was met where it is a part."""
    if 0 < share < 1:
        return f"{label} ({volume(share * 100)} %)"
    return label
