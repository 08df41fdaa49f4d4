"""What the operating system says of the memory of this process."""

from __future__ import annotations

from pathlib import Path


def resident(name: str) -> float:
    """Megabytes of this process in memory now (VmRSS), or at the most (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    line = next(line for line in status if line.startswith(name))
    return int(line.split()[1]) / 1024
