"""The site answers every login at every address as the access matrix says, and leaks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy as copy
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any
from zlib import crc32

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from hoofdaannemer.accessmatrix import (
    ABSENT,
    STRANGER,
    TO_LOGIN,
    Holdings,
    Login,
    Row,
    access,
    names,
    rows,
    tables,
)
from hoofdaannemer.accounts.models import Membership, OfficeMandate, OpenSession, User
from hoofdaannemer.accounts.selectors import MANDATE
from hoofdaannemer.core import mandates
from hoofdaannemer.core.scope import Role
from hoofdaannemer.scenarios.canary import catalogue
from hoofdaannemer.scenarios.canary.cast import BLOCKED, MOVED, NOWHERE, OFFICE_NAME, address
from tests.canary import stage

#: Those that no table lists fail a test of their own.
NAMES = [name for name in names() if name in access()]
#: So many at once, for counting every table takes longer than a look.
AT_ONCE = 24
HANDFULS = [NAMES[first : first + AT_ONCE] for first in range(0, len(NAMES), AT_ONCE)]
LISTS = [name for name in NAMES if name.endswith("_list")]
ALLOWED = (HTTPStatus.OK, HTTPStatus.FOUND)
#: Written by looking: who looked, who was refused, and the session itself.
LOGS = {
    "audit_accessrecord",
    # That somebody took a file.
    "audit_changerecord",
    "audit_refusedattempt",
    "django_session",
    "accounts_opensession",
    # A municipality's look at a report is a receipt.
    "accountability_receipt",
}


class Browsers:
    """One browser a login, opened when it is first needed and kept for the module."""

    def __init__(self) -> None:
        self.people = {login.email: login for login in [STRANGER, *stage.everybody()]}
        self._open: dict[str, Client] = {}
        self._rows: dict[str, list[Row]] = {}
        self._known = Holdings()

    def of(self, email: str) -> Client:
        """The browser in which this person has logged in."""
        return self._open[email]

    def rows(self, name: str) -> list[Row]:
        """The matrix of an address; it stays the same, for each test leaves the data as it was."""
        if name not in self._rows:
            self._rows[name] = list(rows([name], known=self._known))
        return self._rows[name]

    def open_all(self) -> None:
        """Log everybody in, so that a test's roll-back leaves the sessions."""
        self._open = {email: stage.browser(login) for email, login in self.people.items()}


@pytest.fixture(scope="module")
def opened(loaded: None) -> Iterator[Browsers]:
    """Sessions are gone with the module, for other tests count what the scenario holds."""
    with transaction.atomic():
        browsers = Browsers()
        browsers.open_all()
        yield browsers
        transaction.set_rollback(True)


@pytest.fixture
def browsers(opened: Browsers, db: None) -> Iterator[Browsers]:
    stage.as_system()
    yield opened
    stage.as_system()


@dataclass(frozen=True)
class Answer:
    """What came back: the status, where it leads, and the whole body as text."""

    status: int
    leads_to: str
    raw: bytes

    @property
    def text(self) -> str:
        return self.raw.decode(errors="replace")


def ask(client: Client, method: str, url: str) -> Answer:
    """One request, undone afterwards, in the database and in the browser's cookies."""
    stage.as_system()
    cookies = copy(client.cookies)
    with transaction.atomic():
        answer = send(client, method, url)
        transaction.set_rollback(True)
    client.cookies = cookies
    stage.as_system()
    return answer


def send(client: Client, method: str, url: str) -> Answer:
    """One request, whose changes stay for the rest of the test."""
    response: Any = getattr(client, method)(url)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, response.get("Location", ""), body)


def is_as_expected(row: Row, answer: Answer) -> bool:
    """Whether the answer is the listed one; allowed is also being led on by an action."""
    to_login = answer.leads_to.startswith("/inloggen/")
    if not row.login:
        return to_login if row.status == TO_LOGIN else answer.status == row.status
    if row.status in ALLOWED:
        return answer.status in ALLOWED and not (row.whose and to_login)
    return answer.status == row.status


def test_every_address_has_a_name() -> None:
    assert tables.nameless() == []
    assert tables.hidden() == []


def test_every_address_stands_in_the_matrix() -> None:
    assert set(names()) - set(access()) == set()


def test_the_matrix_names_no_address_that_is_gone() -> None:
    assert set(access()) - set(names()) == set()


def one_of_each_role(found: list[Row], about: str) -> list[Row]:
    """The rows of one person of each role, another one for another `about`.

    The code is the same for every party; over all addresses everybody is asked.
    """
    people: dict[Role, list[str]] = {}
    for row in found:
        if row.login not in people.setdefault(row.role, []):
            people[row.role].append(row.login)
    turn = crc32(about.encode())
    asked = {role: logins[turn % len(logins)] for role, logins in people.items()}
    return [row for row in found if row.login == asked[row.role]]


def the_telling_ones(found: list[Row]) -> list[Row]:
    """Without what says little more: what is not there, and a refusal for a second object."""
    refused = set()
    telling = []
    for row in found:
        is_refused = row.status == HTTPStatus.FORBIDDEN
        if row.whose != "absent" and not (is_refused and row.login in refused):
            telling.append(row)
        if is_refused:
            refused.add(row.login)
    return telling


@pytest.mark.parametrize("name", NAMES)
def test_every_role_gets_the_answer_of_the_matrix(name: str, browsers: Browsers) -> None:
    """The status of the matrix, and on no page a name or number of another party."""
    asked = the_telling_ones(one_of_each_role(browsers.rows(name), name))
    assert wrong_answers(asked, browsers) == []


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_everybody_gets_the_answer_of_the_matrix(name: str, browsers: Browsers) -> None:
    """The same of every person, also of objects that are not there."""
    assert wrong_answers(browsers.rows(name), browsers) == []


def wrong_answers(asked: list[Row], browsers: Browsers) -> list[str]:
    """What is not as the matrix says, or shows what is of others."""
    found = []
    for row in asked:
        answer = ask(browsers.of(row.login), row.method, row.url)
        if not is_as_expected(row, answer):
            found.append(f"{answer.status} {answer.leads_to} instead of {row}")
        if row.login:
            secrets = stage.secrets_of_others(browsers.people[row.login], row.name)
            found += [f"{one} is read in {row}" for one in secrets if one in answer.text]
    return found


def test_an_office_opens_what_a_mandate_covers_and_nothing_else(browsers: Browsers) -> None:
    """Acting for a provider it gets that provider's answers on covered pages; elsewhere 403."""
    office = browsers.of(address(OFFICE_NAME, catalogue.OFFICE))
    provider = browsers.people[address("medewerker", catalogue.ALFA)]
    mandate = OfficeMandate.objects.get(provider_organisation=provider.scope().organisation_id)
    session = office.session
    session[MANDATE] = mandate.pk
    session.save()
    covered = mandates.covered_pages()
    found = []
    for row in list(rows(filter(_may_open, NAMES), email=provider.email)):
        if row.login != provider.email or row.url.startswith(("/kantoor/", "/account/", "/api/")):
            continue
        if row.url.startswith("/machtigingen/") or row.whose == "absent":
            continue  # on these pages it acts for nobody
        answer = ask(office, row.method, row.url)
        if row.name in covered and not is_as_expected(row, answer):
            found.append(f"{answer.status} {answer.leads_to} instead of {row}")
        if row.name not in covered and answer.status != HTTPStatus.FORBIDDEN:
            found.append(f"{answer.status} instead of a refusal of {row}")
        secrets = [one for one in stage.secrets_of_others(provider) if one != catalogue.OFFICE]
        found += [f"{one} is read in {row}" for one in secrets if one in answer.text]
    del session[MANDATE]
    session.save()
    assert found == []


def _may_open(name: str) -> bool:
    """Whether a provider's people may open an address at all."""
    return access()[name][1].get(Role.SUBCONTRACTOR_USER, HTTPStatus.FORBIDDEN) in ALLOWED


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("second_path", ["?_export=csv", "?_export=xlsx", "?q=Kanarie&sort=-pk"])
def test_no_second_path_to_what_is_of_others(
    name: str, second_path: str, browsers: Browsers
) -> None:
    """Exports, searches, orders and filters by the key of another's row show nothing of others."""
    found = []
    for row in one_of_each_role(browsers.rows(name), name + second_path):
        if row.login and row.status == HTTPStatus.OK:
            answer = ask(browsers.of(row.login), "get", row.url + second_path)
            text = spreadsheet_text(answer) if "xlsx" in second_path else answer.text
            secrets = stage.secrets_of_others(browsers.people[row.login])
            found += [f"{one} is read in {row.url}{second_path}" for one in secrets if one in text]
            if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                found.append(f"{answer.status} for {row.url}{second_path}")
    assert found == []


@pytest.mark.parametrize("several", HANDFULS, ids=lambda several: several[0])
def test_looking_changes_nothing(several: list[str], browsers: Browsers) -> None:
    """GET, HEAD and OPTIONS leave every table as it was; an action refuses a GET."""
    before = counted()
    for name in several:
        look(name, browsers)
    stage.as_system()
    assert counted() == before, several


def look(name: str, browsers: Browsers) -> None:
    """Look at an address as somebody who may; over all addresses as every role."""
    stage.as_system()
    may = [
        row
        for row in browsers.rows(name)
        if row.login and row.whose in ("", "own") and row.status in ALLOWED
    ]
    if not may:
        return
    row = may[crc32(name.encode()) % len(may)]
    for method in ("get", "head", "options"):
        stage.as_system()
        with transaction.atomic():
            answer = send(browsers.of(row.login), method, row.url)
        assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (method, row)
        if method == "get" and row.method == "post":
            assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED, row


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if place % 4 else ())
        for place, name in enumerate(NAMES)
    ],
)
def test_head_and_options_tell_no_more_than_get(name: str, browsers: Browsers) -> None:
    asked = set()
    for row in browsers.rows(name):
        # One of each answer: who gets which is asked of everybody, above.
        if row.whose == "other" and row.method == "get" and row.status not in asked:
            asked.add(row.status)
            client = browsers.of(row.login)
            # A page that knows no HEAD refuses it for every key alike.
            head = ask(client, "head", row.url)
            assert head.status in (row.status, HTTPStatus.METHOD_NOT_ALLOWED), row
            other, absent = (
                ask(client, "options", row.url.replace(f"/{key_in(row.url)}/", f"/{key}/"))
                for key in (key_in(row.url), ABSENT)
            )
            assert (other.status, told(other)) == (absent.status, told(absent)), row


def told(answer: Answer) -> str:
    """The body without what differs at every request: addresses, tokens of forms, and the clock."""
    return re.sub(r'value="[A-Za-z0-9]{64}"|/\d+/|\d\d-\d\d-\d{4} \d\d:\d\d', "", answer.text)


def key_in(url: str) -> str:
    """The key of the object in an address."""
    return next(part for part in reversed(url.split("/")) if part.isdigit())


def spreadsheet_text(answer: Answer) -> str:
    """All cells of a spreadsheet as one text; anything else as it is."""
    raw = answer.raw
    if not raw.startswith(b"PK"):
        return answer.text
    book = load_workbook(BytesIO(raw), read_only=True)
    cells = (cell for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line)
    return "\n".join(str(cell) for cell in cells if cell is not None)


def counted() -> dict[str, int]:
    """Rows by table, without those that looking writes."""
    tables_present = set(connection.introspection.table_names()) - LOGS
    with connection.cursor() as cursor:
        union = " UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM {connection.ops.quote_name(table)}"  # noqa: S608
            for table in sorted(tables_present)
        )
        cursor.execute(union)
        return dict(cursor.fetchall())


# Access that ended while a browser was open


def left_behind(email: str) -> Client:
    """The browser in which somebody was logged in when access ended."""
    session = OpenSession.objects.get(user__email=email, agent="Kanarie")
    client = Client()
    client.cookies["sessionid"] = session.session_key
    return client


def test_a_blocked_person_is_out_in_an_open_browser(browsers: Browsers) -> None:
    client = left_behind(address(BLOCKED, catalogue.ALFA))
    wrong = []
    for name in NAMES:
        # The first row of an address is that of a stranger, which is all that this person is now.
        row = browsers.rows(name)[0]
        answer = ask(client, row.method, row.url)
        if not is_as_expected(row, answer):
            wrong.append(f"{answer.status} instead of {row}")
    assert wrong == []


def test_a_person_who_moved_sees_only_the_new_organisation(browsers: Browsers) -> None:
    email = address(MOVED, NOWHERE)
    login = Login(email, Role.SUBCONTRACTOR_USER, catalogue.BETA, User.objects.get(email=email).pk)
    client = left_behind(email)
    secrets = stage.secrets_of_others(login)
    found, colleague = [], address("medewerker", catalogue.BETA)
    both = (colleague, address("medewerker", catalogue.ALFA))
    for name in NAMES:
        met = set()
        # The colleague's first, whose answers are this person's; of the other one the rest.
        for row in sorted(browsers.rows(name), key=lambda row: row.login != colleague):
            # What the role never opens is asked of everybody, above.
            if row.login not in both or row.status == HTTPStatus.FORBIDDEN or row.url in met:
                continue
            met.add(row.url)
            answer = ask(client, row.method, row.url)
            if (
                row.login == colleague
                and row.whose != "own"
                # A browser session is the person's, whatever the organisation.
                and row.name != "session_end"
                and not is_as_expected(row, answer)
            ):
                found.append(f"{answer.status} instead of {row}")
            found += [f"{one} is read in {row}" for one in secrets if one in answer.text]
    assert found == []


def test_a_role_that_ends_is_gone_at_the_next_request(browsers: Browsers) -> None:
    login = next(one for one in browsers.people.values() if one.role == Role.ADMINISTRATOR)
    client, people = browsers.of(login.email), next(rows(["user_list"])).url
    assert ask(client, "get", people).status == HTTPStatus.OK
    Membership.objects.filter(pk=login.membership_id).update(ended_at=timezone.now())
    gone = ask(client, "get", people)
    assert gone.status == HTTPStatus.FOUND
    assert gone.leads_to.startswith("/inloggen/")
