"""Forms about people; they check what was typed and hand it to a service."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts import policies
from hoofdaannemer.accounts.models import Municipality, Organisation, User
from hoofdaannemer.accounts.models.people import OF_ORGANISATION
from hoofdaannemer.accounts.policies import Appointment
from hoofdaannemer.core.forms import DutchDateField, IbanField, PlainForm
from hoofdaannemer.core.scope import Role


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, help_text=help_text)


class LoginForm(PlainForm):
    """E-mail address and password; whether they fit is the page's question."""

    username = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = _password(_("Password"), "current-password")

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()


class CodeForm(PlainForm):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )


class EmailForm(PlainForm):
    """The address to which a link is mailed."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class _AboutUser(PlainForm):
    """A form that knows whose account it changes."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)


class NewPasswordForm(_AboutUser):
    """A new password, typed twice. `user` is whose it will be."""

    password = _password(
        _("New password"),
        "new-password",
        _("At least 12 characters. A sentence works well."),
    )
    again = _password(_("New password, again"), "new-password")

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        password_validation.validate_password(password, self.user)
        return password

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if self.cleaned_data.get("password") not in (None, again):
            raise ValidationError(_("This is not the same as the password above."), code="differs")
        return again


class _OwnPassword(_AboutUser):
    """Asks the password of whoever is logged in, before something that changes the login."""

    current = _password(_("Your password now"), "current-password")

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        if not self.user.check_password(current):
            raise ValidationError(_("This is not your password."), code="wrong")
        return current


class PasswordChangeForm(_OwnPassword, NewPasswordForm):
    """The password now, and a new one twice."""

    field_order = ["current", "password", "again"]


class ConfirmForm(_OwnPassword):
    """The password now, to confirm."""


class RenewAppForm(_OwnPassword, CodeForm):
    """The password now, and a code of the new app."""

    field_order = ["current", "code"]


class NameForm(PlainForm):
    """One's own name."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class RoleForm(PlainForm):
    """A role and its party, as far as the scope may give them.

    A delegate's people belong to the main contractor that invited the delegate: the page passes
    it as `main_contractor_id`.
    """

    role = forms.ChoiceField(label=_("Role"))
    organisation = forms.ModelChoiceField(
        label=_("Subcontractor, own team or administration office"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=_("Only for an administrator of a subcontractor or own team, or an office."),
    )
    municipality = forms.ModelChoiceField(
        label=_("Municipality"),
        queryset=Municipality.objects.none(),
        required=False,
        help_text=_("Only for a municipal viewer."),
    )
    last_day = DutchDateField(
        label=_("Last day of access"), required=False, help_text=_("Only for an auditor.")
    )

    def __init__(self, *args: Any, main_contractor_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.main_contractor_id = main_contractor_id
        gives = policies.GIVES.get(self.scope.role, frozenset())
        self.fields["role"].choices = [one for one in Role.choices if one[0] in gives]  # type: ignore[attr-defined]
        if self.scope.role != Role.ADMINISTRATOR:
            for name in ("organisation", "municipality", "last_day"):
                del self.fields[name]
            return
        self.fields["organisation"].queryset = Organisation.objects.visible_to(  # type: ignore[attr-defined]
            self.scope
        ).exclude(kind=Organisation.Kind.MAIN_CONTRACTOR)
        self.fields["municipality"].queryset = Municipality.objects.all()  # type: ignore[attr-defined]

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day and day < self.scope.today:
            raise ValidationError(_("Choose today or a later day."), code="past")
        return day

    def appointment(self) -> Appointment:
        """The role as typed, for the party of the scope. Only after `is_valid()`."""
        role = Role(self.cleaned_data["role"])
        organisation = self.cleaned_data.get("organisation")
        municipality = self.cleaned_data.get("municipality")
        own = self.scope.organisation_id
        return Appointment(
            role=role,
            main_contractor_id=self.main_contractor_id,
            organisation_id=(organisation.pk if organisation else own or None)
            if role in OF_ORGANISATION
            else None,
            municipality_id=municipality.pk
            if municipality and role == Role.MUNICIPAL_VIEWER
            else None,
            until=self._until() if role in policies.TIME_LIMITED else None,
        )

    def _until(self) -> datetime | None:
        day = self.cleaned_data.get("last_day")
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class InvitationForm(RoleForm):
    """Whom to invite, and for which role."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=120)
    field_order = ["email", "name", "role", "organisation", "municipality", "last_day"]


class KeyForm(PlainForm):
    """What a key is for."""

    label = forms.CharField(
        label=_("What is this key for?"),
        max_length=60,
        help_text=_("For example the name of your software and the computer it runs on."),
    )


class TokenForm(KeyForm):
    """The same, with what it opens in the mailbox."""

    may_send = forms.BooleanField(
        label=_("Hand in messages and files"), required=False, initial=True
    )
    may_fetch = forms.BooleanField(
        label=_("Read what waits, and acknowledge it"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not found.get("may_send") and not found.get("may_fetch"):
            self.add_error("may_fetch", _("Choose at least one of the two."))
        return found


class PayingAccountForm(PlainForm):
    """The account that the main contractor pays from."""

    iban = IbanField(label=_("Account (IBAN)"))
