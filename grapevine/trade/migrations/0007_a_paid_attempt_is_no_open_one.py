"""An attempt that failed may be paid after all, while another is open or was paid the same way."""

from django.db import migrations, models
from django.db.models import Q

NAME = "trade_one_open_attempt"
FIELDS = ["payment", "method", "way"]


class Migration(migrations.Migration):
    dependencies = [("trade", "0006_sandbox_refund_moment")]
    operations = [
        migrations.RemoveConstraint("attempt", NAME),
        migrations.AddConstraint(
            "attempt",
            models.UniqueConstraint(
                fields=FIELDS, condition=Q(state__in=["starting", "open"]), name=NAME
            ),
        ),
    ]
