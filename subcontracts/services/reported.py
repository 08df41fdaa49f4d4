"""What subcontractors' software reports: 305 and 307, checked against what we know.

The message comes from the organisation itself (the exchange holds sender and organisation
equal), and is judged as that organisation: in the database too it finds its own rows only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.periods import Period
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.working_days import add_working_days
from messaging.exchange.dispatcher import Park
from messaging.istandaard import Finding
from messaging.istandaard.model.delivery import StartProduct, StopProduct
from messaging.istandaard.model.messages import StartMessage, StopMessage
from messaging.istandaard.parts import parts
from messaging.models import IncomingMessage
from subcontracts.models import AllocatedBy, Placement
from subcontracts.rules import keys
from subcontracts.rules.delivery import RETURN_CODES, TEXTS, StopKey
from subcontracts.services import deliveries, links, placements, refused

Record = StartProduct | StopProduct
#: Reports one record; raises RuleError with the code of the rule that it breaks.
Report = Callable[[Placement, Record], object]


@dataclass(frozen=True)
class _Sent:
    """The records of a message with their paths, what is taken back first."""

    records: Sequence[tuple[str, Record]]
    placements: Mapping[int, Placement]
    #: Placements under a task, which no number names.
    without_number: Sequence[Placement]

    def named_by(self, record: Record) -> Placement | None:
        """The placement that a record is about: by number, or under a task by product (IV096)."""
        if record.allocation_number is not None:
            found = self.placements.get(record.allocation_number)
            return found if found is not None and _is_product_of(found, record) else None
        fitting = [row for row in self.without_number if _is_product_of(row, record)]
        inside = [row for row in fitting if _covers(row, record.begin_date)]
        return next(iter(inside or fitting), None) if record.product is not None else None

    @property
    def every(self) -> list[Placement]:
        """The placements that the message names."""
        named = (self.named_by(record) for _path, record in self.records)
        return list({row.pk: row for row in named if row is not None}.values())


def take_starts(*, scope: Scope, message: StartMessage, incoming: IncomingMessage) -> list[Finding]:
    """Starts of a subcontractor's 305."""

    def report(placement: Placement, record: Record) -> object:
        if record.delivery_status == "3":
            return deliveries.withdraw_start(
                scope=scope, placement=placement, begin=record.begin_date
            )
        return deliveries.report_start(
            scope=scope, placement=placement, begin=record.begin_date, incoming=incoming
        )

    sent = _sent(scope, message, message.client.starts, incoming)
    findings = list(_taken(scope, sent, report))
    if not findings:
        refused.accepted_below(scope=scope, message_type="305", placements=sent.every)
    return findings


def take_stops(*, scope: Scope, message: StopMessage, incoming: IncomingMessage) -> list[Finding]:
    """Stops of a subcontractor's 307.

    Raises Park, once, where nothing is wrong but that a start is not known yet.
    """

    def report(placement: Placement, record: Record) -> object:
        if not isinstance(record, StopProduct):
            raise TypeError("a 307 holds stops")
        stop = StopKey(record.begin_date, record.end_date, record.stop_reason)
        if record.delivery_status == "3":
            return deliveries.withdraw_stop(scope=scope, placement=placement, stop=stop)
        return deliveries.report_stop(
            scope=scope, placement=placement, stop=stop, incoming=incoming
        )

    sent = _sent(scope, message, message.client.stops, incoming)
    findings = list(_taken(scope, sent, report))
    if findings and {finding.rule for finding in findings} == {"TR382"}:
        _park(scope, incoming)
    if not findings:
        refused.accepted_below(scope=scope, message_type="307", placements=sent.every)
    return findings


def note(*, scope: Scope, message: StartMessage | StopMessage, incoming: IncomingMessage) -> None:
    """Link a message that changed nothing to the placements that it names."""
    records: Sequence[Record] = (
        message.client.starts if isinstance(message, StartMessage) else message.client.stops
    )
    links.changed(scope, *_sent(scope, message, records, incoming).every)


def _park(scope: Scope, incoming: IncomingMessage) -> None:
    """Wait at most one working day for the start, which may travel in another message."""
    until = incoming.parked_until or _a_working_day_after(incoming.received_at)
    if until > scope.at:
        raise Park(until, _("The start that this stop ends is not known yet."))


def _a_working_day_after(moment: datetime) -> datetime:
    local = timezone.localtime(moment)
    day = add_working_days(local.date(), 1)
    return timezone.make_aware(datetime.combine(day, local.time()))


def _sent(
    scope: Scope,
    message: StartMessage | StopMessage,
    records: Sequence[Record],
    incoming: IncomingMessage,
) -> _Sent:
    paths = {id(part): path for path, part in parts(message)}
    ours = (
        Placement.objects.visible_to(scope)
        .filter(
            main_contractor=incoming.main_contractor_id,
            provider_organisation=incoming.provider_organisation_id,
            family=message.family.value,
            client__bsn_hash=keys.bsn_key(message.client.bsn),
            allocation__municipality__code=message.header.receiver,
        )
        .exclude(status__in=[Placement.Status.DECLINED, Placement.Status.WITHDRAWN])
        .select_related("product", "client")
    )
    numbers = [record.allocation_number for record in records if record.allocation_number]
    is_task = len(numbers) < len(records)
    ordered = sorted(records, key=lambda record: record.delivery_status != "3")
    return _Sent(
        records=[(paths[id(record)], record) for record in ordered],
        placements={row.number: row for row in ours.filter(number__in=numbers)},
        without_number=list(
            ours.filter(allocation__origin=AllocatedBy.TASK).order_by("start_date", "pk")
        )
        if is_task
        else [],
    )


def _taken(scope: Scope, sent: _Sent, report: Report) -> Iterator[Finding]:
    for path, record in sent.records:
        placement = sent.named_by(record)
        if placement is None:
            text = _("This allocation number is not known for this client and product.")
            yield Finding("TR019", "9019", path, text)
            continue
        try:
            with transaction.atomic():
                if placement.status == Placement.Status.OFFERED:
                    # Who reports care has taken the client.
                    placement = placements.accept(scope=scope, placement=placement)
                report(placement, record)
        except RuleError as refusal:
            if refusal.code not in RETURN_CODES:
                raise
            text = str(TEXTS[refusal.code])
            yield Finding(refusal.code, RETURN_CODES[refusal.code], path, text)


def _covers(placement: Placement, day: date) -> bool:
    return Period(placement.start_date, placement.end_date).contains(day)


def _is_product_of(placement: Placement, record: Record) -> bool:
    product = placement.product
    return record.product is None or (
        (record.product.category, record.product.code) == (product.category, product.code)
    )
