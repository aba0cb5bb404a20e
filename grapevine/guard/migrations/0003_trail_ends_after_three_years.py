"""The trail can be added to, never changed; what is older than three years may go, and nothing younger."""

from django.db import migrations

TABLE = "guard_auditentry"
WORDS = "the audit trail is append-only"


def allow_old(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (
            f"DROP TRIGGER {TABLE}_append_only ON {TABLE}",
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
            "CREATE FUNCTION guard_keep_three_years() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF OLD.at > now() - interval '3 years' THEN "
            f"RAISE EXCEPTION '{WORDS}'; END IF; RETURN OLD; END $$",
            f"CREATE TRIGGER {TABLE}_kept BEFORE DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION guard_keep_three_years()",
        ):
            schema_editor.execute(statement)
    else:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_delete")
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} "
            "WHEN OLD.at > datetime('now', '-3 years') "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )


def allow_none(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (
            "DROP FUNCTION guard_keep_three_years() CASCADE",
            f"DROP TRIGGER {TABLE}_append_only ON {TABLE}",
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()",
        ):
            schema_editor.execute(statement)
    else:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_delete")
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )


class Migration(migrations.Migration):
    dependencies = [("guard", "0002_staff")]

    operations = [migrations.RunPython(allow_old, allow_none)]
