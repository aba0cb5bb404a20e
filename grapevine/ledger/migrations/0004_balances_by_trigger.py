"""Balances are moved by the database when a transfer is inserted; it refuses any other change of them.

PostgreSQL: one trigger a statement, which adds up what each account gains, so that an account money only passes
through is not touched, and locks accounts in one order. SQLite has row triggers only and one writer: a gate that is
open inside the trigger and closed outside tells the allowed update from any other.
"""

from django.db import migrations

POSTGRES = """
CREATE FUNCTION ledger_move_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM ledger_accountrow WHERE id IN (
    SELECT id FROM (
      SELECT debit_id AS id, -amount_minor AS gain FROM fresh
      UNION ALL SELECT credit_id, amount_minor FROM fresh) moved
    GROUP BY id HAVING SUM(gain) <> 0)
  ORDER BY id FOR NO KEY UPDATE;
  UPDATE ledger_accountrow account SET balance_minor = account.balance_minor + net.gain
  FROM (
    SELECT id, SUM(gain)::bigint AS gain FROM (
      SELECT debit_id AS id, -amount_minor AS gain FROM fresh
      UNION ALL SELECT credit_id, amount_minor FROM fresh) moved
    GROUP BY id HAVING SUM(gain) <> 0) net
  WHERE account.id = net.id;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_transfer_moves AFTER INSERT ON ledger_transfer
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_move_balances();

CREATE FUNCTION ledger_guard_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.balance_minor <> 0 THEN RAISE EXCEPTION 'an account opens at zero'; END IF;
  ELSIF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'the ledger keeps its accounts';
  ELSIF NEW.balance_minor <> OLD.balance_minor AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a balance moves by transfers only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_accountrow_guard BEFORE INSERT OR UPDATE OF balance_minor OR DELETE ON ledger_accountrow
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_balance();
"""
POSTGRES_BACK = """
DROP FUNCTION ledger_move_balances() CASCADE;
DROP FUNCTION ledger_guard_balance() CASCADE;
"""
SQLITE = (
    "CREATE TABLE ledger_gate (id integer PRIMARY KEY CHECK (id = 1), is_open integer NOT NULL)",
    "INSERT INTO ledger_gate (id, is_open) VALUES (1, 0)",
    """CREATE TRIGGER ledger_transfer_moves AFTER INSERT ON ledger_transfer BEGIN
  UPDATE ledger_gate SET is_open = 1;
  UPDATE ledger_accountrow SET balance_minor = balance_minor - NEW.amount_minor WHERE id = NEW.debit_id;
  UPDATE ledger_accountrow SET balance_minor = balance_minor + NEW.amount_minor WHERE id = NEW.credit_id;
  UPDATE ledger_gate SET is_open = 0;
END""",
    """CREATE TRIGGER ledger_accountrow_guard BEFORE UPDATE OF balance_minor ON ledger_accountrow
WHEN NEW.balance_minor <> OLD.balance_minor AND NOT (SELECT is_open FROM ledger_gate)
BEGIN SELECT RAISE(ABORT, 'a balance moves by transfers only'); END""",
    """CREATE TRIGGER ledger_accountrow_opens BEFORE INSERT ON ledger_accountrow
WHEN NEW.balance_minor <> 0 BEGIN SELECT RAISE(ABORT, 'an account opens at zero'); END""",
    """CREATE TRIGGER ledger_accountrow_stays BEFORE DELETE ON ledger_accountrow
BEGIN SELECT RAISE(ABORT, 'the ledger keeps its accounts'); END""",
)
SQLITE_BACK = (
    "DROP TRIGGER ledger_transfer_moves",
    "DROP TRIGGER ledger_accountrow_guard",
    "DROP TRIGGER ledger_accountrow_opens",
    "DROP TRIGGER ledger_accountrow_stays",
    "DROP TABLE ledger_gate",
)


def put(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement)


def take(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_BACK)
    else:
        for statement in SQLITE_BACK:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_stripes_and_holds")]
    operations = [migrations.RunPython(put, take)]
