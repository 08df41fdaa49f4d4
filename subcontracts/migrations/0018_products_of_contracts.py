"""The products, messages and numbers that a contract has are its own from its first day on."""

from django.db import migrations

# Tables are protected from their owner too, so it says for whom it works, until the transaction
# ends.
FORWARD = """
SELECT set_config('app.role', 'system', true);
INSERT INTO subcontracts_productturn (
    main_contractor_id, contract_product_id, start_date, is_covered, source, recorded_at)
SELECT part.main_contractor_id, part.id, contract.start_date, true, '', now()
FROM subcontracts_contractproduct part
JOIN subcontracts_municipalcontract contract ON contract.id = part.contract_id
ORDER BY part.id;
INSERT INTO subcontracts_exchangeterms (
    main_contractor_id, contract_id, start_date, messages, number_first, number_last, source,
    recorded_at)
SELECT main_contractor_id, id, start_date, messages, relay_number_first, relay_number_last, '', now()
FROM subcontracts_municipalcontract ORDER BY id;
SELECT set_config('app.role', '', true);
"""
BACKWARD = """
SELECT set_config('app.role', 'system', true);
UPDATE subcontracts_municipalcontract contract
SET (messages, relay_number_first, relay_number_last) = (
    SELECT held.messages, held.number_first, held.number_last
    FROM subcontracts_exchangeterms held
    WHERE held.contract_id = contract.id
        AND held.start_date <= greatest(contract.start_date, current_date)
    ORDER BY held.start_date DESC, held.id DESC LIMIT 1);
DELETE FROM subcontracts_exchangeterms;
DELETE FROM subcontracts_productturn;
SELECT set_config('app.role', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("subcontracts", "0017_held_from_a_day")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
