"""The statutory interest for trade as far as it was published when this was written."""

from django.db import migrations

# The refinancing rate of the ECB at the first day of the half-year, and eight points (BW 6:120,
# second paragraph). Later half-years are recorded with `manage.py interest_rate`.
RATES = (
    ("2023-01-01", "10.50"),
    ("2023-07-01", "12.00"),
    ("2024-01-01", "12.50"),
    ("2024-07-01", "12.25"),
    ("2025-01-01", "11.15"),
    ("2025-07-01", "10.15"),
)
FILLED = "INSERT INTO billing_interestrate (start_date, percent, source, recorded_at) VALUES " + ", ".join(
    f"('{day}', {percent}, 'BW 6:120, tweede lid', now())" for day, percent in RATES
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0023_payment_terms")]
    operations = [migrations.RunSQL(FILLED, "DELETE FROM billing_interestrate")]
