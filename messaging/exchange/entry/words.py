"""What the elements of a message are called for who fills them in, and what to put there.

One table for all message types that people make, by element name; where one name means two things,
by the name of the element above it as well.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Words(NamedTuple):
    """A label, and one or two sentences of help; empty where the label says it all."""

    label: str | Promise
    help: str | Promise = ""


WORDS: Final[dict[str, Words]] = {
    # The client
    "Client": Words(_("Client")),
    "Bsn": Words(_("BSN"), _("Nine digits.")),
    "Geboortedatum": Words(_("Date of birth")),
    "Geboortedatum/Datum": Words(
        _("Day"), _("Where only the year is known: 1 January, and say below what is unknown.")
    ),
    "DatumGebruik": Words(
        _("What is unknown of the date"), _("Leave it empty where the whole date is known.")
    ),
    "Geslacht": Words(_("Sex"), _("As the municipality has it registered.")),
    "Naam": Words(_("Name")),
    "Geslachtsnaam": Words(_("Surname at birth")),
    "Partnernaam": Words(_("Surname of the partner")),
    "Achternaam": Words(_("Surname"), _("Without the prefix.")),
    "Voorvoegsel": Words(_("Prefix"), _("Such as: van der.")),
    "Voornamen": Words(_("First names")),
    "Voorletters": Words(_("Initials"), _("Letters only, without dots: AB.")),
    "NaamGebruik": Words(_("Which name is used"), _("How the client wishes to be addressed.")),
    "Communicatie": Words(_("Communication"), _("Only where an interpreter is needed.")),
    "Vorm": Words(_("Kind of interpreter")),
    "Taal": Words(_("Language"), _("Where an interpreter of another language is needed.")),
    "JuridischeStatus": Words(_("Legal status")),
    "WettelijkeVertegenwoordiging": Words(
        _("Legal representation"), _("Who decides for the client, where that is arranged by law.")
    ),
    "GezagsdragerBekend": Words(
        _("Does the municipality know who has parental authority?"),
        _("For youth help only."),
    ),
    "Client/Commentaar": Words(
        _("Remark about the client"), _("Only what the receiver must know and fits nowhere else.")
    ),
    "Commentaar": Words(_("Remark"), _("Only what the receiver must know and fits nowhere else.")),
    # Relations and contacts
    "Relatie": Words(_("Relation"), _("Somebody who must be known beside the client.")),
    "Relatie/Nummer": Words(
        _("Number of the relation"), _("A number of your own, each relation another one.")
    ),
    "Relatie/Soort": Words(_("Kind of relation")),
    "Volgorde": Words(_("Order"), _("1 for whom to call first.")),
    "Contact": Words(_("Contact details")),
    "Contact/Soort": Words(_("Kind of address")),
    "Adres": Words(_("Address")),
    "Huis": Words(_("House")),
    "Huisnummer": Words(_("House number")),
    "Huisletter": Words(_("House letter"), _("One letter behind the number: 12a.")),
    "HuisnummerToevoeging": Words(_("Addition to the house number"), _("Such as: bis.")),
    "AanduidingWoonadres": Words(
        _("Place beside the number"), _("For a houseboat or a home opposite or near a number.")
    ),
    "Postcode": Words(_("Postcode"), _("Without a space: 3811AA.")),
    "Straatnaam": Words(_("Street")),
    "Plaatsnaam": Words(_("Town")),
    "LandCode": Words(_("Country")),
    "Organisatie": Words(_("Organisation"), _("Where the client stays with an organisation.")),
    "Telefoon": Words(_("Telephone")),
    "Telefoon01": Words(_("First number")),
    "Telefoon02": Words(_("Second number")),
    "Telefoonnummer": Words(_("Telephone number"), _("Digits only.")),
    "Landnummer": Words(_("Country number"), _("31 for the Netherlands.")),
    "Emailadres": Words(_("E-mail address")),
    "Periode": Words(_("Period")),
    # What is allocated, delivered, asked for
    "ToegewezenProduct": Words(
        _("Allocation"),
        _("Each allocation that the client has with this provider, changed or not."),
    ),
    "ToewijzingNummer": Words(
        _("Number of the allocation"), _("As it stands in the allocation that you received.")
    ),
    "ToegewezenProduct/ToewijzingNummer": Words(
        _("Number of the allocation"), _("The same again as long as this allocation goes on.")
    ),
    "ReferentieAanbieder": Words(
        _("Your reference"),
        _("A reference of your own that you did not use before; the answer repeats it."),
    ),
    "ToegewezenProduct/ReferentieAanbieder": Words(
        _("Reference of the provider"), _("From the request to which this is the answer.")
    ),
    "Product": Words(
        _("Product"),
        _("Leave both empty where the allocation names no product; the code alone may be empty."),
    ),
    "Categorie": Words(_("Category")),
    "Code": Words(_("Product code"), _("Such as: 45A04.")),
    "Toewijzingsdatum": Words(_("Day of the decision")),
    "Toewijzingstijd": Words(_("Time of the decision")),
    "Ingangsdatum": Words(_("First day"), _("The first day on which care may be given.")),
    "Einddatum": Words(_("Last day"), _("This day counts too.")),
    "ToegewezenProduct/Einddatum": Words(
        _("Last day"),
        _("This day counts too. Needed with a budget, and with a volume for each week."),
    ),
    "TeWijzigenProduct/Einddatum": Words(
        _("Last day"),
        _("This day counts too. Needed with a budget, and with a volume for each week."),
    ),
    "NieuwProduct/Einddatum": Words(
        _("Last day"),
        _("This day counts too. Needed with a budget, and with a volume for each week."),
    ),
    "StopProduct/Einddatum": Words(
        _("Last day of care"), _("The last day on which care was given.")
    ),
    "RedenWijziging": Words(
        _("Reason of the change"), _("Only where an earlier allocation with this number changes.")
    ),
    "Omvang": Words(_("How much"), _("Fill in how much care or, below it, a budget. Not both.")),
    "Volume": Words(
        _("Volume"), _("A whole number of the unit. With the unit euro: the amount in cents.")
    ),
    "Eenheid": Words(_("Unit")),
    "Frequentie": Words(_("Per")),
    "Budget": Words(_("Budget"), _("In euros, instead of a volume.")),
    "StartProduct": Words(_("Start of care")),
    "StopProduct": Words(_("End of care")),
    "ToewijzingIngangsdatum": Words(
        _("First day of the allocation"), _("As it stands in the allocation that you received.")
    ),
    "AangevraagdProduct/ToewijzingIngangsdatum": Words(
        _("Wanted first day"), _("From which day you ask for the care.")
    ),
    "ToewijzingEinddatum": Words(
        _("Wanted last day"),
        _("This day counts too. Needed with a budget, and with a volume for each week."),
    ),
    "Begindatum": Words(_("First day")),
    "StartProduct/Begindatum": Words(
        _("First day of care"), _("The day on which the care really began, not a day to come.")
    ),
    "StopProduct/Begindatum": Words(
        _("First day of care"), _("As it stands in the start that you reported.")
    ),
    "RedenBeeindiging": Words(
        _("Reason of the end"), _("Choose the temporary reason where the care will go on later.")
    ),
    "StatusAanlevering": Words(
        _("What this does"), _("Take back what you reported before by deleting exactly the same.")
    ),
    "AangevraagdProduct": Words(
        _("Product that you ask for"), _("The municipality decides about each product by itself.")
    ),
    "BeschikkingNummer": Words(
        _("Number of the formal decision"), _("Where the municipality gave the client one.")
    ),
    "BeschikkingIngangsdatum": Words(_("First day of the formal decision")),
    "Verwijzer": Words(
        _("Who referred"), _("Of a professional the name or the AGB code, not both.")
    ),
    "Verwijzer/Type": Words(_("Kind of referrer")),
    "Verwijzer/Naam": Words(_("Name of the referrer")),
    "ZorgverlenerCode": Words(_("AGB code of the referrer"), _("Eight digits.")),
    "Raamcontract": Words(
        _("Is there a framework contract?"),
        _("Whether a contract with this municipality covers it."),
    ),
    "Verzoek": Words(
        _("Request"),
        _("Name every allocation that the client has with you: each one changed or unchanged."),
    ),
    "RedenVerzoek": Words(_("Reason of the request")),
    "OngewijzigdProduct": Words(_("Allocation that stays as it is")),
    "TeWijzigenProduct": Words(
        _("Allocation that changes"), _("Fill in how it should become, also what stays the same.")
    ),
    "NieuwProduct": Words(_("Product to be added")),
    "GewensteIngangsdatum": Words(_("Wanted first day"), _("From which day it should be so.")),
    # The declaration
    "Declaratie": Words(_("Declaration")),
    "DeclaratieNummer": Words(
        _("Number of the declaration"), _("Letters and digits; each declaration another one.")
    ),
    "DeclaratiePeriode": Words(_("Period of the declaration"), _("One whole calendar month.")),
    "DeclaratieDagtekening": Words(
        _("Date of the declaration"), _("The day on which you make it.")
    ),
    "TotaalIngediendBedrag": Words(
        _("Total"), _("The amounts of all lines together; a credit counts as less.")
    ),
    "TotaalBedrag": Words(_("Total amount"), _("In euros.")),
    "DebetCredit": Words(
        _("Debit or credit"), _("Credit takes back a line that was approved before.")
    ),
    "Prestatie": Words(_("Line"), _("The care of one client under one allocation in one month.")),
    "ProductReferentie": Words(_("Reference of the line")),
    "ReferentieNummer": Words(_("Your number"), _("Each line another one.")),
    "VorigReferentieNummer": Words(
        _("Number that is taken back"),
        _("For a credit: the number of the line that it takes back."),
    ),
    "ProductCategorie": Words(_("Category")),
    "ProductCode": Words(_("Product code"), _("Such as: 45A04.")),
    "ProductPeriode": Words(
        _("Period of the care"), _("Within the month of the declaration and the allocation.")
    ),
    "GeleverdVolume": Words(
        _("Delivered volume"),
        _("A whole number of the unit. With the unit euro: the amount in cents."),
    ),
    "ProductTarief": Words(
        _("Tariff"), _("In euros for one unit. Leave it empty with the unit euro.")
    ),
    "IngediendBedrag": Words(_("Amount of the line")),
    "Bedrag": Words(_("Amount"), _("In euros: the volume times the tariff.")),
}


def words_of(parent: str, element: str) -> Words:
    """The words of an element below another. Raises KeyError for one that has none."""
    return WORDS.get(f"{parent}/{element}") or WORDS[element]
