"""Form fields that read Dutch notation, and the base form that looks like our pages."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.numbers import clean_iban

# `1.234,50`, `1234,5`, `1234`, and `1234.50` as spreadsheets paste it. A dot before exactly three
# digits is a thousands mark, as in Dutch: `1.234` is one thousand two hundred and thirty-four.
_GROUPED: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?")
_COMMA: Final = re.compile(r"-?[0-9]+(,[0-9]+)?")
_DOT: Final = re.compile(r"-?[0-9]+\.([0-9]{1,2}|[0-9]{4,})")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]")
_LONGEST: Final = 30
_PATTERN: Final = r"\s*€?\s*-?[0-9][0-9.\s]*(,[0-9]+)?\s*"
_TYPED_DATE: Final = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
_ISO_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


#: The framework's word for no choice at all.
NO_CHOICE: Final = "---------"


class PlainRenderer(DjangoTemplates):
    """Renders forms and fields with our components, widgets with Django's own templates."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("components/"):
            return loader.get_template(template_name)
        return super().get_template(template_name)


class PlainForm(forms.Form):
    """Base of our forms. `values` goes into a service as keyword arguments.

    `request.scope` is passed as `scope=` where choices depend on it.
    """

    default_renderer = PlainRenderer
    required_css_class = "ha-required"
    error_css_class = "ha-invalid"
    #: True where "(optional)" beside a label would mislead: one of several fields is asked for.
    hides_optional = False

    def __init__(self, *args: Any, scope: Any = None, **kwargs: Any) -> None:
        self.scope = scope
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if getattr(field, "empty_label", None) == NO_CHOICE:
                field.empty_label = _("Choose")  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned data, as arguments of a service. Only after `is_valid()`."""
        return dict(self.cleaned_data)


def read_number(text: str) -> Decimal | None:
    """A number in Dutch notation, or None where the text is not one, or could be two.

    `1.234,50`, `1234,5` and `1234.50` are read; `1.234` is 1234; `1,234.50` is refused.
    """
    text = _SPACES.sub("", text)
    if len(text) > _LONGEST:
        return None
    if _GROUPED.fullmatch(text) or _COMMA.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text) if _DOT.fullmatch(text) else None


class _DutchNumberField(forms.DecimalField):
    """A DecimalField that reads and shows Dutch notation."""

    default_error_messages = {
        "invalid": _("Enter a number with a comma, such as 1.234,5."),
        "max_decimal_places": _("Enter at most %(max)s digits after the comma."),
    }
    prefix = ""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput())
        super().__init__(**kwargs)
        # For the check on leaving the field; what counts is to_python.
        self.widget.attrs["data-invalid"] = self.error_messages["invalid"]

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as DecimalField
        if value in self.empty_values:
            return None
        if isinstance(value, int | Decimal):
            return Decimal(value)
        text = str(value).strip().removeprefix("€").strip()
        number = read_number(text)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int | Decimal):
            return self.shown(Decimal(value))
        return value

    def shown(self, value: Decimal) -> str:
        return f"{value:f}".replace(".", ",")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            "inputmode": "decimal",
            "autocomplete": "off",
            "class": "ha-input--number",
            "pattern": _PATTERN,
        }

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class IbanField(forms.CharField):
    """An account number, kept without spaces."""

    default_error_messages = {"invalid": _("This is no account number. Check it.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        try:
            return clean_iban(typed) if typed else ""
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class EuroField(_DutchNumberField):
    """An amount in euros; two decimals unless `decimal_places` says otherwise, as for tariffs."""

    default_error_messages = {"invalid": _("Enter an amount such as 1.234,50.")}
    prefix = "€"

    def __init__(self, *, decimal_places: int = 2, max_digits: int = 14, **kwargs: Any) -> None:
        super().__init__(decimal_places=decimal_places, max_digits=max_digits, **kwargs)

    def shown(self, value: Decimal) -> str:
        whole, _point, decimals = f"{value:f}".partition(".")
        return f"{whole},{decimals.ljust(2, '0')}"


class VolumeField(_DutchNumberField):
    """A quantity of care, zero or more; whole numbers unless `decimal_places` says otherwise."""

    default_error_messages = {"max_decimal_places": _("Enter a whole number, or fewer decimals.")}

    def __init__(
        self,
        *,
        decimal_places: int = 0,
        max_digits: int = 10,
        min_value: Decimal | int = 0,
        unit: str | Promise = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            decimal_places=decimal_places, max_digits=max_digits, min_value=min_value, **kwargs
        )
        self.suffix = unit

    def shown(self, value: Decimal) -> str:
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


class DateInput(forms.DateInput):
    """The browser's own date control; it sends ISO, and a plain text box takes dd-mm-jjjj."""

    input_type = "date"
    _shown_as = _ISO_DATE

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else super().format_value(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = context["widget"]["value"]
        if typed and not self._shown_as.fullmatch(str(typed)):
            # The browser's control would drop what it cannot read; what was typed must stay.
            context["widget"]["type"] = "text"
        return context


class DutchDateField(forms.DateField):
    """A day: 22-11-2026 (also with `/`, `.` or a space), or the date control's 2026-11-22.

    Of a year that people mean, unless other bounds are given: a 26 typed for 2026 is no year.
    """

    widget = DateInput
    default_error_messages = {
        "invalid": _("Enter a day that exists, such as 22-11-2026."),
        "far": _("Enter a year between 1900 and 2200."),
    }

    def __init__(self, *, first_year: int = 1900, last_year: int = 2200, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.years = range(first_year, last_year + 1)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return super().to_python(value)
        text = str(value).strip()
        if typed := _TYPED_DATE.fullmatch(text):
            day, month, year = (int(part) for part in typed.groups())
        elif iso := _ISO_DATE.fullmatch(text):
            year, month, day = (int(part) for part in iso.groups())
        else:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return self._checked(year, month, day)

    def _checked(self, year: int, month: int, day: int) -> date:
        if year not in self.years:
            raise ValidationError(self.error_messages["far"], code="far")
        try:
            return date(year, month, day)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MonthInput(DateInput):
    """The browser's own month control; it sends `2026-03`."""

    input_type = "month"
    _shown_as = re.compile(r"[0-9]{4}-[0-9]{2}")


class ManyFilesInput(forms.ClearableFileInput):
    """Chooses one or more files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """One or more files; gives names with bytes. Those that are too many or large are not read."""

    widget = ManyFilesInput

    def __init__(self, *args: Any, most_files: int, most_bytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_files, self.most_bytes = most_files, most_bytes

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = (data or [None]) if isinstance(data, list | tuple) else [data]
        files = [super(FilesField, self).clean(one, initial) for one in given]
        if len(files) > self.most_files:
            text = _("Choose at most %(count)s files at once.") % {"count": self.most_files}
            raise ValidationError(text, code="too_many")
        if any((one.size or 0) > self.most_bytes for one in files):
            text = _("A message is at most %(size)s MB.") % {"size": self.most_bytes // 1024**2}
            raise ValidationError(text, code="too_large")
        return [(one.name or "", one.read()) for one in files]


class Switch(forms.CheckboxInput):
    """A checkbox that reads as something to switch on: what it says then holds at once."""

    def __init__(self, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__({"role": "switch", "class": "ha-switch", **(attrs or {})}, **kwargs)


class RadioCards(forms.RadioSelect):
    """Radio buttons as cards, for two to five choices with a line of explanation each.

    `explanations` maps a choice's value to its line.
    """

    option_template_name = "core/widgets/radio_card.html"

    def __init__(
        self, *args: Any, explanations: dict[Any, str | Promise] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.explanations = explanations or {}

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["explanation"] = self.explanations.get(option["value"], "")
        return option
