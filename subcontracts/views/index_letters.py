"""Letters about indexation, as they were issued."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from hoofdaannemer.core.attachments import attachment
from hoofdaannemer.core.pages import ScopedRequest, roles
from hoofdaannemer.core.scope import SUBCONTRACTOR
from subcontracts.models import IndexLetter, IndexRound
from subcontracts.models.indexing import READERS

LETTER_READERS: Final = READERS | SUBCONTRACTOR


@roles(*sorted(READERS))
@require_GET
def index_round_letters(request: ScopedRequest, pk: int) -> HttpResponse:
    """All letters of a round in one file."""
    row = get_object_or_404(IndexRound.objects.visible_to(request.scope), pk=pk)
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for letter in row.letters.visible_to(request.scope).defer("document").iterator():
            archive.writestr(f"{letter.number}.pdf", bytes(letter.pdf))
    return attachment(target.getvalue(), f"indexbrieven-{row.year}.zip", "application/zip")


@roles(*sorted(LETTER_READERS))
@require_GET
def index_letter_download(request: ScopedRequest, pk: int) -> HttpResponse:
    """A letter as it was issued."""
    letter = get_object_or_404(IndexLetter.objects.visible_to(request.scope), pk=pk)
    return attachment(bytes(letter.pdf), f"{letter.number}.pdf")
