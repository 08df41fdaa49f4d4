"""The Celery application: workers and beat start here, nothing else imports it."""

import os
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoofdaannemer.settings")

app = Celery("hoofdaannemer")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: [*settings.INSTALLED_APPS, "messaging.exchange"])

# Beat keeps its schedule here whatever the broker; the rest is for a broker of files.
folders = ["."]
if settings.BROKER_URL.startswith("filesystem"):
    folders += ["queue", "control", "done"]
for folder in folders:
    Path(settings.HOME, "broker", folder).mkdir(parents=True, exist_ok=True)
