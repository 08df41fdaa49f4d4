"""Loads the canary scenario: parties, people, proofs, care, money, reports."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from hoofdaannemer.core.periods import Month, Period
from hoofdaannemer.core.scope import system
from hoofdaannemer.scenarios.canary import (
    announcements,
    carefiles,
    cast,
    decisions,
    drafts,
    indexing,
    invoices,
    mandate,
    money,
    moves,
    notices,
    offices,
    parties,
    proofs,
    questions,
    referrals,
    reports,
    steering,
    takeovers,
    tariffs,
    upward,
)
from hoofdaannemer.scenarios.canary.care import Care, moment
from hoofdaannemer.scenarios.registry import Progress

STEPS = 7
QUARTER = 3


def first_day(today: date) -> date:
    """The first day of the last whole quarter before `today`."""
    month = Month.of(today)
    for _step in range((month.month - 1) % QUARTER + QUARTER):
        month = month.previous()
    return month.first


def quarter(first: date) -> Period:
    """The three months from the first day of the quarter."""
    return Period(first, Month.of(first).next().next().last)


def load(progress: Progress) -> None:
    """Build everything, with a history that begins a quarter ago."""
    now = timezone.now()
    begin = first_day(timezone.localdate(now))
    scope = system(moment(begin - timedelta(days=60), 9))
    progress(0, STEPS, "parties")
    made = parties.build(scope)
    progress(1, STEPS, "people")
    people = cast.build(scope, made)
    offices.build(scope, made, people)
    offices.give(made, people, scope.at)
    progress(2, STEPS, "proofs")
    proofs.build(made, people, moment(begin - timedelta(days=30), 10))
    progress(3, STEPS, "care")
    care = Care(made, people, begin)
    care.run()
    care.request()
    care.pause(moment(begin + timedelta(days=70), 11))
    progress(4, STEPS, "money")
    money.run(care, Month.of(begin))
    progress(5, STEPS, "reports")
    reports.build(made, people, quarter(begin), now)
    care.offer(now)
    care.change(now)
    carefiles.exchange(care, now)
    referrals.hand_in(care, now)
    progress(6, STEPS, "access")
    care.break_glass(now)
    care.announce(now)
    decisions.give(care, now)
    drafts.draw_up(system(now), made)
    # After all that was relayed without a mandate.
    mandate.allocate(made, people, now + timedelta(seconds=1))
    indexing.index(care, now)
    upward.record(made, people, now)
    steering.steer(made, people, now)
    tariffs.build_up(made, people, now)
    questions.ask(made, people, now)
    announcements.tell(made, people, now)
    moves.draw_up(care, now)
    takeovers.take_over(care, now)
    notices.give(care, now)
    invoices.receive(care, now)
    upward.form_budgets(made, people, now)
    cast.give_keys(people, now)
    cast.shut_out(system(now), made, people)
    progress(STEPS, STEPS, "")
