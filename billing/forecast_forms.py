"""What is done about a warning of a forecast."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import PlainForm


class NoteForm(PlainForm):
    """In a few words, for colleagues."""

    text = forms.CharField(
        label=_("What do you do about it?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: talk planned on the 12th, or the ceiling is raised in March."),
    )
