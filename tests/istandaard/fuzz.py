"""`python -m tests.istandaard.fuzz --seconds 30`: any bytes at the reader of messages.

Guided by which lines of the codec a document reaches. Whatever comes in: nothing is raised, the two
ways of reading a document agree, and what is accepted comes back as it was.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import atheris

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoofdaannemer.settings")

# The codec under instrumentation; it needs Django for translated texts only.
with atheris.instrument_imports(include=["messaging.istandaard"]):
    import django

    django.setup()
    from messaging.istandaard import (
        MESSAGE_TYPES,
        Message,
        declaration_rows,
        parse,
        serialize,
        validate,
    )
    from messaging.istandaard import codec as reading
    from messaging.istandaard.streamed import streamed

from tests.istandaard import samples

#: Longest document; longer ones reach nothing new and cost time.
MAX_BYTES: Final = 8 * 1024
#: A document that takes longer is a finding.
SLOW_SECONDS: Final = 2


def one(data: bytes) -> None:
    """Everything that must hold of one document."""
    result = parse(data)
    quick = reading._in_one_pass(data)
    assert quick is None or (quick.is_valid and result.is_valid), "the two ways disagree"
    long = streamed(data)
    assert long is None or list(long.lines) == list(declaration_rows(result)), "as do these"
    if result.message is None:
        assert result.rejections, "refused without a reason"
        return
    validate(result.message)
    if result.type is not None and result.type.number in {"323", "325"}:
        assert list(declaration_rows(result)) == list(declaration_rows(result.message))
    _comes_back(result.message)


def _comes_back(message: Message) -> None:
    written = serialize(message)
    again = parse(written).message
    assert again == message, "what was written is read as something else"
    assert serialize(again) == written, "writing twice gives other bytes"


def main() -> None:
    """Fuzz for some seconds; exits with another status than 0 where a document breaks a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.istandaard.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="ha-fuzz-") as folder:
        corpus, words = Path(folder) / "seeds", Path(folder) / "words"
        corpus.mkdir()
        words.write_text(_dictionary(), encoding="utf-8")
        for kind in MESSAGE_TYPES.values():
            document = serialize(samples.message(kind.number, kind.family))
            (corpus / f"{kind}.xml").write_bytes(document)
        arguments = [
            sys.argv[0],
            str(corpus),
            f"-dict={words}",
            f"-max_total_time={options.seconds}",
            f"-max_len={MAX_BYTES}",
            f"-timeout={SLOW_SECONDS}",
            "-rss_limit_mb=1024",
            f"-artifact_prefix={Path.cwd()}/fuzz-",
            "-print_final_stats=1",
        ]
        atheris.Setup(arguments, one)
        atheris.Fuzz()


def _dictionary() -> str:
    """Pieces of documents to try in other places."""
    pieces = [
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "&b;",
        "&#0;",
        "<![CDATA[x]]>",
        "<!--x-->",
        "<?x y?>",
        "xsi:nil='true'",
        "xsi:schemaLocation='a b'",
        "encoding='UTF-16'",
        r"\xC2\xA0",
        "9999999999999999999999",
        "-0001-01-01",
        "24:00:00",
    ]
    return "".join(f'"{piece}"\n' for piece in pieces)


if __name__ == "__main__":
    main()
