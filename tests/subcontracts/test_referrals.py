"""Referrals that the own access hands in: requests like those of the form, each by itself."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from hoofdaannemer.core.errors import NotAllowedError
from hoofdaannemer.core.scope import Role, Scope, acting_as
from hoofdaannemer.core.scope import system as system_scope
from messaging.models import OutgoingMessage
from subcontracts.models import (
    AllocatedBy,
    CareRequest,
    Client,
    ClientResidence,
    ReferralFile,
    RefusedReferralRow,
    RequestedProduct,
)
from subcontracts.rules import referralfile
from subcontracts.rules.referralcells import COLUMNS
from subcontracts.services import clients, referrals, residences
from tests import factories
from tests.conftest import become
from tests.factories import NOW, World, moved
from tests.messaging.test_two_workers import at_once
from tests.subcontracts.allocating import under
from tests.subcontracts.referring import Cells, cells, file_of, treatment
from tests.subcontracts.test_requests import sent_up

_Status = CareRequest.Status


def coordinator(world: World) -> Scope:
    return become(world.at(Role.CARE_COORDINATOR))


def handed_in(
    world: World, *rows: Cells, scope: Scope | None = None
) -> tuple[ReferralFile, referrals.Outcome]:
    """What the care coordinator hands in; afterwards the test looks around as the system."""
    found = referrals.hand_in(
        scope=scope or coordinator(world),
        referrals=referralfile.read(file_of(*rows)),
        source=ReferralFile.Source.PORTAL,
    )
    become(world.system)
    return found


def kept(file: ReferralFile) -> list[tuple[int, str, str]]:
    """What of the file is kept to be mended."""
    rows = RefusedReferralRow.objects.filter(file=file)
    return list(rows.values_list("line", "column", "rule"))


def counts(file: ReferralFile) -> tuple[int, int, int]:
    return file.taken_count, file.known_count, file.refused_count


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def test_a_referral_goes_up_at_once_as_from_the_form(world: World) -> None:
    file, _outcome = handed_in(world, cells(opmerking="Met spoed"), treatment())
    assert counts(file) == (1, 0, 0)
    request = CareRequest.objects.get()
    assert (request.status, request.referral_reference) == (_Status.SENT, "WT-1")
    assert request.provider_organisation is None
    message = sent_up(request)
    assert message.client.comment == "Met spoed"
    assert message.client.guardian_known == "1"
    first, second = message.client.requested_products
    assert first.referrer.practitioner_code == second.referrer.practitioner_code == "01000001"
    assert first.extent and second.extent
    assert [(one.volume, one.unit, one.frequency) for one in (first.extent, second.extent)] == [
        (4, "04", "2"),
        (120, "01", "4"),
    ]


def test_handed_in_twice_is_one_request(world: World) -> None:
    row = cells()
    handed_in(world, row)
    file, outcome = handed_in(world, row, cells(kenmerk="WT-2"))
    assert counts(file) == (1, 1, 0)
    known, new = outcome.results
    assert known.request and new.request
    assert (known.request.referral_reference, known.is_known, new.is_known) == ("WT-1", True, False)
    assert CareRequest.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"bsn": "999999990"},
        {"volume": "5"},
        {"wet": "wmo", "productcategorie": "02", "productcode": "02A05", "gezag_bekend": ""},
    ],
    ids=["client", "care", "law"],
)
def test_a_reference_is_not_used_for_something_else(world: World, changes: Cells) -> None:
    row = cells()
    handed_in(world, row)
    file, _outcome = handed_in(world, row | changes)
    assert kept(file) == [(2, "kenmerk", "VWZ-16")]
    assert CareRequest.objects.count() == 1


def test_good_referrals_go_on_and_wrong_ones_are_kept_whole(world: World) -> None:
    wrong = cells(kenmerk="WT-2", achternaam="Kanarie-geheim")
    file, _outcome = handed_in(
        world, wrong, treatment(kenmerk="WT-2", volume=""), cells(kenmerk="WT-3")
    )
    assert counts(file) == (1, 0, 1)
    assert kept(file) == [(2, "kenmerk", "VWZ-17"), (3, "volume", "CD041")]
    assert CareRequest.objects.get().referral_reference == "WT-3"
    first = RefusedReferralRow.objects.order_by("line")[0]
    assert json.loads(first.cells) == [wrong[name] for name in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells FROM subcontracts_refusedreferralrow")
        assert all(b"geheim" not in bytes(raw) for (raw,) in cursor.fetchall())


def test_all_that_is_wrong_with_a_row_is_kept_with_it(world: World) -> None:
    file, _outcome = handed_in(world, cells(bsn="1", geslacht=""))
    row = RefusedReferralRow.objects.get(file=file)
    assert (row.column, row.rule) == ("bsn", "VWZ-04")
    assert "geslacht: " in row.text
    assert "(VWZ-07)" in row.text


def test_a_dry_run_says_it_and_changes_nothing(world: World) -> None:
    raw = file_of(cells(), cells(kenmerk="WT-2", gemeente="0001"))
    scope = coordinator(world)
    outcome = referrals.dry_run(scope=scope, referrals=referralfile.read(raw))
    become(world.system)
    assert (outcome.taken, outcome.known, len(outcome.refused)) == (1, 0, 1)
    for model in (CareRequest, Client, OutgoingMessage, ReferralFile):
        assert not model.objects.exists(), model


@pytest.mark.parametrize(
    ("changes", "column", "rule"),
    [
        ({"gemeente": "0001"}, "gemeente", "VWZ-03"),
        ({"productcode": "45A99"}, "productcode", "VWZ-08"),
        ({"wet": "wmo"}, "productcode", "VWZ-08"),
        ({"eenheid": "01"}, "eenheid", "VWZ-09"),
        ({"frequentie": "9"}, "frequentie", "VWZ-09"),
        ({"type_verwijzer": "99", "agb_verwijzer": ""}, "type_verwijzer", "VWZ-10"),
        ({"begindatum": "01-04-2024"}, "productcode", "VOT-01"),
    ],
)
def test_what_we_do_not_have_cannot_be_asked(
    world: World, changes: Cells, column: str, rule: str
) -> None:
    file, _outcome = handed_in(world, cells(**changes))
    assert kept(file) == [(2, column, rule)]


def test_the_product_that_no_contract_covers_is_named_in_its_row(world: World) -> None:
    late = treatment(begindatum="01-04-2024")
    file, _outcome = handed_in(world, cells(), late)
    assert kept(file) == [(2, "kenmerk", "VWZ-17"), (3, "productcode", "VOT-01")]


def test_the_same_product_twice_is_what_the_municipality_would_return(world: World) -> None:
    again = treatment(productcategorie="45", productcode="45A04", volume="2", frequentie="2")
    file, _outcome = handed_in(world, cells(), again)
    assert kept(file)[0] == (2, "productcode", "VOT-06")
    assert "TR386" in RefusedReferralRow.objects.filter(file=file)[0].text


def test_another_open_request_of_the_client(world: World) -> None:
    row = cells()
    handed_in(world, row)
    file, _outcome = handed_in(world, row | {"kenmerk": "WT-2"})
    assert kept(file) == [(2, "bsn", "VOT-02")]


def test_a_sealed_client(world: World) -> None:
    """Nothing is sent about it (OP003), as from the form."""
    row = cells()
    allocation = factories.allocate(world, who=factories.person(number=row["bsn"]))
    clients.seal(scope=moved(world.system), client=allocation.client)
    file, _outcome = handed_in(world, row)
    assert kept(file) == [(2, "bsn", "VOT-04")]
    assert not OutgoingMessage.objects.filter(message_type="315").exists()


def test_another_municipality_is_responsible(world: World) -> None:
    row = cells()
    allocation = factories.allocate(world, who=factories.person(number=row["bsn"]))
    residences.tell(
        scope=moved(world.system),
        client=allocation.client,
        fact=residences.Fact(
            municipality=world.other_municipality,
            start_date=date(2026, 3, 1),
            basis=ClientResidence.Basis.PRINCIPLE,
            source=ClientResidence.Source.TOLD,
        ),
    )
    file, _outcome = handed_in(world, row, cells(kenmerk="WT-2"))
    assert kept(file) == [(2, "gemeente", "VOT-12")]
    assert file.taken_count == 1


def test_under_a_mandate_it_waits_for_our_own_decision(world: World) -> None:
    under(world, AllocatedBy.MANDATE)
    file, _outcome = handed_in(world, cells())
    assert counts(file) == (1, 0, 0)
    assert CareRequest.objects.get().status == _Status.RECEIVED
    assert not OutgoingMessage.objects.exists()


def test_a_wmo_referral(world: World) -> None:
    wmo = {"wet": "wmo", "productcategorie": "02", "productcode": "02A05", "gezag_bekend": ""}
    handed_in(world, cells(**wmo))
    request = CareRequest.objects.get()
    assert (request.family, request.guardian_known) == ("wmo", None)


def test_a_referral_of_somebody_else_is_another_one(world: World, system: Scope) -> None:
    """Two main contractors may use the same reference and learn nothing of each other."""
    other = factories.world(system)
    handed_in(world, cells())
    file, _outcome = handed_in(other, cells())
    assert counts(file) == (1, 0, 0)


@pytest.mark.parametrize(
    "role", [Role.CONTROLLER, Role.QUALITY_OFFICER, Role.ADMINISTRATOR, Role.SUBCONTRACTOR_USER]
)
def test_only_care_staff_hand_in(world: World, role: Role) -> None:
    party = world.pxq if role == Role.SUBCONTRACTOR_USER else None
    scope = become(world.at(role, party))
    handed = referralfile.read(file_of(cells()))
    for service in (referrals.hand_in, referrals.dry_run):
        others: dict[str, Any] = {"source": "portal"} if service is referrals.hand_in else {}
        with pytest.raises(NotAllowedError):
            service(scope=scope, referrals=handed, **others)


def test_what_was_handed_in_is_for_care_staff_alone(world: World) -> None:
    file, _outcome = handed_in(world, cells(bsn=""))
    for role in (Role.CARE_COORDINATOR, Role.CONTRACT_MANAGER):
        scope = become(world.at(role))
        assert ReferralFile.objects.visible_to(scope).get() == file
        assert file.refused_rows.exists()
    for role in (Role.CONTROLLER, Role.QUALITY_OFFICER, Role.ADMINISTRATOR):
        scope = become(world.at(role))
        assert not ReferralFile.objects.visible_to(scope).exists()
        # The second lock.
        assert not ReferralFile.objects.exists()
        assert not RefusedReferralRow.objects.exists()


def test_many_referrals_take_the_same_queries_each(world: World) -> None:
    """Products, contracts and what is known are read once for all of them."""

    def queries(first: int, count: int) -> int:
        rows = [cells(kenmerk=f"WT-{number}") for number in range(first, first + count)]
        handed = referralfile.read(file_of(*rows))
        scope = coordinator(world)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            _file, outcome = referrals.hand_in(scope=scope, referrals=handed, source="portal")
        assert outcome.taken == count
        return len(captured)

    few, many = queries(1, 10), queries(100, 50)
    each = (many - few) / 40
    assert each <= 60


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_request() -> None:
    with acting_as(system_scope()) as scope:
        here = factories.world(scope)
        coordinator_of = here.at(Role.CARE_COORDINATOR, at=NOW)
    handed = referralfile.read(file_of(cells()))

    def hand_in() -> tuple[int, int, int]:
        with acting_as(coordinator_of) as acting:
            file, _outcome = referrals.hand_in(scope=acting, referrals=handed, source="portal")
            return counts(file)

    assert sorted(at_once(hand_in, hand_in), key=str) == [(0, 1, 0), (1, 0, 0)]
    with acting_as(system_scope()):
        assert CareRequest.objects.count() == 1
        assert RequestedProduct.objects.count() == 1


def test_the_database_keeps_a_reference_to_one_request(world: World) -> None:
    handed_in(world, cells(), cells(kenmerk="WT-2"))
    with pytest.raises(Exception, match="request_referral_once"), transaction.atomic():
        CareRequest.objects.update(referral_reference="WT-1")
