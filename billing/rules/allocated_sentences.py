"""Sentences and words of what is paid by the volume that was allocated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ALLOCATED: Final[Mapping[str, str | Promise]] = {
    "allocated.day": _(
        "Allocated %(volume)s %(unit)s a day × %(days)s days of care × %(tariff)s per %(per)s ="
        " %(amount)s"
    ),
    "allocated.week": _(
        "Allocated %(volume)s %(unit)s a week × %(days)s days of care ÷ 7 × %(tariff)s per"
        " %(per)s = %(amount)s"
    ),
    "allocated.month": _(
        "Allocated %(volume)s %(unit)s a month, %(days)s of %(of_days)s days of care ×"
        " %(tariff)s per %(per)s = %(amount)s"
    ),
    "allocated.total": _(
        "Allocated %(volume)s %(unit)s in all, %(days)s of its %(of_days)s days are days of care ×"
        " %(tariff)s per %(per)s = %(amount)s"
    ),
    "allocated.day_euros": _("Allocated %(given)s a day × %(days)s days of care = %(amount)s"),
    "allocated.week_euros": _(
        "Allocated %(given)s a week × %(days)s days of care ÷ 7 = %(amount)s"
    ),
    "allocated.month_euros": _(
        "Allocated %(given)s a month, %(days)s of %(of_days)s days of care = %(amount)s"
    ),
    "allocated.total_euros": _(
        "Allocated %(given)s in all, %(days)s of its %(of_days)s days are days of care = %(amount)s"
    ),
}
#: One of a unit, as a price is for it.
PER: Final[Mapping[str, str | Promise]] = {
    "per.01": pgettext_lazy("price per", "minute"),
    "per.04": pgettext_lazy("price per", "hour"),
    "per.14": pgettext_lazy("price per", "day of 24 hours"),
    "per.16": pgettext_lazy("price per", "day part"),
    "per.82": pgettext_lazy("price per", "piece"),
    "per.84": pgettext_lazy("price per", "piece"),
}
