"""The city an order goes to, beside its sealed address: new rows have it, old ones had none to read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trade", "0019_moments_by_ranges")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="city",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
