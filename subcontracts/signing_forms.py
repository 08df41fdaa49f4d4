"""What both parties signed: a contract on offer, or an amendment of one that runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm
from hoofdaannemer.core.scope import Scope
from subcontracts.contract_forms import SubcontractForm
from subcontracts.models import Subcontract
from subcontracts.services.amending import Amendment
from subcontracts.services.contract_life import MOST_BYTES, Signature
from subcontracts.services.contracts import SubcontractTerms

_OWN = ("agreed_on", "reason", "for_us", "for_them", "file")


class SignForm(PlainForm):
    """The contract as both parties signed it."""

    for_us = forms.CharField(label=_("Signed for us by"), max_length=120)
    for_them = forms.CharField(label=_("Signed for the subcontractor by"), max_length=120)
    file = forms.FileField(
        label=_("The signed contract (PDF)"),
        help_text=_("At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    @property
    def signature(self) -> Signature:
        """Who signed, and the file. Only after `is_valid()`."""
        return _signature(self.cleaned_data)


class BeginForm(PlainForm):
    """Letting a contract begin; where it leaves gaps, somebody says that they are known."""

    gaps_known = forms.BooleanField(
        label=_("These gaps are known"),
        help_text=_("They stay on the pages of the contract and of dates while they last."),
    )

    def __init__(self, *args: Any, asks_gaps: bool, **kwargs: Any) -> None:
        """`asks_gaps`: whether there are any."""
        super().__init__(*args, **kwargs)
        if not asks_gaps:
            del self.fields["gaps_known"]


def _signature(found: Mapping[str, Any]) -> Signature:
    # One byte more than is taken, so that the service sees a file that is too large.
    file = found["file"].read(MOST_BYTES + 1)
    return Signature(for_us=found["for_us"], for_them=found["for_them"], file=file)


class AmendmentForm(SubcontractForm):
    """The terms as they are, to change; when and why; and perhaps the signed amendment."""

    NO_TERMS = (*SubcontractForm.NO_TERMS, *_OWN)
    MONEY = ("ceiling", "ceiling_from", *SubcontractForm.MONEY[1:])

    ceiling_from = DutchDateField(
        label=_("Another ceiling holds from"),
        required=False,
        help_text=_(
            "The earlier one is kept. Of a calendar year the last that holds in it counts."
        ),
    )

    agreed_on = DutchDateField(label=_("Agreed on"))
    reason = forms.CharField(
        label=_("Why it is amended"),
        max_length=200,
        help_text=_("The subcontractor reads this beside the version."),
    )
    for_us = forms.CharField(label=_("Signed for us by"), max_length=120, required=False)
    for_them = forms.CharField(
        label=_("Signed for the subcontractor by"), max_length=120, required=False
    )
    file = forms.FileField(
        label=_("The signed amendment (PDF)"),
        required=False,
        help_text=_("At most 10 MB. Leave these three empty where nothing was signed."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def __init__(self, *args: Any, scope: Scope, subcontract: Subcontract, **kwargs: Any) -> None:
        """`subcontract` runs; its number and first day stay."""
        super().__init__(*args, scope=scope, subcontract=subcontract, **kwargs)
        self.subcontract = subcontract
        for name in ("number", "start_date"):
            del self.fields[name]

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, those of the amendment last."""
        terms = [(title, fields) for title, fields in super().parts if fields]
        return [*terms, (_("Amendment"), [self[name] for name in _OWN])]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        signed = [bool(found.get(name)) for name in ("for_us", "for_them", "file")]
        if any(signed) and not all(signed):
            raise ValidationError(
                _("Fill in both names and the file of what was signed, or none of them.")
            )
        return found

    @property
    def amendment(self) -> Amendment:
        """What was filled in. Only after `is_valid()`."""
        found = self.cleaned_data
        return Amendment(
            terms=SubcontractTerms(
                number=self.subcontract.number,
                start_date=self.subcontract.start_date,
                **self.said(),
            ),
            agreed_on=found["agreed_on"],
            reason=found["reason"],
            signature=_signature(found) if found["file"] else None,
        )
