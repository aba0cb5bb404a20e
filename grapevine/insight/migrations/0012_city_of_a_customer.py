"""The city most orders of a person go to, made by the next count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0011_trials")]
    operations = [
        migrations.AddField(
            model_name="customer",
            name="city",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
