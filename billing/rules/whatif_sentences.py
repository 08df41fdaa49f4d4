"""Sentences of what-ifs, beside those of the forms that they use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHATIF: Final[Mapping[str, str | Promise]] = {
    "whatif.declared": _("Approved declared lines: %(lines)s, each at its tariff = %(amount)s"),
    "whatif.assessed": _("As a controller established it = %(amount)s"),
    "whatif.many": _("%(count)s amounts together = %(amount)s"),
    "whatif.tariffs": _("Declared care of %(value)s, at %(part)s of the tariffs = %(amount)s"),
    "whatif.allocated": _(
        "Allocated care of %(value)s, for its days of care, at %(part)s of the tariffs = %(amount)s"
    ),
    "whatif.days": _("Days of care: %(count)s × %(price)s = %(amount)s"),
    "whatif.clients": _("Clients in care: %(count)s × %(price)s = %(amount)s"),
    "whatif.profile": _(
        "Clients in care at %(price)s a month: %(whole)s counted whole, %(part)s by their days ="
        " %(amount)s"
    ),
    "whatif.trajectory": _(
        "Trajectories at %(price)s: %(starts)s started, %(ends)s settled at their end = %(amount)s"
    ),
    "whatif.converted": _("Converted: %(part)s of %(base)s = %(amount)s"),
    "whatif.kept": _("Not converted: %(base)s less %(part)s of it = %(amount)s"),
    "whatif.untouched": _("Lines that are not converted, as they were paid = %(amount)s"),
    "whatif.cause.changed": _(
        "%(line)s: %(recorded)s was recorded, %(computed)s follows from what is known now."
        " Difference: %(amount)s"
    ),
    "whatif.cause.missing": _(
        "%(line)s: %(computed)s follows from what is known now, and was not recorded. The month was"
        " not closed with it, or it became known later. Difference: %(amount)s"
    ),
    "whatif.cause.fallen": _(
        "%(line)s: %(recorded)s was recorded for which there is no ground any more. Difference:"
        " %(amount)s"
    ),
    "whatif.cause.later": _("Stated on a later statement: %(amount)s"),
    "whatif.cause.unstated": _("Not on a statement yet: %(amount)s"),
    "whatif.cause.other_months": _("About other months, on this statement: %(amount)s"),
    "whatif.cause.held": _("Held back: %(amount)s"),
    "whatif.cause.released": _("Released from what was held before: %(amount)s"),
    "whatif.cause.carried_in": _("Set off from the statement before: %(amount)s"),
    "whatif.cause.carried_out": _("Left to be set off with the next statement: %(amount)s"),
}
