"""Forms of the care chain: they read and check what is typed; services decide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.accounts.services.emergency import checked_reason
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm, RadioCards, VolumeField
from hoofdaannemer.core.numbers import is_agb, is_bsn
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from subcontracts import words
from subcontracts.models import Allocation, Placement, Product, Professional, Subcontractor
from subcontracts.rules.delivery import StopKey
from subcontracts.rules.parts import Share
from subcontracts.selectors.clients import Wanted
from subcontracts.selectors.contracts import contracted_municipalities
from subcontracts.services.answers import DISMISS_REASONS
from subcontracts.services.clients import PersonDetails
from subcontracts.services.emergency import Sought
from subcontracts.services.placements import Part
from subcontracts.services.requests import ProductDraft, Referral, RequestDraft

#: A number of an allocation or placement, or a client's own.
_EMERGENCY_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}|C-[0-9]{5,9}")


def _bsn(text: str) -> str:
    number = text.replace(" ", "").replace(".", "")
    if number and not is_bsn(number):
        raise ValidationError(_("This is not a BSN. Check the nine digits."), code="bsn")
    return number


class ClientSearchForm(PlainForm):
    """Three ways to find a client; one of them is filled in."""

    hides_optional = True
    bsn = forms.CharField(label=_("BSN"), required=False, max_length=12)
    number = forms.IntegerField(
        label=_("Allocation number"), required=False, min_value=1, max_value=999_999_999
    )
    birth_date = DutchDateField(label=_("Date of birth"), required=False)
    letters = forms.CharField(
        label=_("First three letters of the surname"), required=False, max_length=3
    )

    def clean_bsn(self) -> str:
        return _bsn(self.cleaned_data["bsn"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        by_name = bool(found.get("birth_date") or found.get("letters"))
        ways = [bool(found.get("bsn")), found.get("number") is not None, by_name]
        if not self.errors and sum(ways) != 1:
            raise ValidationError(_("Search in one way: fill in one of the three."))
        if by_name and len(found.get("letters") or "") < 3 and found.get("birth_date"):
            self.add_error("letters", _("Enter three letters, without the prefix."))
        if by_name and found.get("letters") and not found.get("birth_date"):
            self.add_error("birth_date", _("Enter the date of birth too."))
        return found

    @property
    def wanted(self) -> Wanted:
        """What to look for. Only after `is_valid()`."""
        return Wanted(
            bsn=self.cleaned_data["bsn"],
            number=self.cleaned_data["number"],
            birth_date=self.cleaned_data["birth_date"],
            letters=self.cleaned_data["letters"],
        )


class EmergencyForm(PlainForm):
    """One client and why; asked again as hidden fields on the page that confirms."""

    bsn = forms.CharField(label=_("BSN"), required=False, max_length=12)
    number = forms.CharField(
        label=_("Allocation number or client number"),
        required=False,
        max_length=12,
        help_text=_("For example 900000123 or C-00042. Fill in this or the BSN."),
    )
    reason = forms.CharField(
        label=_("Why do you need this client's data now?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At least a sentence. Contract managers read it, and it stays in the log."),
    )

    def __init__(self, *args: Any, hidden: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values() if hidden else ():
            field.widget = field.hidden_widget()

    def clean_bsn(self) -> str:
        return _bsn(self.cleaned_data["bsn"])

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"]).strip().upper()
        if number and not _EMERGENCY_NUMBER.fullmatch(number):
            raise ValidationError(
                _("Enter digits, or a client number such as C-00042."), code="number"
            )
        return number

    def clean_reason(self) -> str:
        try:
            return checked_reason(self.cleaned_data["reason"])
        except RuleError as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors and bool(found.get("bsn")) == bool(found.get("number")):
            raise ValidationError(_("Search in one way: fill in the BSN or a number."))
        return found

    @property
    def sought(self) -> Sought:
        """Whom to look for. Only after `is_valid()`."""
        number = self.cleaned_data["number"]
        return Sought(
            bsn=self.cleaned_data["bsn"],
            number=int(number) if number.isdigit() else None,
            pseudonym="" if number.isdigit() else number,
        )


class PeriodForm(PlainForm):
    """A first day and perhaps a last one."""

    start_date = DutchDateField(label=_("From"))
    end_date = DutchDateField(label=_("Up to and including"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        start, end = found.get("start_date"), found.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", _("The last day cannot be before the first."))
        return found

    @property
    def period(self) -> Period:
        """Both days included. Only after `is_valid()`."""
        return Period(self.cleaned_data["start_date"], self.cleaned_data["end_date"])


class PlaceForm(PeriodForm):
    """With whom, and which part: at first all that is left."""

    volume = VolumeField(label=_("Volume"), required=False, min_value=1)
    budget = EuroField(label=_("Budget"), required=False, min_value=Decimal("0.01"))
    subcontractor = forms.ModelChoiceField(
        queryset=Subcontractor.objects.none(), widget=forms.HiddenInput
    )
    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.none(), required=False
    )

    def __init__(
        self, *args: Any, scope: Scope, allocation: Allocation, left: Share | None, **kwargs: Any
    ) -> None:
        offered = left or Share(
            Period(allocation.start_date, allocation.end_date),
            allocation.volume,
            budget=allocation.budget,
        )
        initial = {
            "start_date": offered.period.start,
            "end_date": offered.period.end,
            "volume": offered.volume,
            "budget": offered.budget,
        }
        super().__init__(*args, scope=scope, initial=initial, **kwargs)
        self.allocation = allocation
        own = {"main_contractor": allocation.main_contractor_id}
        choice: Any = self.fields["subcontractor"]
        choice.queryset = Subcontractor.objects.visible_to(scope).filter(**own)
        if allocation.product is not None:
            del self.fields["product"]
        else:
            goods: Any = self.fields["product"]
            goods.queryset = Product.objects.visible_to(scope).filter(
                **own, family=allocation.family, category=allocation.category
            )
        for name in ("volume", "budget"):
            if getattr(allocation, name) is None:
                del self.fields[name]

    @property
    def part(self) -> Part:
        """What is placed. Only after `is_valid()`."""
        volume, budget = self.cleaned_data.get("volume"), self.cleaned_data.get("budget")
        if volume == self.allocation.volume:
            volume = None
        if budget == self.allocation.budget:
            budget = None
        period = self.period
        is_all = period == Period(self.allocation.start_date, self.allocation.end_date)
        return Part(
            period=None if is_all else period,
            volume=None if volume is None else int(volume),
            budget=budget,
            product=self.cleaned_data.get("product"),
        )


class ReasonForm(PlainForm):
    """Why, in a sentence."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class DismissForm(PlainForm):
    """Why a subcontractor's request is not sent on; nothing to say about an own one."""

    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, from_subcontractor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not from_subcontractor:
            del self.fields["reason"]
            return
        choice: Any = self.fields["reason"]
        reasons = words.rejections(DISMISS_REASONS)
        choice.choices = [("", _("Choose a reason")), *reasons]


class StartForm(PlainForm):
    """The first day of care."""

    begin = DutchDateField(label=_("First day of care"))

    def __init__(self, *args: Any, placement: Placement, today: date, **kwargs: Any) -> None:
        first = min(max(placement.start_date, date.min), today)
        super().__init__(*args, initial={"begin": first}, **kwargs)


class StopForm(PlainForm):
    """Which start ends, on which day and why."""

    begin = forms.ChoiceField(label=_("Care that began on"))
    end = DutchDateField(label=_("Last day of care"))
    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, placement: Placement, begins: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start: Any = self.fields["begin"]
        start.choices = [(day.isoformat(), f"{day:%d-%m-%Y}") for day in begins]
        reason: Any = self.fields["reason"]
        reason.choices = [("", _("Choose a reason")), *words.stop_reasons(placement.family)]

    @property
    def stop(self) -> StopKey:
        """The stop as reported. Only after `is_valid()`."""
        found = self.cleaned_data
        return StopKey(date.fromisoformat(found["begin"]), found["end"], found["reason"])


class NameProfessionalForm(PeriodForm):
    """Who delivers, and when."""

    professional = forms.ModelChoiceField(
        label=_("Who"), queryset=Professional.objects.none(), empty_label=_("Choose a person")
    )
    field_order = ("professional", "start_date", "end_date")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choice: Any = self.fields["professional"]
        choice.queryset = Professional.objects.visible_to(scope).in_force_on(scope.today)
        choice.label_from_instance = lambda row: f"{row.name} ({row.role})"


class ProfessionalForm(PeriodForm):
    """A person who works for the own organisation."""

    name = forms.CharField(label=_("Name"), max_length=80)
    role = forms.CharField(label=_("Job"), max_length=60)
    field_order = ("name", "role", "start_date", "end_date")


class LastDayForm(PlainForm):
    """The last working day."""

    last_day = DutchDateField(label=_("Last working day"))


class TariffForm(PeriodForm):
    """The price of one unit of a product."""

    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.none())
    amount = EuroField(label=_("Tariff"), decimal_places=4, min_value=0)
    field_order = ("product", "amount", "start_date", "end_date")

    def __init__(self, *args: Any, scope: Scope, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choice: Any = self.fields["product"]
        choice.queryset = products


class RequestForm(PlainForm):
    """A request for allocation after a referral: for whom, what, and who referred.

    It asks for one product or more; those after the first have fields with a number in the name,
    such as `volume_2`. What was typed stays when a product is added or taken out.
    """

    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    bsn = forms.CharField(label=_("BSN"), max_length=12)
    surname = forms.CharField(label=_("Surname"), max_length=80)
    #: Not `prefix`: that is the form's own.
    name_prefix = forms.CharField(label=_("Prefix"), max_length=10, required=False)
    initials = forms.CharField(label=_("Initials"), max_length=6)
    birth_date = DutchDateField(label=_("Date of birth"))
    sex = forms.ChoiceField(
        label=_("Sex"), choices=[("1", _("Male")), ("2", _("Female")), ("0", _("Unknown"))]
    )
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), queryset=Municipality.objects.none()
    )
    referrer_type = forms.ChoiceField(label=_("Referred by"))
    referrer_name = forms.CharField(label=_("Name of the referrer"), max_length=64, required=False)
    referrer_agb = forms.CharField(
        label=_("AGB code of the referrer"), max_length=8, required=False
    )
    guardian_known = forms.ChoiceField(
        label=_("Does the municipality know who has parental authority?"),
        help_text=_("For youth help only."),
        required=False,
        choices=[("1", _("Yes")), ("2", _("No"))],
        widget=RadioCards,
    )
    comment = forms.CharField(
        label=_("Remark"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
    PERSON = ("bsn", "surname", "name_prefix", "initials", "birth_date", "sex", "municipality")
    REFERRAL = ("referrer_type", "referrer_name", "referrer_agb", "guardian_known", "comment")
    PRODUCT = ("product", "start_date", "end_date", "volume", "frequency")
    #: More than anybody needs at once.
    MOST_PRODUCTS = 10
    #: Professional referrers: name or AGB code is asked for (CD066, CD067).
    PROFESSIONAL = ("02", "03", "04", "05")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        towns: Any = self.fields["municipality"]
        towns.queryset = contracted_municipalities(scope)
        kinds: Any = self.fields["referrer_type"]
        kinds.choices = words.referrers()
        self.count = _count_of(self.data if self.is_bound else self.initial)
        self.initial["rows"] = self.count
        for number in range(1, self.count + 1):
            self._ask_product(number)

    def _ask_product(self, number: int) -> None:
        goods = Product.objects.visible_to(self.scope)
        every: dict[str, forms.Field] = {
            "product": forms.ModelChoiceField(label=_("Product"), queryset=goods),
            "start_date": DutchDateField(label=_("From")),
            "end_date": DutchDateField(label=_("Up to and including"), required=False),
            "volume": VolumeField(label=_("Volume"), min_value=1),
            "frequency": forms.ChoiceField(
                label=_("How often"),
                choices=[("2", _("per week")), ("4", _("per month")), ("6", _("in total"))],
            ),
        }
        for name, field in every.items():
            if number > 1:
                # The list of errors names fields without the heading they stand under.
                field.label = _numbered(field.label, number)
            self.fields[_name(name, number)] = field

    @classmethod
    def retyped(cls, typed: Mapping[str, str], *, scope: Scope) -> RequestForm:
        """The form as typed, with one product more (`add`) or without one (`remove`)."""
        kept = {name: value for name, value in typed.items() if name not in ("add", "remove")}
        count = _count_of(kept)
        if "add" in typed and count < cls.MOST_PRODUCTS:
            count += 1
            for name in ("start_date", "end_date"):
                kept[_name(name, count)] = kept.get(name, "")
        removed = _digit(typed.get("remove", ""))
        if 1 <= removed <= count and count > 1:
            for name in cls.PRODUCT:
                for number in range(removed, count):
                    kept[_name(name, number)] = kept.get(_name(name, number + 1), "")
            count -= 1
        return cls(initial=kept | {"rows": str(count)}, scope=scope)

    @property
    def groups(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The products by their number, each with its fields."""
        return [
            (number, [self[_name(name, number)] for name in self.PRODUCT])
            for number in range(1, self.count + 1)
        ]

    @property
    def person(self) -> list[forms.BoundField]:
        """The fields about the client."""
        return [self[name] for name in self.PERSON]

    @property
    def referral(self) -> list[forms.BoundField]:
        """The fields about the referral, which holds for all products."""
        return [self[name] for name in self.REFERRAL]

    def clean_bsn(self) -> str:
        return _bsn(self.cleaned_data["bsn"])

    def clean_initials(self) -> str:
        return str(self.cleaned_data["initials"]).replace(".", "").replace(" ", "").upper()

    def clean_referrer_agb(self) -> str:
        agb = str(self.cleaned_data["referrer_agb"])
        if agb and not is_agb(agb):
            raise ValidationError(_("An AGB code has eight digits."))
        return agb

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        named = found.get("referrer_name") or found.get("referrer_agb")
        if found.get("referrer_type") in self.PROFESSIONAL and not named:
            self.add_error("referrer_name", _("Enter the name or the AGB code of the referrer."))
        if found.get("referrer_name") and found.get("referrer_agb"):
            self.add_error("referrer_name", _("Enter the name or the AGB code, not both."))
        for number in range(1, self.count + 1):
            self._clean_product(found, number)
        first = found.get("product")
        if first is not None and first.family == "jw" and not found.get("guardian_known"):
            self.add_error("guardian_known", _("Answer this for youth help."))
        return found

    def _clean_product(self, found: dict[str, Any], number: int) -> None:
        start, end = found.get(_name("start_date", number)), found.get(_name("end_date", number))
        if start and end and end < start:
            self.add_error(_name("end_date", number), _("The last day cannot be before the first."))
        if found.get(_name("frequency", number)) == "2" and not end:
            self.add_error(_name("end_date", number), _("A volume per week needs a last day."))
        first, product = found.get("product"), found.get(_name("product", number))
        if first and product and _belongs(first) != _belongs(product):
            self.add_error(
                _name("product", number),
                _("Choose a product under the same law as the first, or make two requests."),
            )

    @property
    def draft(self) -> RequestDraft:
        """What is asked for. Only after `is_valid()`."""
        found = self.cleaned_data
        youth = found["product"].family == "jw"
        return RequestDraft(
            person=PersonDetails(
                prefix=found["name_prefix"], **{name: found[name] for name in _PERSON}
            ),
            municipality=found["municipality"],
            products=[self._product(number) for number in range(1, self.count + 1)],
            guardian_known=found["guardian_known"] == "1" if youth else None,
            comment=found["comment"],
        )

    def _product(self, number: int) -> ProductDraft:
        found = self.cleaned_data
        asked = {name: found[_name(name, number)] for name in self.PRODUCT}
        return ProductDraft(
            **{**asked, "volume": int(asked["volume"])},
            unit=asked["product"].unit,
            referral=Referral(
                type=found["referrer_type"],
                name=found["referrer_name"],
                agb=found["referrer_agb"],
            ),
        )


_PERSON = ("bsn", "surname", "initials", "birth_date", "sex")


def _name(name: str, number: int) -> str:
    """The name of a product's field; the first product has none of the numbers."""
    return name if number == 1 else f"{name}_{number}"


def _numbered(label: Any, number: int) -> str:
    return gettext("%(label)s (product %(number)d)") % {"label": label, "number": number}


def _digit(text: object) -> int:
    typed = str(text)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0


def _count_of(typed: Mapping[str, Any]) -> int:
    """How many products the form asks for, whatever the browser sends."""
    return min(max(_digit(typed.get("rows", "")), 1), RequestForm.MOST_PRODUCTS)


def _belongs(product: Product) -> tuple[int, str]:
    """Whose product it is and under which law: one message holds one of each."""
    return product.main_contractor_id, product.family
