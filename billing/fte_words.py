"""The signals of FTE reports in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.models import FteSignal
from hoofdaannemer.core.templatetags.core_format import volume

_SENTENCES: Final[Mapping[str, str | Promise]] = {
    FteSignal.Kind.PERSON_CHANGED: _("%(before)s FTE last month, %(now)s FTE now."),
    FteSignal.Kind.TOTAL_CHANGED: _("%(before)s FTE in all last month, %(now)s FTE now."),
    FteSignal.Kind.OVER_ONE: _("%(total)s FTE over all lines together."),
    FteSignal.Kind.NO_CARE: _("%(now)s FTE, while no client was in care on this line."),
    FteSignal.Kind.NO_FTE: _("%(clients)s clients in care on this line, and no FTE."),
    FteSignal.Kind.HOURS: _(
        "%(hours)s hours worked and %(absence)s absent, where about %(usual)s go with the FTE."
    ),
    FteSignal.Kind.OTHER_JOB: _(
        "The contract names roles, and none is called as this job. It does not count when the year"
        " is settled."
    ),
    FteSignal.Kind.LAPSED: _("Qualified at the start of the month, and not at the end."),
}


def sentence(signal: FteSignal) -> str:
    """What is odd, in figures."""
    shown = {name: volume(Decimal(text)) for name, text in signal.facts.items()}
    return str(_SENTENCES[signal.kind]) % shown


def about(signal: FteSignal, *, named: bool) -> str:
    """Whom it is about: the name for the own organisation, else the reference."""
    if signal.professional is None:
        return str(_("the report"))
    return signal.professional.name if named else signal.professional.reference
