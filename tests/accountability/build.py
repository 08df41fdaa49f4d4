"""Care of many clients, for the tests of reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from hoofdaannemer.accountability import services
from hoofdaannemer.accountability.models import Report
from hoofdaannemer.accounts.models import AuthenticatorApp, Membership, Municipality, User
from hoofdaannemer.accounts.services.second_factor import new_key
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.periods import Month, Period, parse_period
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import Client as Person
from subcontracts.models import DeliveryStart, DeliveryStop, Placement
from tests.billing.build import declare, placement, priced
from tests.factories import Party, World

FIRST, SECOND = parse_period("2026-Q1"), parse_period("2026-Q2")
#: After the declarations of the tests, which come in on their today, 18 March 2026.
LATER = datetime(2026, 4, 20, 9, tzinfo=UTC)
_numbers = count(1)


def in_care(
    world: World,
    number: int,
    *,
    product: str = "guidance",
    party: Party | None = None,
    municipality: Municipality | None = None,
    begin: date = date(2025, 11, 3),
    waited: int = 20,
    recorded: datetime | None = None,
    client: Person | None = None,
) -> list[Placement]:
    """So many new clients in care since a day, or a known one with new care.

    Reported on that day unless said otherwise.
    """
    found = []
    for _ in range(number):
        placed = placement(world, party, world.products[product], start=begin, client=client)
        allocation = placed.allocation
        allocation.received_at = moment(begin - timedelta(days=waited))
        allocation.municipality = municipality or world.municipality
        allocation.save()
        began(placed, begin, recorded=recorded)
        found.append(placed)
    return found


def began(placed: Placement, day: date, *, recorded: datetime | None = None) -> DeliveryStart:
    """Care began under a placement."""
    return DeliveryStart.objects.create(
        main_contractor=placed.main_contractor,
        provider_organisation=placed.provider_organisation,
        placement=placed,
        begin_date=day,
        recorded_at=recorded or moment(day),
    )


def ended(
    placed: Placement, day: date, *, reason: str = "31", recorded: datetime | None = None
) -> DeliveryStop:
    """The last start of a placement stopped; reason 20 is a pause."""
    start = placed.starts.order_by("-begin_date").first()
    assert start
    return DeliveryStop.objects.create(
        main_contractor=placed.main_contractor,
        provider_organisation=placed.provider_organisation,
        start=start,
        end_date=day,
        reason=reason,
        recorded_at=recorded or moment(day),
    )


def declared(
    world: World,
    placements: Sequence[Placement],
    hours: int,
    month: Month,
    party: Party | None = None,
) -> None:
    """The same approved hours for each of these clients in a month."""
    submission = declare(
        world, *[priced(one, hours, month) for one in placements], month=month, party=party
    )
    assert submission.declaration.rejected_count == 0


def moment(day: date) -> datetime:
    """Nine in the morning."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def somebody(world: World, role: Role, at: datetime = LATER) -> Scope:
    """A new colleague in a role, logged in."""
    user = User.objects.create_user(f"p{next(_numbers)}@voorbeeld.example", name="Sam de Vries")
    return Scope(role=role, user_id=user.pk, main_contractor_id=world.main.pk, at=at)


def viewer(municipality: Municipality, at: datetime = LATER) -> Scope:
    """A new viewer of a municipality."""
    user = User.objects.create_user(f"g{next(_numbers)}@gemeente.example", name="Kim Bakker")
    return Scope(
        role=Role.MUNICIPAL_VIEWER, user_id=user.pk, municipality_id=municipality.pk, at=at
    )


def region(world: World) -> None:
    """Two municipalities with one group of 7 and one of 4 among larger ones."""
    in_care(world, 24)
    in_care(world, 16, municipality=world.other_municipality)
    in_care(world, 7, product="treatment", begin=date(2026, 1, 12))
    in_care(world, 4, product="treatment", municipality=world.other_municipality)
    in_care(world, 11, product="treatment", municipality=world.other_municipality)


def published(world: World, period: Period = FIRST) -> Report:
    """A report of the youth contract, made, reviewed by somebody else, and published."""
    maker = somebody(world, Role.CONTRACT_MANAGER)
    reviewer = somebody(world, Role.QUALITY_OFFICER)
    report = drafted(world, maker, period)
    services.review(scope=reviewer, report=report)
    services.publish(scope=maker, report=report)
    report.refresh_from_db()
    return report


def drafted(world: World, maker: Scope, period: Period = FIRST, **known: datetime) -> Report:
    """A draft of the youth contract's report."""
    report = services.build_report(scope=maker, contract=world.youth, period=period, **known)
    assert report.status == Report.Status.DRAFT, report.problem
    return report


def logged_in(client: Client, scope: Scope) -> Client:
    """A browser in which the person of this scope is logged in, with the second factor."""
    scopes.apply(scopes.system())
    viewer_of = scope.municipality_id or None
    Membership.objects.create(
        user_id=scope.user_id,
        role=scope.role,
        main_contractor_id=scope.main_contractor_id or None,
        municipality_id=viewer_of,
        started_at=moment(date(2026, 1, 1)),
    )
    user = User.objects.get(pk=scope.user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if not viewer_of:
        device = AuthenticatorApp.objects.create(user=user, name="app", key=new_key())
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client
