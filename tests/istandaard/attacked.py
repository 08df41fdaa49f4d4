"""A process that judges hostile files, each in a child with little memory and time.

Reads a path a line, writes a JSON object a line. A path after `bare ` is parsed by bare lxml, which
shows that the limits bite.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 200 * 1024 * 1024
"""Bytes of address space that a child gets above the idle process."""
_CPU_SECONDS: Final = 20


def main() -> None:
    import django

    django.setup()
    _warm_up()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _answer(line.rstrip("\n"))
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if status:
            sys.stdout.write(json.dumps({"died": status}) + "\n")
        sys.stdout.flush()


def _warm_up() -> None:
    """What an idle process has in memory: compiled schemas and readers."""
    from messaging.istandaard import MESSAGE_TYPES, parse, serialize, validate
    from tests.istandaard import samples

    for kind in MESSAGE_TYPES.values():
        message = parse(serialize(samples.message(kind.number, kind.family))).message
        assert message is not None
        validate(message)


def _answer(line: str) -> None:
    limit = _address_space() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    begin, begin_cpu = time.perf_counter(), time.process_time()
    found = _bare(line[5:]) if line.startswith("bare ") else _judged(line)
    found["seconds"] = time.perf_counter() - begin
    found["cpu_seconds"] = time.process_time() - begin_cpu
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _judged(path: str) -> dict[str, Any]:
    from messaging.management.commands.validate_message import judge

    judgement = judge(path)
    return {
        "type": judgement.type,
        "xsd_valid": judgement.xsd_valid,
        "rules": sorted({finding.rule for finding in judgement.findings}),
    }


def _bare(path: str) -> dict[str, Any]:
    from lxml import etree

    etree.fromstring(Path(path).read_bytes())
    return {}


if __name__ == "__main__":
    main()
