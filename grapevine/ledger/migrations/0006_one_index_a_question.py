"""Nobody searches postings by the beginning of their key or reference."""

from django.db import migrations

from grapevine.kit import pattern_indexes


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_settlement")]
    operations = [
        migrations.RunPython(
            pattern_indexes.drop("ledger_postingrow", column),
            pattern_indexes.restore("ledger_postingrow", column),
        )
        for column in ("key", "reference")
    ]
