"""Forms with which a contract manager records what a municipal contract says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import DutchDateField, PlainForm, VolumeField
from hoofdaannemer.core.numbers import is_kvk
from hoofdaannemer.core.rowforms import RowsForm, name_of
from subcontracts.rules.upward_terms import (
    GROUPS,
    LONGEST_TEXT,
    TERMS,
    Kind,
    Term,
    Value,
    Values,
    of_group,
)
from subcontracts.services.upward_terms import Member
from subcontracts.upward_term_words import UNKNOWN

_YES_NO: Final = (("", UNKNOWN), ("yes", _("yes")), ("no", _("no")))


class TermsForm(PlainForm):
    """All terms, as they hold from a day on; what is left empty is unknown or not agreed."""

    hides_optional = True
    start_date = DutchDateField(label=_("From"))
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        help_text=_("Where it stands, such as the contract, an addendum or a letter."),
    )

    def __init__(self, *args: Any, values: Values, today: date, **kwargs: Any) -> None:
        """`values` is what holds now."""
        initial = {_key(term): _typed(term, values.get(term.name)) for term in TERMS}
        super().__init__(*args, initial={"start_date": today, **initial}, **kwargs)
        for term in TERMS:
            self.fields[_key(term)] = _field(term)

    @property
    def parts(self) -> list[tuple[str | Promise, str, list[forms.BoundField]]]:
        """The fields under their headings."""
        general = [self["start_date"], self["source"]]
        return [
            (_("This version"), "", general),
            *(
                (title, "", [self[_key(term)] for term in of_group(group)])
                for group, title in GROUPS.items()
            ),
        ]

    @property
    def terms(self) -> Mapping[str, object]:
        """What was filled in, for the service. Only after `is_valid()`."""
        return {term.name: _read(term, self.cleaned_data[_key(term)]) for term in TERMS}


def _key(term: Term) -> str:
    return f"term_{term.name}"


def _field(term: Term) -> forms.Field:
    common: dict[str, Any] = {"label": term.label, "help_text": term.help, "required": False}
    if term.kind is Kind.YES_NO:
        return forms.ChoiceField(choices=_YES_NO, **common)
    if term.kind is Kind.CHOICE:
        return forms.ChoiceField(choices=[("", UNKNOWN), *term.choices.items()], **common)
    if term.kind is Kind.CHOICES:
        return forms.MultipleChoiceField(
            choices=list(term.choices.items()), widget=forms.CheckboxSelectMultiple, **common
        )
    if term.kind in (Kind.PERCENT, Kind.NUMBER):
        percent = term.kind is Kind.PERCENT
        return VolumeField(
            decimal_places=2 if percent else 0,
            min_value=term.least,
            max_value=term.most,
            unit="%" if percent else "",
            **common,
        )
    if term.kind is Kind.TEXTS:
        common["help_text"] = _with_lines(term.help)
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
    return forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}), **common
    )


def _with_lines(text: str | Promise) -> str:
    lines = _("One on each line.")
    return f"{text} {lines}".strip()


def _typed(term: Term, value: Value | None) -> object:
    """A stored value as the field begins with it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if term.kind is Kind.TEXTS and isinstance(value, list):
        return "\n".join(value)
    return Decimal(value) if term.kind is Kind.PERCENT and isinstance(value, str) else value


def _read(term: Term, value: Any) -> object:
    """What was typed as the rule takes it."""
    if term.kind is Kind.YES_NO:
        return {"yes": True, "no": False}.get(value)
    if term.kind is Kind.TEXTS:
        return str(value).splitlines()
    return value


class ConsortiumForm(RowsForm):
    """Who bears the contract together from a day on."""

    ROW = ("name", "kvk", "share", "is_lead")
    MOST = 20
    NUMBERED = _("%(label)s (member %(number)d)")
    start_date = DutchDateField(label=_("From"))

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "name": forms.CharField(label=_("Name"), max_length=120),
            "kvk": forms.CharField(label=_("Trade register number"), max_length=8, required=False),
            "share": VolumeField(
                label=_("Share"), decimal_places=4, max_digits=7, max_value=100, unit="%"
            ),
            "is_lead": forms.BooleanField(label=_("Speaks for all"), required=False),
        }

    def clean_row(self, found: dict[str, Any], number: int) -> None:
        kvk = found.get(name_of("kvk", number))
        if kvk and not is_kvk(kvk):
            self.add_error(name_of("kvk", number), _("A trade register number has eight digits."))

    @property
    def members(self) -> list[Member]:
        """What was filled in, for the service. Only after `is_valid()`."""
        return [Member(**self.row(number)) for number in range(1, self.count + 1)]
