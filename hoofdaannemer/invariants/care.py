"""Promises about allocations, placements and deliveries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from django.db.models import Max, Q

from hoofdaannemer.invariants.promises import Promise, by_query
from messaging.models import Leg, OutgoingMessage
from subcontracts.models import (
    Allocation,
    CareMoveItem,
    DeliveryStart,
    ExchangeTerms,
    Placement,
    UpwardReport,
)
from subcontracts.rules.combining import (
    Handover,
    History,
    Spell,
    Start,
    Stop,
    changes,
    combined,
    handed_over,
)
from subcontracts.rules.messagekeys import allocation_of_report
from subcontracts.services.import_undoing import FREED_FROM

#: WJ757: the volume is that of the whole period.
_WHOLE_PERIOD = "6"
_LIVE = "('offered', 'accepted')"


def _beyond_extent() -> Iterator[str]:
    """Placements of one allocation that together hold more than was ever allocated.

    At any one time for a volume a frequency; over the whole period for a total. A municipality
    may lower a volume after it was placed in parts, which a person then divides anew.
    """
    live = (
        Placement.objects.filter(status__in=Placement.LIVE, volume__isnull=False)
        .filter(allocation__volume__isnull=False)
        .select_related("allocation")
        .annotate(allocated=Max("allocation__versions__volume"))
        .order_by("allocation_id", "pk")
    )
    of_allocation: dict[int, list[Placement]] = defaultdict(list)
    for placement in live:
        same = (placement.unit, placement.frequency) == (
            placement.allocation.unit,
            placement.allocation.frequency,
        )
        if same:
            of_allocation[placement.allocation_id].append(placement)
    for placements in of_allocation.values():
        allocation = placements[0].allocation
        most = _most_at_once(placements, whole=allocation.frequency == _WHOLE_PERIOD)
        allocated = max(getattr(placements[0], "allocated", None) or 0, allocation.volume or 0)
        if most > allocated:
            yield f"allocation {allocation.pk} volume {allocated} placed {most}"


def _most_at_once(placements: list[Placement], *, whole: bool) -> int:
    volumes = [placement.volume or 0 for placement in placements]
    if whole:
        return sum(volumes)
    # The sum can only be highest on a day on which one of them begins.
    return max(
        sum(
            other.volume or 0
            for other in placements
            if other.start_date <= day.start_date
            and (other.end_date is None or other.end_date >= day.start_date)
        )
        for day in placements
    )


def _not_told() -> Iterator[str]:
    """Allocations of which the municipality was not told what the reports combine into."""
    spells, moved = _spells(), _handovers()
    told: dict[int, list[UpwardReport]] = defaultdict(list)
    for report in UpwardReport.objects.filter(withdrawn_at=None):
        told[report.allocation_id].append(report)
    uses = _reporting()
    for allocation_id in sorted((spells.keys() | told.keys()) - _returned()):
        if allocation_id not in uses:
            continue
        given = handed_over(spells[allocation_id], moved[allocation_id])
        missing = changes(_history(told[allocation_id]), combined(given))
        if missing:
            yield f"allocation {allocation_id}: {_counted(missing)}"


def _reporting() -> set[int]:
    """Allocations under contracts that always used both reports; before they were in use nothing
    was told.
    """
    without = ExchangeTerms.objects.exclude(messages__contains=["305", "307"])
    rows = Allocation.objects.exclude(municipal_contract__in=without.values("contract"))
    return set(rows.order_by().values_list("pk", flat=True))


def _returned() -> set[int]:
    """Allocations of which the municipality returned a report that a person must put right, or
    settled with it in another way.
    """
    messages = OutgoingMessage.objects.filter(
        Q(settled_at=None) | ~Q(settled_note=""),
        leg=Leg.UP,
        message_type__in=["305", "307"],
        refused_at__isnull=False,
    )
    return {allocation_of_report(key) for key in messages.values_list("key", flat=True)}


def _history(reports: Iterable[UpwardReport]) -> History:
    starts, stops = [], []
    for report in reports:
        if report.kind == UpwardReport.Kind.START:
            starts.append(Start(report.begin_date))
        elif report.end_date is not None:
            stops.append(Stop(report.begin_date, report.end_date, report.reason))
    return History(tuple(starts), tuple(stops))


def _spells() -> dict[int, list[Spell]]:
    starts = (
        DeliveryStart.objects.live()
        .select_related("placement")
        .prefetch_related("stops")
        .order_by("placement_id", "begin_date", "pk")
    )
    found: dict[int, list[Spell]] = defaultdict(list)
    for start in starts:
        live = [stop for stop in start.stops.all() if stop.withdrawn_at is None]
        final = next((stop for stop in live if stop.is_final), None)
        pause = next((stop for stop in live if not stop.is_final), None)
        found[start.placement.allocation_id].append(
            Spell(
                begin=start.begin_date,
                placement=start.placement_id,
                paused_on=pause.end_date if pause else None,
                ended_on=final.end_date if final else None,
                reason=final.reason if final else "",
            )
        )
    return found


def _handovers() -> dict[int, list[Handover]]:
    """Care that was moved from one placement to another, by allocation."""
    found: dict[int, list[Handover]] = defaultdict(list)
    rows = CareMoveItem.objects.standing().order_by("pk")
    for allocation, day, before, after in rows.values_list(
        "placement__allocation", "day", "placement", "new_placement"
    ):
        if after is not None:
            found[allocation].append(Handover(day, before, after))
    return found


def _counted(missing: object) -> str:
    names = ("withdrawn_stops", "withdrawn_starts", "new_starts", "new_stops")
    parts = [f"{len(getattr(missing, name))} {name}" for name in names if getattr(missing, name)]
    return ", ".join(parts)


def _overlapping_spells() -> Iterator[str]:
    """Placements in which a start began while an earlier one was open (TR326)."""
    of_placement: dict[int, list[Spell]] = defaultdict(list)
    for spells in _spells().values():
        for spell in spells:
            of_placement[spell.placement].append(spell)
    for placement, spells in of_placement.items():
        for earlier, later in pairwise(sorted(spells)):
            if earlier.last_day is None or earlier.last_day >= later.begin:
                yield f"placement {placement} start {later.begin}"


PROMISES: tuple[Promise, ...] = (
    by_query(
        "CARE-01",
        "Live placements lie within the period of their allocation.",
        f"""
        SELECT 'placement', placement.id, 'allocation', allocation.id
        FROM subcontracts_placement placement
        JOIN subcontracts_allocation allocation ON allocation.id = placement.allocation_id
        WHERE placement.status IN {_LIVE} AND (
            allocation.is_deleted
            OR placement.start_date < allocation.start_date
            OR (allocation.end_date IS NOT NULL
                AND coalesce(placement.end_date, 'infinity') > allocation.end_date))
        """,  # noqa: S608  (a constant of this module)
    ),
    Promise(
        "CARE-02",
        "Live placements of an allocation hold no more than was allocated.",
        _beyond_extent,
    ),
    by_query(
        "CARE-03",
        "Whoever holds a placement may see its client.",
        """
        SELECT 'placement', placement.id, 'organisation', placement.provider_organisation_id
        FROM subcontracts_placement placement
        WHERE placement.status NOT IN ('declined', 'withdrawn') AND NOT EXISTS (
            SELECT 1 FROM subcontracts_clientaccess access
            WHERE access.client_id = placement.client_id
              AND access.provider_organisation_id = placement.provider_organisation_id)
        """,
    ),
    by_query(
        "CARE-04",
        "Nobody may see a client without a placement or a request of its own.",
        """
        SELECT 'client', access.client_id, 'organisation', access.provider_organisation_id
        FROM subcontracts_clientaccess access
        WHERE NOT EXISTS (
            SELECT 1 FROM subcontracts_placement placement
            WHERE placement.client_id = access.client_id
              AND placement.provider_organisation_id = access.provider_organisation_id)
          AND NOT EXISTS (
            SELECT 1 FROM subcontracts_carerequest request
            WHERE request.client_id = access.client_id
              AND request.provider_organisation_id = access.provider_organisation_id)
        """,
    ),
    Promise("CARE-05", "Starts and stops combine into what was reported upward.", _not_told),
    Promise("CARE-06", "A placement has one open start at a time (TR326).", _overlapping_spells),
    by_query(
        "CARE-07",
        "A stop lies on or after its start, under a placement that was accepted.",
        """
        SELECT 'stop', stop.id, 'start', start.id
        FROM subcontracts_deliverystop stop
        JOIN subcontracts_deliverystart start ON start.id = stop.start_id
        JOIN subcontracts_placement placement ON placement.id = start.placement_id
        WHERE stop.withdrawn_at IS NULL AND (
            stop.end_date < start.begin_date OR start.withdrawn_at IS NOT NULL
            OR placement.status IN ('offered', 'declined'))
        """,
    ),
    by_query(
        "CARE-08",
        "A placement repeats client, law and owner of its allocation, and its parties are one.",
        """
        SELECT 'placement', placement.id
        FROM subcontracts_placement placement
        JOIN subcontracts_allocation allocation ON allocation.id = placement.allocation_id
        JOIN subcontracts_subcontractor party ON party.id = placement.subcontractor_id
        LEFT JOIN subcontracts_subcontract contract ON contract.id = placement.subcontract_id
        WHERE placement.client_id <> allocation.client_id
           OR placement.family <> allocation.family
           OR placement.provider_organisation_id <> party.provider_organisation_id
           OR contract.subcontractor_id <> placement.subcontractor_id
           OR party.is_own_team <> (placement.subcontract_id IS NULL)
        """,
    ),
    by_query(
        "CARE-09",
        "The number of a relayed placement lies in the range that its contract agreed, unless it"
        " came along from an earlier administration, or its take-over was undone.",
        f"""
        SELECT 'placement', placement.id, placement.number
        FROM subcontracts_placement placement
        JOIN subcontracts_allocation allocation ON allocation.id = placement.allocation_id
        -- One that is in use or was.
        WHERE NOT EXISTS (
            SELECT 1 FROM subcontracts_exchangeterms held
            WHERE held.contract_id = allocation.municipal_contract_id
              AND placement.number BETWEEN held.number_first AND held.number_last)
          AND NOT placement.is_known_below
          AND NOT (placement.status = 'withdrawn' AND placement.number >= {FREED_FROM})
        """,  # noqa: S608  (a constant of the service that frees the numbers)
    ),
    by_query(
        "CARE-10",
        "An allocation is as its newest version says.",
        """
        SELECT 'allocation', allocation.id
        FROM subcontracts_allocation allocation
        JOIN LATERAL (
            SELECT start_date, end_date, volume, unit, frequency, budget, decided_at
            FROM subcontracts_allocationversion version
            WHERE version.allocation_id = allocation.id
            ORDER BY decided_at DESC, id DESC LIMIT 1) newest ON true
        WHERE NOT allocation.is_deleted
          AND (allocation.start_date, allocation.end_date, allocation.volume, allocation.unit,
               allocation.frequency, allocation.budget, allocation.decided_at)
              IS DISTINCT FROM (newest.start_date, newest.end_date, newest.volume, newest.unit,
                                newest.frequency, newest.budget, newest.decided_at)
        """,
    ),
    by_query(
        "CARE-11",
        "The shares of the municipalities in a contract add up to 100 percent on every day, from"
        " its first on.",
        """
        SELECT 'contract', division.contract_id, division.start_date, sum(share.percent)
        FROM subcontracts_municipaldivision division
        LEFT JOIN subcontracts_municipalshare share ON share.division_id = division.id
        GROUP BY division.id HAVING sum(share.percent) IS DISTINCT FROM 100
        UNION ALL
        SELECT 'contract', contract.id, contract.start_date, NULL
        FROM subcontracts_municipalcontract contract
        WHERE NOT EXISTS (
            SELECT 1 FROM subcontracts_municipaldivision division
            WHERE division.contract_id = contract.id
              AND division.start_date <= contract.start_date)
        """,
    ),
    by_query(
        "CARE-12",
        "A running subcontract was signed and has a funding line.",
        """
        SELECT 'subcontract', contract.id, contract.status
        FROM subcontracts_subcontract contract
        WHERE contract.status IN ('active', 'ending') AND (
            contract.signed_on IS NULL OR NOT EXISTS (
                SELECT 1 FROM subcontracts_fundingline line
                WHERE line.subcontract_id = contract.id))
        """,
    ),
    by_query(
        "CARE-13",
        "Every placement, start and stop stands in the change history.",
        """
        SELECT made.tab, made.id FROM (
            SELECT 'subcontracts_placement' AS tab, id FROM subcontracts_placement
            UNION ALL SELECT 'subcontracts_deliverystart', id FROM subcontracts_deliverystart
            UNION ALL SELECT 'subcontracts_deliverystop', id FROM subcontracts_deliverystop
        ) made
        WHERE NOT EXISTS (
            SELECT 1 FROM audit_changerecord record
            WHERE record."table" = made.tab AND record.row = made.id)
        """,
    ),
    by_query(
        "CARE-14",
        "A request is closed when all its products, or its change, are answered, and not before.",
        """
        SELECT 'request', request.id, request.status
        FROM subcontracts_carerequest request
        CROSS JOIN LATERAL (
            SELECT count(*) AS asked,
                   count(*) FILTER (WHERE part.answer IN ('allocated', 'refused')) AS closed,
                   count(*) FILTER (WHERE part.answer = 'investigated') AS investigated
            FROM (SELECT request_id, '315' AS kind, answer FROM subcontracts_requestedproduct
                  UNION ALL
                  SELECT request_id, '317', answer FROM subcontracts_requestedchange) part
            WHERE (part.request_id, part.kind) = (request.id, request.kind)) parts
        WHERE asked = 0
           OR (request.status IN ('answered', 'dismissed')) <> (closed = asked)
           OR (request.status = 'investigated') <> (investigated > 0)
        """,
    ),
    by_query(
        "CARE-15",
        "A requested product counts as allocated when its client has an allocation for it.",
        """
        SELECT 'product', product.id, product.answer
        FROM subcontracts_requestedproduct product
        JOIN subcontracts_carerequest request ON request.id = product.request_id
        LEFT JOIN LATERAL (
            SELECT count(*) AS all_of_them,
                   count(*) FILTER (WHERE allocation.client_id = request.client_id) AS right_ones
            FROM subcontracts_allocation allocation
            WHERE allocation.requested_product_id = product.id) answers ON true
        WHERE (product.answer = 'allocated') <> (all_of_them > 0) OR all_of_them <> right_ones
        """,
    ),
    by_query(
        "CARE-16",
        "A requested product or change repeats law and asker of its request.",
        """
        SELECT part.kind, part.id
        FROM (SELECT 'product' AS kind, id, request_id, family, provider_organisation_id
              FROM subcontracts_requestedproduct
              UNION ALL
              SELECT 'change', id, request_id, family, provider_organisation_id
              FROM subcontracts_requestedchange) part
        JOIN subcontracts_carerequest request ON request.id = part.request_id
        WHERE (part.family, part.provider_organisation_id)
              IS DISTINCT FROM (request.family, request.provider_organisation_id)
        """,
    ),
    by_query(
        "CARE-17",
        "Every emergency access to a client stands in the access log, with a reason.",
        """
        SELECT emergency.id FROM subcontracts_emergencyaccess emergency
        WHERE emergency.client_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM audit_accessrecord record
            WHERE record.client = emergency.client_id AND record.user_id = emergency.user_id
              AND record.at = emergency.opened_at AND record.purpose = 'break_glass.opened'
              AND record.reason <> '')
        """,
    ),
    by_query(
        "CARE-18",
        "A change that was sent names every allocation that was current then (TR349).",
        """
        SELECT 'request', request.id, 'allocation', allocation.id
        FROM subcontracts_carerequest request
        JOIN subcontracts_allocation allocation
            ON (allocation.main_contractor_id, allocation.client_id, allocation.municipality_id,
                allocation.family)
             = (request.main_contractor_id, request.client_id, request.municipality_id,
                request.family)
        JOIN LATERAL (
            SELECT end_date, change_reason FROM subcontracts_allocationversion version
            WHERE version.allocation_id = allocation.id
              AND version.recorded_at <= request.sent_at
            ORDER BY decided_at DESC, id DESC LIMIT 1) at_that_time ON true
        WHERE request.kind = '317' AND at_that_time.change_reason <> '13'
          AND coalesce(at_that_time.end_date, 'infinity')
              >= (request.sent_at AT TIME ZONE 'Europe/Amsterdam')::date
          AND NOT EXISTS (
            SELECT 1 FROM subcontracts_changedproduct line
            WHERE line.request_id = request.id AND line.allocation_id = allocation.id
              AND line.stage = 'sent' AND line.superseded_at IS NULL)
        """,
    ),
    by_query(
        "CARE-19",
        "A line of a change is about its own client, and only its asker may read what it asked.",
        """
        SELECT 'line', line.id
        FROM subcontracts_changedproduct line
        JOIN subcontracts_carerequest request ON request.id = line.request_id
        LEFT JOIN subcontracts_allocation allocation ON allocation.id = line.allocation_id
        LEFT JOIN subcontracts_placement placement ON placement.id = line.placement_id
        WHERE (allocation.id IS NOT NULL AND
               (allocation.client_id, allocation.municipality_id, allocation.family)
               IS DISTINCT FROM (request.client_id, request.municipality_id, request.family))
           OR (placement.id IS NOT NULL AND
               (placement.allocation_id, placement.provider_organisation_id)
               IS DISTINCT FROM (line.allocation_id, request.provider_organisation_id))
           OR line.provider_organisation_id IS DISTINCT FROM
              CASE line.stage WHEN 'asked' THEN request.provider_organisation_id END
        """,
    ),
    by_query(
        "CARE-20",
        "A delivery that answers a change is of its client, and the change counts as allocated.",
        """
        SELECT 'version', version.id, 'change', change.id
        FROM subcontracts_allocationversion version
        JOIN subcontracts_allocation allocation ON allocation.id = version.allocation_id
        JOIN subcontracts_requestedchange change ON change.id = version.requested_change_id
        JOIN subcontracts_carerequest request ON request.id = change.request_id
        WHERE change.answer <> 'allocated' OR allocation.client_id <> request.client_id
        """,
    ),
    by_query(
        "CARE-21",
        "A start or stop is due on both legs, first below; only what is due below is a provider's.",
        """
        SELECT 'deadline', own.id
        FROM subcontracts_deadline own
        LEFT JOIN subcontracts_placement placement ON placement.id = own.placement_id
        WHERE (own.provider_organisation_id IS DISTINCT FROM
               CASE own.leg WHEN 'down' THEN placement.provider_organisation_id END
               -- Where the contract relays nothing, the main contractor reports below too.
               AND NOT (own.leg = 'down' AND own.provider_organisation_id IS NULL AND EXISTS (
                   SELECT 1 FROM subcontracts_relaymode kept
                   WHERE kept.subcontract_id = placement.subcontract_id AND kept.mode = 'none')))
           OR (own.kind IN ('305', '307') AND own.dropped_at IS NULL AND NOT EXISTS (
               SELECT 1 FROM subcontracts_deadline other
               WHERE other.placement_id = own.placement_id AND other.kind = own.kind
                 AND other.event_date = own.event_date AND other.dropped_at IS NULL
                 AND other.leg <> own.leg
                 AND CASE own.leg WHEN 'down' THEN other.due_date >= own.due_date
                                  ELSE other.due_date <= own.due_date END))
        """,
    ),
    by_query(
        "CARE-22",
        "A client's municipality is the one that is responsible, or was until last night.",
        """
        SELECT 'client', client.id
        FROM subcontracts_client client
        JOIN LATERAL (
            SELECT (now() AT TIME ZONE 'Europe/Amsterdam')::date - passed AS day
            FROM generate_series(0, 1) AS passed) days ON true
        LEFT JOIN LATERAL (
            SELECT municipality_id FROM subcontracts_clientresidence residence
            WHERE residence.client_id = client.id AND residence.replaced_at IS NULL
            ORDER BY residence.start_date > days.day,
                abs(residence.start_date - days.day), residence.id LIMIT 1) responsible ON true
        GROUP BY client.id
        HAVING NOT coalesce(bool_or(responsible.municipality_id = client.municipality_id), false)
        """,
    ),
    by_query(
        "CARE-23",
        "A 301 goes to a subcontractor only after its contract began to relay by message.",
        """
        SELECT 'message', message.id, 'placement', placement.id
        FROM messaging_outgoingmessage message
        JOIN subcontracts_messagelink link ON link.outgoing_id = message.id
        JOIN subcontracts_placement placement ON placement.id = link.placement_id
        WHERE message.message_type = '301' AND NOT EXISTS (
            SELECT 1 FROM subcontracts_relaymode relay
            WHERE relay.subcontract_id = placement.subcontract_id AND relay.mode = 'messages'
              AND (relay.start_date <= (message.created_at AT TIME ZONE 'Europe/Amsterdam')::date
                   OR NOT EXISTS (
                       SELECT 1 FROM subcontracts_relaymode earlier
                       WHERE earlier.subcontract_id = relay.subcontract_id
                         AND (earlier.start_date, earlier.id) < (relay.start_date, relay.id))))
        """,
    ),
)
