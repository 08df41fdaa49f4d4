"""Forms with which one asks about contracts, answers, and publishes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.scope import SUBCONTRACTOR
from subcontracts.models import Subcontract, SubcontractClause
from subcontracts.services.questions import QuestionFacts, ReadingFacts

_LONG = {"rows": 6}


def _clause_label(row: SubcontractClause) -> str:
    return f"{row.subcontract.number} · {row}"


class QuestionForm(PlainForm):
    """What is asked, and about which contract and clause."""

    subcontract = forms.ModelChoiceField(
        label=_("Subcontract"),
        queryset=Subcontract.objects.none(),
        empty_label=_("no contract in particular"),
    )
    clause = forms.ModelChoiceField(
        label=_("Clause"),
        queryset=SubcontractClause.objects.none(),
        required=False,
        empty_label=_("a question in general"),
    )
    subject = forms.CharField(label=_("Subject"), max_length=120)
    question = forms.CharField(
        label=_("Your question"),
        max_length=4000,
        widget=forms.Textarea(attrs=_LONG),
        help_text=_("Name no clients."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract: Any = self.fields["subcontract"]
        contract.queryset = Subcontract.objects.visible_to(self.scope).select_related(
            "provider_organisation"
        )
        contract.required = self.scope.role in SUBCONTRACTOR
        clause: Any = self.fields["clause"]
        clause.queryset = SubcontractClause.objects.visible_to(self.scope).select_related(
            "subcontract"
        )
        clause.label_from_instance = _clause_label

    def clean(self) -> dict[str, Any]:
        """A clause of another contract is told at its field (CON-122)."""
        found = super().clean() or self.cleaned_data
        clause, contract = found.get("clause"), found.get("subcontract")
        if clause is not None and contract is None and "subcontract" not in self.errors:
            found["subcontract"] = clause.subcontract
        elif clause is not None and contract is not None and clause.subcontract_id != contract.pk:
            self.add_error("clause", ValidationError(_("This clause stands in another contract.")))
        return found

    @property
    def facts(self) -> QuestionFacts:
        """What was filled in, for the service. Only after `is_valid()`."""
        return QuestionFacts(**self.cleaned_data)


class QuestionAnswerForm(PlainForm):
    """The answer to who asked."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=4000,
        widget=forms.Textarea(attrs=_LONG),
        help_text=_("Who asked reads it. You may publish it as a reading afterwards."),
    )


class ReadingForm(PlainForm):
    """The question and the reading as everybody sees them."""

    subject = forms.CharField(label=_("Subject"), max_length=120)
    asked = forms.CharField(
        label=_("The question, without who asked it"),
        max_length=4000,
        widget=forms.Textarea(attrs=_LONG),
    )
    text = forms.CharField(
        label=_("How we read it"), max_length=4000, widget=forms.Textarea(attrs=_LONG)
    )

    @property
    def facts(self) -> ReadingFacts:
        """What was filled in, for the service. Only after `is_valid()`."""
        return ReadingFacts(**self.cleaned_data)
