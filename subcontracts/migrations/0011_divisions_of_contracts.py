"""The shares that a contract has hold from its first day on."""

from django.db import migrations

# Tables are protected from their owner too, so it says for whom it works, until the transaction
# ends.
FORWARD = """
SELECT set_config('app.role', 'system', true);
INSERT INTO subcontracts_municipaldivision (
    main_contractor_id, contract_id, start_date, source, recorded_at)
SELECT main_contractor_id, id, start_date, '', now()
FROM subcontracts_municipalcontract ORDER BY id;
INSERT INTO subcontracts_municipalshare (main_contractor_id, division_id, part_id, percent)
SELECT part.main_contractor_id, division.id, part.id, part.share
FROM subcontracts_contractmunicipality part
JOIN subcontracts_municipaldivision division ON division.contract_id = part.contract_id
ORDER BY part.id;
SELECT set_config('app.role', '', true);
"""
BACKWARD = """
SELECT set_config('app.role', 'system', true);
UPDATE subcontracts_contractmunicipality part
SET share = coalesce(subcontracts_share(part.contract_id, part.municipality_id, current_date), 0);
DELETE FROM subcontracts_municipalshare;
DELETE FROM subcontracts_municipaldivision;
SELECT set_config('app.role', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0010_divisions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
