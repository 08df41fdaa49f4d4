"""A multipart/form-data body with few parts, written and read to the byte."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final

_BOUNDARY: Final = re.compile(r"boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", re.IGNORECASE)
_NAME: Final = re.compile(rb"^content-disposition:[^\r\n]*[; ]name=\"?([^\";\r\n]*)", re.I | re.M)
_MOST_PARTS: Final = 8


@dataclass(frozen=True, slots=True)
class Part:
    """One field: its name, what kind of content, and the bytes."""

    name: str
    content_type: str
    content: bytes
    filename: str = ""


def write(parts: list[Part]) -> tuple[bytes, str]:
    """The body, and its content type with the boundary."""
    boundary = secrets.token_hex(16)
    lines: list[bytes] = []
    for part in parts:
        named = f'form-data; name="{part.name}"'
        named += f'; filename="{part.filename}"' if part.filename else ""
        head = f"--{boundary}\r\nContent-Disposition: {named}\r\n"
        head += f"Content-Type: {part.content_type}\r\n\r\n"
        lines += [head.encode(), part.content, b"\r\n"]
    lines.append(f"--{boundary}--\r\n".encode())
    return b"".join(lines), f"multipart/form-data; boundary={boundary}"


def read(body: bytes, content_type: str) -> dict[str, bytes]:
    """The content of each part by its name. Raises ValueError for what is no such body."""
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/form-data") or found is None:
        raise ValueError("no multipart/form-data with a boundary")
    mark = b"--" + (found[1] or found[2]).encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + mark, _MOST_PARTS + 1)
    if not pieces[-1].startswith(b"--") or len(pieces) < 3:
        raise ValueError("the body does not end with its boundary")
    return dict(_part(piece) for piece in pieces[1:-1])


def _part(piece: bytes) -> tuple[str, bytes]:
    head, divided, content = piece.partition(b"\r\n\r\n")
    name = _NAME.search(head)
    if not divided or name is None:
        raise ValueError("a part without a name")
    return name[1].decode("utf-8", "replace"), content
