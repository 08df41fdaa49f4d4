"""All days of contracts that matter, on one page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.tables import whole_days
from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import MunicipalContract
from subcontracts.models.upward_terms import READERS
from subcontracts.selectors.contract_dates import KINDS, ContractDate, contract_dates

_MONTHS: Final = {"3": 92, "12": 366, "36": 1096}


class DatesFilter(PlainForm):
    """Which days."""

    hides_optional = True
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    contract = forms.ModelChoiceField(
        label=gettext_lazy("Municipal contract"),
        queryset=MunicipalContract.objects.none(),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    months = forms.ChoiceField(
        label=gettext_lazy("How far ahead"),
        required=False,
        choices=[
            ("", gettext_lazy("a year")),
            ("3", gettext_lazy("three months")),
            ("36", gettext_lazy("three years")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract: Any = self.fields["contract"]
        contract.queryset = MunicipalContract.objects.visible_to(self.scope)
        kind: Any = self.fields["kind"]
        kinds = [(one.value, capfirst(str(label))) for one, label in KINDS.items()]
        kind.choices = [("", _("All")), *kinds]


@roles(*sorted(READERS))
@require_safe
def contract_date_list(request: ScopedRequest) -> HttpResponse:
    """The days, what is too late first."""
    scope = request.scope
    form = DatesFilter(request.GET, scope=scope)
    typed = form.cleaned_data if form.is_valid() else {}
    until = scope.today + timedelta(days=_MONTHS[typed.get("months") or "12"])
    found = contract_dates(scope, first=scope.today, until=until) if form.is_valid() else []
    shown = [one for one in found if _is_chosen(one, typed)]
    context = {
        "title": _("Dates of contracts"),
        "lead": _("When something must be announced, handed in or renewed, and when it ends."),
        "filters": form,
        "submit_label": _("Show"),
        "tables": [
            {
                "caption": _("Dates"),
                "headers": [_("Day"), _("What"), _("For what")],
                "rows": [_row(scope.today, one) for one in shown],
                "empty": _("Nothing in this time."),
            }
        ],
    }
    return render(request, "subcontracts/municipal_page.html", context)


def _is_chosen(one: ContractDate, typed: dict[str, Any]) -> bool:
    kind, contract = typed.get("kind"), typed.get("contract")
    if kind and one.kind != kind:
        return False
    return contract is None or one.contract in (None, contract.pk)


def _row(today: date, one: ContractDate) -> tuple[SafeString, str, SafeString]:
    is_late = one.must_act and one.day < today
    day = _("%(day)s (too late)") if is_late else "%(day)s"
    link = format_html('<a class="ha-link" href="{}">{}</a>', one.url, one.text)
    return whole_days(day % {"day": date_nl(one.day)}), capfirst(str(KINDS[one.kind])), link
