"""A line of the cart remembers the price it was put in at; lines from before do not know."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trade", "0008_watch_over_money")]
    operations = [
        migrations.AddField("cartrow", "price_minor", models.BigIntegerField(null=True)),
    ]
