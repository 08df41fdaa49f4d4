"""The form on which the way of messages to a party is chosen."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import PlainForm, RadioCards
from messaging.models import Channel

_TRANSPORT: Final = Channel.Transport
_EXPLAINED: Final = {
    _TRANSPORT.PORTAL: _("Nothing travels: its people see everything on their own pages."),
    _TRANSPORT.MAILBOX: _("Its software fetches messages over the internet with a key."),
    _TRANSPORT.FOLDER: _("Each message becomes a file that an exchange program takes along."),
    _TRANSPORT.GGK: _("By the hub of municipalities, with a certificate."),
    _TRANSPORT.VECOZO: _("By the hub of care providers, with a certificate."),
}


class ChannelForm(PlainForm):
    """The way from now on; hidden on the page that asks to confirm it."""

    transport = forms.ChoiceField(label=_("How do messages travel?"))

    def __init__(
        self, *args: Any, ways: list[Channel.Transport], hidden: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["transport"]
        field.widget = (
            forms.HiddenInput()
            if hidden
            else RadioCards(explanations={one.value: _EXPLAINED[one] for one in ways})
        )
        field.choices = [(one.value, one.label) for one in ways]

    @property
    def chosen(self) -> Channel.Transport:
        """The way that was chosen. Only after `is_valid()`."""
        return Channel.Transport(self.cleaned_data["transport"])
