"""Help: a role reads what it can do, and can open what it reads about."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hoofdaannemer.accessmatrix.tables import access
from hoofdaannemer.core import guide
from hoofdaannemer.core.scope import STAFF, SUBCONTRACTOR, Role

ROLES = (*sorted(STAFF | SUBCONTRACTOR), Role.MUNICIPAL_VIEWER)


@pytest.mark.parametrize("role", [role for role in ROLES if role != Role.ADMINISTRATOR])
def test_a_role_finds_its_work(role: Role) -> None:
    assert guide.tasks_of(role)


@pytest.mark.parametrize("role", ROLES)
def test_a_task_begins_on_a_page_that_its_role_may_open(role: Role) -> None:
    pages = access()
    for task in guide.tasks_of(role):
        method, allowed = pages[task.url_name]
        assert method == "get"
        assert allowed.get(role, 403) < 400, (role, task.url_name)
        assert reverse(task.url_name)


def test_words_are_in_order_and_explained_once() -> None:
    words = [word for word, _meaning in guide.words()]
    assert words == sorted(set(words))
    assert all(meaning.endswith(".") for _word, meaning in guide.words())
