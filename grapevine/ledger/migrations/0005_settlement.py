"""What was settled and what is being paid out never go below zero either.

SQLite makes a table anew when a rule of it changes, and loses its triggers; they are put back.
"""

from django.db import migrations, models

BEFORE = ("payable", "commission_held", "points", "hold")
AFTER = (*BEFORE, "balance", "withdrawing")
OFF = (
    "DROP TRIGGER ledger_transfer_moves",
    "DROP TRIGGER ledger_accountrow_guard",
    "DROP TRIGGER ledger_accountrow_opens",
    "DROP TRIGGER ledger_accountrow_stays",
)
ON = (
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


def off(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in OFF:
            schema_editor.execute(statement)


def on(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in ON:
            schema_editor.execute(statement)


def rule(kinds):
    return models.CheckConstraint(
        condition=models.Q(
            models.Q(("kind__in", kinds), _negated=True), ("balance_minor__gte", 0), _connector="OR"
        ),
        name="ledger_owed_not_negative",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_balances_by_trigger")]
    operations = [
        migrations.RunPython(off, on),
        migrations.RemoveConstraint(model_name="accountrow", name="ledger_owed_not_negative"),
        migrations.AddConstraint(model_name="accountrow", constraint=rule(AFTER)),
        migrations.RunPython(on, off),
    ]
