"""A declared line belongs to its declaration and its placement, whoever writes to the database."""

from __future__ import annotations

from typing import Final

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import Error

from billing.models import Declaration, DeclaredLine
from hoofdaannemer.core.scope import Scope
from tests.billing.build import declare, line, placement
from tests.factories import World, world

OF_DECLARATION: Final = "declared_line_of_declaration"
OF_PLACEMENT: Final = "declared_line_of_placement"


@pytest.fixture
def declared(system: Scope) -> World:
    """Two placements of one subcontractor, of which one is declared."""
    made = world(system)
    declare(made, line(placement(made)), line(placement(made)))
    return made


def _refused(constraint: str, statement: str, *values: int | None) -> None:
    with (
        pytest.raises(IntegrityError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
    cause = error.value.__cause__
    assert isinstance(cause, Error)
    assert cause.diag.constraint_name == constraint


def test_no_line_without_a_declaration(declared: World) -> None:
    unknown = Declaration.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    _refused(OF_DECLARATION, "UPDATE billing_declaredline SET declaration_id = %s", unknown)
    assert DeclaredLine.objects.count() == 2


def test_no_line_of_another_owner_than_its_declaration(declared: World) -> None:
    _refused(
        OF_DECLARATION,
        "UPDATE billing_declaredline SET placement_id = NULL, client_id = NULL,"
        " is_approved = false, provider_organisation_id = %s",
        declared.fte.organisation.pk,
    )


def test_a_declaration_with_lines_is_not_given_away(declared: World) -> None:
    _refused(
        OF_DECLARATION,
        "UPDATE billing_declaration SET provider_organisation_id = %s",
        declared.fte.organisation.pk,
    )


def test_a_declaration_without_lines_may_change_hands(declared: World) -> None:
    empty = Declaration.objects.get()
    empty.pk, empty.number = None, "EMPTY"
    empty.save()
    Declaration.objects.filter(pk=empty.pk).update(
        provider_organisation=declared.fte.organisation.pk
    )
    empty.refresh_from_db()
    assert empty.provider_organisation_id == declared.fte.organisation.pk


def test_no_line_of_another_client_than_its_placement(declared: World) -> None:
    first, second = DeclaredLine.objects.order_by("line")
    _refused(
        OF_PLACEMENT,
        "UPDATE billing_declaredline SET client_id = %s WHERE id = %s",
        second.client_id,
        first.pk,
    )
