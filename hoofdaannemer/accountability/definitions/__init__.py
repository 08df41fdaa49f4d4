"""The reports that exist, by code. One definition for screens, files and charts alike."""

from hoofdaannemer.accountability.definitions.model import Definition, Snapshot
from hoofdaannemer.accountability.definitions.quarter import KWARTAAL

DEFINITIONS: dict[str, Definition] = {KWARTAAL.code: KWARTAAL}

__all__ = ["DEFINITIONS", "KWARTAAL", "Definition", "Snapshot"]
