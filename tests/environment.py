"""Loaded before Django's settings: a database cluster for the tests, and no broker."""

import os
from pathlib import Path

os.environ.setdefault("HOOFDAANNEMER_HOME", str(Path(__file__).parent.parent / ".home" / "test"))
os.environ["DATABASE_ROLE"] = "owner"  # makes and migrates the test database
os.environ["BROKER_URL"] = "amqp://127.0.0.1:1//"  # a broker that is never there

os.environ["STATIC_MANIFEST"] = "0"  # no collected files in the tests

from hoofdaannemer import embedded

embedded.prepare("test", durable=False)
# The static-files middleware warns where its folder is missing, and warnings are errors here.
Path(os.environ["HOOFDAANNEMER_HOME"], "static").mkdir(parents=True, exist_ok=True)
