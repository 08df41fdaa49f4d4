"""Forms of notice: given and taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts.models import Subcontract, SubcontractNotice
from subcontracts.rules.notice import earliest_end
from subcontracts.services.contract_life import MOST_BYTES
from subcontracts.services.noticing import Given


class NoticeForm(PlainForm):
    """Who ends the contract, when, why, and the letter."""

    by = forms.ChoiceField(
        label=gettext_lazy("How does it end?"),
        choices=[(value, capfirst(str(label))) for value, label in SubcontractNotice.By.choices],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "By mutual consent or for breach the term of notice does not count."
        ),
    )
    given_on = DutchDateField(label=gettext_lazy("Notice given on"))
    last_day = DutchDateField(label=gettext_lazy("Last day of the contract"))
    reason = forms.CharField(
        label=gettext_lazy("Why it ends"),
        max_length=150,
        help_text=gettext_lazy("The subcontractor reads this."),
    )
    letter = forms.FileField(
        label=gettext_lazy("The signed letter (PDF)"),
        required=False,
        help_text=gettext_lazy("At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def __init__(self, *args: Any, scope: Scope, subcontract: Subcontract, **kwargs: Any) -> None:
        months = subcontract.notice_months
        earliest = earliest_end(scope.today, months)
        if subcontract.end_date is not None:
            earliest = min(earliest, subcontract.end_date)
        initial = {"given_on": scope.today, "last_day": earliest}
        super().__init__(*args, scope=scope, initial=initial, **kwargs)
        self.fields["last_day"].help_text = (
            _("With notice today and a term of %(months)s months: %(day)s at the earliest.")
            % {"months": months, "day": date_long(earliest)}
            if months
            else _("No term of notice was agreed in this contract.")
        )

    @property
    def given(self) -> Given:
        """What was filled in. Only after `is_valid()`."""
        found = dict(self.cleaned_data)
        # One byte more than is taken, so that the service sees a file that is too large.
        file = found.pop("letter")
        return Given(**found, letter=file.read(MOST_BYTES + 1) if file else b"")


class TakeBackForm(PlainForm):
    """Why notice is taken back."""

    reason = forms.CharField(label=gettext_lazy("Why it is taken back"), max_length=150)
