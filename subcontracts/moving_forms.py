"""Forms of moves of care: when, why and where to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accounts.models import Municipality
from hoofdaannemer.core.forms import DutchDateField, EuroField, PlainForm, VolumeField
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    CareMove,
    CareMoveItem,
    Placement,
    Product,
    Subcontract,
    Subcontractor,
)
from subcontracts.rules.moving import is_total
from subcontracts.selectors.placed import share_of
from subcontracts.services.moving import Again, Which, Wish

if TYPE_CHECKING:
    _Choice = forms.ModelChoiceField[Subcontractor]
else:
    _Choice = forms.ModelChoiceField


def destinations(scope: Scope, subcontract: Subcontract, day: date) -> QuerySet[Subcontractor]:
    """Everybody else who works for the same main contractor on a day."""
    return (
        Subcontractor.objects.visible_to(scope)
        .filter(main_contractor=subcontract.main_contractor_id)
        .exclude(pk=subcontract.subcontractor_id)
        .in_force_on(day)
        .select_related("provider_organisation")
        .order_by("provider_organisation__name", "pk")
    )


def possible(scope: Scope, item: CareMoveItem, day: date) -> QuerySet[Subcontractor]:
    """Where one placement may go: of a client whose data stay inside only to an own team."""
    rows = destinations(scope, item.move.subcontract, day)
    return rows.filter(is_own_team=True) if item.placement.client.is_sealed else rows


class DestinationField(_Choice):
    """Where care goes: another subcontractor or an own team."""

    def __init__(self, **kwargs: Any) -> None:
        values: dict[str, Any] = {
            "label": _("Where does the care go?"),
            "queryset": Subcontractor.objects.none(),
        }
        super().__init__(**(values | kwargs))

    def label_from_instance(self, obj: Subcontractor) -> str:
        name = str(obj.provider_organisation.name)
        return str(_("%(name)s (own team)") % {"name": name}) if obj.is_own_team else name


class WishForm(PlainForm):
    """From when, why, and where to for all that is not chosen otherwise."""

    day = DutchDateField(
        label=_("First day of care elsewhere"),
        help_text=_("The day before is the last one here."),
    )
    reason = forms.ChoiceField(
        label=_("Why is the care moved?"),
        choices=[(value, capfirst(str(label))) for value, label in CareMove.Reason.choices],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Explanation"),
        max_length=200,
        required=False,
        help_text=_("Needed where there is another reason."),
    )
    destination = DestinationField(
        required=False,
        empty_label=_("I choose by product or placement"),
        help_text=_("For all placements; you can choose otherwise for some of them next."),
    )
    field_order = ("day", "reason", "note", "destination")

    def __init__(self, *args: Any, scope: Scope, subcontract: Subcontract, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        choice: Any = self.fields["destination"]
        choice.queryset = destinations(scope, subcontract, scope.today)

    @property
    def wish(self) -> Wish:
        """What was filled in. Only after `is_valid()`."""
        return Wish(**self.values)


class ChooseForm(PlainForm):
    """Which placements of a draft go where."""

    product = forms.ModelChoiceField(
        label=_("Product"),
        queryset=Product.objects.none(),
        required=False,
        empty_label=_("All products"),
    )
    municipality = forms.ModelChoiceField(
        label=_("Municipality"),
        queryset=Municipality.objects.none(),
        required=False,
        empty_label=_("All municipalities"),
    )
    destination = DestinationField(required=False, empty_label=_("It stays here, for now"))
    hides_optional = True

    def __init__(self, *args: Any, scope: Scope, move: CareMove, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        items = move.items.visible_to(scope).order_by()
        good: Any = self.fields["product"]
        good.queryset = Product.objects.visible_to(scope).filter(
            pk__in=items.values("placement__product")
        )
        town: Any = self.fields["municipality"]
        town.queryset = Municipality.objects.filter(
            pk__in=items.values("placement__allocation__municipality")
        ).order_by("name")
        choice: Any = self.fields["destination"]
        choice.queryset = destinations(scope, move.subcontract, move.day)

    @property
    def which(self) -> Which:
        """Which placements. Only after `is_valid()`."""
        town = self.cleaned_data["municipality"]
        return Which(
            product=self.cleaned_data["product"], municipality_id=town.pk if town else None
        )


class ItemForm(PlainForm):
    """Where one placement of a draft goes."""

    destination = DestinationField(required=False, empty_label=_("It stays here, for now"))

    def __init__(self, *args: Any, scope: Scope, item: CareMoveItem, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, initial={"destination": item.destination}, **kwargs)
        choice: Any = self.fields["destination"]
        choice.queryset = possible(scope, item, item.day)


class AgainForm(PlainForm):
    """How one placement that remained is tried anew."""

    destination = DestinationField()
    day = DutchDateField(label=_("First day of care elsewhere"))
    volume = VolumeField(
        label=_("How much goes along"),
        required=False,
        min_value=1,
        help_text=_("Of the volume for the whole period. Leave empty to divide it by days."),
    )
    budget = EuroField(
        label=_("How much of the budget goes along"),
        required=False,
        min_value=Decimal("0.01"),
        help_text=_("Leave empty to divide it by days."),
    )
    field_order = ("destination", "day", "volume", "budget")

    def __init__(self, *args: Any, scope: Scope, item: CareMoveItem, **kwargs: Any) -> None:
        initial = {
            "destination": item.destination,
            "day": max(item.day, scope.today),
            "volume": item.volume,
            "budget": item.budget,
        }
        super().__init__(*args, scope=scope, initial=initial, **kwargs)
        choice: Any = self.fields["destination"]
        choice.queryset = possible(scope, item, max(item.day, scope.today))
        share = share_of(item.placement)
        if share.budget is None:
            del self.fields["budget"]
        if share.budget is not None or not is_total(share):
            del self.fields["volume"]

    @property
    def again(self) -> Again:
        """What was filled in. Only after `is_valid()`."""
        found = self.cleaned_data
        volume = found.get("volume")
        return Again(
            destination=found["destination"],
            day=found["day"],
            volume=None if volume is None else int(volume),
            budget=found.get("budget"),
        )


class SettleForm(PlainForm):
    """How one placement was dealt with otherwise."""

    text = forms.CharField(label=_("How was it settled?"), max_length=200)


class TakeAlongForm(PlainForm):
    """To which own team one placement goes of a client whose data stay inside."""

    placement = forms.ModelChoiceField(label=_("Placement"), queryset=Placement.objects.none())
    destination = DestinationField(
        help_text=_("An own team only: the data of this client may not be passed on."),
    )

    def __init__(
        self, *args: Any, scope: Scope, move: CareMove, placements: QuerySet[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        which: Any = self.fields["placement"]
        which.queryset = placements
        choice: Any = self.fields["destination"]
        rows = destinations(scope, move.subcontract, max(move.day, scope.today))
        choice.queryset = rows.filter(is_own_team=True)
