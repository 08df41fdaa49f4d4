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

from billing.findings import EUROS, sentence, volume_text
from billing.models import MonthDraft
from billing.rules.explain import WORDS
from billing.selectors.month_cards import Card
from billing.services.month_page import Entry
from hoofdaannemer.core.forms import EuroField, PlainForm, VolumeField
from messaging.istandaard import MAX_BYTES
from subcontracts.models import Professional


@dataclass(frozen=True)
class CardRow:
    """A card with its bound fields and what was said of it."""

    card: Card
    volume: BoundField
    no_care: BoundField
    workers: Sequence[BoundField]
    sentences: Sequence[str]

    @property
    def approved_text(self) -> str:
        """What was approved before, in words."""
        if not self.card.approved or self.sentences:
            return ""
        line = self.card.approved
        return _("Approved: %(volume)s.") % {"volume": volume_text(line.volume, line.unit)}


class MonthForm(PlainForm):
    """One number or reason a card; fields are named after the placement."""

    def __init__(self, *args: Any, cards: Sequence[Card], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cards = cards
        for card in cards:
            pk = card.placement.pk
            self.fields[f"volume_{pk}"] = _volume_field(card, card.volume)
            self.fields[f"no_care_{pk}"] = forms.ChoiceField(
                label=_("No care this month"),
                choices=[("", _("there was care")), *MonthDraft.NoCare.choices],
                required=False,
                initial=card.no_care,
            )
            # Who did it is asked only where more than one could have.
            for one in card.named if len(card.named) > 1 else ():
                field = _volume_field(card, None)
                field.label = _("Of which by %(name)s") % {"name": one.professional.name}
                self.fields[f"worker_{pk}_{one.professional_id}"] = field

    def clean(self) -> dict[str, Any]:
        """A number and a reason for no care exclude each other."""
        cleaned = super().clean() or self.cleaned_data
        for card in self.cards:
            pk = card.placement.pk
            volume, reason = cleaned.get(f"volume_{pk}"), cleaned.get(f"no_care_{pk}")
            # Prefilled with last month's number: the reason that was chosen counts.
            if reason and volume and f"volume_{pk}" in self.changed_data:
                self.add_error(
                    f"no_care_{pk}", _("Give a number, or say that there was no care; not both.")
                )
        return cleaned

    @property
    def entries(self) -> dict[int, Entry]:
        """What was typed, by placement."""
        return {card.placement.pk: self._entry(card) for card in self.cards}

    def _entry(self, card: Card) -> Entry:
        pk = card.placement.pk
        reason = self.cleaned_data[f"no_care_{pk}"]
        if reason:
            return Entry(no_care=reason)
        workers = {
            one.professional_id: _stored(card, typed)
            for one in card.named
            if (typed := self.cleaned_data.get(f"worker_{pk}_{one.professional_id}"))
        }
        typed = self.cleaned_data[f"volume_{pk}"]
        return Entry(None if typed is None else _stored(card, typed), workers=workers)

    def rows(self, said: dict[int, Sequence[str]] | None = None) -> Iterator[CardRow]:
        """The cards with their fields; `said` are sentences by placement of a check."""
        for card in self.cards:
            pk = card.placement.pk
            workers = [self[name] for name in self.fields if name.startswith(f"worker_{pk}_")]
            sentences = (said or {}).get(pk, _rejection(card) if said is None else ())
            yield CardRow(card, self[f"volume_{pk}"], self[f"no_care_{pk}"], workers, sentences)


def _volume_field(card: Card, initial: int | None) -> forms.Field:
    if card.unit == EUROS:
        value = None if initial is None else Decimal(initial) / 100
        return EuroField(label=_("Amount this month"), required=False, initial=value)
    unit = str(WORDS.get(f"unit.{card.unit}", ""))
    return VolumeField(label=_("Delivered this month"), unit=unit, required=False, initial=initial)


def _stored(card: Card, typed: Decimal) -> int:
    return int(typed * 100) if card.unit == EUROS else int(typed)


def _rejection(card: Card) -> Sequence[str]:
    """Why the newest line of the month was rejected, until something new is handed in."""
    if not card.rejected:
        return ()
    return [sentence(one.rule, one.facts) for one in card.rejected.findings.all()]


class FteForm(PlainForm):
    """FTE by professional."""

    def __init__(
        self, *args: Any, people: Sequence[Professional], known: dict[int, Decimal], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for one in people:
            self.fields[f"fte_{one.pk}"] = VolumeField(
                label=f"{one.name}, {one.role}",
                unit=_("FTE"),
                decimal_places=3,
                max_digits=5,
                max_value=Decimal("1.5"),
                required=False,
                initial=known.get(one.pk),
            )

    @property
    def rows(self) -> dict[int, Decimal]:
        """FTE by professional, without those that were left empty."""
        typed = {one.pk: self.cleaned_data[f"fte_{one.pk}"] for one in self.people}
        return {pk: fte for pk, fte in typed.items() if fte}


class UploadForm(PlainForm):
    """A declaration as a file of the own software."""

    file = forms.FileField(
        label=gettext_lazy("Declaration (323) as XML"),
        help_text=gettext_lazy("At most 25 MB, as your software writes it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,text/xml,application/xml"}),
    )

    def clean_file(self) -> bytes:
        """The bytes; a file that is too large is not read."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than 25 MB. Split the declaration."))
        content: bytes = upload.read()
        return content
