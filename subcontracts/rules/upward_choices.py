"""What can be chosen for the terms of a municipal contract, with the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from subcontracts.rules.reporting import Rhythm

Choices = Mapping[str, str | Promise]

RHYTHMS: Final[Choices] = MappingProxyType(
    {
        Rhythm.WEEK.value: pgettext_lazy("rhythm", "week"),
        Rhythm.TWO_WEEKS.value: pgettext_lazy("rhythm", "two weeks"),
        Rhythm.MONTH.value: pgettext_lazy("rhythm", "month"),
        Rhythm.TWO_MONTHS.value: pgettext_lazy("rhythm", "two months"),
        Rhythm.QUARTER.value: pgettext_lazy("rhythm", "quarter"),
        Rhythm.TRIMESTER.value: pgettext_lazy("rhythm", "four months (trimester)"),
        Rhythm.HALF_YEAR.value: pgettext_lazy("rhythm", "half year"),
        Rhythm.YEAR.value: pgettext_lazy("rhythm", "year"),
    }
)
#: Of reports, which may also be given only when the municipality asks.
REPORT_RHYTHMS: Final[Choices] = MappingProxyType(
    {**RHYTHMS, Rhythm.ON_REQUEST.value: pgettext_lazy("rhythm", "on request")}
)
CHOICES: Final[Mapping[str, Choices]] = MappingProxyType(
    {
        "funding_base": {
            "history": _("what was spent before"),
            "inhabitants": _("number of inhabitants"),
            "fte": _("number of FTE"),
            "decisions": _("number of decisions"),
            "capacity": _("capacity"),
            "clients_severity_effort": _("clients, severity and effort"),
        },
        "funding_rhythm": RHYTHMS,
        "settlement_basis": {
            "decisions": _("number of decisions"),
            "production": _("production"),
            "days": _("days"),
        },
        "pxq_basis": {"allocated": _("what was allocated"), "delivered": _("what was delivered")},
        "solidarity_key": {
            "none": _("nothing: there is no solidarity"),
            "pro_rata_share": _("their share of the budget"),
            "inhabitants": _("number of inhabitants"),
            "own_use": _("their own use"),
        },
        "refers": {
            "gp": _("general practitioner"),
            "gi": _("certified institution (GI)"),
            "court": _("court"),
            "local_team": _("local team"),
            "municipality": _("municipality"),
            "access_foundation": _("access foundation"),
            "main_contractor": _("main contractor"),
            "own": _("residents themselves"),
        },
        "decides": {
            "municipality": _("municipality"),
            "access_foundation": _("access foundation"),
            "main_contractor": _("main contractor"),
            "provider": _("provider"),
        },
        "allocation_kinds": {
            "specific": _("specific: a product"),
            "aspecific": _("aspecific: a category"),
            "generic": _("generic: neither of them"),
            "open_without_end": _("open, without an end date"),
            "help_needed_kind_open": _("help is needed, its kind is open"),
        },
        "inactivity_effect": {"ends": _("ends"), "may_end": _("may end")},
        "consent_duty": {
            "none": _("not needed"),
            "each": _("for each subcontractor"),
            "each_except_self_employed": _("for each, but for who works alone"),
        },
        "division_effect": {
            "warns": _("whoever places is warned"),
            "refuses": _("nothing more is placed with subcontractors"),
        },
        "qualification_proof_level": {
            "declared": _("declared by the subcontractor"),
            "seen": _("proof was seen"),
            "source_checked": _("checked at the source"),
            "continuously_checked": _("checked all the time"),
        },
        "visibility_of_subs": {
            "none": _("nothing"),
            "list": _("a list of them"),
            "figures": _("their figures"),
        },
    }
)
