"""What the parties say to each other today: tariffs, questions, announcements, contacts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from billing.models import StatementLine
from billing.services import disputes
from hoofdaannemer.core.scope import Scope, acting_as
from hoofdaannemer.scenarios.regio.catalogue import GOODS
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.parties import Party, Region
from subcontracts.models import (
    Product,
    Subcontract,
    SubjectContact,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.services import (
    announcements,
    buildups,
    contacts,
    questions,
    tariff_reactions,
    tariff_rounds,
)
from subcontracts.services.buildups import ParameterFacts

#: Of which product next year's tariff is built up and asked about.
BUILT_UP = "begeleiding"
#: Name, element, kind and value of each line, and where the value comes from.
LINES = (
    ("Bruto loon schaal 7", "professional", "yearly", "40200", "cao Jeugdzorg"),
    ("Vakantietoeslag en eindejaarsuitkering", "professional", "percent", "16.33", "cao Jeugdzorg"),
    ("Werkgeverslasten", "professional", "percent", "27.5", "opgave salarisadministratie"),
    ("Reizen en scholing", "travel", "yearly", "1900", "jaarrekeningen 2025"),
    ("Overhead", "overhead", "percent", "19", "benchmark"),
    ("Uren per jaar", "professional", "hours", "1878", "cao Jeugdzorg"),
    ("Verlof en feestdagen", "unproductive", "hours_off", "242", "cao Jeugdzorg"),
    ("Ziekteverzuim", "unproductive", "hours_off_percent", "6.4", "Vernet"),
    ("Direct voor de cliënt", "unproductive", "productive", "71", "tijdschrijven 2025"),
    ("Risico", "margin", "percent", "2", "afspraak"),
)
#: Who reacts in the round, and how.
AGREES, WANTS_MORE = "Orthopedagogiek De Vlieger", "Praktijk Van Eik"
#: Who asks about its contract, and about an amount.
ASKS = "Praktijk Zandloper"


def talk(region: Region, office: Office, now: datetime) -> None:
    """Ten days ago the round was opened; everything else is of today."""
    _tell(region, office, now)
    _round(region, office, now)
    _ask(region, office, now)


def _tell(region: Region, office: Office, now: datetime) -> None:
    with acting_as(office.managing(now)) as scope:
        facts = announcements.AnnouncementFacts(
            title="Aanleveren rond de feestdagen",
            text=(
                "Lever de uren van december uiterlijk 9 januari aan. Het kantoor is gesloten tussen"
                " Kerst en Nieuwjaar; spoed gaat via de bereikbaarheidsdienst."
            ),
            start_date=scope.today,
        )
        announcements.announce(scope=scope, main_contractor_id=region.main.pk, facts=facts)
        for subject, name, job in (
            (SubjectContact.Subject.DECLARATIONS, "Sem Controle", "controller"),
            (SubjectContact.Subject.CONTRACT, "Marit Contract", "contractmanager"),
            (SubjectContact.Subject.CARE, "Noor Coördinatie", "zorgcoördinator"),
        ):
            _keep(scope, region.main.pk, subject, name, job)


def _keep(scope: Scope, main_contractor_id: int, subject: str, name: str, job: str) -> None:
    contacts.add(
        scope=scope,
        main_contractor_id=main_contractor_id,
        facts=contacts.ContactFacts(
            subject=subject, name=name, job=job, start_date=scope.today, phone="033 7600100"
        ),
    )


def _round(region: Region, office: Office, now: datetime) -> None:
    opened, next_year = now - timedelta(days=10), date(now.year + 1, 7, 1)
    goods = next(one for one in GOODS if one.key == BUILT_UP)
    with acting_as(office.managing(opened)) as scope:
        product = Product.objects.visible_to(scope).get(family=goods.family, code=goods.code)
        drawn_up = buildups.draft(scope=scope, product=product, note="Voorstel volgend jaar")
        for name, element, kind, value, source in LINES:
            facts = ParameterFacts(
                name=name,
                element=element,
                kind=kind,
                value=Decimal(value),
                source=source,
                source_date=scope.today,
            )
            buildups.set_parameter(scope=scope, buildup=drawn_up, facts=facts)
    with acting_as(office.managing(opened, second=True)) as scope:
        settled = buildups.settle(scope=scope, buildup=drawn_up)
    with acting_as(office.managing(opened)) as scope:
        row = tariff_rounds.prepare(
            scope=scope,
            main_contractor_id=region.main.pk,
            facts=tariff_rounds.RoundFacts(
                title=f"Begeleiding jeugd {next_year.year}",
                effective_date=next_year,
                closes_on=scope.today + timedelta(days=21),
                text="Zeg per onderdeel of het klopt, en waarop je eigen cijfer berust.",
            ),
            buildups=[settled],
        )
        row = tariff_rounds.open_round(scope=scope, row=row)
    _react(region, office, row, now)


def _react(region: Region, office: Office, row: TariffRound, now: datetime) -> None:
    reactions = {
        AGREES: tariff_reactions.ReactionFacts(stance="agree", reason="Kostendekkend voor ons."),
        WANTS_MORE: tariff_reactions.ReactionFacts(
            stance="comment", reason="Reistijd in het buitengebied is hoger."
        ),
    }
    for name, said in reactions.items():
        with acting_as(office.at(_party(region, name), now)) as scope:
            for line in TariffRoundLine.objects.visible_to(scope).filter(round=row):
                tariff_reactions.react(scope=scope, line=line, said=[said])


def _ask(region: Region, office: Office, now: datetime) -> None:
    """About its contract, and about the first line of its newest statement."""
    with acting_as(office.at(_party(region, ASKS), now)) as scope:
        contract = Subcontract.objects.visible_to(scope).order_by("pk")[0]
        facts = questions.QuestionFacts(
            subject="Afmelding op de dag zelf",
            question="Mogen we de geplande tijd declareren als een cliënt niet komt opdagen?",
            subcontract=contract,
        )
        questions.ask(scope=scope, facts=facts)
        lines = StatementLine.objects.visible_to(scope).exclude(entitlement=None)
        for line in lines.order_by("-statement__month", "pk")[:1]:
            text = "Hoe is dit bedrag berekend? Wij kwamen zelf iets hoger uit."
            disputes.ask(scope=scope, line=line, asked=disputes.Asked(text=text))


def _party(region: Region, name: str) -> Party:
    return next(one for one in region.parties if one.provider.name == name)
