"""Releasing a payment run: what is unusual is ticked, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing.models import PaymentRun, PaymentRunCheck
from hoofdaannemer.core.forms import PlainForm, RadioCards


class ReleaseForm(PlainForm):
    """What is unusual, each to be ticked, and which form of file the bank takes."""

    checks = forms.MultipleChoiceField(
        label=_("What is unusual in this run"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Nothing is ticked. Look at each, and tick it.")},
        help_text=_("Look at each of it, and tick what you looked at. Your name is kept with it."),
    )

    version = forms.ChoiceField(
        label=_("Form of the file"),
        choices=PaymentRun.Version.choices,
        widget=RadioCards(
            explanations={
                PaymentRun.Version.V03: _("The version of 2009, which most banks still take."),
                PaymentRun.Version.V09: _("The version of 2019, to which banks move."),
            }
        ),
    )

    def __init__(self, *args: Any, checks: Sequence[PaymentRunCheck], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["checks"]
        field.choices = [(one.key, check_text(one)) for one in checks]
        if not checks:
            del self.fields["checks"]

    def clean_checks(self) -> frozenset[str]:
        """All of it: what is not ticked was not looked at."""
        seen = frozenset(self.cleaned_data["checks"])
        field: Any = self.fields["checks"]
        left = sum(key not in seen for key, _text in field.choices)
        if left:
            raise forms.ValidationError(
                ngettext(
                    "%(count)s thing is not ticked. Look at it, and tick it.",
                    "%(count)s things are not ticked. Look at each, and tick it.",
                    left,
                )
                % {"count": left}
            )
        return seen

    @property
    def seen(self) -> frozenset[str]:
        """The keys of what was ticked. Only after `is_valid()`."""
        ticked: frozenset[str] = self.cleaned_data.get("checks", frozenset())
        return ticked


def check_text(one: PaymentRunCheck) -> str:
    """Whose payment, what is unusual, and the figures."""
    return gettext("%(name)s: %(what)s. %(why)s") % {
        "name": one.statement.provider_organisation.name,
        "what": one.get_kind_display(),
        "why": one.why.sentence(),
    }
