"""Promises about allocations, placements and deliveries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from django.db.models import Max, Q

from hoofdaannemer.invariants.promises import Promise, by_query
from messaging.models import Leg, OutgoingMessage
from subcontracts.models import Allocation, DeliveryStart, Placement, UpwardReport
from subcontracts.rules.combining import History, Spell, Start, Stop, changes, combined
from subcontracts.rules.messagekeys import allocation_of_report

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
    spells = _spells()
    told: dict[int, list[UpwardReport]] = defaultdict(list)
    for report in UpwardReport.objects.filter(withdrawn_at=None):
        told[report.allocation_id].append(report)
    uses = dict(Allocation.objects.values_list("pk", "municipal_contract__messages").order_by("pk"))
    for allocation_id in sorted((spells.keys() | told.keys()) - _returned()):
        if not {"305", "307"} <= set(uses.get(allocation_id, ())):
            continue
        missing = changes(_history(told[allocation_id]), combined(spells[allocation_id]))
        if missing:
            yield f"allocation {allocation_id}: {_counted(missing)}"


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
        "The number of a relayed placement lies in the range that its contract agreed.",
        """
        SELECT 'placement', placement.id, placement.number
        FROM subcontracts_placement placement
        JOIN subcontracts_allocation allocation ON allocation.id = placement.allocation_id
        JOIN subcontracts_municipalcontract contract
            ON contract.id = allocation.municipal_contract_id
        WHERE placement.number NOT BETWEEN contract.relay_number_first
                                       AND contract.relay_number_last
        """,
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
        "The shares of the municipalities in a contract add up to 100 percent.",
        """
        SELECT 'contract', contract_id, sum(share) FROM subcontracts_contractmunicipality
        GROUP BY contract_id HAVING sum(share) <> 100
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
        "A request is closed when all its products are answered, and not before.",
        """
        SELECT 'request', request.id, request.status
        FROM subcontracts_carerequest request
        CROSS JOIN LATERAL (
            SELECT count(*) AS asked,
                   count(*) FILTER (WHERE product.answer IN ('allocated', 'refused')) AS closed,
                   count(*) FILTER (WHERE product.answer = 'investigated') AS investigated
            FROM subcontracts_requestedproduct product
            WHERE product.request_id = request.id) products
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
        "A requested product repeats law and asker of its request.",
        """
        SELECT 'product', product.id
        FROM subcontracts_requestedproduct product
        JOIN subcontracts_carerequest request ON request.id = product.request_id
        WHERE (product.family, product.provider_organisation_id)
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
)
