"""What a subcontractor is told about its request: not sent on, or given to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.core.forms import PlainForm
from subcontracts import words
from subcontracts.models import CareRequest, RequestedProduct
from subcontracts.services.answers import DISMISS_REASONS, dismiss_reasons
from subcontracts.services.placed_elsewhere import STACKED


class DismissForm(PlainForm):
    """Why a subcontractor's request is not sent on; nothing to say about an own one."""

    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, request: CareRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if request.provider_organisation_id is None:
            del self.fields["reason"]
            return
        choice: Any = self.fields["reason"]
        reasons = words.rejections(dismiss_reasons(request))
        choice.choices = [("", _("Choose a reason")), *reasons]


class PlacedElsewhereForm(PlainForm):
    """Of which care a subcontractor is told that somebody else gives it, and why."""

    asked = forms.ModelChoiceField(label=_("Care"), queryset=RequestedProduct.objects.none())
    reason = forms.ChoiceField(
        label=_("Reason"), help_text=_("The standard has no better word for it than stacking.")
    )

    def __init__(self, *args: Any, asked: Sequence[RequestedProduct], **kwargs: Any) -> None:
        initial = {"asked": asked[0] if len(asked) == 1 else None, "reason": STACKED}
        super().__init__(*args, initial=initial, **kwargs)
        care: Any = self.fields["asked"]
        rows = RequestedProduct.objects.visible_to(self.scope).select_related("product")
        care.queryset = rows.filter(pk__in=[one.pk for one in asked])
        care.label_from_instance = lambda one: str(one.product)
        reason: Any = self.fields["reason"]
        reason.choices = words.rejections(DISMISS_REASONS)
