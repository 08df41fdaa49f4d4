"""Official schemas as a second check. Ours, written to a folder, stand in for them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from hoofdaannemer.core.checks import refuse_unsafe_start
from messaging.checks import official_schemas
from messaging.istandaard import (
    MESSAGE_TYPES,
    base_schema_text,
    message_type,
    official,
    parse,
    schema_text,
    serialize,
)
from messaging.istandaard.model.elements import Family
from messaging.istandaard.model.messages import MessageType
from tests.istandaard import samples
from tests.istandaard.test_schema import long_declaration

STRICTER = ('<xs:minLength value="1"/>', '<xs:minLength value="3"/>')
KIND = message_type(Family.WMO, "305")


def write(folder: Path, *, stricter: bool = False) -> None:
    """A folder for each family, as the standard publishes them."""
    for kind in MESSAGE_TYPES.values():
        below = folder / kind.family
        below.mkdir(exist_ok=True)
        (below / f"{kind.name}.xsd").write_text(schema_text(kind))
        base = base_schema_text(kind.family)
        changed = base.replace(*STRICTER) if stricter else base
        assert (changed != base) == stricter
        (below / "basisschema.xsd").write_text(changed)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    write(tmp_path)
    settings.OFFICIAL_SCHEMAS = str(tmp_path)
    return tmp_path


def test_no_folder_no_second_check(settings: Settings) -> None:
    assert settings.OFFICIAL_SCHEMAS == ""
    assert official_schemas(None) == []
    document = serialize(samples.message("305"))
    assert official.disagreement(document, KIND, parse(document).root, ()) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", MESSAGE_TYPES.values(), ids=str)
def test_agreement_says_nothing(kind: MessageType, folder: Path) -> None:
    document = serialize(samples.message(kind.number, kind.family))
    assert parse(document).message is not None
    broken = parse(document.replace(b"Header>", b"Hoofd>"))
    assert {rejection.code for rejection in broken.rejections} == {"schema"}
    assert official_schemas(None) == []


def test_stricter_official_schema_refuses_and_says_so(tmp_path: Path, settings: Settings) -> None:
    write(tmp_path, stricter=True)
    settings.OFFICIAL_SCHEMAS = str(tmp_path)

    result = parse(serialize(samples.message("305")))

    assert result.message is None
    found = {(rejection.code, rejection.path) for rejection in result.rejections}
    assert ("official_schema", "/Bericht/Header/BerichtIdentificatie/Identificatie") in found
    assert {code for code, _path in found} == {"official_schema"}
    assert "Identificatie" in str(result.rejections[0].message)


def test_stricter_official_schema_on_a_long_document(tmp_path: Path, settings: Settings) -> None:
    write(tmp_path, stricter=True)
    document = long_declaration(1000).replace(b">D1<", b">D12345<").replace(b">A1<", b">A12345<")
    document = document.replace(b">AB<", b">ABC<")
    assert parse(document).is_valid
    settings.OFFICIAL_SCHEMAS = str(tmp_path)
    rejections = parse(document).rejections
    assert {rejection.code for rejection in rejections} == {"official_schema"}
    assert "ReferentieNummer" in rejections[0].path


def test_what_only_ours_refuses_says_so(tmp_path: Path, settings: Settings) -> None:
    write(tmp_path)
    base = tmp_path / "wmo" / "basisschema.xsd"
    laxer = base.read_text().replace('value="[0-9]{9}"', 'value="[0-9X]{9}"')
    base.write_text(laxer)
    settings.OFFICIAL_SCHEMAS = str(tmp_path)

    result = parse(serialize(samples.message("305")).replace(b">999900006<", b">99990000X<"))

    assert [rejection.code for rejection in result.rejections] == ["schema", "official_schema"]
    assert result.message is None


def test_message_without_official_schema_is_judged_by_ours(
    tmp_path: Path, settings: Settings
) -> None:
    write(tmp_path, stricter=True)
    (tmp_path / "wmo" / "WMO305.xsd").unlink()
    settings.OFFICIAL_SCHEMAS = str(tmp_path)
    assert parse(serialize(samples.message("305"))).is_valid
    assert not parse(serialize(samples.message("307"))).is_valid


def test_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = serialize(samples.message("305"))
    assert parse(document).is_valid
    for path in folder.rglob("*.xsd"):
        path.unlink()
    assert parse(document).is_valid


def test_command_shows_the_disagreement(tmp_path: Path, settings: Settings) -> None:
    write(tmp_path, stricter=True)
    settings.OFFICIAL_SCHEMAS = str(tmp_path)
    path = tmp_path / "good.xml"
    path.write_bytes(serialize(samples.message("305")))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("validate_message", str(path), "--json", stdout=out)
    shown = json.loads(out.getvalue())
    assert (shown["xsd_valid"], shown["valid"]) == (False, False)
    assert {finding["rule"] for finding in shown["findings"]} == {"official_schema"}


def _no_xml(folder: Path) -> None:
    (folder / "wmo" / "WMO305.xsd").write_text("<xs:schema")


def _no_schema(folder: Path) -> None:
    path = folder / "wmo" / "WMO305.xsd"
    path.write_text(path.read_text().replace("xs:sequence", "xs:sequense"))


def _no_base(folder: Path) -> None:
    (folder / "jw" / "basisschema.xsd").unlink()


def _double(folder: Path) -> None:
    (folder / "copy.xsd").write_text(schema_text(KIND))


def _empty(folder: Path) -> None:
    for path in folder.rglob("*.xsd"):
        path.unlink()


def _absent(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_no_xml, "WMO305.xsd cannot be read"),
        (_no_schema, "WMO305.xsd cannot be used"),
        (_no_base, "JW301.xsd cannot be used"),
        (_double, "are schemas of one message"),
        (_empty, "holds no schema"),
        (_absent, "is no folder"),
    ],
)
def test_broken_folder_is_refused_at_the_start(spoil: object, words: str, folder: Path) -> None:
    assert callable(spoil)
    spoil(folder)
    assert any(words in str(error.msg) for error in official_schemas(None))
    with pytest.raises(ImproperlyConfigured, match=words):
        refuse_unsafe_start()
    with pytest.raises(SystemCheckError, match=words):
        call_command("validate_message", "--stdin", skip_checks=False)
