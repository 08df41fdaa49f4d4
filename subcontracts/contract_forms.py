"""Forms with which a contract manager sets up contracts, both ways, and who and what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.forms import (
    DutchDateField,
    EuroField,
    IbanField,
    PlainForm,
    RadioCards,
    VolumeField,
)
from hoofdaannemer.core.numbers import is_agb, is_kvk
from hoofdaannemer.core.rowforms import RowsForm, name_of
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.codelists import code_list
from messaging.models import Family
from subcontracts.forms import PeriodForm
from subcontracts.models import MunicipalContract, Product, Subcontract, Subcontractor
from subcontracts.rules.csvfiles import MOST_BYTES
from subcontracts.services.contracts import MunicipalTerms, SubcontractTerms
from subcontracts.services.parties import ProviderDetails

_BUDGETS = MunicipalContract.BudgetForm
_PERCENT: dict[str, Any] = {"decimal_places": 2, "max_digits": 5, "unit": "%"}


class ProductForm(PlainForm):
    """Care that municipalities allocate, with the unit in which it is counted."""

    family = forms.ChoiceField(label=_("Law"), choices=Family.choices, widget=RadioCards)
    category = forms.CharField(
        label=_("Product category"),
        max_length=2,
        help_text=_("Two digits, as in an allocation of the municipality."),
    )
    code = forms.CharField(label=_("Product code"), max_length=5)
    name = forms.CharField(label=_("Name"), max_length=80)
    unit = forms.ChoiceField(label=_("Unit"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["unit"]
        choice.choices = [(code, entry.label) for code, entry in code_list("WJ756").codes.items()]

    def clean_category(self) -> str:
        category = str(self.cleaned_data["category"])
        if not (category.isascii() and category.isdigit() and len(category) == 2):
            raise ValidationError(_("A product category has two digits."))
        return category

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).upper()
        if not (code.isascii() and code.isalnum() and len(code) == 5):
            raise ValidationError(_("A product code has five letters or digits."))
        return code


class SharesForm(RowsForm):
    """Municipalities, each with its percent of the budget; together 100."""

    ROW = ("municipality", "share")
    MOST = 20
    NUMBERED = _("%(label)s (municipality %(number)d)")

    def row_fields(self) -> dict[str, forms.Field]:
        towns = sorted(
            ((code, entry.label) for code, entry in code_list("CBS").codes.items()),
            key=lambda one: one[1],
        )
        return {
            "municipality": forms.ChoiceField(
                label=_("Municipality"), choices=[("", _("Choose")), *towns]
            ),
            "share": VolumeField(
                label=_("Share of the budget"),
                decimal_places=4,
                max_digits=7,
                max_value=100,
                unit="%",
            ),
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        rows = range(1, self.count + 1)
        towns = [found.get(name_of("municipality", number)) for number in rows]
        for number, town in zip(rows, towns, strict=True):
            if town and towns.index(town) + 1 < number:
                self.add_error(
                    name_of("municipality", number), _("This municipality stands here already.")
                )
        shares = [found.get(name_of("share", number)) for number in rows]
        if None not in shares and sum(shares) != 100:  # type: ignore[arg-type]
            self.add_error(
                name_of("share", self.count),
                _("The shares of the municipalities must add up to 100 percent."),
            )
        return found

    @property
    def shares(self) -> dict[str, Decimal]:
        """Percent of the budget by municipality code. Only after `is_valid()`."""
        rows = (self.row(number) for number in range(1, self.count + 1))
        return {row["municipality"]: row["share"] for row in rows}


class DivisionForm(SharesForm):
    """Who shares a contract from a day on."""

    start_date = DutchDateField(
        label=_("From"), help_text=_("What was recorded for a later day holds from that day on.")
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        help_text=_("Where it stands, such as the contract, an addendum or a letter."),
    )


class MunicipalContractForm(SharesForm):
    """A task from one municipality or several, with what it covers and how it is paid."""

    CONTRACT = ("number", "name", "family", "start_date", "end_date")
    BUDGET = ("budget_form", "yearly_budget", "planned_decisions", "variable_share", "corridor")
    RELAY = (
        "relay_consent_on",
        "relay_consent_reference",
        "relay_number_first",
        "relay_number_last",
        "subcontractor_term_days",
    )

    number = forms.CharField(label=_("Contract number"), max_length=30)
    name = forms.CharField(label=_("Name"), max_length=120)
    family = forms.ChoiceField(label=_("Law"), choices=Family.choices, widget=RadioCards)
    start_date = DutchDateField(label=_("From"))
    end_date = DutchDateField(label=_("Up to and including"), required=False)
    products = forms.ModelMultipleChoiceField(
        label=_("Products that it covers"),
        queryset=Product.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    budget_form = forms.ChoiceField(
        label=_("How the municipality pays"), choices=_BUDGETS.choices, widget=RadioCards
    )
    yearly_budget = EuroField(label=_("Budget a year"), min_value=0)
    planned_decisions = VolumeField(
        label=_("Planned decisions a year"),
        required=False,
        min_value=1,
        help_text=_("Where the budget follows the number of decisions."),
    )
    variable_share = VolumeField(
        label=_("Part of the budget that follows it"), required=False, max_value=100, **_PERCENT
    )
    corridor = VolumeField(
        label=_("Difference within which nothing changes"),
        required=False,
        max_value=100,
        **_PERCENT,
    )
    relay_consent_on = DutchDateField(
        label=_("Consent to relay allocations under its code since"), required=False
    )
    relay_consent_reference = forms.CharField(
        label=_("Reference of the consent"), max_length=80, required=False
    )
    relay_number_first = VolumeField(
        label=_("First number for relayed allocations"), max_value=999_999_999, min_value=1
    )
    relay_number_last = VolumeField(label=_("Last number"), max_value=999_999_999, min_value=1)
    subcontractor_term_days = VolumeField(
        label=_("Part of each term that the subcontractor has"),
        max_value=20,
        unit=_("working days"),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choice: Any = self.fields["products"]
        choice.queryset = Product.objects.visible_to(scope)

    def fields_of(self, names: Iterable[str]) -> list[forms.BoundField]:
        """These fields, for a part of the page."""
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        start, end = found.get("start_date"), found.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", _("The last day cannot be before the first."))
        self._clean_budget(found)
        self._clean_relay(found)
        law = found.get("family")
        if any(product.family != law for product in found.get("products") or ()):
            self.add_error("products", _("Choose products under the law of the contract."))
        return found

    def _clean_budget(self, found: dict[str, Any]) -> None:
        if found.get("budget_form") == _BUDGETS.PXQ and found.get("yearly_budget"):
            text = _("All is paid by the unit, so there is no sum a year. Fill in zero.")
            self.add_error("yearly_budget", text)
        if found.get("budget_form") != _BUDGETS.LUMP_SUM_BY_DECISIONS:
            return
        for name in ("planned_decisions", "variable_share"):
            if name in found and found[name] is None:
                self.add_error(name, _("Fill this in: the budget follows the number of decisions."))

    def _clean_relay(self, found: dict[str, Any]) -> None:
        first, last = found.get("relay_number_first"), found.get("relay_number_last")
        if first and last and last < first:
            self.add_error("relay_number_last", _("The last number is below the first."))
        if found.get("relay_consent_on") and not found.get("relay_consent_reference"):
            self.add_error(
                "relay_consent_reference", _("Say in which letter or decision it stands.")
            )

    @property
    def terms(self) -> MunicipalTerms:
        """What it says. Only after `is_valid()`."""
        found = self.cleaned_data
        follows = found["budget_form"] == _BUDGETS.LUMP_SUM_BY_DECISIONS
        return MunicipalTerms(
            **{name: found[name] for name in (*self.CONTRACT, "budget_form", "yearly_budget")},
            planned_decisions=int(found["planned_decisions"]) if follows else None,
            variable_share=found["variable_share"] if follows else Decimal(0),
            corridor=(found["corridor"] or Decimal(0)) if follows else Decimal(0),
            relay_consent_on=found["relay_consent_on"],
            relay_consent_reference=found["relay_consent_reference"],
            relay_number_first=int(found["relay_number_first"]),
            relay_number_last=int(found["relay_number_last"]),
            subcontractor_term_days=int(found["subcontractor_term_days"]),
        )


class SubcontractorForm(PeriodForm):
    """An organisation that is going to work for us, known by its trade register number."""

    kvk = forms.CharField(label=_("Trade register number"), max_length=8)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (Organisation.Kind.INSTITUTION, Organisation.Kind.INSTITUTION.label),
            (Organisation.Kind.PRACTICE, Organisation.Kind.PRACTICE.label),
        ],
        widget=RadioCards,
    )
    agb = forms.CharField(
        label=_("AGB code"),
        max_length=8,
        required=False,
        help_text=_("Needed to exchange standard messages."),
    )
    street = forms.CharField(label=_("Street and number"), max_length=80, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=7, required=False)
    city = forms.CharField(label=_("City"), max_length=60, required=False)
    iban = IbanField(
        label=_("Account (IBAN)"),
        required=False,
        help_text=_("Changing it later takes two people and some days."),
    )
    account_holder = forms.CharField(label=_("In the name of"), max_length=70, required=False)
    field_order = (
        *("kvk", "name", "kind", "agb", "street", "postcode", "city"),
        *("start_date", "end_date", "iban", "account_holder"),
    )

    def clean_kvk(self) -> str:
        kvk = str(self.cleaned_data["kvk"]).strip()
        if not is_kvk(kvk):
            raise ValidationError(_("A trade register number has eight digits."))
        return kvk

    def clean_agb(self) -> str:
        agb = str(self.cleaned_data["agb"]).strip()
        if agb and not is_agb(agb):
            raise ValidationError(_("An AGB code has eight digits."))
        return agb

    @property
    def details(self) -> ProviderDetails:
        """Who it is. Only after `is_valid()`."""
        names = ("kvk", "name", "kind", "agb", "street", "postcode", "city")
        return ProviderDetails(**{name: self.cleaned_data[name] for name in names})


class SubcontractForm(PeriodForm):
    """What a subcontract says beside its funding lines and tariffs."""

    subcontractor = forms.ModelChoiceField(
        label=_("Subcontractor"), queryset=Subcontractor.objects.none()
    )
    municipal_contract = forms.ModelChoiceField(
        label=_("Under the municipal contract"), queryset=MunicipalContract.objects.none()
    )
    like = forms.ModelChoiceField(
        label=_("Like an existing contract"),
        queryset=Subcontract.objects.none(),
        required=False,
        empty_label=_("No, begin empty"),
        help_text=_(
            "Funding lines, tariffs and the ceiling come along; you can change them in the draft."
        ),
    )
    number = forms.CharField(label=_("Contract number"), max_length=30)
    consent_on = DutchDateField(
        label=_("Consent of the municipality since"),
        required=False,
        help_text=_("For whom it is needed, the terms of the municipal contract say."),
    )
    consent_reference = forms.CharField(
        label=_("Reference of the consent"), max_length=80, required=False
    )
    has_acceptance_duty = forms.BooleanField(
        label=_("The subcontractor must accept whom we place"), required=False, initial=True
    )
    reply_working_days = VolumeField(
        label=_("Silence is acceptance after"),
        unit=_("working days"),
        initial=3,
        min_value=1,
        max_value=20,
    )
    may_subcontract = forms.BooleanField(label=_("May pass care on to others"), required=False)
    may_refuse_office = forms.BooleanField(
        label=_("We may refuse an administration office that acts for the subcontractor"),
        required=False,
    )
    notice_months = VolumeField(
        label=_("Notice"), unit=_("months"), required=False, min_value=1, max_value=36
    )
    client_stop_notice_days = VolumeField(
        label=_("Notice of a client stop"),
        unit=_("days"),
        required=False,
        min_value=1,
        max_value=366,
        help_text=_("How long before its first day the subcontractor asks for it."),
    )
    inactivity_months = VolumeField(
        label=_("May end without care for"),
        unit=_("months"),
        required=False,
        min_value=1,
        max_value=60,
    )
    insured_event = EuroField(label=_("Insured an event"), required=False, min_value=0)
    insured_year = EuroField(label=_("Insured a year"), required=False, min_value=0)
    ceiling = EuroField(
        label=_("Ceiling a calendar year"),
        required=False,
        min_value=Decimal("0.01"),
        help_text=_("The most that is paid in a year; empty where none was agreed."),
    )
    ceiling_signal = VolumeField(
        label=_("Signal at which part of the ceiling"),
        unit="%",
        initial=70,
        min_value=1,
        max_value=100,
    )
    relay = forms.ChoiceField(
        label=_("How placements are passed on"),
        choices=Subcontract.Relay.choices,
        initial=Subcontract.Relay.PORTAL,
        widget=RadioCards,
    )
    PARTIES = ("subcontractor", "municipal_contract", "like", "number")
    PERIOD = (
        *("start_date", "end_date", "notice_months", "client_stop_notice_days"),
        "inactivity_months",
    )
    CONSENT = ("consent_on", "consent_reference", "may_subcontract", "may_refuse_office")
    CARE = ("has_acceptance_duty", "reply_working_days", "relay")
    MONEY: tuple[str, ...] = ("ceiling", "ceiling_signal", "insured_event", "insured_year")
    NO_TERMS: tuple[str, ...] = ("subcontractor", "municipal_contract", "like")
    _WHOLE = (
        *("notice_months", "client_stop_notice_days", "inactivity_months"),
        *("ceiling_signal", "reply_working_days"),
    )

    def __init__(
        self, *args: Any, scope: Scope, subcontract: Subcontract | None = None, **kwargs: Any
    ) -> None:
        """`subcontract` is the draft that is changed; its parties and relay stay."""
        super().__init__(*args, scope=scope, **kwargs)
        if subcontract is not None:
            for name in ("subcontractor", "municipal_contract", "like", "relay"):
                del self.fields[name]
            return
        rows: dict[str, QuerySet[Any]] = {
            "subcontractor": Subcontractor.objects.visible_to(scope)
            .filter(is_own_team=False)
            .select_related("provider_organisation"),
            "municipal_contract": MunicipalContract.objects.visible_to(scope),
            "like": Subcontract.objects.visible_to(scope).select_related("provider_organisation"),
        }
        for name, queryset in rows.items():
            choice: Any = self.fields[name]
            choice.queryset = queryset
        like: Any = self.fields["like"]
        like.label_from_instance = lambda row: f"{row.number} · {row.provider_organisation.name}"

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        headings = (
            (_("Parties"), self.PARTIES),
            (_("Period and notice"), self.PERIOD),
            (_("Consent"), self.CONSENT),
            (_("Placing"), self.CARE),
            (_("Money"), self.MONEY),
        )
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in headings
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        like, upper = found.get("like"), found.get("municipal_contract")
        if like and upper and like.municipal_contract_id != upper.pk:
            self.add_error("like", _("Choose one under the same municipal contract."))
        return found

    def said(self) -> dict[str, Any]:
        """Each term that was asked, by its name. Only after `is_valid()`."""
        names = self.cleaned_data.keys() - {*self.NO_TERMS}
        found = {name: self.cleaned_data[name] for name in names}
        for name in self._WHOLE:
            found[name] = None if found[name] is None else int(found[name])
        return found

    @property
    def terms(self) -> SubcontractTerms:
        """What it says. Only after `is_valid()`."""
        return SubcontractTerms(**self.said())


class FilledFileForm(PlainForm):
    """A table that was filled in, CSV or a spreadsheet."""

    file = forms.FileField(
        label=_("File (CSV or Excel)"),
        help_text=_("At most 2 MB, with the columns of the template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_file(self) -> bytes:
        """The bytes; a file that is too large is not read."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 2 MB. Split it."), code="CSV-01")
        content: bytes = upload.read()
        return content
