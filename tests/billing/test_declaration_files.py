"""Declarations as CSV or Excel: read as they come, judged as a 323, mended by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Declaration, DeclarationFile
from billing.services import declaration_files, file_checking
from hoofdaannemer.core import scope as scopes
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from tests.billing.build import placement
from tests.billing.sheetfiles import checked, csv_file, sender
from tests.factories import World, world

HEADS = ("Toewijzingsnummer", "Van", "Tot", "Uren", "Bedrag", "Referentie")


@pytest.fixture
def chain(system: Scope) -> World:
    return world(system)


def found(row: DeclarationFile) -> list[tuple[int, str, str, str]]:
    return list(row.findings.values_list("kind", "line", "column", "rule"))


def test_a_file_is_judged_and_handed_in_as_a_declaration(chain: World) -> None:
    good, too_much = placement(chain), placement(chain)
    raw = csv_file(
        [
            ["Uitdraai januari"],
            [],
            HEADS,
            [good.number, "01-01-2026", "31-01-2026", "3", "€ 198,00", "A1"],
            [],
            [too_much.number, "01-01-2026", "31-01-2026", "1.000,00", "66.000,00", "A2"],
        ],
        encoding="cp1252",
    )
    row = checked(chain, raw)
    assert (row.status, row.good_count, row.rejected_count) == ("checked", 2, 1)
    assert (row.submitted, row.granted) == (Decimal("66198.00"), Decimal("198.00"))
    assert ("rejected", 6, "", "TR321") in found(row)
    assert not Declaration.objects.exists()
    scope = sender(chain)
    declaration_files.send(scope=scope, file=row)
    sent = file_checking.take_up(scope=scopes.system(), file_id=row.pk)
    declaration = Declaration.objects.get()
    assert (sent.status, declaration.file, declaration.source) == ("sent", row, "file")
    assert (declaration.granted, declaration.month) == (Decimal("198.00"), date(2026, 1, 1))
    assert [line.reference for line in declaration.lines.filter(is_approved=True)] == ["A1"]
    assert declaration_files.raw_of(DeclarationFile.objects.get()) == raw
    with pytest.raises(RuleError, match="BIL-154"):
        declaration_files.discard(scope=scope, file=sent)
    # The next month's file goes straight to its dry run, and says what was declared before.
    again = checked(chain, raw)
    assert ("rejected", 4, "", "TR314") in found(again)
    declaration_files.discard(scope=scope, file=again)
    assert DeclarationFile.objects.get() == row
