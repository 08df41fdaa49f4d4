"""The processes of the single-machine set-up: worker, beat and web, as children of one command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 10


@dataclass
class Processes:
    """Started children by name; `stop()` ends them all, in reverse order."""

    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _arguments: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        """Start `python -m <arguments>` with its output in `<folder>/<name>.log`."""
        self._arguments[name] = arguments
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603  (our own modules)
                [sys.executable, "-m", *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                # A group of its own, so that ctrl-C reaches the parent only, which stops in order.
                start_new_session=True,
            )

    def worker(self, *, concurrency: int = 2, name: str = "worker") -> None:
        """Start a Celery worker."""
        self.start(
            name,
            "celery",
            "--app=hoofdaannemer.celery",
            "worker",
            f"--concurrency={concurrency}",
            f"--hostname={name}@localhost",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
        )

    def beat(self) -> None:
        """Start beat, which wakes the sweeps."""
        pidfile = self.folder / "beat.pid"
        pidfile.unlink(missing_ok=True)
        self.start(
            "beat",
            "celery",
            "--app=hoofdaannemer.celery",
            "beat",
            "--loglevel=WARNING",
            f"--pidfile={pidfile}",
        )

    def web(self, port: int, *, workers: int = 2) -> None:
        """Start the site on 127.0.0.1."""
        self.start(
            "web",
            "gunicorn",
            "hoofdaannemer.wsgi",
            f"--bind=127.0.0.1:{port}",
            f"--workers={workers}",
            "--threads=4",
            "--timeout=120",
        )

    def ended(self) -> str:
        """Name of a child that ended by itself, or nothing."""
        return next((name for name, child in self.running.items() if child.poll() is not None), "")

    def revive(self, *names: str) -> list[str]:
        """Start those of these children again that ended by themselves; return which.

        A worker ends when its broker stays away; beyond one machine a supervisor does this.
        """
        ended = [name for name in names if self.running[name].poll() is not None]
        for name in ended:
            self.start(name, *self._arguments[name])
        return ended

    def kill(self, name: str) -> None:
        """Kill one child and its children at once, as a power cut would (tests)."""
        os.killpg(self.running.pop(name).pid, signal.SIGKILL)

    def stop(self) -> None:
        """Ask all to end, then insist."""
        for child in reversed(self.running.values()):
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.running.clear()


def free_port(wanted: int) -> int:
    """Return `wanted` if nothing listens on it, else the next free one."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted}")


def wait_for_port(port: int, seconds: float = 60) -> None:
    """Return when something answers on the port. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")
