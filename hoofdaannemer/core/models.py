"""Rows without a domain: counters that hand out numbers, and counts of calls."""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """The last number given out in one series of one owner; locked while the next is taken."""

    owner = models.BigIntegerField()
    series = models.CharField(max_length=60)
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "series"], name="counter_once")]


class CallCount(models.Model):
    """How often one key was used since its window began; see `core.limits`."""

    key = models.CharField(primary_key=True, max_length=64, db_collation="C")
    started_at = models.DateTimeField()
    calls = models.PositiveIntegerField()


class Heartbeat(models.Model):
    """When a kind of background work last began and last ended; see `core.heartbeats`."""

    name = models.CharField(primary_key=True, max_length=40, db_collation="C")
    began_at = models.DateTimeField()
    #: Earlier than the begin while it is at work, or where it failed; empty before the first end.
    ended_at = models.DateTimeField(null=True)
