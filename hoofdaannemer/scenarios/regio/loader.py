"""Loads the scenario: parties, people, proofs, then a year of care and money, day by day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import count

from django.utils import timezone

from hoofdaannemer.accounts.models import Municipality as MunicipalityRow
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope, acting_as, system
from hoofdaannemer.scenarios.municipality import Municipality
from hoofdaannemer.scenarios.regio import (
    invoices,
    offices,
    parties,
    quality,
    reports,
    staff,
    talking,
)
from hoofdaannemer.scenarios.regio.care import Care
from hoofdaannemer.scenarios.regio.catalogue import WMO_MUNICIPALITY, YOUTH_REGION
from hoofdaannemer.scenarios.regio.clock import Clock, moment, office_day
from hoofdaannemer.scenarios.regio.months import MonthEnds
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.parties import Region
from hoofdaannemer.scenarios.regio.post import Post
from hoofdaannemer.scenarios.regio.today import Today
from hoofdaannemer.scenarios.regio.year import Year
from hoofdaannemer.scenarios.registry import Progress
from messaging.exchange.models import Channel, Party
from messaging.exchange.services.channels import choose_transport
from messaging.istandaard import Family
from subcontracts.models import Client
from subcontracts.services import ceiling_signals, foreseen, residences

#: The dice fall the same at every load.
SEED = 20261122
MONTHS = 12


def load(progress: Progress) -> None:
    """Build everything, with a history of twelve months that ends in the current one."""
    now = timezone.now()
    today = timezone.localdate(now)
    begin = first_month(today).first
    setting_up = moment(begin - timedelta(days=30), 9)
    scope = system(setting_up)
    dice = random.Random(SEED)  # noqa: S311  (a scenario, not a secret)
    progress(0, 100, "parties")
    region = parties.build(scope, setting_up.date(), dice)
    office = staff.build(scope, region)
    offices.build(scope, region, office)
    progress(2, 100, "proofs")
    judges = quality.Judges(officer=office.judging(now), today=today)
    quality.build(region, judges, setting_up, dice)
    post = _post(scope, region, office)
    clock = Clock(now)
    care = Care(region, post, clock, dice)
    care.plan(begin, today)
    _plan_post(post, clock, begin, today)
    MonthEnds(care, post, clock, dice).plan(Month.of(begin), Month.of(today))
    reports.plan(region, office, clock, Month.of(today))
    invoices.plan(region, office, clock, Month.of(today))
    Year(region, office).plan(clock, Month.of(begin), Month.of(today))
    Today(care, clock, now).plan()
    clock.run(lambda label, share: progress(5 + int(share * 94), 100, label))
    with acting_as(office.nobody(now)) as scope:
        residences.put_in_force(scope=scope, clients=Client.objects.visible_to(scope))
        foreseen.sweep(scope=scope)
        ceiling_signals.give_notice(scope=scope)
    talking.talk(region, office, now)
    progress(100, 100, "")


def first_month(today: date) -> Month:
    """The first of the months of history; the current month is the last."""
    month = Month.of(today)
    for _step in range(MONTHS - 1):
        month = month.previous()
    return month


def _post(scope: Scope, region: Region, office: Office) -> Post:
    towns = [(code, name, Family.JW) for code, name, _share in YOUTH_REGION]
    towns.append((*WMO_MUNICIPALITY, Family.WMO))
    rows = {row.code: row.pk for row in MunicipalityRow.objects.all()}
    numbers = count(1)
    post = Post(
        office=office,
        municipalities={
            (code, family.value): Municipality(
                code=code,
                name=name,
                family=family,
                provider_agb=region.main.agb,
                first_number=next(numbers) * 1_000_000,
            )
            for code, name, family in towns
        },
        municipality_ids={code: rows[code] for code, _name, _family in towns},
    )
    for party in region.parties:
        if party.provider.relay == "messages":
            post.software[party.organisation.pk] = party
            choose_transport(
                scope=scope,
                main_contractor_id=region.main.pk,
                party=Party(None, party.organisation.pk),
                transport=Channel.Transport.MAILBOX,
            )
    return post


def _plan_post(post: Post, clock: Clock, begin: date, today: date) -> None:
    day = office_day(begin)
    while day <= today:
        clock.plan(moment(day, 17, 30), post.empty)
        day = office_day(day + timedelta(days=1))
