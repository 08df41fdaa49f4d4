"""Drops the library's table of readable keys. There is no way back: they stay encrypted."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_take_over_app_keys")]
    operations = [migrations.RunSQL("DROP TABLE IF EXISTS otp_totp_totpdevice")]
