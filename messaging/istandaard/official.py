"""The official schemas as a second check, where the operator has put them (OFFICIAL_SCHEMAS).

Our own schemas are generated from the model and should judge as the official ones do. Where the two
disagree about a document, it is refused and says so, so that a person looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from lxml import etree

from .model.messages import MESSAGE_TYPES, MessageType
from .policy import Rejection
from .schemacheck import Checker

CODE: Final = "official_schema"
"""Code of a rejection that tells of a disagreement."""
_making: Final = Lock()


class OfficialSchemaError(ValueError):
    """A file of the folder is no usable schema."""


def disagreement(
    data: bytes, kind: MessageType, root: etree._Element, ours: tuple[Rejection, ...]
) -> tuple[Rejection, ...]:
    """What to say where the official schema judges otherwise; nothing where it agrees.

    Nothing either where the operator has no schema of this message. `root` was parsed of `data`,
    `ours` is what our own schema has against it. Raises OfficialSchemaError for a folder that
    `faults` complains of.
    """
    path = _schema_of(kind)
    if path is None:
        return ()
    with _making:
        checker = _checker(path)
    official = checker.violations_in(data, kind, root)
    if bool(official) == bool(ours):
        return ()
    return tuple(map(_too_lenient, official)) if official else (_TOO_STRICT,)


def judges(kind: MessageType) -> bool:
    """Whether the operator has the official schema of this message.

    Raises OfficialSchemaError for a folder that `faults` complains of.
    """
    return _schema_of(kind) is not None


def _schema_of(kind: MessageType) -> Path | None:
    folder = getattr(settings, "OFFICIAL_SCHEMAS", "")
    return _files(Path(folder)).get(kind.namespace) if folder else None


_TOO_STRICT: Final = Rejection(
    CODE,
    "",
    _(
        "The official schema accepts this document, ours does not. Until they agree it is not"
        " taken in: tell the administrator."
    ),
)


def _too_lenient(found: Rejection) -> Rejection:
    text = _(
        "Only the official schema refuses this document: %(reason)s Mend it, or tell the"
        " administrator."
    ) % {"reason": found.message}
    return Rejection(CODE, found.path, text)


def faults(folder: Path) -> Iterator[str]:
    """Why the schemas in a folder cannot be used; nothing where all of them can."""
    if not folder.is_dir():
        yield f"{folder} is no folder"
        return
    try:
        files = _files(folder)
    except OfficialSchemaError as error:
        yield str(error)
        return
    if not files:
        yield f"{folder} holds no schema of iWmo 3.2 or iJw 3.2"
    for namespace, path in files.items():
        try:
            _checker(path)
        except OfficialSchemaError as error:
            yield f"{error} ({namespace})"


@lru_cache(maxsize=4)
def _files(folder: Path) -> Mapping[str, Path]:
    """The schema of each message that the folder or one below it has, by namespace.

    Read once: new files count after a restart. Raises OfficialSchemaError for a file that is no
    XML, or for two of one message.
    """
    known = {kind.namespace for kind in MESSAGE_TYPES.values()}
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.xsd")):
        namespace = _target(path)
        if namespace in found:
            raise OfficialSchemaError(f"{path} and {found[namespace]} are schemas of one message")
        if namespace in known:
            found[namespace] = path
    return found


def _target(path: Path) -> str:
    try:
        root = etree.fromstring(path.read_bytes(), _parser())
    except (OSError, etree.XMLSyntaxError) as error:
        raise OfficialSchemaError(f"{path} cannot be read: {error}") from error
    return root.get("targetNamespace", "")


@lru_cache(maxsize=64)
def _checker(path: Path) -> Checker:
    """Compiled once. What a schema imports is looked for beside it."""
    try:
        return Checker(etree.XMLSchema(etree.parse(path, _parser())))
    except (OSError, etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise OfficialSchemaError(f"{path} cannot be used: {error}") from error


def _parser() -> etree.XMLParser:
    return etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
