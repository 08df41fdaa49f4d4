"""Encrypts the keys of apps that people have set up, which the library kept readable.

The library's table is read by its name: its models are no longer installed.
"""

from django.db import migrations

FORMER = "otp_totp_totpdevice"


def take_over(apps, schema_editor):
    app = apps.get_model("accounts", "AuthenticatorApp")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [FORMER])
        if cursor.fetchone()[0] is None:
            return
        # The last one confirmed is the one in use: setting up an app replaced all others.
        cursor.execute(
            "SELECT DISTINCT ON (user_id) user_id, key, drift, last_t,"
            " throttling_failure_timestamp, throttling_failure_count"
            f" FROM {FORMER} WHERE confirmed ORDER BY user_id, id DESC"
        )
        rows = cursor.fetchall()
    app.objects.bulk_create(
        app(
            user_id=user,
            name="app",
            key=key,
            drift=drift,
            last_step=last_step,
            throttling_failure_timestamp=failed_at,
            throttling_failure_count=failures,
        )
        for user, key, drift, last_step, failed_at, failures in rows
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_authenticator_app")]
    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
