"""What is done with a move of care: choose where to, check and confirm, settle what remains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hoofdaannemer.core.errors import DomainError
from hoofdaannemer.core.forms import PlainForm
from hoofdaannemer.core.money import format_euro
from hoofdaannemer.core.pages import ScopedRequest, roles, shown_refusals
from hoofdaannemer.core.scope import Role
from hoofdaannemer.core.templatetags.core_format import date_long
from subcontracts import moving_policies as policies
from subcontracts import words
from subcontracts.models import CareMove, CareMoveItem
from subcontracts.moving_forms import AgainForm, ChooseForm, ItemForm, SettleForm
from subcontracts.moving_words import outcome_text, verdict_text
from subcontracts.selectors.moving import Verdict, verdicts
from subcontracts.services import moving
from subcontracts.views.identity import PERSONAL
from subcontracts.views.moving import ITEM_RELATED

FORM_METHODS: Final = ["GET", "HEAD", "POST"]
#: Placements that cannot move, as the page that asks lists them; the whole list is a download.
MOST_SHOWN: Final = 100


def move_of(request: ScopedRequest, pk: int) -> CareMove:
    """The move with its counts; 404 for others."""
    rows = CareMove.objects.visible_to(request.scope).with_counts()
    return get_object_or_404(rows.select_related("subcontract__provider_organisation"), pk=pk)


def _item(request: ScopedRequest, pk: int) -> CareMoveItem:
    rows = CareMoveItem.objects.visible_to(request.scope).select_related(
        *ITEM_RELATED, "move__subcontract__provider_organisation"
    )
    return get_object_or_404(rows, pk=pk)


def above(move: CareMove) -> list[tuple[str, str]]:
    """The pages above those of one move."""
    name = move.subcontract.provider_organisation.name
    return [
        (_("Moves of care"), reverse("care_move_list")),
        (name, reverse("care_move_detail", args=[move.pk])),
    ]


def _asked(
    request: ScopedRequest,
    move: CareMove,
    refusal: str,
    template: str = "generic/confirm.html",
    **context: Any,
) -> HttpResponse:
    """The page that asks; where it cannot be done, it says why and leads back."""
    context |= {
        "cancel_url": reverse("care_move_detail", args=[move.pk]),
        "breadcrumbs": above(move),
    }
    if refusal:
        template = "generic/confirm.html"
        context |= {"nothing": refusal, "consequences": []}
        context.pop("form", None)
    return render(request, template, context)


def refusal_of(check: Callable[..., object], *about: object) -> str:
    """Why something cannot be done now; empty where it can."""
    try:
        check(*about)
    except DomainError as refusal:
        return str(refusal)
    return ""


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def care_move_choose(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose where placements of a draft go, by product and municipality."""
    move = move_of(request, pk)
    form = ChooseForm(request.POST or None, scope=request.scope, move=move)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            count = moving.choose(
                scope=request.scope,
                move=move,
                which=form.which,
                destination=form.cleaned_data["destination"],
            )
            done = ngettext(
                "Chosen for %(count)s placement.", "Chosen for %(count)s placements.", count
            )
            messages.success(request, done % {"count": count})
        return redirect("care_move_detail", pk)
    return _asked(
        request,
        move,
        refusal_of(policies.check_can_change, request.scope, move),
        "generic/form.html",
        title=_("Where does the care go?"),
        lead=_("For one placement you choose on its own line of the list."),
        form=form,
        submit_label=_("Choose this"),
        next_text=_("Nothing moves yet."),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def care_move_confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    """Check what would become of every placement, then have it carried out."""
    move = move_of(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            moving.confirm(scope=request.scope, move=move)
            messages.success(request, _("The care is being moved. You may leave this page."))
        return redirect("care_move_detail", pk)
    rows = move.items.visible_to(request.scope).select_related(*ITEM_RELATED)
    items = list(rows.defer(*(f"placement__{name}" for name in PERSONAL)))
    found = verdicts(request.scope, items)
    moves = sum(one.moves for one in found.values())
    return _asked(
        request,
        move,
        refusal_of(policies.check_can_change, request.scope, move),
        "subcontracts/care_move_confirm.html",
        title=_("Move this care?"),
        consequences=[*_consequences(move, moves, len(items)), *_without_room(found)],
        totals=_totals(items, found),
        problems=_problems(items, found),
        more=max(0, len(items) - moves - MOST_SHOWN),
        may_confirm=bool(moves),
        download=f"{reverse('care_move_detail', args=[pk])}?_export=xlsx",
        submit_label=ngettext("Move %(count)s placement", "Move %(count)s placements", moves)
        % {"count": moves},
    )


def _consequences(move: CareMove, moves: int, total: int) -> list[str]:
    if not moves:
        return [_("None of these placements can be moved as it is now. Choose otherwise first.")]
    lines = [
        ngettext(
            "%(count)s of %(total)s placement ends on the day before %(day)s and begins elsewhere.",
            "%(count)s of %(total)s placements end on the day before %(day)s and begin elsewhere.",
            total,
        )
        % {"count": moves, "total": total, "day": date_long(move.day)},
        _("Both subcontractors are told, each in the way of its contract."),
        _("For the municipality the care goes on: it gets no stop and no start of this."),
    ]
    if total > moves:
        lines.append(_("The rest stays where it is, on a list that you settle afterwards."))
    return lines


def _without_room(found: dict[int, Verdict]) -> list[str]:
    """Who has no room left under its ceiling: nothing above it is paid without agreement."""
    used_up = {
        str(one.candidate.subcontractor)
        for one in found.values()
        if one.moves
        and one.candidate
        and one.candidate.room is not None
        and one.candidate.room <= 0
    }
    text = _("%(name)s has no room left under its ceiling. Agree on more before the care begins.")
    return [text % {"name": name} for name in sorted(used_up)]


def _totals(items: Sequence[CareMoveItem], found: dict[int, Verdict]) -> dict[str, Any]:
    """By product and destination: how many can move and cannot, and the room under the ceiling."""
    counted: Counter[tuple[str, str, bool]] = Counter()
    rooms: dict[tuple[str, str], str] = {}
    for item in items:
        verdict = found[item.pk]
        to = str(item.destination) if item.destination else _("stays for now")
        key = (str(item.placement.product), to)
        counted[(*key, verdict.moves)] += 1
        if verdict.candidate is not None and verdict.candidate.room is not None:
            rooms[key] = format_euro(verdict.candidate.room)
    keys = sorted({(product, to) for product, to, _moves in counted})
    return {
        "caption": _("What can be moved"),
        "headers": [
            _("Product"),
            _("Goes to"),
            _("Can be moved"),
            _("Stays"),
            _("Room under the ceiling"),
        ],
        "rows": [
            (
                product,
                to,
                counted[product, to, True],
                counted[product, to, False],
                rooms.get((product, to), "–"),
            )
            for product, to in keys
        ],
    }


def _problems(items: Sequence[CareMoveItem], found: dict[int, Verdict]) -> dict[str, Any]:
    # Of clients whose data stay inside the page of them tells.
    stays = [
        item for item in items if not found[item.pk].moves and not item.placement.client.is_sealed
    ]
    return {
        "caption": _("What stays, and why"),
        "headers": [_("Placement"), _("Client"), _("Product"), _("Why"), _("Change")],
        "rows": [
            (
                str(item.placement.number),
                str(item.placement.client),
                str(item.placement.product),
                verdict_text(item, found[item.pk]),
                format_html(
                    '<a class="ha-link" href="{}">{}</a>',
                    reverse("care_move_item", args=[item.pk]),
                    _("Choose where"),
                ),
            )
            for item in stays[:MOST_SHOWN]
        ],
    }


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def care_move_discard(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give up a draft."""
    move = move_of(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            moving.discard(scope=request.scope, move=move)
            messages.success(request, _("The draft is discarded."))
        return redirect("care_move_detail", pk)
    return _asked(
        request,
        move,
        refusal_of(policies.check_can_change, request.scope, move),
        title=_("Discard this draft?"),
        consequences=[_("Nothing was moved by it. You can begin a new move.")],
        submit_label=_("Discard draft"),
        danger=True,
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def care_move_retry(request: ScopedRequest, pk: int) -> HttpResponse:
    """Try again what was refused."""
    move = move_of(request, pk)
    if request.method == "POST":
        with shown_refusals(request):
            moving.retry(scope=request.scope, move=move)
            messages.success(request, _("The care is being moved. You may leave this page."))
        return redirect("care_move_detail", pk)
    others = CareMove.objects.visible_to(request.scope)
    return _asked(
        request,
        move,
        refusal_of(policies.check_can_retry, request.scope, move, others),
        title=_("Try again what could not be moved?"),
        consequences=[
            _("Each placement is judged anew, and moved where nothing stands in the way."),
            _("Where the first day has passed, it goes from today on."),
        ],
        submit_label=_("Try again"),
    )


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def care_move_item(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose for one placement: where it goes, or of one that remained how it is tried again."""
    item = _item(request, pk)
    if item.move.status == CareMove.Status.DRAFT:
        return _choose_one(request, item)
    others = CareMove.objects.visible_to(request.scope)
    form = AgainForm(request.POST or None, scope=request.scope, item=item)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            moving.retry_one(scope=request.scope, item=item, again=form.again)
            messages.success(request, _("The care is being moved. You may leave this page."))
            return redirect("care_move_detail", item.move_id)
    refusal = refusal_of(policies.check_can_settle, request.scope, item.move, item, others)
    return _asked(
        request,
        item.move,
        refusal,
        "subcontracts/care_move_item.html",
        title=_title(item),
        lead=_about(item),
        why=outcome_text(item, None),
        form=form,
        item=item,
        submit_label=_("Move this placement"),
        next_text=_("It is judged anew, and moved where nothing stands in the way."),
    )


def _choose_one(request: ScopedRequest, item: CareMoveItem) -> HttpResponse:
    form = ItemForm(request.POST or None, scope=request.scope, item=item)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            moving.choose(
                scope=request.scope,
                move=item.move,
                which=moving.Which(item_id=item.pk),
                destination=form.cleaned_data["destination"],
            )
            messages.success(request, _("Chosen for this placement."))
            return redirect("care_move_detail", item.move_id)
    return _asked(
        request,
        item.move,
        "",
        "generic/form.html",
        title=_title(item),
        lead=_about(item),
        form=form,
        submit_label=_("Choose this"),
        next_text=_("Nothing moves yet."),
    )


def _title(item: CareMoveItem) -> str:
    return _("Placement %(number)s") % {"number": item.placement.number}


def _about(item: CareMoveItem) -> str:
    placement = item.placement
    facts = (str(placement.client), str(placement.product), words.extent_text(placement))
    return " · ".join(fact for fact in facts if fact)


@roles(Role.CONTRACT_MANAGER)
@require_http_methods(FORM_METHODS)
def care_move_item_settle(request: ScopedRequest, pk: int) -> HttpResponse:
    """Note how one placement that remained was dealt with otherwise."""
    item = _item(request, pk)
    form: PlainForm = SettleForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with shown_refusals(request):
            moving.settle(scope=request.scope, item=item, **form.values)
            messages.success(request, _("Noted. It no longer stands on the list of what remains."))
            return redirect("care_move_detail", item.move_id)
    others = CareMove.objects.visible_to(request.scope)
    return _asked(
        request,
        item.move,
        refusal_of(policies.check_can_settle, request.scope, item.move, item, others),
        title=_("Settled otherwise?"),
        lead=f"{_title(item)} · {_about(item)}",
        consequences=[_("Nothing is moved by this. It only leaves the list of what remains.")],
        form=form,
        submit_label=_("Note as settled"),
    )
