"""The page on which the own access's referrals are read in, and what it leaves on others."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hoofdaannemer.audit.models import AccessRecord, ChangeRecord
from hoofdaannemer.core.scope import Role, Scope
from subcontracts.models import CareRequest, ReferralFile
from subcontracts.rules import csvfiles
from subcontracts.rules.referralcells import COLUMNS
from tests import factories
from tests.conftest import become
from tests.factories import World
from tests.subcontracts.conftest import Browser as Browse
from tests.subcontracts.referring import cells, file_of

URL = "/verzoeken/verwijzingen/"


@pytest.fixture
def world(system: Scope) -> World:
    return factories.world(system)


def upload(raw: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("verwijzingen.csv", raw, content_type="text/csv")


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_first_checked_then_handed_in(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CARE_COORDINATOR)
    assert browser.get(URL).context["handed_in"] == []
    raw = file_of(cells(), cells(kenmerk="WT-2", bsn="12"))
    checked = browser.post(URL, {"file": upload(raw), "check": ""})
    assert checked.context["outcome"].taken == 1
    assert [row[:3] for row in checked.context["refused"]["rows"]] == [(3, "bsn", "VWZ-04")]
    become(world.system)
    assert not CareRequest.objects.exists()
    assert browser.post(URL, {"file": upload(raw), "hand_in": ""})["Location"] == URL
    shown = browser.get(URL)
    become(world.system)
    file = ReferralFile.objects.get()
    assert (file.source, file.taken_count, file.refused_count) == ("portal", 1, 1)
    assert shown.context["handed_in"][0]["url"] == f"{URL}{file.pk}/"


def test_what_was_not_taken_is_mended_and_handed_in_again(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CARE_COORDINATOR)
    browser.post(URL, {"file": upload(file_of(cells(bsn="12", opmerking="=1+1"))), "hand_in": ""})
    become(world.system)
    file = ReferralFile.objects.get()
    [row] = rows_of(browser.get(f"{URL}{file.pk}/"))
    assert (row["rij"], row["kolom"], row["regel"]) == ("2", "bsn", "VWZ-04")
    assert row["opmerking"] == "'=1+1"
    mended = io.StringIO()
    writer = csv.DictWriter(mended, list(row), delimiter=";")
    writer.writeheader()
    writer.writerow(row | {"bsn": factories.bsn()})
    browser.post(URL, {"file": upload(mended.getvalue().encode()), "hand_in": ""})
    become(world.system)
    assert CareRequest.objects.get().comment == "=1+1"


def test_a_look_at_what_was_not_taken_is_logged(world: World, browse: Browse) -> None:
    """Of whom we know; and in each case that somebody took the file."""
    row = cells()
    browser = browse(world, Role.CARE_COORDINATOR)
    browser.post(URL, {"file": upload(file_of(row)), "hand_in": ""})
    again = file_of(row | {"kenmerk": "WT-2"}, cells(kenmerk="WT-3", wet=""))
    browser.post(URL, {"file": upload(again), "hand_in": ""})
    become(world.system)
    browser.get(f"{URL}{ReferralFile.objects.first().pk}/")
    become(world.system)
    looked = AccessRecord.objects.filter(purpose="referral_file.downloaded")
    assert [one.client for one in looked] == [CareRequest.objects.get().client_id]
    assert ChangeRecord.objects.filter(verb="referral_file.downloaded").count() == 1


@pytest.mark.parametrize(
    ("raw", "code"), [(b"kenmerk;wet\n1;jw", "CSV-03"), (file_of(), "CSV-04"), (b"\xff", "CSV-02")]
)
def test_a_file_that_cannot_be_read(world: World, browse: Browse, raw: bytes, code: str) -> None:
    browser = browse(world, Role.CONTRACT_MANAGER)
    for button in ("check", "hand_in"):
        answer = browser.post(URL, {"file": upload(raw), button: ""})
        assert answer.status_code == 200
        assert code in answer.content.decode()
    become(world.system)
    assert not ReferralFile.objects.exists()


def test_a_file_that_is_too_large_is_not_read(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CARE_COORDINATOR)
    answer = browser.post(URL, {"file": upload(b"x" * (csvfiles.MOST_BYTES + 1)), "check": ""})
    assert "file" in answer.context["form"].errors


def test_an_empty_file_has_the_headings_alone(world: World, browse: Browse) -> None:
    answer = browse(world, Role.CARE_COORDINATOR).get(reverse("referral_file_template"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text == ";".join(COLUMNS) + "\r\n"


def test_of_calls_only_what_was_not_taken_is_listed(world: World, browse: Browse) -> None:
    made = {"main_contractor": world.main, "handed_in_at": factories.NOW, "known_count": 0}
    for taken, refused in ((1, 0), (0, 1)):
        ReferralFile.objects.create(source="api", taken_count=taken, refused_count=refused, **made)
    page = browse(world, Role.CARE_COORDINATOR).get(URL)
    assert [one["row"].refused_count for one in page.context["handed_in"]] == [1]


def test_a_request_is_found_by_the_reference_of_its_referral(world: World, browse: Browse) -> None:
    browser = browse(world, Role.CARE_COORDINATOR)
    raw = file_of(cells(kenmerk="Wijk-7"), cells(kenmerk="Wijk-8"))
    browser.post(URL, {"file": upload(raw), "hand_in": ""})
    become(world.system)
    request = CareRequest.objects.get(referral_reference="Wijk-8")
    listed = browser.get(reverse("request_list"), {"referral_reference": "Wijk-8"})
    assert [row.record for row in listed.context["table"].rows] == [request]
    assert "Wijk-8" in browser.get(request.get_absolute_url()).content.decode()
    assert URL in listed.content.decode()
    for role in (Role.CONTROLLER, Role.QUALITY_OFFICER):
        assert URL not in browse(world, role).get(reverse("request_list")).content.decode()


def test_another_main_contractors_file_is_not_there(
    world: World, system: Scope, browse: Browse
) -> None:
    other = factories.world(system)
    browse(world, Role.CARE_COORDINATOR).post(
        URL, {"file": upload(file_of(cells(bsn="1"))), "hand_in": ""}
    )
    become(system)
    file = ReferralFile.objects.get()
    stranger = browse(other, Role.CARE_COORDINATOR)
    assert stranger.get(f"{URL}{file.pk}/").status_code == 404
    assert stranger.get(URL).context["handed_in"] == []
