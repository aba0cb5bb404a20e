"""A line of the cart remembers the price it was put in at; lines from before do not know."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trade", "0006_sandbox_refund_moment")]
    operations = [
        migrations.AddField("cartrow", "price_minor", models.BigIntegerField(null=True)),
    ]
