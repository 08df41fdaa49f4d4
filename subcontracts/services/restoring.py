"""What the end of a contract cut off, kept with the notice and put back when that is taken back.

Rows come back as they were, by their own keys, so that the rounds which made them know them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.scope import Scope
from subcontracts.models import (
    ContractCeiling,
    FundingLine,
    FundingLineProduct,
    FundingSunset,
    IndexLetter,
    IndexRoundLine,
    Subcontract,
    SubcontractClause,
    Tariff,
    TariffChange,
)
from subcontracts.services import cancelling

#: What has a last day that the end of the contract may cut, by how it is kept.
_DATED: Final[Mapping[str, type[models.Model]]] = {
    "line": FundingLine,
    "product": FundingLineProduct,
    "tariff": Tariff,
    "clause": SubcontractClause,
}
#: What begins on a day: gone where that comes after the end. Lines come before what hangs on them.
_BEGINNING: Final[Mapping[str, type[models.Model]]] = {
    "line": FundingLine,
    "tariff": Tariff,
    "clause": SubcontractClause,
    "ceiling": ContractCeiling,
}
_VERBS: Final = {
    "line": "funding_line.restored",
    "tariff": "tariff.restored",
    "clause": "clause.restored",
    "ceiling": "ceiling.restored",
}


def keep(subcontract: Subcontract, end_date: date) -> dict[str, Any]:
    """What an end on a day would cut off, as JSON that `put_back` reads."""
    later = {"subcontract": subcontract, "start_date__gt": end_date}
    return {
        "ends": {
            kind: [
                [pk, None if end is None else end.isoformat()]
                for pk, end in model._default_manager.filter(
                    Q(end_date=None) | Q(end_date__gte=end_date),
                    subcontract=subcontract,
                    start_date__lte=end_date,
                ).values_list("pk", "end_date")
            ]
            for kind, model in _DATED.items()
        },
        "gone": [
            _kept(kind, row)
            for kind, model in _BEGINNING.items()
            for row in model._default_manager.filter(**later).order_by("pk")
        ],
        "letters": list(
            IndexLetter.objects.filter(
                subcontract=subcontract, withdrawn_at=None, effective_date__gt=end_date
            ).values_list("pk", flat=True)
        ),
    }


def _kept(kind: str, row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": kind,
        "text": cancelling.text_of(row),
        "row": _stored(row),
    }
    if kind == "line":
        sunset = FundingSunset.objects.filter(line=row).first()
        found |= {
            "products": [_stored(one) for one in row.line_products.order_by("pk")],
            "sunset": _stored(sunset) if sunset else None,
            "follows": list(
                FundingSunset.objects.filter(next_line=row).values_list("pk", flat=True)
            ),
        }
    made = {"line": "new_line", "tariff": "new_tariff", "ceiling": "new_ceiling"}.get(kind)
    if made is not None:
        rows = IndexRoundLine.objects.filter(**{made: row}, is_applied=True)
        found["indexed"] = [made, *rows.values_list("pk", flat=True)]
    if kind == "tariff":
        changes = TariffChange.objects.filter(new_tariff=row, is_applied=True)
        found["published"] = list(changes.values_list("pk", flat=True))
    return found


def _stored(row: models.Model) -> dict[str, Any]:
    return {one.attname: _plain(getattr(row, one.attname)) for one in row._meta.concrete_fields}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def put_back(
    *, scope: Scope, subcontract: Subcontract, old_end: date | None, kept: Mapping[str, Any]
) -> list[str]:
    """Put back what was kept into a contract that goes on after `old_end`; in words what cannot
    come back.

    What a round made that was undone since stays away, and so does what stands in the way of what
    was set since. The contract is locked by the caller.
    """
    gone: Sequence[dict[str, Any]] = kept.get("gone", [])
    undone = [one for one in gone if _round_is_undone(one)]
    known = _last_days(kept.get("ends", {})) | _before_rounds(undone)
    lost = _put_ends_back(subcontract, old_end, known)
    lost += [_("%(what)s: its round was undone") % {"what": one["text"]} for one in undone]
    for one in gone:
        if one in undone:
            continue
        try:
            with transaction.atomic():
                _put_row_back(scope, one)
        except IntegrityError:
            lost.append(_("%(what)s: something else was set since") % {"what": one["text"]})
    letters = IndexLetter.objects.filter(
        pk__in=kept.get("letters", []), round__status="decided", withdrawn_at__isnull=False
    )
    audit.record_many(scope, "index_letter.restored", list(letters.light()))
    letters.update(withdrawn_at=None)
    return lost


def _round_is_undone(one: Mapping[str, Any]) -> bool:
    made = [
        *IndexRoundLine.objects.filter(pk__in=one.get("indexed", [])[1:]).select_related("round"),
        *TariffChange.objects.filter(pk__in=one.get("published", [])).select_related("round"),
    ]
    return any(row.round.status != row.round.Status.DECIDED for row in made)


LastDays = dict[tuple[str, int | None], date | None]


def _last_days(ends: Mapping[str, Sequence[tuple[int, str | None]]]) -> LastDays:
    """What was kept, by kind and key."""
    return {
        (kind, pk): date.fromisoformat(stored) if stored else None
        for kind, rows in ends.items()
        for pk, stored in rows
    }


def _before_rounds(undone: Sequence[Mapping[str, Any]]) -> LastDays:
    """Last days of what undone rounds had cut, as they were before."""
    found: LastDays = {}
    lines = [pk for one in undone for pk in one.get("indexed", [])[1:]]
    for row in IndexRoundLine.objects.filter(pk__in=lines):
        found["tariff", row.tariff_id] = found["line", row.funding_line_id] = row.old_end_date
        products = FundingLineProduct.objects.filter(funding_line=row.funding_line_id)
        for pk in products.values_list("pk", flat=True):
            found["product", pk] = row.old_end_date
    changes = [pk for one in undone for pk in one.get("published", [])]
    for change in TariffChange.objects.filter(pk__in=changes):
        found["tariff", change.tariff_id] = change.old_end_date
    return found


def _put_ends_back(subcontract: Subcontract, old_end: date | None, known: LastDays) -> list[str]:
    """Last days as they were; what was made since and lasted as long as the contract goes on too.

    In words what cannot, since something else was set for its time.
    """
    lost = []
    for kind, model in _DATED.items():
        rows = model._default_manager.filter(subcontract=subcontract)
        for row in rows.filter(end_date=old_end).order_by("start_date", "pk"):
            end = known.get((kind, row.pk), subcontract.end_date)
            try:
                with transaction.atomic():
                    rows.filter(pk=row.pk).update(end_date=end)
            except IntegrityError:
                lost.append(_goes_on(row))
        if subcontract.end_date is not None:
            beyond = Q(end_date=None) | Q(end_date__gt=subcontract.end_date)
            rows.filter(beyond).update(end_date=subcontract.end_date)
    return lost


def _goes_on(row: Any) -> str:
    product = row.product if isinstance(row, FundingLineProduct) else None
    what = str(product or cancelling.text_of(row))
    return _("%(what)s ends as the notice said: something else was set since") % {"what": what}


def _put_row_back(scope: Scope, one: Mapping[str, Any]) -> None:
    kind = one["kind"]
    row = _inserted(_BEGINNING[kind], one["row"])
    for product in one.get("products", []):
        _inserted(FundingLineProduct, product)
    if one.get("sunset"):
        _inserted(FundingSunset, {**one["sunset"], "next_line_id": None})
    FundingSunset.objects.filter(pk__in=one.get("follows", []), next_line=None).update(
        next_line=row.pk
    )
    made, *lines = one.get("indexed") or [""]
    if lines:
        IndexRoundLine.objects.filter(pk__in=lines).update(
            **{made: row.pk}, is_applied=True, left_out="", note=""
        )
    TariffChange.objects.filter(pk__in=one.get("published", [])).update(
        new_tariff=row.pk, new_amount=one["row"].get("amount"), is_applied=True, left_out=""
    )
    audit.record(scope, _VERBS[kind], row)


def _inserted(model: type[models.Model], stored: Mapping[str, Any]) -> models.Model:
    row = model(
        **{one.attname: one.to_python(stored[one.attname]) for one in model._meta.concrete_fields}
    )
    row.save(force_insert=True)
    return row
