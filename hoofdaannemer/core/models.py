"""Rows without a domain: counters that hand out numbers."""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """The last number given out in one series of one owner; locked while the next is taken."""

    owner = models.BigIntegerField()
    series = models.CharField(max_length=60)
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "series"], name="counter_once")]
