"""The demo's mail: files in a folder instead of a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

#: How Django's file back-end ends each message.
_END: Final = b"\n" + b"-" * 79 + b"\n"
SHOWN: Final = 50


@dataclass(frozen=True)
class Mail:
    """One mail as it would have arrived."""

    key: str
    to: str
    subject: str
    at: datetime
    body: str


def mails(folder: Path) -> list[Mail]:
    """The last mails in the folder, newest first."""
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    found = [mail for path in files[:SHOWN] for mail in reversed(list(_read(path)))]
    return sorted(found, key=lambda mail: mail.at, reverse=True)[:SHOWN]


def _read(path: Path) -> Iterator[Mail]:
    for number, text in enumerate(path.read_bytes().split(_END)):
        if not text.strip():
            continue
        message = message_from_bytes(text.lstrip(b"\n"), policy=policy.default)
        yield Mail(
            key=f"{path.stem}-{number}",
            to=str(message["To"]),
            subject=str(message["Subject"]),
            at=_moment(str(message["Date"])),
            body=str(message.get_content()),
        )


def _moment(text: str) -> datetime:
    at = parsedate_to_datetime(text)
    # "-0000" means UTC without saying where it was written.
    return at if at.tzinfo else at.replace(tzinfo=UTC)
