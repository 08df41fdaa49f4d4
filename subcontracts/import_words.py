"""What each sheet and column of a file with running care holds, and how a take-over looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.templatetags.core_format import date_nl
from subcontracts.models import CareImport

TONES: Final[dict[Any, str]] = {
    CareImport.Status.RECEIVED: "information",
    CareImport.Status.CHECKED: "information",
    CareImport.Status.RUNNING: "information",
    CareImport.Status.DONE: "warning",
    CareImport.Status.ACCEPTED: "positive",
    CareImport.Status.UNDOING: "information",
}
SHEETS_TOLD: Final[Mapping[str, str | Promise]] = {
    "clienten": _("One row for each client with care that runs."),
    "toewijzingen": _("One row for each allocation that runs or begins later."),
    "plaatsingen": _("One row for each subcontractor or own team that delivers an allocation."),
    "tarieven": _("Tariffs that the contracts here lack; leave it empty where all are set."),
    "totalen": _("What the earlier administration counts, to compare with. May stay empty."),
}
_DAY = _("As 22-11-2026.")
_LAST = _("Last day, as 22-11-2026; empty while it goes on.")
_CATEGORY = _("As in the standard, such as 45.")
_CODE = _("As in the standard, such as 45A04.")
_LAW = _("jw or wmo.")
_TOWN = _("Code of the municipality, four digits.")
_PRODUCT = _("Only where the allocation names no product, or has no number.")
COLUMNS_TOLD: Final[Mapping[tuple[str, str], str | Promise]] = {
    ("clienten", "bsn"): _("Nine digits; empty for who has none."),
    ("clienten", "achternaam"): _("Surname, without prefix."),
    ("clienten", "voorvoegsel"): _("Prefix of the surname, if any."),
    ("clienten", "voorletters"): _("Initials, at most six."),
    ("clienten", "geboortedatum"): _DAY,
    ("clienten", "geslacht"): _("1 male, 2 female, 0 not known."),
    ("clienten", "straat"): _("Street of the address, at most 24 signs. May stay empty."),
    ("clienten", "huisnummer"): _("Number, then a letter or addition."),
    ("clienten", "postcode"): _("As 3811 AA."),
    ("clienten", "plaats"): _("Town of the address."),
    ("clienten", "kenmerk"): _("Only without a BSN: your own reference, the same on both sheets."),
    ("toewijzingen", "wet"): _LAW,
    ("toewijzingen", "gemeente"): _TOWN,
    ("toewijzingen", "toewijzingsnummer"): _("As the municipality gave it; empty with taak."),
    ("toewijzingen", "bsn"): _("Of the client; a row on sheet clienten, unless known here."),
    ("toewijzingen", "productcategorie"): _CATEGORY,
    ("toewijzingen", "productcode"): _CODE,
    ("toewijzingen", "besluitdatum"): _("Day on which it was decided; empty: the first day."),
    ("toewijzingen", "begindatum"): _("First day, as 22-11-2026."),
    ("toewijzingen", "einddatum"): _LAST,
    ("toewijzingen", "volume"): _("How many units: a whole number."),
    ("toewijzingen", "eenheid"): _("Code of the unit, such as 04 for an hour."),
    ("toewijzingen", "frequentie"): _("1 per day, 2 per week, 4 per month, 6 in total."),
    ("toewijzingen", "budget"): _("An amount instead of a volume."),
    ("toewijzingen", "kenmerk"): _("Only without a BSN: the reference on sheet clienten."),
    ("toewijzingen", "toegewezen_door"): _(
        "mandaat where you allocated it yourself in the municipality's name, taak where care"
        " follows from the task; empty: the municipality did."
    ),
    ("plaatsingen", "wet"): _LAW,
    ("plaatsingen", "gemeente"): _TOWN,
    ("plaatsingen", "toewijzingsnummer"): _(
        "Number of the allocation; empty under a task: then fill in client and product."
    ),
    ("plaatsingen", "uitvoerder"): _("Number of the subcontract, or name of the own team."),
    ("plaatsingen", "productcategorie"): _PRODUCT,
    ("plaatsingen", "productcode"): _PRODUCT,
    ("plaatsingen", "begindatum"): _("First day with this provider."),
    ("plaatsingen", "einddatum"): _LAST,
    ("plaatsingen", "volume"): _("How many units of it; empty: all of the allocation."),
    ("plaatsingen", "budget"): _("How much of the budget; empty: all of it."),
    ("plaatsingen", "gestart_op"): _(
        "Day on which care began, as it was reported to the municipality; empty: not yet."
    ),
    ("plaatsingen", "onderbroken_na"): _("Last day of care, where it is interrupted now."),
    ("plaatsingen", "nummer"): _(
        "Number under which the subcontractor knows it. Empty: we number it, and software is told."
    ),
    ("plaatsingen", "bsn"): _("Of the client; only where there is no allocation number."),
    ("plaatsingen", "kenmerk"): _("The same for who has no BSN: the reference on sheet clienten."),
    ("tarieven", "contractnummer"): _("Number of the subcontract."),
    ("tarieven", "productcategorie"): _CATEGORY,
    ("tarieven", "productcode"): _CODE,
    ("tarieven", "eenheid"): _("Code of the unit. Empty for the unit of the product."),
    ("tarieven", "tarief"): _("Euros a unit, at most four decimals."),
    ("tarieven", "begindatum"): _("First day, as 22-11-2026."),
    ("tarieven", "einddatum"): _LAST,
    ("totalen", "gemeente"): _("Empty: all municipalities."),
    ("totalen", "uitvoerder"): _("Empty: all subcontractors and own teams."),
    ("totalen", "productcategorie"): _("Empty: all categories."),
    ("totalen", "productcode"): _("Empty: all products."),
    ("totalen", "jaar"): _("Year of the amount; empty: all years that are counted."),
    ("totalen", "clienten"): _("How many clients."),
    ("totalen", "toewijzingen"): _("How many allocations."),
    ("totalen", "plaatsingen"): _("How many placements."),
    ("totalen", "volume"): _("Sum of the volumes, whatever the unit."),
    ("totalen", "bedrag"): _("Euros committed: volume times tariff, if all of it is delivered."),
}


def facts_of(row: CareImport) -> list[tuple[str, str]]:
    """What a take-over is, for the top of its pages."""
    facts = [(gettext("Day of the take-over"), date_nl(row.as_of))]
    for label, user, at in (
        (gettext("Handed in by"), row.uploaded_by, row.uploaded_at),
        (gettext("Confirmed by"), row.confirmed_by, row.confirmed_at),
        (gettext("Accepted by"), row.accepted_by, row.accepted_at),
        (gettext("Undoing asked by"), row.undo_asked_by, row.undo_asked_at),
        (gettext("Undoing agreed by"), row.undo_agreed_by, row.undone_at),
    ):
        if user is not None and at is not None:
            facts.append((label, f"{user.name}, {date_nl(at)}"))
    if row.accepted_note:
        facts.append((gettext("Explanation"), row.accepted_note))
    if row.undo_reason:
        facts.append((gettext("Why it is undone"), row.undo_reason))
    if row.undone_at is not None:
        facts.append((gettext("Undone on"), date_nl(row.undone_at)))
    return facts
