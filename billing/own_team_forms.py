"""Forms of the months of own teams: which one, and what was worked and spent."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import OwnTeamReport, OwnTeamRow
from billing.selectors.own_teams import contracts_of, teams_of
from billing.services.own_teams import Spent, rows_of
from hoofdaannemer.core.forms import EuroField, PlainForm, VolumeField
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.rowforms import RowsForm, name_of
from hoofdaannemer.core.templatetags.core_format import month_nl

#: Months back that one may still begin.
_MONTHS: Final = 24


class NewOwnTeamForm(PlainForm):
    """Whose month, for which task."""

    team: Any = forms.ModelChoiceField(label=_("Own team"), queryset=None, empty_label=_("Choose"))
    contract: Any = forms.ModelChoiceField(
        label=_("Municipal contract"), queryset=None, empty_label=_("Choose")
    )
    month = forms.ChoiceField(label=_("Month"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams: Any = self.fields["team"]
        teams.queryset = teams_of(self.scope).select_related("provider_organisation")
        contracts: Any = self.fields["contract"]
        contracts.queryset = contracts_of(self.scope).order_by("number")
        # A team's people have one team.
        if len(only := list(teams.queryset[:2])) == 1:
            teams.initial = only[0]
        months: Any = self.fields["month"]
        months.choices = [(str(month), month_nl(month)) for month in _months(self.scope.today)]

    def clean_month(self) -> Month:
        return Month.parse(self.cleaned_data["month"])


def _months(today: Any) -> list[Month]:
    """The last months that are over, the newest first."""
    found = [Month.of(today).previous()]
    while len(found) < _MONTHS:
        found.append(found[-1].previous())
    return found


class OwnTeamRowsForm(RowsForm):
    """What a team worked and cost, a row for each job or cost."""

    ROW = ("kind", "description", "fte", "hours", "amount")
    LIKE_BEFORE = ("kind",)
    MOST = 40
    NUMBERED = _("%(label)s (row %(number)d)")
    #: A cost that is no work has neither FTE nor hours.
    hides_optional = True

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "kind": forms.ChoiceField(label=_("Kind"), choices=OwnTeamRow.Kind.choices),
            "description": forms.CharField(label=_("Job or cost"), max_length=80),
            "fte": VolumeField(
                label=_("FTE"), decimal_places=3, max_digits=7, min_value=0, required=False
            ),
            "hours": VolumeField(
                label=_("Hours worked"), decimal_places=2, max_digits=9, min_value=0, required=False
            ),
            "amount": EuroField(label=_("Amount")),
        }

    def clean_row(self, found: dict[str, Any], number: int) -> None:
        """People cost by their work: without FTE one cannot account for them."""
        people = (OwnTeamRow.Kind.CARE, OwnTeamRow.Kind.HIRED)
        fte = name_of("fte", number)
        is_lacking = found.get(fte) is None and fte not in self.errors
        if is_lacking and found.get(name_of("kind", number)) in people:
            self.add_error(fte, _("Fill in the FTE of these people; 0 where there was none."))

    @property
    def spent(self) -> list[Spent]:
        """What was filled in, for the service. Only after `is_valid()`."""
        return [Spent(**self.row(number)) for number in range(1, self.count + 1)]


def as_typed(report: OwnTeamReport) -> dict[str, Any]:
    """Initial values of the rows of a report; one empty row where it has none."""
    rows = rows_of(report)
    initial: dict[str, Any] = {"rows": str(max(len(rows), 1))}
    for number, row in enumerate(rows, start=1):
        for name in OwnTeamRowsForm.ROW:
            initial[name_of(name, number)] = getattr(row, name)
    return initial
