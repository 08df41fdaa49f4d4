"""What files of rows have in common, whoever hands them in: the counts, and rows not taken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.crypto import EncryptedTextField


class FileHandedIn(models.Model):
    """A file as handed in, and what became of what stood in it."""

    handed_in_at = models.DateTimeField(_("handed in on"))
    #: What was taken, what was known already, and what was not taken.
    taken_count = models.PositiveIntegerField(_("taken"))
    known_count = models.PositiveIntegerField(_("known already"))
    refused_count = models.PositiveIntegerField(_("not taken"))

    class Meta:
        abstract = True


class RowNotTaken(models.Model):
    """A row that was not taken, as it stood in the file, with what is wrong with it."""

    line = models.PositiveIntegerField(_("row"))
    #: The cells as a JSON list, in the order of the file's columns: anything may be in them.
    cells = EncryptedTextField()
    column = models.CharField(_("column"), max_length=30)
    rule = models.CharField(_("rule"), max_length=10)
    text = models.TextField(_("what is wrong"))

    class Meta:
        abstract = True
