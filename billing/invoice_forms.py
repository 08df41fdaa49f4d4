"""Forms for invoices without a subcontract: the party, the indication, the invoice, decisions."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import Indication, InvoicingParty, ReceivedInvoice
from billing.services.indications import IndicationFacts
from billing.services.invoices import InvoicedLine, InvoiceHead
from billing.services.invoicing_parties import InvoicingTerms
from hoofdaannemer.accounts.models import Organisation
from hoofdaannemer.core.forms import (
    DutchDateField,
    EuroField,
    IbanField,
    PlainForm,
    VolumeField,
)
from hoofdaannemer.core.money import ZERO
from hoofdaannemer.core.numbers import is_agb, is_kvk
from hoofdaannemer.core.rowforms import RowsForm, name_of
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Allocation, Client, Product
from subcontracts.services.parties import ProviderDetails

_LONG: Final = forms.Textarea(attrs={"rows": 3})


def _chosen(choices: Any) -> list[tuple[str, str]]:
    return [(str(value), capfirst(str(label))) for value, label in choices]


class InvoicingPartyForm(PlainForm):
    """An organisation that is going to invoice, known by its trade register number."""

    kvk = forms.CharField(label=_("Trade register number"), max_length=8)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=_chosen(InvoicingParty.Kind.choices), widget=forms.RadioSelect
    )
    agb = forms.CharField(label=_("AGB code"), max_length=8, required=False)
    street = forms.CharField(label=_("Street and number"), max_length=80, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=7, required=False)
    city = forms.CharField(label=_("City"), max_length=60, required=False)
    payment_days = forms.IntegerField(
        label=_("Days to pay after receipt"),
        min_value=1,
        max_value=30,
        initial=30,
        help_text=_("At most 30: the law sets that (art. 6:119a BW)."),
    )
    oldest_months = forms.IntegerField(
        label=_("Months within which care is invoiced"),
        min_value=1,
        max_value=60,
        initial=6,
        help_text=_("Counted from the month of the care. What comes later waits for a decision."),
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
        names = ("kvk", "name", "agb", "street", "postcode", "city")
        found = {name: self.cleaned_data[name] for name in names}
        return ProviderDetails(**found, kind=Organisation.Kind.INSTITUTION)

    @property
    def terms(self) -> InvoicingTerms:
        """What is agreed. Only after `is_valid()`."""
        found = self.cleaned_data
        return InvoicingTerms(
            kind=InvoicingParty.Kind(found["kind"]),
            payment_days=found["payment_days"],
            oldest_months=found["oldest_months"],
        )


class _PartyForm(PlainForm):
    """Begins with whose it is."""

    party = forms.ModelChoiceField(
        label=_("Invoicing party"), queryset=InvoicingParty.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        _offer_parties(self, scope)


def _offer_parties(form: forms.Form, scope: Scope) -> None:
    field: Any = form.fields["party"]
    field.queryset = InvoicingParty.objects.visible_to(scope).select_related(
        "subcontractor__provider_organisation"
    )


class IndicationForm(_PartyForm):
    """What a party may deliver to a client, and at what price at most."""

    reference = forms.CharField(
        label=pgettext_lazy("indication", "Reference"),
        max_length=30,
        help_text=_(
            "The party writes it on its invoices, and finds it in what you send. Use no BSN."
        ),
    )
    kind = forms.ChoiceField(
        label=_("Who decided?"), choices=_chosen(Indication.Kind.choices), widget=forms.RadioSelect
    )
    client = forms.CharField(
        label=_("Client number"),
        max_length=12,
        help_text=_("Such as C-00042. You find it on the page of the client."),
    )
    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.none(), empty_label=_("Choose")
    )
    start_date = DutchDateField(label=_("From"))
    end_date = DutchDateField(label=_("Up to and including"), required=False)
    volume = VolumeField(
        label=_("Volume at most"),
        decimal_places=2,
        required=False,
        min_value=0,
        help_text=_("In units of the product. Leave empty where only the price is agreed."),
    )
    per = forms.ChoiceField(
        label=_("This volume counts"),
        choices=_chosen(Indication.Per.choices),
        widget=forms.RadioSelect,
        initial=Indication.Per.TERM,
    )
    price = EuroField(
        label=_("Price a unit at most"), decimal_places=4, max_digits=12, required=False
    )
    budget = EuroField(
        label=_("Amount at most"),
        required=False,
        help_text=_("Over the whole period. Needed for a product that is counted in euros."),
    )
    allocation = forms.IntegerField(
        label=_("Allocation number"),
        required=False,
        min_value=1,
        help_text=_(
            "Where the municipality allocated this care, as with a decision of the court. Then it"
            " is declared to the municipality too, if it pays by the unit."
        ),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = Product.objects.visible_to(scope)

    def clean_client(self) -> Client:
        number = str(self.cleaned_data["client"]).strip().upper()
        found = Client.objects.visible_to(self.scope).filter(pseudonym=number).first()
        if found is None:
            raise ValidationError(_("There is no client with this number."))
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        number, client = found.get("allocation"), found.get("client")
        if number and client:
            rows = Allocation.objects.visible_to(self.scope).live()
            found["allocation"] = rows.filter(number=number, client=client).first()
            if found["allocation"] is None:
                self.add_error("allocation", _("This client has no allocation with this number."))
        return found

    @property
    def facts(self) -> IndicationFacts:
        """What was decided, for the service. Only after `is_valid()`."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "party"}
        found["volume"] = found["volume"] or None
        return IndicationFacts(**found)


class EndIndicationForm(PlainForm):
    """From when on it is no more."""

    last_day = DutchDateField(label=_("Last day"))


class _HeadForm(PlainForm):
    """What stands above the lines of an invoice."""

    number = forms.CharField(label=_("Invoice number"), max_length=40)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=_chosen(ReceivedInvoice.Kind.choices),
        widget=forms.RadioSelect,
        initial=ReceivedInvoice.Kind.INVOICE,
    )
    invoice_date = DutchDateField(label=_("Invoice date"))
    received_date = DutchDateField(
        label=_("Received on"), help_text=_("From this day on the term to pay it runs.")
    )
    total = EuroField(label=_("Total, VAT included"), min_value=0)
    iban = IbanField(
        label=_("Account on the invoice (IBAN)"),
        required=False,
        help_text=_("It is held against the account that is known. Another is never paid to."),
    )


def _head(found: dict[str, Any]) -> InvoiceHead:
    return InvoiceHead(
        number=found["number"],
        kind=ReceivedInvoice.Kind(found["kind"]),
        invoice_date=found["invoice_date"],
        received_date=found["received_date"],
        total=found["total"],
        iban=found["iban"],
    )


class InvoiceForm(RowsForm, _HeadForm):
    """An invoice that is typed in, with as many lines as it has."""

    ROW = (*("reference", "start", "end", "quantity", "price", "amount", "vat", "credits"),)
    LIKE_BEFORE = ("start", "end")
    MOST = 40
    NUMBERED = _("%(label)s (line %(number)d)")
    party = forms.ModelChoiceField(
        label=_("Invoicing party"), queryset=InvoicingParty.objects.none(), empty_label=_("Choose")
    )
    field_order = ("rows", "party", "kind", "number")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        _offer_parties(self, scope)

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "reference": forms.CharField(
                label=_("Reference of the indication"), max_length=40, required=False
            ),
            "start": DutchDateField(label=_("From")),
            "end": DutchDateField(label=_("Up to and including")),
            "quantity": VolumeField(label=_("Quantity"), decimal_places=4, max_digits=12),
            "price": EuroField(label=_("Price"), decimal_places=4, max_digits=12, min_value=0),
            "amount": EuroField(label=_("Amount without VAT"), min_value=0),
            "vat": EuroField(label=_("VAT"), required=False, min_value=0),
            "credits": forms.CharField(
                label=_("Takes back"),
                max_length=50,
                required=False,
                help_text=_(
                    "On a credit invoice: number and line, such as 2026-17/3. A part is a smaller"
                    " quantity at the same price, or a lower amount at the difference in price."
                ),
            ),
        }

    def clean_row(self, found: dict[str, Any], number: int) -> None:
        start, end = found.get(name_of("start", number)), found.get(name_of("end", number))
        if start and end and end < start:
            self.add_error(name_of("end", number), _("The last day cannot be before the first."))
        is_credit = found.get("kind") == ReceivedInvoice.Kind.CREDIT
        if is_credit and "/" not in str(found.get(name_of("credits", number)) or ""):
            self.add_error(
                name_of("credits", number),
                _("Fill in which line it takes back, such as 2026-17/3."),
            )

    @property
    def general(self) -> list[forms.BoundField]:
        """The fields above the lines."""
        names = ("party", "kind", "number", "invoice_date", "received_date", "total", "iban")
        return [self[name] for name in names]

    @property
    def head(self) -> InvoiceHead:
        """What stands above the lines. Only after `is_valid()`."""
        return _head(self.cleaned_data)

    @property
    def lines(self) -> list[InvoicedLine]:
        """The lines. Only after `is_valid()`."""
        rows = [self.row(number) for number in range(1, self.count + 1)]
        return [InvoicedLine(**{**row, "vat": row["vat"] or ZERO}) for row in rows]


class UploadUblForm(_PartyForm):
    """An e-invoice, which says everything itself but the day on which it came."""

    received_date = DutchDateField(
        label=_("Received on"), help_text=_("From this day on the term to pay it runs.")
    )
    file = forms.FileField(
        label=_("E-invoice (XML)"),
        help_text=_("An invoice or credit note in UBL, at most 25 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,text/xml,application/xml"}),
    )


class UploadTableForm(_PartyForm, _HeadForm):
    """The lines of an invoice as a table; what stands above them is typed in."""

    field_order = ("party", "kind", "number")

    file = forms.FileField(
        label=_("Lines (CSV or Excel)"),
        help_text=_("One row a line, with the columns of the template. At most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
    )

    @property
    def head(self) -> InvoiceHead:
        """What stands above the lines. Only after `is_valid()`."""
        return _head(self.cleaned_data)


class GroundForm(PlainForm):
    """Why, in words that the party may read."""

    ground = forms.CharField(label=_("Why?"), max_length=300, widget=_LONG)
