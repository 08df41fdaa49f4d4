"""Forms of tariff rounds: the proposal, reactions on it, answers, and what is decided about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.forms import DutchDateField, PlainForm, VolumeField
from subcontracts.buildup_words import value_text
from subcontracts.index_words import price_text
from subcontracts.models import BuildupParameter, TariffBuildup, TariffReaction, TariffRoundLine
from subcontracts.services.tariff_reactions import ReactionFacts
from subcontracts.services.tariff_rounds import RoundFacts
from subcontracts.words import tariff_text

_SETTLED = TariffBuildup.Status.SETTLED


def _with_tariff(row: TariffBuildup) -> str:
    price = "–" if row.amount is None else tariff_text(row.amount, row.unit)
    return f"{row} · {price}"


class TariffRoundForm(PlainForm):
    """What is proposed to whom, until when they react, and from when it would hold."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    effective_date = DutchDateField(label=gettext_lazy("The tariffs hold from"))
    closes_on = DutchDateField(label=gettext_lazy("Reactions until"))
    text = forms.CharField(
        label=gettext_lazy("Explanation"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Subcontractors read this above the proposal."),
    )
    buildups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("What is proposed"),
        queryset=TariffBuildup.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Settled versions, one for each product."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["buildups"]
        rows = TariffBuildup.objects.visible_to(self.scope).filter(status=_SETTLED)
        choice.queryset = rows.select_related("product")
        choice.label_from_instance = _with_tariff

    @property
    def values(self) -> dict[str, Any]:
        """For `tariff_rounds.prepare`. Only after `is_valid()`."""
        found = dict(self.cleaned_data)
        buildups = list(found.pop("buildups"))
        return {"facts": RoundFacts(**found), "buildups": buildups}


class ReactionForm(PlainForm):
    """Three fields for the tariff as a whole, and for each parameter of the proposal."""

    hides_optional = True

    def __init__(self, *args: Any, line: TariffRoundLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        rows = BuildupParameter.objects.visible_to(self.scope).filter(buildup=line.proposed_id)
        self.parameters = list(rows)
        known = {
            one.parameter_id: one
            for one in TariffReaction.objects.visible_to(self.scope).filter(line=line)
        }
        for key, parameter in self._subjects():
            said = known.get(parameter.pk if parameter else None)
            self._ask(key, said)

    def _subjects(self) -> Iterator[tuple[str, BuildupParameter | None]]:
        yield "whole", None
        for one in self.parameters:
            yield str(one.pk), one

    def _ask(self, key: str, said: TariffReaction | None) -> None:
        stances = [(value, capfirst(str(text))) for value, text in TariffReaction.Stance.choices]
        self.fields[f"stance_{key}"] = forms.ChoiceField(
            label=_("Your reaction"),
            required=False,
            choices=[("", _("No reaction")), *stances],
            initial=said.stance if said else "",
        )
        self.fields[f"value_{key}"] = VolumeField(
            label=_("Other value"),
            required=False,
            decimal_places=4,
            max_digits=12,
            initial=said.value if said else None,
        )
        self.fields[f"reason_{key}"] = forms.CharField(
            label=_("Reason or comment"),
            required=False,
            max_length=500,
            initial=said.reason if said else "",
        )

    @property
    def parts(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields under what they are about, the tariff as a whole first."""
        names = ("stance", "value", "reason")
        return [
            (*self._heading(parameter), [self[f"{name}_{key}"] for name in names])
            for key, parameter in self._subjects()
        ]

    @property
    def is_about_lines(self) -> bool:
        """Whether something is said of a line, so that the lines stand open."""
        return any(self[f"stance_{one.pk}"].value() for one in self.parameters)

    def _heading(self, parameter: BuildupParameter | None) -> tuple[str, str]:
        if parameter is None:
            amount = self.line.proposed.amount
            price = "–" if amount is None else price_text(amount)
            return _("The tariff as a whole: %(price)s") % {"price": price}, ""
        value = value_text(parameter.kind, parameter.value)
        return f"{parameter.name}: {value}", f"{parameter.get_kind_display()} · {parameter.source}"

    @property
    def said(self) -> list[ReactionFacts]:
        """For `tariff_reactions.react`. Only after `is_valid()`."""
        found = self.cleaned_data
        return [
            ReactionFacts(
                stance=found[f"stance_{key}"],
                parameter=parameter,
                value=found[f"value_{key}"],
                reason=found[f"reason_{key}"],
            )
            for key, parameter in self._subjects()
            if found[f"stance_{key}"]
        ]

    def clean(self) -> dict[str, Any]:
        """What belongs to a reaction, said at its own field (CON-119)."""
        found = super().clean() or self.cleaned_data
        for key, _parameter in self._subjects():
            stance = found.get(f"stance_{key}")
            if stance == TariffReaction.Stance.OTHER and found.get(f"value_{key}") is None:
                self.add_error(f"value_{key}", _("Enter the other value."))
            is_bare = stance in (TariffReaction.Stance.OTHER, TariffReaction.Stance.COMMENT)
            if is_bare and not str(found.get(f"reason_{key}") or "").strip():
                self.add_error(f"reason_{key}", _("Write why, so that it can be weighed."))
        return found


class ExtendForm(PlainForm):
    """Until when subcontractors may react."""

    closes_on = DutchDateField(label=gettext_lazy("Reactions until"))


class AnswerForm(PlainForm):
    """What is done with one reaction."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The subcontractor reads this beside its reaction."),
    )


class AdjustForm(PlainForm):
    """The version that is decided about, and what was done with the reactions."""

    final = forms.ModelChoiceField(
        label=gettext_lazy("Decide about"), queryset=TariffBuildup.objects.none()
    )
    explanation = forms.CharField(
        label=gettext_lazy("What we did with the reactions"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Published with the tariff. Name no subcontractor."),
    )

    def __init__(self, *args: Any, line: TariffRoundLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        final: Any = self.fields["final"]
        rows = TariffBuildup.objects.visible_to(self.scope).filter(
            product=line.product_id, status=_SETTLED
        )
        final.queryset = rows.select_related("product")
        final.label_from_instance = _with_tariff
