"""A contact for a subject."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from hoofdaannemer.core.scope import SUBCONTRACTOR
from subcontracts.models import Subcontractor, SubjectContact
from subcontracts.services.contacts import ContactFacts


class ContactForm(PlainForm):
    """Whom one reaches, about what, how and when."""

    to = forms.ModelChoiceField(
        label=_("For the work for"), queryset=Subcontractor.objects.none(), empty_label=None
    )
    subject = forms.ChoiceField(
        label=_("Subject"),
        choices=[(value, capfirst(str(text))) for value, text in SubjectContact.Subject.choices],
    )
    name = forms.CharField(label=_("Name of the person or desk"), max_length=120)
    job = forms.CharField(label=_("Job"), max_length=120, required=False)
    mail = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=20,
        required=False,
        validators=[RegexValidator(r"^\+?[0-9][0-9 \-]{5,18}$", _("Enter a phone number."))],
    )
    start_date = DutchDateField(label=_("From"))
    end_date = DutchDateField(
        label=_("Up to and including"),
        required=False,
        help_text=_("Leave empty until somebody else takes over."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.scope.role not in SUBCONTRACTOR or not is_new:
            del self.fields["to"]
            return
        to: Any = self.fields["to"]
        rows = Subcontractor.objects.visible_to(self.scope)
        to.queryset = rows.select_related("main_contractor__organisation")
        to.label_from_instance = lambda one: one.main_contractor.organisation.name

    def clean(self) -> dict[str, Any]:
        """How one is reached, and days in order, told at their fields (CON-136, CON-137)."""
        found = super().clean() or self.cleaned_data
        if not found.get("mail") and not found.get("phone") and not self.errors:
            self.add_error("mail", _("Fill in an e-mail address or a phone number."))
        start, end = found.get("start_date"), found.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", _("The last day lies on or after the first."))
        return found

    @property
    def facts(self) -> ContactFacts:
        """What was filled in, for the service. Only after `is_valid()`."""
        return ContactFacts(**{k: v for k, v in self.cleaned_data.items() if k != "to"})
