"""Forms of the pages: the month of a practice, FTE rows, upload of a declaration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.findings import EUROS, sentence
from billing.models import MonthDraft
from billing.rules.sentences import WORDS
from billing.selectors.month_cards import Card
from billing.selectors.month_totals import MINUTES, Filled
from billing.services.month_page import Entry
from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm, Switch, VolumeField
from hoofdaannemer.core.money import format_euro
from subcontracts.models import FundingLine, PlacementProfessional
from subcontracts.words import volume_text


@dataclass(frozen=True)
class CardRow:
    """A card with its bound fields and what was said of it."""

    card: Card
    volume: BoundField
    is_without_care: BoundField
    no_care: BoundField
    workers: Sequence[BoundField]
    sentences: Sequence[str]
    filled: Filled

    @property
    def anchor(self) -> str:
        """The id of the card's heading, for links to it."""
        return f"card-{self.card.placement.pk}"

    @property
    def has_errors(self) -> bool:
        """Whether one of its fields was refused."""
        fields = (self.volume, self.is_without_care, self.no_care, *self.workers)
        return any(field.errors for field in fields)

    @property
    def approved_text(self) -> str:
        """What was approved before, in words."""
        if not self.card.approved or self.sentences:
            return ""
        line = self.card.approved
        shown = {
            "volume": volume_text(line.volume, line.unit),
            "amount": format_euro(line.amount),
        }
        if self.card.amount(line.volume) is None:
            return _("Approved: %(volume)s.") % shown
        return _("Approved: %(volume)s, %(amount)s.") % shown

    @property
    def no_care_text(self) -> str:
        """Why there was no care, where that was kept and nothing was approved."""
        if self.card.approved or not (self.card.draft and self.card.no_care):
            return ""
        return _("No care this month: %(reason)s.") % {
            "reason": self.card.draft.get_no_care_display()
        }

    @property
    def is_settled(self) -> bool:
        """Whether it stands as it was approved or kept, so that the field can step back."""
        if self.sentences or self.has_errors:
            return False
        if self.no_care_text:
            return self.filled.is_without_care
        approved = self.card.approved
        is_same = approved and self.filled.volume == approved.volume
        return bool(is_same and not self.filled.is_without_care)

    @property
    def amount(self) -> Decimal | None:
        """Euros for the number in the field."""
        return self.card.amount(self.filled.volume or 0)


class MonthForm(PlainForm):
    """One number or reason a card; fields are named after the placement.

    With `is_final` every card needs the one or the other (BIL-52).
    """

    #: Each card wants an answer, though it may be given later.
    hides_optional = True

    def __init__(
        self, *args: Any, cards: Sequence[Card], is_final: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cards = cards
        self.is_final = is_final
        for card in cards:
            pk = card.placement.pk
            volume = _volume_field(card, card.volume)
            volume.help_text = card.last_month
            volume.widget.attrs |= _for_script(card)
            self.fields[f"volume_{pk}"] = volume
            self.fields[f"none_{pk}"] = forms.BooleanField(
                label=_("No care this month"),
                required=False,
                initial=bool(card.no_care),
                widget=Switch(),
            )
            self.fields[f"no_care_{pk}"] = forms.ChoiceField(
                label=_("Why was there no care?"),
                choices=[("", _("Choose a reason")), *MonthDraft.NoCare.choices],
                required=False,
                initial=card.no_care,
            )
            for one in _asked_for(card):
                field = _volume_field(card, card.workers.get(one.professional_id))
                field.label = _("Of which by %(name)s") % {"name": one.professional.name}
                self.fields[f"worker_{pk}_{one.professional_id}"] = field

    def clean(self) -> dict[str, Any]:
        """No care needs a reason; when it is handed in, every card needs a number or none."""
        cleaned = super().clean() or self.cleaned_data
        for card in self.cards:
            pk = card.placement.pk
            if cleaned.get(f"none_{pk}"):
                if not cleaned.get(f"no_care_{pk}"):
                    self.add_error(f"no_care_{pk}", _("Choose why there was no care."))
            elif self.is_final and cleaned.get(f"volume_{pk}", 0) is None:
                self.add_error(
                    f"volume_{pk}",
                    _("Fill in a number, or switch on that there was no care. (BIL-52)"),
                )
            self._check_workers(card, cleaned)
        return cleaned

    def _check_workers(self, card: Card, cleaned: dict[str, Any]) -> None:
        volume = cleaned.get(f"volume_{card.placement.pk}")
        typed = [cleaned.get(name) or 0 for name in self._worker_names(card)]
        if volume is not None and sum(typed) > volume:
            self.add_error(
                f"volume_{card.placement.pk}",
                _("The professionals together have more than this number. (BIL-30)"),
            )

    @property
    def entries(self) -> dict[int, Entry]:
        """What was typed, by placement; without the cards in which something is wrong.

        And without those that were not on the page: it may be one of another practice, which an
        office left open, or be older than a placement.
        """
        return {
            card.placement.pk: self._entry(card)
            for card in self.cards
            if self._was_shown(card) and not self.errors.keys() & set(self._names(card))
        }

    def _was_shown(self, card: Card) -> bool:
        """Whether the number of a card came along: an empty one does as well."""
        return f"volume_{card.placement.pk}" in self.data

    def _entry(self, card: Card) -> Entry:
        pk = card.placement.pk
        if self.cleaned_data[f"none_{pk}"]:
            return Entry(no_care=self.cleaned_data[f"no_care_{pk}"])
        workers = {
            one.professional_id: _stored(card, typed)
            for one in card.named
            if (typed := self.cleaned_data.get(f"worker_{pk}_{one.professional_id}"))
        }
        typed = self.cleaned_data[f"volume_{pk}"]
        return Entry(None if typed is None else _stored(card, typed), workers=workers)

    def _names(self, card: Card) -> list[str]:
        """The fields of a card: number, switch, reason, and then of each professional."""
        pk = card.placement.pk
        return [f"volume_{pk}", f"none_{pk}", f"no_care_{pk}", *self._worker_names(card)]

    def _worker_names(self, card: Card) -> list[str]:
        return [name for name in self.fields if name.startswith(f"worker_{card.placement.pk}_")]

    def rows(self, said: dict[int, Sequence[str]] | None = None) -> Iterator[CardRow]:
        """The cards with their fields; `said` are sentences by placement of a check."""
        for card in self.cards:
            sentences = _rejection(card) if said is None else said.get(card.placement.pk, ())
            volume, none, no_care, *workers = (self[name] for name in self._names(card))
            yield CardRow(card, volume, none, no_care, workers, sentences, self._filled(card))

    def _filled(self, card: Card) -> Filled:
        """What stands in the fields of a card, as far as it can be read."""
        pk = card.placement.pk
        if not self.is_bound:
            return Filled(card, card.volume, bool(card.no_care))
        self.errors  # noqa: B018  (cleans once, where nobody asked before)
        typed = self.cleaned_data.get(f"volume_{pk}")
        volume = None if typed is None else _stored(card, typed)
        return Filled(card, volume, bool(self.cleaned_data.get(f"none_{pk}")))


def _asked_for(card: Card) -> Sequence[PlacementProfessional]:
    """Who did it is asked where more than one could have, and where it was told before."""
    return card.named if len(card.named) > 1 or card.workers else ()


def _volume_field(card: Card, initial: int | None) -> forms.Field:
    if card.unit == EUROS:
        value = None if initial is None else Decimal(initial) / 100
        return EuroField(label=_("Amount this month"), required=False, initial=value)
    unit = str(WORDS.get(f"unit.{card.unit}", ""))
    return VolumeField(label=_("Delivered this month"), unit=unit, required=False, initial=initial)


def _for_script(card: Card) -> dict[str, str]:
    """What `billing/month.js` adds up and checks while one types.

    The rate is in hundredths of a cent, the cap in the unit of the field.
    """
    attributes = {"data-unit": card.unit, "data-minutes": str(MINUTES.get(card.unit, 0))}
    if card.rate:
        price, units = card.rate
        attributes |= {"data-rate": f"{price * 10_000:.0f}", "data-per": str(units)}
        attributes |= {"data-part": str(card.paid_part)}
    if card.cap is not None:
        attributes |= {"data-cap": str(card.cap), "data-too-much": card.too_much}
    return attributes


def _stored(card: Card, typed: Decimal) -> int:
    return int(typed * 100) if card.unit == EUROS else int(typed)


def _rejection(card: Card) -> Sequence[str]:
    """Why the newest line of the month was rejected, until something new is handed in."""
    if not card.rejected:
        return ()
    return [sentence(one.rule, one.facts) for one in card.rejected.findings.all()]


class AssessmentForm(PlainForm):
    """What was established of a line: euros, a day and why."""

    amount = EuroField(label="", min_value=Decimal(0))
    day = DutchDateField(label=gettext_lazy("Decided on"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The subcontractor reads it. Name no clients."),
    )

    def __init__(self, *args: Any, line: FundingLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        agreed = format_euro(Decimal(str(line.parameters["amount"])))
        if line.form == FundingLine.Form.BONUS:
            amount.label = _("Granted")
            amount.help_text = _("At most %(amount)s. Nothing is 0.") % {"amount": agreed}
        else:
            amount.label = _("Established costs")
            amount.help_text = _("What is above %(amount)s is not paid.") % {"amount": agreed}
