"""Whose shop an entry of the trail belongs to, and whose data was looked at; from now on nobody changes an entry."""

from django.db import migrations, models

TABLE = "guard_auditentry"


def forbid(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
            )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION guard_append_only() CASCADE")
    else:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("guard", "0001_initial")]

    operations = [
        migrations.AddField("auditentry", "shop_id", models.BigIntegerField(null=True)),
        migrations.AddField("auditentry", "subject_id", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "auditentry", models.Index(fields=["shop_id", "-id"], name="guard_audit_of_shop")
        ),
        migrations.AddIndex(
            "auditentry",
            models.Index(
                fields=["subject_id", "-id"],
                name="guard_audit_of_subject",
                condition=models.Q(subject_id__isnull=False),
            ),
        ),
        migrations.RunPython(forbid, allow),
    ]
