"""The page bases: who gets in, which rows, in which order, and what an odd address does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django_filters
import django_tables2
import pytest
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from hoofdaannemer.core import export, navigation, pages, tables
from hoofdaannemer.core.errors import ConflictError, NotAllowedError, RuleError
from hoofdaannemer.core.filters import FilterSet, PrefixFilter
from hoofdaannemer.core.scope import NOBODY, Role, Scope
from hoofdaannemer.core.views import components

_READER = Role.CONTROLLER


@pytest.fixture(autouse=True)
def _nobody_loses_access(monkeypatch: pytest.MonkeyPatch) -> None:
    """The readers here are invented: no row says that they may."""
    monkeypatch.setattr(export, "_checks", [])


class _Rows(models.QuerySet["Thing"]):
    def visible_to(self, scope: Scope) -> _Rows:
        return self.filter(name__startswith=f"{scope.main_contractor_id}-")


class Thing(Group):
    """Any table will do; a name tells whose row it is."""

    objects = _Rows.as_manager()

    class Meta:
        proxy = True
        app_label = "auth"


class _Table(tables.Table):
    name = django_tables2.Column(orderable=True)
    id = django_tables2.Column()


class _Filter(FilterSet):
    name = PrefixFilter(label="Name")
    kind = django_filters.ChoiceFilter(choices=[("a", "Kind A")], method="ignored", label="Kind")

    def ignored(self, rows: Any, _name: str, _value: str) -> Any:
        return rows


class _List(pages.ListPage):
    model = Thing
    table_class = _Table
    filterset_class = _Filter
    roles = frozenset({_READER})
    title = "Things"
    logged: list[int] = []
    exported_kinds: list[str] = []

    def log_view(self, rows: Any) -> None:
        self.logged.append(len(rows))

    def log_export(self, rows: Any, kind: str) -> None:
        self.exported_kinds.append(kind)


class _Detail(pages.DetailPage):
    model = Thing
    roles = frozenset({_READER})


class _Storage(BaseStorage):
    def _get(self, *_args: Any, **_kwargs: Any) -> tuple[list[Any], bool]:
        return [], True

    def _store(self, *_args: Any, **_kwargs: Any) -> list[Any]:
        return []


def _request(path: str = "/", role: Role = _READER, *, known: bool = True) -> Any:
    request: Any = RequestFactory().get(path)
    request.user = SimpleNamespace(is_authenticated=known, pk=1)
    request.scope = Scope(role, user_id=1, main_contractor_id=7) if known else NOBODY
    request._messages = _Storage(request)
    return request


def _shown(path: str = "/") -> tuple[list[str], TemplateResponse]:
    response: Any = _List.as_view()(_request(path))
    response.render()
    table = response.context_data["table"]
    return [row.record.name for row in table.paginated_rows], response


@pytest.fixture
def things(db: None) -> None:
    names = [f"7-{number:03}" for number in range(60)] + ["8-other"]
    Thing.objects.bulk_create(Thing(name=name) for name in reversed(names))


@pytest.mark.usefixtures("things")
def test_list_shows_the_first_rows_of_this_scope_only() -> None:
    names, response = _shown("/?sort=name")
    assert names == [f"7-{number:03}" for number in range(25)]
    assert response.context_data["count"] == 60
    assert "8-other" not in str(response.rendered_content)
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.usefixtures("things")
@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/?per_page=1000", 25),
        ("/?page=3", 10),
        ("/?page=4", 25),
        ("/?page=x", 25),
        ("/?page=-1", 25),
        ("/?page=" + "9" * 40, 25),
        ("/?sort=password", 25),
        ("/?sort=-id", 25),
        ("/?name=8-", 0),
        ("/?kind=b", 0),
        ("/?name=" + "x" * 101, 0),
        ("/?name=%00", 0),
        ("/?unknown=1", 25),
    ],
)
def test_an_odd_address_gives_a_page(path: str, rows: int) -> None:
    names, response = _shown(path)
    assert len(names) == rows
    assert response.status_code == 200


@pytest.mark.usefixtures("things")
def test_pages_neither_repeat_nor_skip_a_row() -> None:
    seen = [name for page in (1, 2, 3) for name in _shown(f"/?page={page}")[0]]
    assert len(seen) == len(set(seen)) == 60


@pytest.mark.usefixtures("things")
def test_a_wrong_filter_says_so_and_shows_nothing() -> None:
    names, response = _shown("/?kind=b")
    assert names == []
    assert response.context_data["invalid"]
    assert "ha-alert--negative" in response.rendered_content


@pytest.mark.usefixtures("things")
def test_chips_name_the_filter_and_lead_to_the_list_without_it() -> None:
    _names, response = _shown("/?kind=a&name=7-0&sort=name&page=2")
    kind = next(c for c in response.context_data["filter"].chips() if c.label == "Kind")
    assert (kind.text, kind.remove_url) == ("Kind A", "?name=7-0&sort=name")


@pytest.mark.usefixtures("things")
def test_list_asks_the_database_twice() -> None:
    with CaptureQueriesContext(connection) as asked:
        _shown("/?sort=name")
    assert len(asked) == 2, [query["sql"] for query in asked]


@pytest.mark.usefixtures("things")
def test_export_gives_every_page_of_what_is_shown() -> None:
    response: Any = _List.as_view()(_request("/?name=7-01&sort=-name&_export=csv&page=2"))
    lines = b"".join(response.streaming_content).decode().splitlines()[1:]
    assert [line.split(";")[0] for line in lines] == [f"7-01{n}" for n in range(9, -1, -1)]
    assert _List.exported_kinds[-1] == "csv"


@pytest.mark.usefixtures("things")
def test_export_of_a_wrong_filter_is_empty() -> None:
    response: Any = _List.as_view()(_request("/?kind=b&_export=csv"))
    assert len(b"".join(response.streaming_content).decode().splitlines()) == 1


@pytest.mark.usefixtures("things")
def test_another_export_does_not_exist() -> None:
    with pytest.raises(Http404):
        _List.as_view()(_request("/?_export=sql"))


@pytest.mark.usefixtures("things")
def test_the_access_log_gets_the_rows_of_the_page() -> None:
    _shown("/?page=3")
    assert _List.logged[-1] == 10


def test_an_empty_list_has_a_state_for_each_reason(db: None) -> None:
    assert "?" in _shown("/?name=zz")[1].rendered_content
    assert 'class="ha-empty"' in _shown("/")[1].rendered_content


@pytest.mark.parametrize("view", [_List.as_view(), _Detail.as_view(), components])
def test_another_role_is_refused_and_a_stranger_logs_in(
    view: Callable[..., Any], settings: Any
) -> None:
    settings.LOGIN_URL = "/login/"
    with pytest.raises(PermissionDenied):
        view(_request(role=Role.MUNICIPAL_VIEWER), pk=1)
    response = view(_request("/x/?a=1", known=False), pk=1)
    assert (response.status_code, response.url) == (302, "/login/?next=/x/%3Fa%3D1")


def test_a_list_without_roles_is_for_nobody() -> None:
    class Open(_List):
        roles = frozenset()

    with pytest.raises(PermissionDenied):
        Open.as_view()(_request())


@pytest.mark.usefixtures("things")
def test_a_row_of_another_does_not_exist() -> None:
    mine, other = Thing.objects.get(name="7-001"), Thing.objects.get(name="8-other")
    assert _Detail.as_view()(_request(), pk=mine.pk).status_code == 200
    with pytest.raises(Http404):
        _Detail.as_view()(_request(), pk=other.pk)


def test_pages_answer_reading_only() -> None:
    for view in (_List.as_view(), _Detail.as_view()):
        request: Any = _request()
        request.method = "POST"
        assert view(request, pk=1).status_code == 405


def test_roles_decorator_keeps_its_names() -> None:
    @pages.roles(Role.CONTROLLER)
    def page(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")

    assert page.roles == {Role.CONTROLLER}  # type: ignore[attr-defined]
    assert page(_request()).content == b"in"  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        page(_request(role=Role.AUDITOR))


@pytest.mark.parametrize("refusal", [RuleError("PLA-05", "No."), ConflictError("Late.")])
def test_a_refusal_is_shown(refusal: Exception) -> None:
    request = _request()
    with pages.shown_refusals(request):
        raise refusal
    assert [str(one) for one in messages.get_messages(request)] == [str(refusal)]


def test_what_a_role_may_not_do_is_forbidden_and_a_bug_surfaces() -> None:
    with pytest.raises(PermissionDenied), pages.shown_refusals(_request()):
        raise NotAllowedError("No.")
    with pytest.raises(ZeroDivisionError), pages.shown_refusals(_request()):
        _ = 1 / 0


def test_allowed_asks_the_policy() -> None:
    def check(word: str) -> None:
        if word == "no":
            raise NotAllowedError("No.")

    assert pages.allowed(check, "yes")
    assert not pages.allowed(check, "no")
    assert not pages.allowed(check, word="no")


def test_navigation_shows_a_role_its_pages_and_marks_the_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(navigation, "_registrations", {})
    navigation.register(navigation.Group.QUALITY, "Parts", "components", {Role.CONTROLLER}, 1)
    groups = navigation.navigation(_request("/componenten/x/"))["navigation"]
    assert [(item.label, item.active) for item in groups[0].items] == [("Parts", True)]
    assert navigation.navigation(_request("/", Role.AUDITOR))["navigation"] == []
    assert navigation.navigation(_request("/", known=False))["navigation"] == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_request(name: str) -> None:
    assert "<h1>" in render_to_string(f"{name}.html")


def _component_page() -> str:
    return components(_request("/componenten/")).content.decode()  # type: ignore[attr-defined]


def test_the_component_page_has_no_inline_code() -> None:
    page = _component_page()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert page.count("<h1") == 1


def test_identifiers_on_the_component_page_are_unique() -> None:
    found = re.findall(r'\sid="([^"]+)"', _component_page())
    assert sorted(found) == sorted(set(found))


def test_every_component_is_shown() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    shown, left = set[str](), ["core/components.html", "base.html"]
    while left:
        text = (folder / left.pop()).read_text()
        names = {*re.findall(r'"(components/[a-z_]+\.html)"', text)} - shown
        if "render_table" in text:
            names |= {"components/table.html"} - shown
        shown |= names
        left += names
    every = {f"components/{path.name}" for path in (folder / "components").glob("*.html")}
    assert every - shown == {"components/form.html"}  # what {{ form }} renders


class _Narrower(_List):
    def get_table_kwargs(self) -> dict[str, Any]:
        return {"exclude": ("id",)}


@pytest.mark.usefixtures("things")
def test_an_export_leaves_out_what_the_page_leaves_out() -> None:
    heads = []
    for page in (_List, _Narrower):
        response: Any = page.as_view()(_request("/?_export=csv"))
        heads.append(b"".join(response.streaming_content).decode("utf-8-sig").splitlines()[0])
    assert [len(head.split(";")) for head in heads] == [2, 1]
