"""A commission goes back in parts, as the order does."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("spread", "0001_initial")]
    operations = [
        migrations.AddField(
            "commission", "reversed_minor", models.BigIntegerField(default=0, db_default=0)
        ),
        migrations.RunSQL(
            "UPDATE spread_commission SET reversed_minor = amount_minor WHERE state = 'reversed'",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "commission",
            models.CheckConstraint(
                condition=Q(reversed_minor__gte=0, reversed_minor__lte=F("amount_minor")),
                name="spread_reversed",
            ),
        ),
    ]
