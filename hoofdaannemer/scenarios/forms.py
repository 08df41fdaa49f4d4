"""What somebody who plays the municipality chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import PlainForm, RadioCards
from hoofdaannemer.scenarios.play import Seat
from messaging.models import Family

RIGHT, FAULTY = "right", "faulty"
AT_ONCE, DROP, DOWNLOAD = "at_once", "drop", "download"
_WAYS: Final[dict[Any, str | Promise]] = {
    AT_ONCE: _("It is checked and answered while you wait."),
    DROP: _("As the software of a municipality does it; a worker takes it in."),
    DOWNLOAD: _("You get the file, to upload it or to drop it yourself."),
}


class PlayForm(PlainForm):
    """A 301 of a municipality, and how it gets here."""

    seat = forms.ChoiceField(label=_("Which municipality are you?"))
    content = forms.ChoiceField(
        label=_("What do you send?"),
        initial=RIGHT,
        widget=forms.RadioSelect,
        choices=[
            (RIGHT, _("An allocation for a new client")),
            (FAULTY, _("The same with a faulty BSN, which is returned")),
        ],
    )
    way = forms.ChoiceField(
        label=_("How does it get here?"),
        initial=AT_ONCE,
        widget=RadioCards(explanations=_WAYS),
        choices=[
            (AT_ONCE, _("Send in at once")),
            (DROP, _("Drop in the folder")),
            (DOWNLOAD, _("Download")),
        ],
    )

    def __init__(self, *args: Any, seats: Sequence[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["seat"]
        laws = {one.value: one.label for one in Family}
        field.choices = [(one.key, f"{one.name} ({laws[one.family.value]})") for one in seats]
