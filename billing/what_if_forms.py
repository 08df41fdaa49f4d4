"""The form on which a what-if is asked: the period, who, how much, and the terms of its form."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Statement, WhatIf
from billing.rules.whatif.frozen import thaw
from billing.rules.whatif.terms import COUNTED, Converted, Counted, Form, Produced, Terms
from billing.services.what_if_checks import LONGEST_NAME, MOST_MONTHS
from billing.services.what_ifs import Question
from billing.what_if_words import CONVERTED_WORDS, COUNTED_WORDS, KEY_WORDS, PER_WORDS, price_label
from hoofdaannemer.core.forms import EuroField, PlainForm, RadioCards, VolumeField
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from subcontracts.models import Subcontractor

_PERCENT: Final[dict[str, Any]] = {"decimal_places": 2, "max_digits": 7, "unit": "%"}
_HUNDRED: Final = Decimal(100)


def _share(label: Any, initial: str, help_text: Any = "") -> VolumeField:
    return VolumeField(label=label, initial=initial, max_value=100, help_text=help_text, **_PERCENT)


class WhatIfForm(PlainForm):
    """A question about the past under one other form."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Such as: half of the guidance as FTE, 2025."),
    )
    first = forms.ChoiceField(label=gettext_lazy("First month"))
    last = forms.ChoiceField(label=gettext_lazy("Last month"))
    chosen = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Subcontractors"),
        queryset=Subcontractor.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Choose none for all with a contract in the period."),
    )
    converted = forms.ChoiceField(
        label=gettext_lazy("What is converted"),
        choices=list(CONVERTED_WORDS.items()),
        widget=RadioCards,
        initial=Converted.PXQ,
    )
    share = _share(gettext_lazy("How much of it"), "100", gettext_lazy("The rest stays as it was."))

    def __init__(self, *args: Any, scope: Scope, form: Form, members: Sequence[Subcontractor] = (),
                 **kwargs: Any) -> None:  # fmt: skip
        """`members` are in a pool now: of them is asked what they produced."""
        super().__init__(*args, scope=scope, **kwargs)
        self.form, self.members = form, members
        months = _months(Month.of(scope.today).previous())
        choices = [(str(month), month_nl(month)) for month in months]
        newest = _last_closed(scope, months)
        for name, place in (("first", newest + 11), ("last", newest)):
            field: Any = self.fields[name]
            field.choices, field.initial = choices, str(months[min(place, len(months) - 1)])
        chosen: Any = self.fields["chosen"]
        chosen.queryset = (
            Subcontractor.objects.visible_to(scope)
            .filter(is_own_team=False)
            .select_related("provider_organisation")
        )
        self.fields |= _own_fields(form, members)

    def clean(self) -> dict[str, Any]:
        """The first month lies before the last (BIL-87); what FTE follow from is there (BIL-90)."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last month comes before the first one. (BIL-87)"))
        if cleaned.get("counted") == Counted.NORM and not cleaned.get("norm"):
            self.add_error("norm", _("Fill in how many euros one FTE produces in a year. (BIL-90)"))
        return cleaned

    @property
    def question(self) -> Question:
        """What was asked. Only after `is_valid()`."""
        typed = self.cleaned_data
        return Question(
            name=typed["name"],
            first=Month.parse(typed["first"]),
            last=Month.parse(typed["last"]),
            chosen=[one.pk for one in typed["chosen"]],
            terms=self._terms(typed),
        )

    def _terms(self, typed: dict[str, Any]) -> Terms:
        given: dict[str, Any] = {
            name: typed[name]
            for name in ("price", "norm", "heads", "per", "key", "nominal_days", "restart_days",
                         "base_months")
            if typed.get(name) not in (None, "")
        }  # fmt: skip
        for name in ("nominal_days", "restart_days", "base_months"):
            if name in given:
                given[name] = int(given[name])
        for name in ("start_share", "advance"):
            if typed.get(name) is not None:
                given[name] = typed[name] / _HUNDRED
        if counted := typed.get("counted"):
            given["counted"] = Counted(counted)
        return Terms(
            form=self.form,
            share=typed["share"] / _HUNDRED,
            converted=Converted(typed["converted"]),
            produced=tuple(
                Produced(one.pk, amount)
                for one in self.members
                if (amount := typed.get(f"produced_{one.pk}")) is not None
            ),
            **given,
        )


def initial_of(row: WhatIf) -> dict[str, Any]:
    """What a form begins with to ask the same again, otherwise."""
    terms = thaw(Terms, row.terms)
    produced = {f"produced_{one.party}": one.amount for one in terms.produced}
    return {
        "name": row.name,
        "first": str(Month.of(row.first_month)),
        "last": str(Month.of(row.last_month)),
        "chosen": row.chosen,
        "converted": terms.converted.value,
        "share": terms.share * _HUNDRED,
        "counted": terms.counted.value if terms.counted else "",
        "price": terms.price,
        "norm": terms.norm or None,
        "heads": terms.heads or None,
        "start_share": terms.start_share * _HUNDRED,
        "nominal_days": terms.nominal_days,
        "restart_days": terms.restart_days,
        "per": terms.per,
        "key": terms.key,
        "advance": terms.advance * _HUNDRED,
        "base_months": terms.base_months,
        **produced,
    }


def _months(last: Month) -> list[Month]:
    """Months that ended, the newest first."""
    found = [last]
    while len(found) < MOST_MONTHS:
        found.append(found[-1].previous())
    return found


def _last_closed(scope: Scope, months: Sequence[Month]) -> int:
    """The place of the last month of which there are statements: later ones are not complete."""
    rows = Statement.objects.visible_to(scope).order_by("-month")
    last = rows.values_list("month", flat=True).first()
    closed = Month.of(last) if last else months[0]
    return months.index(closed) if closed in months else 0


def _own_fields(form: Form, members: Sequence[Subcontractor]) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    if counted := COUNTED[form]:
        fields["counted"] = forms.ChoiceField(
            label=_counted_label(form),
            choices=[(one.value, COUNTED_WORDS[form, one]) for one in counted],
            widget=RadioCards,
            initial=counted[0].value,
        )
    fields |= _of_form(form)
    fields["price"] = _price(form)
    for one in members if form is Form.ADVANCE_POOL else ():
        fields[f"produced_{one.pk}"] = EuroField(
            label=_("Produced by %(name)s in the period") % {"name": one},
            required=False,
            min_value=Decimal(0),
            help_text=_("It is in a pool now, so it declares nothing. Empty: by its days of care."),
        )
    return fields


def _counted_label(form: Form) -> str:
    if form in (Form.LUMP_SUM, Form.POPULATION):
        return _("Shared out by")
    return _("Counted by")


def _price(form: Form) -> forms.Field:
    text = _("Empty for the budget-neutral price: all together cost what they did.")
    common: dict[str, Any] = {"required": False, "help_text": text}
    if form is Form.PXQ:
        return EuroField(
            label=_("Price"),
            min_value=Decimal("0.01"),
            required=False,
            help_text=_("In percent of the tariffs for volumes, else in euros a day or client. %s")
            % text,
        )
    label = price_label(Terms(form=form)) if form is not Form.CAPACITY else _("Price of one place")
    if form is Form.ADVANCE_POOL:
        return VolumeField(label=label, min_value=Decimal("0.01"), **common, **_PERCENT)
    return EuroField(label=label, min_value=Decimal("0.01"), **common)


def _of_form(form: Form) -> dict[str, forms.Field]:
    match form:
        case Form.FTE:
            norm = EuroField(
                label=_("Production of one FTE a year"),
                required=False,
                min_value=Decimal("0.01"),
                help_text=_("Needed where FTE follow from what was paid."),
            )
            return {"norm": norm}
        case Form.TRAJECTORY:
            return {
                "start_share": _share(_("Part at the start"), "60"),
                "nominal_days": VolumeField(
                    label=_("Nominal length in days"), initial="180", min_value=1, max_value=3660
                ),
                "restart_days": VolumeField(
                    label=_("Restart window in days"), initial="90", max_value=366
                ),
            }
        case Form.CAPACITY:
            per = forms.ChoiceField(label=_("The price is for"), choices=list(PER_WORDS.items()))
            return {"per": per}
        case Form.POPULATION:
            heads = VolumeField(label=_("Heads"), min_value=1, max_value=20_000_000)
            return {"heads": heads}
        case Form.ADVANCE_POOL:
            return {
                "key": forms.ChoiceField(label=_("Key"), choices=list(KEY_WORDS.items())),
                "advance": _share(_("Part in advance"), "90"),
                "base_months": VolumeField(
                    label=_("Expected by the first months"),
                    initial="3",
                    min_value=1,
                    max_value=MOST_MONTHS,
                    help_text=_("Whoever is in a pool now keeps what its contract expects."),
                ),
            }
    return {}
