"""Invented contents for the page that shows the components.

The sentences are Dutch on purpose and not translated: they are samples of data, and the page is
read by those who make pages.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django_filters
import django_tables2
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.safestring import mark_safe

from hoofdaannemer.core import tables
from hoofdaannemer.core.filters import Chip
from hoofdaannemer.core.forms import (
    DutchDateField,
    EuroField,
    MonthInput,
    PlainForm,
    RadioCards,
    Switch,
    VolumeField,
)

_DAY = date(2026, 9, 1)
_TONES = ("positive", "warning", "negative", "information", "neutral")
#: What `icons.svg` holds.
_ICONS = (
    *("positive", "warning", "negative", "information", "neutral", "menu", "search", "download"),
    *("upload", "close", "arrow", "up", "down", "updown", "clock", "file", "user", "help"),
    *("eye", "edit", "out", "logout"),
)
_MONTHS = (("juli", "1.180"), ("augustus", "1.240"), ("september", "1.310"))


class SpecimenTable(tables.Table):
    """The columns that `core.tables` offers."""

    reference = django_tables2.Column(
        verbose_name="Toewijzing", orderable=True, linkify=lambda record: f"#{record['reference']}"
    )
    status = tables.BadgeColumn(
        verbose_name="Status", tones={"Lopend": "positive", "Wacht op start": "warning"}
    )
    start = tables.DateColumn(verbose_name="Vanaf", orderable=True)
    due = tables.DeadlineColumn(verbose_name="Start melden")
    bsn = tables.MaskedColumn(verbose_name="Burgerservicenummer")
    volume = tables.NumberColumn(verbose_name="Uren", footer="57,5")
    amount = tables.EuroColumn(verbose_name="Bedrag", footer="€ 5.175,00", orderable=True)


class SpecimenFilter(django_filters.FilterSet):  # type: ignore[misc]
    """A filter form without a model."""

    status = django_filters.ChoiceFilter(
        label="Status", choices=[("open", "Open")], empty_label="Alle"
    )
    name = django_filters.CharFilter(label="Naam begint met")

    def get_form_class(self) -> type[PlainForm]:
        return type("F", (PlainForm,), {name: one.field for name, one in self.filters.items()})

    def chips(self) -> list[Chip]:
        return [Chip("Status", "Open", "?"), Chip("Naam begint met", "De", "?")]

    def other_values(self) -> list[tuple[str, str]]:
        return []


class SpecimenForm(PlainForm):
    """Every kind of field."""

    name = forms.CharField(label="Naam van de organisatie", help_text="Zoals bij de KvK.")
    start = DutchDateField(label="Startdatum", help_text="Bijvoorbeeld 22-11-2026.")
    tariff = EuroField(label="Tarief", required=False)
    hours = VolumeField(label="Geleverde uren", unit="uur", decimal_places=2)
    product = forms.ChoiceField(label="Product", choices=[("45A04", "Begeleiding individueel")])
    note = forms.CharField(label="Toelichting", required=False, widget=forms.Textarea({"rows": 3}))
    document = forms.FileField(label="Diploma", required=False)
    month = forms.CharField(label="Maand", widget=MonthInput(), initial="2026-09")
    agreed = forms.BooleanField(label="De cliënt weet hiervan")
    none = forms.BooleanField(label="Geen zorg deze maand", required=False, widget=Switch())
    form = forms.ChoiceField(
        label="Bekostiging",
        choices=[("pxq", "Per geleverd uur"), ("fte", "Per fte")],
        widget=RadioCards(
            explanations={
                "pxq": "Je declareert elke maand wat je leverde.",
                "fte": "Je krijgt elke maand een vast bedrag.",
            }
        ),
    )


def _table(request: HttpRequest) -> SpecimenTable:
    rows = [
        {
            "reference": f"90000000{number}",
            "status": "Lopend" if number % 2 else "Wacht op start",
            "start": _DAY + timedelta(days=number),
            "due": timezone.localdate() + timedelta(days=(number - 2) * 3),
            "bsn": f"99990000{number}",
            "volume": Decimal("11.5"),
            "amount": Decimal("1035.00"),
        }
        for number in range(5)
    ]
    table = SpecimenTable(rows, caption="Toewijzingen", request=request, order_by="start")
    table.page = Paginator(range(60), 25).page(2)
    table.page.object_list = list(table.rows)
    return table


def _chart() -> str:
    bars = "".join(
        f'<rect x="{60 + place * 180}" y="{180 - height}" width="120" height="{height}"'
        f' fill="#1f7f93"/><text x="{120 + place * 180}" y="{170 - height}" font-size="16"'
        f' text-anchor="middle" fill="currentColor">{value}</text>'
        f'<text x="{120 + place * 180}" y="204"'
        f' font-size="16" text-anchor="middle" fill="currentColor">{month}</text>'
        for place, ((month, value), height) in enumerate(zip(_MONTHS, (118, 124, 131), strict=True))
    )
    return mark_safe(  # noqa: S308  built from the constants above
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 220" role="img"'
        ' fill="currentColor"'
        ' aria-label="Geleverde uren per maand: van 1.180 in juli naar 1.310 in september">'
        f'<path d="M40 180H580" stroke="currentColor" stroke-width="1"/>{bars}</svg>'
    )


def _events() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "at": now,
            "title": "Start gemeld aan de gemeente",
            "tone": "positive",
            "actor": "systeem",
        },
        {"at": now, "title": "Geplaatst", "text": "Bij Zorg in Beeld.", "actor": "zorgcoördinator"},
        {"day": _DAY, "title": "Toewijzing ontvangen", "tone": "information"},
        {"day": _DAY, "title": "Verzoek afgekeurd", "tone": "negative", "url": "#", "label": "301"},
    ]


def _lists() -> dict[str, Any]:
    return {
        "tones": _TONES,
        "tabs": [
            {"label": "Overzicht", "url": "#", "active": True},
            {"label": "Berichten", "url": "#", "count": 3},
            {"label": "Tijdlijn", "url": "#"},
        ],
        "steps": [
            {"label": "Cliënt", "state": "done", "url": "#"},
            {"label": "Uren", "state": "current"},
            {"label": "Indienen", "state": "todo"},
        ],
        "facts": [
            ("Toewijzing", "900000004"),
            ("Product", "45A04 Begeleiding individueel"),
            ("Omvang", "3 uur per week"),
        ],
        "changes": [
            {"label": "Tarief", "before": "€ 88,00", "after": "€ 90,50", "changed": True},
            {"label": "Looptijd", "before": "2026", "after": "2026"},
        ],
        "thread": [
            {"author": "Praktijk De Linde", "at": timezone.now(), "text": "Klopt 12 uur?"},
            {"author": "Controller", "at": timezone.now(), "text": "Ja, tot oktober.", "own": True},
        ],
        "icons": _ICONS,
        "consequences": [
            "€ 616.752,51 wordt betaald aan 35 onderaannemers.",
            "Dit kun je niet terugdraaien. Een foute betaling verreken je later.",
        ],
        "figure_heads": ("Product", "Cliënten", "Kosten"),
        "figure_rows": (("Begeleiding", "50", "€ 27.200,00"), ("Dagbesteding", "30", "×")),
        "figure_foot": ("Alle producten", "80", "€ 37.500,00"),
        "months": _MONTHS,
        "chart_headers": ("Maand", "Uren"),
        "deadlines": (5, 2, 1, 0, -1, -4),
        "amounts": (Decimal("1234.5"), Decimal("-12"), None),
        "problems": ["15 uur is meer dan de 12 uur die zijn toegewezen.", "De start ontbreekt."],
    }


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything that `core/components.html` shows."""
    filled = {
        "name": "Praktijk De Linde",
        "start": _DAY,
        "tariff": Decimal("1234.5"),
        "month": "2026-09",
        "none": True,
    }
    return _lists() | {
        "title": "Componenten",
        "lead": "Alles waaruit een pagina bestaat, in elke staat.",
        "breadcrumbs": [("Beheer", "#")],
        "form": SpecimenForm(initial=filled, auto_id="id_a_%s"),
        "refused": SpecimenForm(data={"start": "31-02-2026", "tariff": "1,2.3"}, auto_id="id_b_%s"),
        "filter": SpecimenFilter(data=QueryDict(request.GET.urlencode()), queryset=_NoRows()),
        "table": _table(request),
        "chart": _chart(),
        "events": _events(),
        "day": _DAY,
    }


class _NoRows:
    """Stands where the filter form wants rows; it is never filtered."""

    model = None

    def all(self) -> _NoRows:
        return self
