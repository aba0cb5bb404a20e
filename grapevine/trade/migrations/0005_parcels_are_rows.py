"""Carrier and number belong to a parcel."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trade", "0004_carry_over")]
    operations = [
        migrations.RemoveField("order", "carrier"),
        migrations.RemoveField("order", "tracking"),
    ]
