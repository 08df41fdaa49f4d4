"""The form with which staff hand in referrals, and what each column of the file holds."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from subcontracts.forms import CareFileForm


class ReferralFileForm(CareFileForm):
    """Referrals as a file."""

    file = forms.FileField(
        label=_("File of referrals (CSV)"),
        help_text=_("At most 2 MB, saved as CSV UTF-8."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )


#: In the order of the file.
COLUMNS_TOLD: Final[tuple[tuple[str, str | Promise], ...]] = (
    (
        "kenmerk",
        _(
            "Your own reference of the referral. Rows with the same one are products of one"
            " request; after the first row the columns up to opmerking may be empty."
        ),
    ),
    ("wet", _("jw or wmo.")),
    ("gemeente", _("Code of the municipality, four digits.")),
    ("bsn", _("Nine digits.")),
    ("achternaam", _("Surname, without prefix.")),
    ("voorvoegsel", _("Prefix of the surname, if any.")),
    ("voorletters", _("Initials, at most six.")),
    ("geboortedatum", _("As 22-11-2026.")),
    ("geslacht", _("1 male, 2 female, 0 not known.")),
    ("type_verwijzer", _("Code of the kind of referrer, such as 02 for a general practitioner.")),
    ("naam_verwijzer", _("Name of a referrer of type 02 to 05, where there is no AGB code.")),
    ("agb_verwijzer", _("AGB code of a referrer of type 02 to 05: eight digits.")),
    (
        "gezag_bekend",
        _("Youth: ja or nee, whether the municipality knows who has parental authority."),
    ),
    ("opmerking", _("Remark for the municipality, at most 200 signs.")),
    ("productcategorie", _("As in the standard, such as 45.")),
    ("productcode", _("As in the standard, such as 45A04. Empty only with a budget.")),
    ("begindatum", _("First day on which care is wanted.")),
    ("einddatum", _("Last day. Needed with a volume per week and with a budget.")),
    ("volume", _("How many units: a whole number.")),
    ("eenheid", _("Code of the unit. Empty for the unit of the product.")),
    ("frequentie", _("2 per week, 4 per month, 6 in total.")),
    ("budget", _("An amount instead of a volume.")),
)
