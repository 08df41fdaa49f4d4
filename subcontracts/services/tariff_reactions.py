"""Reactions of subcontractors on proposed tariffs, and the answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import tariff_round_policies as policies
from subcontracts.models import BuildupParameter, TariffReaction, TariffRoundLine

Stance = TariffReaction.Stance


@dataclass(frozen=True, kw_only=True)
class ReactionFacts:
    """What is said of one parameter, or of the tariff as a whole."""

    stance: str
    parameter: BuildupParameter | None = None
    value: Decimal | None = None
    reason: str = ""


@transaction.atomic
def react(
    *, scope: Scope, line: TariffRoundLine, said: Sequence[ReactionFacts]
) -> list[TariffReaction]:
    """Let a subcontractor say what it thinks of a product's tariff; what it said before goes.

    Raises NotAllowedError for anybody else, RuleError CON-113 after the closing day, CON-119
    for another value or a comment without its reason, another value that is none, or a parameter
    that is not in the proposal.
    """
    line = TariffRoundLine.objects.visible_to(scope).select_related("round").get(pk=line.pk)
    invitation = line.invitations.visible_to(scope).get()
    policies.check_can_react(scope, line.round)
    _check(line, said)
    before = TariffReaction.objects.visible_to(scope).filter(line=line)
    audit.record_many(scope, "tariff_reaction.removed", list(before), line=line.pk)
    before.delete()
    made = TariffReaction.objects.bulk_create(
        TariffReaction(
            main_contractor_id=line.main_contractor_id,
            provider_organisation_id=invitation.provider_organisation_id,
            line=line,
            parameter=one.parameter,
            stance=one.stance,
            value=one.value if one.stance == Stance.OTHER else None,
            reason=one.reason.strip(),
            recorded_by_id=scope.user_id or None,
            recorded_at=scope.at,
        )
        for one in said
    )
    audit.record_many(scope, "tariff_reaction.recorded", made, line=line.pk)
    return made


def _check(line: TariffRoundLine, said: Sequence[ReactionFacts]) -> None:
    if not said:
        raise RuleError("CON-119", _("Say something of the tariff or of one of its lines."))
    for one in said:
        is_elsewhere = one.parameter and one.parameter.buildup_id != line.proposed_id
        lacks_reason = one.stance != Stance.AGREE and not one.reason.strip()
        lacks_value = one.stance == Stance.OTHER and (one.value is None or one.value < 0)
        if is_elsewhere or lacks_reason or lacks_value:
            raise RuleError(
                "CON-119",
                _("Another value needs the value and its reason; a comment needs its text."),
            )


@transaction.atomic
def answer(*, scope: Scope, reaction: TariffReaction, text: str) -> TariffReaction:
    """Tell a subcontractor what is done with its reaction; a later answer replaces it.

    Raises RuleError CON-115 while the subcontractor may still change it, CON-116 without a text.
    """
    reaction = (
        TariffReaction.objects.visible_to(scope)
        .select_for_update(of=("self",))
        .select_related("line__round")
        .get(pk=reaction.pk)
    )
    policies.check_is_closed(scope, reaction.line.round)
    if not text.strip():
        raise RuleError("CON-116", _("Write what is done with the reaction."))
    reaction.answer = text.strip()
    reaction.answered_by_id, reaction.answered_at = scope.user_id, scope.at
    reaction.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(scope, "tariff_reaction.answered", reaction, line=reaction.line_id)
    return reaction
