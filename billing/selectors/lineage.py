"""The part of a story that is about money: declarations of placed care, and their messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import Declaration, DeclaredLine, UpwardContribution, UpwardDeclaration
from billing.tones import DECLARATION_TONES, UPWARD_TONES
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from messaging.exchange.lineage import RECEIVED, SENT, Found, Node, Ref


def trace(scope: Scope, refs: set[Ref]) -> Found:
    """Declarations of these placements, and those that these messages brought.

    A declaration does not lead on to everything else that is declared in it: its page lists that.
    """
    keys = defaultdict(list)
    for ref in refs:
        keys[ref.kind].append(ref.pk)
    keys["declaration"] += _built_of(scope, keys)
    lines = DeclaredLine.objects.visible_to(scope).filter(placement__in=keys["placement"])
    declared = set(lines.order_by().values_list("placement", "declaration").distinct())
    rows = Declaration.objects.visible_to(scope).filter(
        Q(pk__in=[declaration for _placement, declaration in declared] + keys["declaration"])
        | Q(message__in=keys[RECEIVED])
    )
    found, messages = Found(), {}
    for row in rows.select_related("provider_organisation"):
        messages[row.pk] = row.message_id
        of_message = (Ref(RECEIVED, row.message_id),) if row.message_id else ()
        found.add(_node(row), *of_message)
    for placement, declaration in declared:
        cause = Ref("placement", placement)
        found.links.add((cause, Ref("declaration", declaration)))
        if message := messages.get(declaration):
            # The care that was placed is what the message declares.
            found.links.add((cause, Ref(RECEIVED, message)))
    found.take(_upward(scope, keys, set(messages)))
    return found


def _named_upward(keys: Mapping[str, list[int]]) -> Q:
    """Declarations to municipalities that are in the story themselves, or by their messages."""
    return (
        Q(pk__in=keys["upward_declaration"])
        | Q(message__in=keys[SENT])
        | Q(answer__in=keys[RECEIVED])
    )


def _built_of(scope: Scope, keys: Mapping[str, list[int]]) -> list[int]:
    """The declarations below those upward in the story; a story of placements knows its own."""
    if keys["placement"]:
        return []
    named = UpwardDeclaration.objects.visible_to(scope).filter(_named_upward(keys))
    below = UpwardContribution.objects.visible_to(scope).filter(line__declaration__in=named)
    declared = below.filter(declared_line__isnull=False).order_by()
    return list(declared.values_list("declared_line__declaration", flat=True).distinct())


def _upward(scope: Scope, keys: Mapping[str, list[int]], told: set[int]) -> Found:
    """Declarations to municipalities that these declarations, or these messages, are about.

    From a declaration upward the story leads to the subcontractors' declarations it was built of;
    from those only to what is built of the placements in the story.
    """
    contributions = UpwardContribution.objects.visible_to(scope)
    built_of = contributions.filter(
        declared_line__declaration__in=told, declared_line__placement__in=keys["placement"]
    )
    rows = UpwardDeclaration.objects.visible_to(scope).filter(
        Q(pk__in=built_of.values("line__declaration")) | _named_upward(keys)
    )
    found, shown = Found(), set()
    for row in rows.select_related("municipality"):
        ref = Ref("upward_declaration", row.pk)
        found.add(_upward_node(row))
        # It is what the message says: the message follows from it, and the answer from that.
        found.links.add((ref, Ref(SENT, row.message_id)))
        shown.add(row.pk)
    # What was invoiced comes from no declaration.
    pairs = contributions.filter(line__declaration__in=shown, declared_line__isnull=False)
    pairs = pairs.order_by()
    if keys["placement"]:
        # A story of placements tells of their own care, not of all that went up with it.
        pairs = pairs.filter(declared_line__placement__in=keys["placement"])
    for declaration, upward in pairs.values_list(
        "declared_line__declaration", "line__declaration"
    ).distinct():
        found.links.add((Ref("declaration", declaration), Ref("upward_declaration", upward)))
    return found


def _upward_node(row: UpwardDeclaration) -> Node:
    return Node(
        ref=Ref("upward_declaration", row.pk),
        at=row.recorded_at,
        title=_("Declaration %(number)s to the municipality") % {"number": row.number},
        text=f"{month_nl(row.month)} · {row.municipality.name}",
        url=row.get_absolute_url(),
        state=str(row.get_status_display()),
        tone=UPWARD_TONES[UpwardDeclaration.Status(row.status)],
    )


def _node(row: Declaration) -> Node:
    return Node(
        ref=Ref("declaration", row.pk),
        at=row.recorded_at,
        title=_("Declaration %(number)s") % {"number": row.number},
        text=f"{month_nl(row.month)} · {row.provider_organisation.name}",
        url=reverse("declaration_detail", args=[row.pk]),
        state=str(row.get_status_display()),
        tone=DECLARATION_TONES[Declaration.Status(row.status)],
    )
