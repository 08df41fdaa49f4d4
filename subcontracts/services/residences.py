"""The responsible municipality of a client: told by people, learned from messages, in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from messaging.istandaard.codelists import code_list
from messaging.models import Family
from subcontracts import policies
from subcontracts.models import Client, ClientResidence
from subcontracts.rules import residence as rules
from subcontracts.services import foreseen


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A municipality is responsible from a day on."""

    municipality: Municipality
    start_date: date
    basis: str
    source: str
    note: str = ""


def basis_of(family: str) -> str:
    """On what the responsibility rests under a law, where nothing more is said."""
    basis = ClientResidence.Basis
    return basis.PRINCIPLE if family == Family.JW else basis.RESIDENCE


def municipality_of(code: str) -> Municipality | None:
    """The municipality of a CBS code, from now on one we know; None for a code that is none."""
    towns = code_list("CBS")
    if code not in towns:
        return None
    return Municipality.objects.get_or_create(code=code, defaults={"name": towns.label(code)})[0]


@transaction.atomic
def tell(*, scope: Scope, client: Client, fact: Fact) -> ClientResidence:
    """Record, as a coordinator, that a municipality is responsible from a day on.

    Raises NotAllowedError for other roles, RuleError WPL-01 where it was so already.
    """
    policies.check_can_manage_care(scope, client.main_contractor_id)
    locked = _locked(scope, client)
    known = _known(scope, locked)
    now = rules.on_day(known, fact.start_date)
    if now is not None and now.municipality_id == fact.municipality.pk:
        raise RuleError(
            "WPL-01",
            _("%(town)s is responsible on that day already. Choose another day or municipality.")
            % {"town": fact.municipality},
        )
    return _record(scope, locked, known, fact)


@transaction.atomic
def learn(*, scope: Scope, client: Client, fact: Fact) -> ClientResidence | None:
    """Take over what a message or a first request says; nothing where that was known."""
    locked = _locked(scope, client)
    known = _known(scope, locked)
    now = rules.on_day(known, fact.start_date)
    if now is not None and now.municipality_id == fact.municipality.pk:
        return None
    return _record(scope, locked, known, fact)


@transaction.atomic
def learn_first(*, scope: Scope, facts: Sequence[tuple[Client, Fact]]) -> None:
    """Take over the first fact of clients who were just recorded with that municipality."""
    rows = ClientResidence.objects.bulk_create(
        _row(scope, client, fact, None) for client, fact in facts
    )
    towns = [{"municipality": fact.municipality.code} for _client, fact in facts]
    audit.record_each(scope, "residence.recorded", zip(rows, towns, strict=True))


@transaction.atomic
def learn_each(*, scope: Scope, facts: Sequence[tuple[Client, Fact]]) -> None:
    """As `learn` for many, in their order; most of them say what was known."""
    known: dict[int, list[ClientResidence]] = defaultdict(list)
    rows = ClientResidence.objects.visible_to(scope).standing()
    for row in rows.filter(client__in={client.pk for client, _fact in facts}):
        known[row.client_id].append(row)
    for client, fact in facts:
        now = rules.on_day(known[client.pk], fact.start_date)
        if now is None or now.municipality_id != fact.municipality.pk:
            learn(scope=scope, client=client, fact=fact)
            known[client.pk] = _known(scope, client)


def _locked(scope: Scope, client: Client) -> Client:
    return Client.objects.visible_to(scope).select_for_update(of=("self",)).get(pk=client.pk)


def _known(scope: Scope, client: Client) -> list[ClientResidence]:
    rows = ClientResidence.objects.visible_to(scope).standing().filter(client=client)
    return list(rows.select_for_update(of=("self",)))


def _record(
    scope: Scope, client: Client, known: list[ClientResidence], fact: Fact
) -> ClientResidence:
    """Put a fact among those that are known: it counts until the next one begins."""
    end_date = _make_room(scope, known, fact.start_date)
    row = _row(scope, client, fact, end_date)
    row.save()
    audit.record(scope, "residence.recorded", row, municipality=fact.municipality.code)
    put_in_force(scope=scope, clients=Client.objects.filter(pk=client.pk))
    foreseen.follow_move(scope=scope, client=client)
    return row


def _row(scope: Scope, client: Client, fact: Fact, end_date: date | None) -> ClientResidence:
    return ClientResidence(
        main_contractor_id=client.main_contractor_id,
        client=client,
        municipality=fact.municipality,
        start_date=fact.start_date,
        end_date=end_date,
        basis=fact.basis,
        source=fact.source,
        note=fact.note,
        recorded_by_id=scope.user_id or None,
        recorded_at=scope.at,
    )


def _make_room(scope: Scope, known: list[ClientResidence], start: date) -> date | None:
    """End or replace what counts on the day; returns the last day for what comes instead."""
    before = rules.on_day(known, start)
    if before is None or before.start_date > start:
        later = rules.next_after(known, start)
        return later.start_date - timedelta(days=1) if later else None
    end_date = before.end_date
    if before.start_date == start:
        before.replaced_at = scope.at
        before.save(update_fields=["replaced_at"])
        audit.record(scope, "residence.replaced", before)
    else:
        before.end_date = start - timedelta(days=1)
        before.save(update_fields=["end_date"])
        audit.record(scope, "residence.ended", before, end=before.end_date.isoformat())
    return end_date


def put_in_force(*, scope: Scope, clients: QuerySet[Client]) -> int:
    """Give clients the municipality that is responsible today; returns how many changed."""
    mine = ClientResidence.objects.standing().filter(client=OuterRef("pk"))
    begun = mine.filter(start_date__lte=scope.today).order_by("-start_date")
    rows = clients.annotate(
        responsible=Coalesce(
            Subquery(begun.values("municipality")[:1]), Subquery(mine.values("municipality")[:1])
        )
    )
    changed = list(
        rows.exclude(responsible=None).exclude(municipality=F("responsible")).order_by("pk")
    )
    for client in changed:
        client.municipality_id = client.responsible
    Client.objects.bulk_update(changed, ["municipality"])
    audit.record_many(scope, "client.moved", changed)
    return len(changed)
