"""Forms: make a requirement, let it say something else from a day on, end it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from qualifications.models import Requirement
from qualifications.services import RequirementTerms
from subcontracts.models import Product, Professional


class ChangeForm(PlainForm):
    """What a requirement says from a day on; hidden on the page that asks to confirm it."""

    name = forms.CharField(
        max_length=120,
        label=_("What must be shown?"),
        help_text=_("Subcontractors read it, for example: diploma of social work."),
    )
    proof = forms.ChoiceField(choices=Requirement.Proof.choices, label=_("Kind of proof"))
    level = forms.ChoiceField(
        choices=[("", _("No level asked")), *Requirement.Level.choices],
        required=False,
        label=_("Lowest level"),
        help_text=_("Of a diploma only."),
    )
    products = forms.ModelMultipleChoiceField(
        queryset=Product.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("For which products?"),
        help_text=_("Choose none for all care."),
    )
    jobs = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("For which jobs?"),
        help_text=_("Of professionals only. Choose none for all jobs."),
    )
    on_lapse = forms.ChoiceField(
        choices=Requirement.OnLapse.choices, label=_("What follows without it?")
    )
    clause = forms.CharField(
        max_length=80, label=_("Clause"), help_text=_("Of the subcontract. It stands on holds.")
    )
    start_date = DutchDateField(label=_("From when?"), help_text=_("Today or later."))
    grace_until = DutchDateField(
        required=False,
        label=_("Time to comply until"),
        help_text=_("Until this day a lack is signalled only. Empty: it counts from the start."),
    )
    keeps_file = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Keep the file after it was judged"),
        help_text=_("Not for a certificate of conduct: of that only outcome and dates are kept."),
    )
    keeps_proofs = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Proofs that count now keep counting"),
        help_text=_("Switch this off where everybody must show something new."),
    )

    def __init__(
        self,
        *args: Any,
        scope: Scope,
        hidden: bool = False,
        requirement: Requirement | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        self.requirement = requirement
        fields: dict[str, Any] = self.fields
        fields["products"].queryset = Product.objects.visible_to(scope)
        fields["jobs"].choices = [(job, job) for job in _jobs(scope, requirement)]
        if requirement and requirement.applies_to == Requirement.AppliesTo.ORGANISATION:
            del fields["jobs"]
        for field in fields.values() if hidden else ():
            field.widget = field.hidden_widget()

    def clean(self) -> dict[str, Any]:
        """Check that what belongs together was chosen together."""
        found = super().clean() or self.cleaned_data
        if found.get("level") and found.get("proof") != Requirement.Proof.DIPLOMA:
            self.add_error("level", _("Only a diploma has a level."))
        first, grace = found.get("start_date"), found.get("grace_until")
        if first and first < self.scope.today:
            self.add_error("start_date", _("Choose today or later."))
        if first and grace and grace < first:
            self.add_error("grace_until", _("This is before the first day."))
        return found

    @property
    def terms(self) -> RequirementTerms:
        """What the requirement will say."""
        found = self.cleaned_data
        kept = self.requirement
        return RequirementTerms(
            code=kept.code if kept else found["code"],
            name=found["name"],
            applies_to=kept.applies_to if kept else found["applies_to"],
            proof=found["proof"],
            on_lapse=found["on_lapse"],
            clause=found["clause"],
            period=Period(found["start_date"]),
            products=list(found["products"]),
            keeps_file=found["keeps_file"],
            level=found["level"],
            jobs=found.get("jobs", []),
            grace_until=found["grace_until"],
        )


class RequirementForm(ChangeForm):
    """A requirement that is new."""

    code = forms.CharField(
        max_length=20, label=_("Code"), help_text=_("Short, and never changed: such as SKJ.")
    )
    applies_to = forms.ChoiceField(
        choices=Requirement.AppliesTo.choices, label=_("Who must show it?")
    )
    keeps_proofs = None  # type: ignore[assignment]  # there are none yet
    field_order = ["code", "name", "applies_to"]

    def clean(self) -> dict[str, Any]:
        """Jobs are of people."""
        found = super().clean()
        if found.get("jobs") and found.get("applies_to") == Requirement.AppliesTo.ORGANISATION:
            self.add_error("jobs", _("An organisation has no job. Choose none."))
        return found


class EndForm(PlainForm):
    """The last day."""

    last_day = DutchDateField(
        label=_("Last day"), help_text=_("Including this day. Today or later.")
    )


def as_filled_in(requirement: Requirement) -> dict[str, Any]:
    """What a change begins with: what holds now."""
    return {
        "name": requirement.name,
        "proof": requirement.proof,
        "level": requirement.level,
        "products": [one.product_id for one in requirement.requirement_products.all()],
        "jobs": requirement.jobs,
        "on_lapse": requirement.on_lapse,
        "clause": requirement.clause,
        "keeps_file": requirement.keeps_file,
    }


def _jobs(scope: Scope, requirement: Requirement | None) -> list[str]:
    """Jobs as the organisations write them, each once however it is written."""
    rows = Professional.objects.visible_to(scope).order_by().values_list("role", flat=True)
    found = {job.strip().casefold(): job.strip() for job in sorted(rows.distinct())}
    found |= {job.casefold(): job for job in (requirement.jobs if requirement else ())}
    return sorted((job for job in found.values() if job), key=str.casefold)
