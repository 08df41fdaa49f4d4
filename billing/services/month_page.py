"""The month page of a practice: typed, checked and handed in on the same path as a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from billing import policies
from billing.findings import sentence
from billing.models import Declaration, LineFinding, MonthDraft
from billing.rules.holds import workers_do_not_fit
from billing.rules.pxq import priced
from billing.selectors.month_cards import Card, cards
from billing.services import entitling, holds
from billing.services.declarations import (
    Head,
    Submission,
    Verdict,
    WorkerVolumes,
    check,
    month_for,
    submit,
)
from billing.services.judging import findings
from billing.services.staging import StagedLine
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import from_cents, to_cents
from hoofdaannemer.core.numbering import next_number
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from subcontracts.models import Subcontractor


@dataclass(frozen=True)
class Entry:
    """What was typed for a placement: a volume, or a reason for no care, or nothing yet.

    `workers` gives volume per professional (ids), where the practice tells.
    """

    volume: int | None = None
    no_care: str = ""
    workers: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """Verdicts by placement, in words; empty where the line is good."""

    sentences: Mapping[int, Sequence[str]]
    submitted: Decimal
    granted: Decimal
    declarations: Sequence[Declaration] = ()


@dataclass(frozen=True)
class _Bundle:
    """The lines for one main contractor and law, with the placement of each debit."""

    subcontractor: Subcontractor
    family: str
    lines: Sequence[StagedLine]
    placements: Mapping[int, int]
    workers: WorkerVolumes


@transaction.atomic
def save(*, scope: Scope, month: Month, entries: Mapping[int, Entry]) -> None:
    """Keep what was typed, by placement (ids); placements of others are left alone."""
    _save(scope, month, cards(scope, month), entries)


def _save(scope: Scope, month: Month, found: Sequence[Card], entries: Mapping[int, Entry]) -> None:
    drafts = [
        MonthDraft(
            main_contractor_id=card.placement.main_contractor_id,
            provider_organisation_id=card.placement.provider_organisation_id,
            placement=card.placement,
            month=month.first,
            volume=None if entry.no_care else entry.volume,
            no_care=entry.no_care,
            workers={str(one): volume for one, volume in entry.workers.items()},
            saved_at=scope.at,
        )
        for card in found
        if (entry := entries.get(card.placement.pk))
    ]
    MonthDraft.objects.bulk_create(
        drafts,
        update_conflicts=True,
        unique_fields=["placement", "month"],
        update_fields=["volume", "no_care", "workers", "saved_at"],
    )


@transaction.atomic
def check_month(*, scope: Scope, month: Month, entries: Mapping[int, Entry]) -> Outcome:
    """What would be said of these entries; nothing is stored."""
    sentences: dict[int, list[str]] = {}
    submitted = granted = from_cents(0)
    for bundle in _bundles(cards(scope, month), entries):
        head = Head(bundle.family, "", month_for(bundle.subcontractor, bundle.family, month))
        verdict = check(
            scope=scope, subcontractor=bundle.subcontractor, head=head, lines=bundle.lines
        )
        submitted, granted = submitted + verdict.submitted, granted + verdict.granted
        for line, rule, facts in findings(bundle.family):
            if line in bundle.placements:
                text = sentence(rule, facts)
                sentences.setdefault(bundle.placements[line], []).append(text)
    return Outcome(sentences, submitted, granted)


@transaction.atomic
def hand_in(*, scope: Scope, month: Month, entries: Mapping[int, Entry]) -> Outcome:
    """Declare a month: lines for what was typed, credits where an approved line changed.

    Raises RuleError BIL-50 for a month that has not ended, BIL-51 where nothing is new, BIL-52
    where a placement has neither a number nor a reason, BIL-30 where professionals do not fit.
    """
    if month.last > scope.today:
        raise RuleError("BIL-50", _("This month has not ended. You can hand it in when it has."))
    found = cards(scope, month)
    known = {card.placement.pk: card.no_care for card in found}
    _save(scope, month, found, entries)
    if any(not entry.no_care and entry.volume is None for entry in entries.values()):
        raise RuleError(
            "BIL-52", _("Fill in a number for every client, or say why there was no care.")
        )
    _check_workers(found, entries)
    submissions = [_declared(scope, month, bundle) for bundle in _bundles(found, entries)]
    # That nobody was in care is an answer too, the first time that it is given.
    if not submissions and all(entry.no_care == known.get(pk) for pk, entry in entries.items()):
        raise RuleError("BIL-51", _("There is nothing new to hand in for this month."))
    sentences: dict[int, list[str]] = {}
    for _bundle, submission in submissions:
        for placement, text in _sentences(submission.declaration):
            sentences.setdefault(placement, []).append(text)
    for subcontractor in {bundle.subcontractor for bundle, _submission in submissions}:
        # A practice has a few clients: it sees at once what is due and what is held.
        entitling.entitle(scope=scope, subcontractor=subcontractor)
        holds.refresh(scope=scope, subcontractor=subcontractor)
    verdicts: list[Verdict] = [submission.verdict for _bundle, submission in submissions]
    return Outcome(
        sentences,
        sum((one.submitted for one in verdicts), from_cents(0)),
        sum((one.granted for one in verdicts), from_cents(0)),
        [submission.declaration for _bundle, submission in submissions],
    )


def _check_workers(found: Sequence[Card], entries: Mapping[int, Entry]) -> None:
    """Who did it is part of the number, by professionals who are named for the client then."""
    for card in found:
        entry = entries.get(card.placement.pk)
        if entry and entry.volume is not None:
            named = {one.professional_id for one in card.named}
            if entry.workers.keys() - named or sum(entry.workers.values()) > entry.volume:
                raise workers_do_not_fit()


def _declared(scope: Scope, month: Month, bundle: _Bundle) -> tuple[_Bundle, Submission]:
    policies.check_can_declare(scope, bundle.subcontractor)
    series = f"declaration:{bundle.subcontractor.pk}"
    number = next_number(bundle.subcontractor.main_contractor_id, series)
    head = Head(
        bundle.family, f"P{number:08d}", month_for(bundle.subcontractor, bundle.family, month)
    )
    lines = [line._replace(reference=f"{head.number}-{line.line}") for line in bundle.lines]
    submission = submit(
        scope=scope,
        subcontractor=bundle.subcontractor,
        head=head,
        lines=lines,
        workers=bundle.workers,
    )
    audit.record(scope, "month.handed_in", submission.declaration, month=str(month))
    return bundle, submission


def _sentences(declaration: Declaration) -> Iterator[tuple[int, str]]:
    findings = LineFinding.objects.filter(
        declared_line__declaration=declaration, declared_line__placement__isnull=False
    ).select_related("declared_line")
    for finding in findings:
        placement = finding.declared_line.placement_id
        if placement is not None:
            yield placement, sentence(finding.rule, finding.facts)


def _bundles(found: Sequence[Card], entries: Mapping[int, Entry]) -> Iterator[_Bundle]:
    changed = [
        card for card in found if (entry := entries.get(card.placement.pk)) and _is_new(card, entry)
    ]
    changed.sort(key=_party)
    for _key, group in groupby(changed, key=_party):
        yield _bundle(list(group), entries)


def _party(card: Card) -> tuple[int, str]:
    return card.placement.subcontractor_id, card.placement.family


def _is_new(card: Card, entry: Entry) -> bool:
    if entry.volume is None and not entry.no_care:
        return False  # nothing was typed yet: that takes nothing back
    if card.approved:
        is_changed = entry.volume != card.approved.volume or entry.workers != card.approved_workers
        return bool(entry.no_care) or is_changed
    return bool(entry.volume) and not entry.no_care


def _bundle(group: Sequence[Card], entries: Mapping[int, Entry]) -> _Bundle:
    lines: list[StagedLine] = []
    placements: dict[int, int] = {}
    workers: dict[int, Mapping[int, int]] = {}
    for card in group:
        entry = entries[card.placement.pk]
        if card.approved:
            lines.append(_credit(card, len(lines) + 1))
        if entry.volume and not entry.no_care:
            line = _debit(card, entry.volume, len(lines) + 1)
            lines.append(line)
            placements[line.line] = card.placement.pk
            workers[line.line] = entry.workers
    first = group[0].placement
    return _Bundle(
        first.subcontractor, first.family, lines, placements, WorkerVolumes(by_line=workers)
    )


def _debit(card: Card, volume: int, line: int) -> StagedLine:
    placed = card.placement
    tariff, amount = priced(volume, card.unit, card.price, card.price_unit, card.how)
    return StagedLine(
        line=line,
        client_id=placed.client_id,
        reference=f"new-{line}",
        previous_reference="",
        number=placed.number,
        category=placed.product.category,
        code=placed.product.code,
        start=card.period.start,
        end=card.period.end or card.period.start,
        volume=volume,
        unit=card.unit,
        tariff=tariff,
        amount=amount,
        is_credit=False,
    )


def _credit(card: Card, line: int) -> StagedLine:
    before = card.approved
    if before is None:
        raise ValueError("there is no line to credit")
    return StagedLine(
        line=line,
        client_id=card.placement.client_id,
        reference=f"new-{line}",
        previous_reference=before.reference,
        number=before.number,
        category=before.category,
        code=before.code,
        start=before.start_date,
        end=before.end_date,
        volume=before.volume,
        unit=before.unit,
        tariff=None if before.tariff is None else to_cents(before.tariff),
        amount=to_cents(before.amount),
        is_credit=True,
    )
