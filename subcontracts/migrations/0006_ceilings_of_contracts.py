"""The ceiling that a contract has holds from its first day on."""

from django.db import migrations

# Tables are protected from their owner too, so it says for whom it works, until the transaction
# ends. What was agreed last is the newest version of the contract.
FORWARD = """
SELECT set_config('app.role', 'system', true);
INSERT INTO subcontracts_contractceiling (
    main_contractor_id, provider_organisation_id, subcontract_id, amount, start_date, recorded_at)
SELECT main_contractor_id, provider_organisation_id, id, ceiling, start_date,
    coalesce((
        SELECT max(version.offered_at) FROM subcontracts_subcontractversion version
        WHERE version.subcontract_id = contract.id), now())
FROM subcontracts_subcontract contract WHERE ceiling IS NOT NULL ORDER BY id;
SELECT set_config('app.role', '', true);
"""
BACKWARD = """
SELECT set_config('app.role', 'system', true);
UPDATE subcontracts_subcontract contract SET ceiling = (
    SELECT held.amount FROM subcontracts_contractceiling held
    WHERE held.subcontract_id = contract.id
        AND held.start_date <= greatest(contract.start_date, current_date)
    ORDER BY held.start_date DESC, held.id DESC LIMIT 1);
SELECT set_config('app.role', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0005_ceilings_by_day")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
