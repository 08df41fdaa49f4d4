"""The form of a funding line, made from what its funding form asks of a contract."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.forms import EuroField, VolumeField
from hoofdaannemer.core.periods import Period
from subcontracts import words
from subcontracts.forms import PeriodForm
from subcontracts.funding_words import EXPLANATIONS, effect_text
from subcontracts.models import FundingLine, Product, Subcontract
from subcontracts.rules.funding import EFFECTS_KEY, general_effects
from subcontracts.rules.funding_parameters import (
    ENDS,
    PARAMETERS,
    PLACES,
    Kind,
    Parameter,
    Products,
    products_of,
)
from subcontracts.rules.funding_roles import LONGEST, ROLES_KEY, roles_of
from subcontracts.rules.funding_roles import MOST as MOST_ROLES
from subcontracts.rules.trajectory_ends import Effect
from subcontracts.services.contracts import LineTerms

_UNITS: dict[Kind, str | Promise] = {
    Kind.PERCENT: "%",
    Kind.DAYS: gettext_lazy("days"),
    Kind.FTE: gettext_lazy("FTE"),
}


class FundingLineForm(PeriodForm):
    """One way of paying for some products, under the parameters of its form."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    products = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Products that it pays"),
        queryset=Product.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("name", "products", "start_date", "end_date")

    def __init__(
        self,
        *args: Any,
        subcontract: Subcontract,
        form: str,
        line: FundingLine | None = None,
        **kwargs: Any,
    ) -> None:
        """`line` is the one that is changed."""
        self.form = form
        self.family = subcontract.municipal_contract.family
        initial = _initial(subcontract, form, line)
        super().__init__(*args, initial=initial, **kwargs)
        self._offer_products(subcontract)
        if form in ENDS:
            self.fields["end_date"].required = True
        for parameter in PARAMETERS[form]:
            self.fields[_key(parameter.name)] = _field(parameter)
        if form == FundingLine.Form.TRAJECTORY:
            self._ask_effects()
        if form == FundingLine.Form.FTE:
            self._ask_roles()

    def _ask_roles(self) -> None:
        """Rows for roles; with them the FTE and price of the line follow, and stay empty."""
        for name in ("fte", "price"):
            self.fields[_key(name)].required = False
        for number in range(1, MOST_ROLES + 1):
            numbered = {"number": number}
            self.fields[f"role_{number}"] = forms.CharField(
                label=_("Role %(number)s") % numbered, max_length=LONGEST, required=False
            )
            self.fields[f"role_fte_{number}"] = VolumeField(
                label=_("FTE of role %(number)s") % numbered,
                unit=_("FTE"),
                decimal_places=PLACES[Kind.FTE],
                min_value=0,
                required=False,
            )
            self.fields[f"role_price_{number}"] = EuroField(
                label=_("Price of one FTE of role %(number)s a year") % numbered,
                min_value=0,
                required=False,
            )

    @property
    def _roles(self) -> list[dict[str, object]]:
        """What was typed of roles; a row that was left empty is none."""
        found = self.cleaned_data
        rows = [
            {
                "role": found.get(f"role_{number}"),
                "fte": found.get(f"role_fte_{number}"),
                "price": found.get(f"role_price_{number}"),
            }
            for number in range(1, MOST_ROLES + 1)
        ]
        return [row for row in rows if any(value not in (None, "") for value in row.values())]

    def _offer_products(self, subcontract: Subcontract) -> None:
        wanted = products_of(self.form)
        if wanted is Products.NONE:
            del self.fields["products"]
            return
        choice: Any = self.fields["products"]
        choice.required = wanted is Products.NEEDED
        choice.queryset = Product.objects.filter(
            pk__in=subcontract.municipal_contract.products.values("product")
        )

    def _ask_effects(self) -> None:
        for reason, effect in general_effects(self.family).items():
            general = _("as usual: %(effect)s") % {"effect": effect_text(effect)}
            self.fields[_effect_key(reason)] = forms.ChoiceField(
                label=_("Ends with “%(reason)s”")
                % {"reason": words.stop_reason_text(self.family, reason)},
                required=False,
                choices=[("", general), *((one.value, effect_text(one)) for one in Effect)],
            )

    @property
    def parts(self) -> list[tuple[Any, str, list[forms.BoundField]]]:
        """The fields under their headings, each with an explanation."""
        general = [self[name] for name in self.field_order if name in self.fields]
        own = [self[_key(parameter.name)] for parameter in PARAMETERS[self.form]]
        ends = [self[name] for name in self.fields if name.startswith("effect_")]
        title = capfirst(str(FundingLine.Form(self.form).label))
        parts: list[tuple[Any, str, list[forms.BoundField]]] = [
            (_("What it pays"), "", general),
            (title, str(EXPLANATIONS[self.form]), own),
            (
                _("What an early stop settles at"),
                _("Change only what this contract settles otherwise."),
                ends,
            ),
        ]
        return [part for part in parts if part[2]]

    @property
    def folded(self) -> list[tuple[Any, str, list[forms.BoundField], bool]]:
        """What few contracts say, with a heading, and whether something of it is filled in."""
        roles = [self[name] for name in self.fields if name.startswith("role_")]
        if not roles:
            return []
        hint = _(
            "A role counts who has a job of this name in the FTE report. Leave the agreed"
            " FTE and the price above empty: they follow from the roles."
        )
        is_said = any(one.value() for one in roles)
        return [(_("Roles, where the contract names them"), hint, roles, is_said)]

    @property
    def terms(self) -> LineTerms:
        """What it says. Only after `is_valid()`."""
        found = self.cleaned_data
        parameters = {
            parameter.name: found[_key(parameter.name)] for parameter in PARAMETERS[self.form]
        }
        effects = {
            name.removeprefix("effect_"): value
            for name, value in found.items()
            if name.startswith("effect_") and value
        }
        if effects:
            parameters[EFFECTS_KEY] = effects
        if roles := self._roles:
            parameters[ROLES_KEY] = roles
        return LineTerms(
            name=found["name"],
            form=self.form,
            period=Period(found["start_date"], found["end_date"]),
            products=list(found.get("products", ())),
            parameters=parameters,
        )


def _key(name: str) -> str:
    return f"parameter_{name}"


def _effect_key(reason: str) -> str:
    return f"effect_{reason}"


def _initial(subcontract: Subcontract, form: str, line: FundingLine | None) -> dict[str, Any]:
    if line is None:
        usual = {_key(one.name): _typed(one, one.initial) for one in PARAMETERS[form]}
        return usual | {
            "name": FundingLine.Form(form).label,
            "start_date": subcontract.start_date,
            "end_date": subcontract.end_date,
        }
    stored = line.parameters
    known = {_key(one.name): _typed(one, stored.get(one.name)) for one in PARAMETERS[form]}
    ends = {_effect_key(reason): effect for reason, effect in stored.get(EFFECTS_KEY, {}).items()}
    return (
        known
        | ends
        | _initial_roles(line)
        | {
            "name": line.name,
            "start_date": line.start_date,
            "end_date": line.end_date,
            "products": [row.product_id for row in line.line_products.all()],
        }
    )


def _initial_roles(line: FundingLine) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, role in enumerate(roles_of(line.parameters), start=1):
        found |= {
            f"role_{number}": role.name,
            f"role_fte_{number}": role.fte,
            f"role_price_{number}": role.price,
            _key("fte"): None,
            _key("price"): None,
        }
    return found


def _typed(parameter: Parameter, value: str | bool | None) -> Decimal | str | bool | None:
    if parameter.kind is Kind.YES_NO:
        return bool(value)
    if parameter.kind not in PLACES:
        return value
    return None if value is None else Decimal(value)


def _field(parameter: Parameter) -> forms.Field:
    common: dict[str, Any] = {
        "label": parameter.label,
        "help_text": parameter.help,
        "required": parameter.is_required,
    }
    if parameter.kind is Kind.YES_NO:
        return forms.BooleanField(**common)
    if parameter.kind is Kind.CHOICE:
        return forms.ChoiceField(choices=parameter.choices, **common)
    if parameter.kind is Kind.TEXT:
        return forms.CharField(max_length=parameter.longest, **common)
    common |= {"min_value": parameter.least, "max_value": parameter.most}
    if parameter.kind is Kind.EUROS:
        return EuroField(**common)
    places, unit = PLACES[parameter.kind], _UNITS.get(parameter.kind, "")
    return VolumeField(decimal_places=places, unit=unit, **common)
