"""What does not fit the division that was agreed with a municipality, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from billing.rules.division import Finding, Limit
from hoofdaannemer.core.templatetags.core_format import volume


def division_text(finding: Finding) -> tuple[str, str]:
    """A title and a sentence."""
    values = {"now": str(finding.now), "agreed": volume(finding.agreed)}
    return _title(finding), _sentence(finding.limit) % values


def _title(finding: Finding) -> str:
    is_broken = finding.is_broken
    if finding.limit is Limit.SHARE:
        if is_broken:
            return _("More goes to subcontractors than was agreed")
        return _("Almost as much goes to subcontractors as was agreed at most")
    if finding.limit is Limit.NUMBER:
        if is_broken:
            return _("More subcontractors work for us than was agreed")
        return _("No other subcontractor can be added")
    if is_broken:
        return _("Own delivery is less than was agreed")
    return _("Own delivery is close to the least that was agreed")


def _sentence(limit: Limit) -> str:
    return {
        Limit.OWN: _(
            "%(now)s %% of all care so far was given by own teams; %(agreed)s %% was agreed at"
            " least."
        ),
        Limit.ROOM: _(
            "%(now)s %% of the budget is left for own delivery at most; %(agreed)s %% was agreed at"
            " least."
        ),
        Limit.SHARE: _(
            "%(now)s %% of the budget goes to subcontractors; %(agreed)s %% was agreed at most."
        ),
        Limit.NUMBER: _(
            "%(now)s subcontractors work under the municipal contract; %(agreed)s was agreed at"
            " most."
        ),
    }[limit]
