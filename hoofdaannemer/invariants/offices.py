"""Promises about administration offices: nobody acts for another without a mandate."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from hoofdaannemer.core import mandates
from hoofdaannemer.invariants.promises import Promise, by_query

_RECORDS = """
    SELECT 'change' AS kind, id, user_id, role, acting_organisation, mandate, at
    FROM audit_changerecord
    UNION ALL
    SELECT 'look', id, user_id, role, acting_organisation, mandate, at FROM audit_accessrecord
    UNION ALL
    SELECT 'refusal', id, user_id, role, acting_organisation, mandate, at FROM audit_refusedattempt
"""


def _outside_subjects() -> Iterable[str]:
    """Changes by an office that its mandate does not cover."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT record.id, record.verb, given.subjects
            FROM audit_changerecord record
            JOIN accounts_officemandate given ON given.id = record.mandate
            WHERE record.role = 'subcontractor_user'
            ORDER BY record.id
            """
        )
        for record, verb, subjects in cursor.fetchall():
            if not mandates.covers_change(subjects, verb):
                yield f"change {record} {verb}"


PROMISES: tuple[Promise, ...] = (
    by_query(
        "OFF-01",
        "Who acted under a mandate was of its office, while it was in force, for who gave it.",
        f"""
        SELECT record.kind, record.id FROM ({_RECORDS}) record
        WHERE record.mandate <> 0 AND NOT EXISTS (
            SELECT 1 FROM accounts_officemandate given
            JOIN accounts_membership member ON member.organisation_id = given.office_id
            WHERE given.id = record.mandate
              AND given.provider_organisation_id = record.acting_organisation
              AND (record.at AT TIME ZONE 'Europe/Amsterdam')::date >= given.start_date
              AND (given.end_date IS NULL
                   OR (record.at AT TIME ZONE 'Europe/Amsterdam')::date <= given.end_date)
              AND member.user_id = record.user_id AND member.role = 'office_user'
              AND member.started_at <= record.at
              AND (member.ended_at IS NULL OR member.ended_at >= record.at)
              AND EXISTS (SELECT 1 FROM accounts_mandatestep step
                          WHERE step.mandate_id = given.id AND step.kind = 'accepted'
                            AND step.at <= record.at)
              AND NOT EXISTS (SELECT 1 FROM accounts_mandatestep step
                              WHERE step.mandate_id = given.id AND step.kind <> 'accepted'
                                AND step.at < record.at))
        """,  # noqa: S608  (a text of this module)
    ),
    by_query(
        "OFF-02",
        "Who acted for a subcontractor held a role there, or acted under a mandate.",
        f"""
        SELECT record.kind, record.id FROM ({_RECORDS}) record
        WHERE record.mandate = 0 AND record.user_id IS NOT NULL
          AND record.role IN ('subcontractor_admin', 'subcontractor_user')
          AND NOT EXISTS (
            SELECT 1 FROM accounts_membership member
            WHERE member.user_id = record.user_id
              AND member.organisation_id = record.acting_organisation
              AND member.role <> 'office_user')
        """,  # noqa: S608  (a text of this module)
    ),
    by_query(
        "OFF-03",
        "A mandate was given by an administrator of its subcontractor and accepted by its office.",
        """
        SELECT 'mandate', given.id FROM accounts_officemandate given
        LEFT JOIN accounts_mandatestep step ON step.mandate_id = given.id AND step.kind = 'accepted'
        WHERE NOT EXISTS (
            SELECT 1 FROM accounts_membership member
            WHERE member.user_id = given.given_by_id AND member.role = 'subcontractor_admin'
              AND member.organisation_id = given.provider_organisation_id)
        OR step.id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM accounts_membership member
            WHERE member.user_id = step.by_id AND member.role = 'office_user'
              AND member.organisation_id = given.office_id)
        """,
    ),
    Promise(
        "OFF-04",
        "What was changed under a mandate is covered by its subjects.",
        _outside_subjects,
    ),
    by_query(
        "FIL-02",
        "Rows of an office's file went to the practice that gave the office a mandate for them.",
        """
        SELECT 'file', file.id
        FROM billing_declarationfile file
        WHERE file.office_file_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM billing_officefilepart part
            JOIN billing_officefile whole ON whole.id = part.file_id
            JOIN accounts_officemandate given ON given.id = part.mandate_id
            WHERE part.file_id = file.office_file_id AND given.office_id = whole.office_id
              AND given.provider_organisation_id = file.provider_organisation_id
              AND 'declare' = ANY (given.subjects))
        """,
    ),
)
