"""Reading and writing an arrangement as YAML, and the files that come with the platform."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.utils.translation import gettext as _
from pydantic import ValidationError

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.scenarios.arrangements.format import Arrangement

FOLDER: Final = Path(__file__).parent / "rows"
LARGEST: Final = 5 * 1024 * 1024
SUFFIX: Final = ".yaml"
#: The safe loader in C, some ten times as fast, where the library was built with it.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shipped() -> dict[str, Path]:
    """The files that come with the platform, by the name of their arrangement, in its order."""
    return {path.stem.upper(): path for path in sorted(FOLDER.glob(f"*{SUFFIX}"), key=_order)}


def _order(path: Path) -> tuple[str, int, str]:
    letters = path.stem.rstrip("0123456789")
    return letters, int(path.stem[len(letters) :] or 0), path.stem


@cache
def arrangements() -> dict[str, Arrangement]:
    """The arrangements that come with the platform; read once a process."""
    return {name: open_file(path) for name, path in shipped().items()}


def open_file(path: Path) -> Arrangement:
    """Read a file. Raises RuleError SCE-03 where it is none, SCE-04 for what is wrong in it."""
    try:
        if path.stat().st_size > LARGEST:
            raise RuleError("SCE-03", _("This file is larger than 5 MB. Split it."))
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(
            "SCE-03", _("%(path)s cannot be read as text in UTF-8.") % {"path": path}
        ) from error
    return read(text)


def read(text: str) -> Arrangement:
    """The arrangement that a file describes.

    Raises RuleError SCE-03 for what is no YAML, SCE-04 with every place and what is wrong there.
    """
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506  (the safe one, written in C)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = _("line %(line)s") % {"line": mark.line + 1} if mark else _("somewhere")
        raise RuleError(
            "SCE-03", _("This is no valid YAML: look at %(place)s.") % {"place": line}
        ) from error
    try:
        return Arrangement.model_validate(content)
    except ValidationError as error:
        wrong = "\n".join(_sentence(one) for one in error.errors(include_url=False))
        raise RuleError(
            "SCE-04", _("The arrangement has mistakes:\n%(wrong)s") % {"wrong": wrong}
        ) from error


def _sentence(error: Any) -> str:
    place = ".".join(str(step + 1 if isinstance(step, int) else step) for step in error["loc"])
    words = {
        "missing": _("Fill this in."),
        "extra_forbidden": _("This does not exist in the format. Leave it out."),
    }
    # A refusal of our own is a sentence in the reader's language already.
    own = str(error["ctx"]["error"]) if error["type"] == "value_error" else ""
    return f"{place or '-'}: {words.get(error['type']) or own or error['msg']}"


def write(arrangement: Arrangement) -> str:
    """The arrangement as a file; what has its usual value is left out."""
    content = {"format": arrangement.format} | arrangement.model_dump(exclude_defaults=True)
    return yaml.dump(
        _plain(content), allow_unicode=True, sort_keys=False, width=100, Dumper=yaml.SafeDumper
    )


def _plain(value: Any) -> Any:
    """Without enumerations, which YAML does not know."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value
