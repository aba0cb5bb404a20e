"""Questions to the cube that are asked anew every week or month, and the files they gave."""

from django.db import models
from django.db.models import Q

from grapevine.kit.ids import new_id


class CubeSchedule(models.Model):
    """`query` is the address of the question; its span is the whole week or month before `next_on`."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=600)
    every = models.CharField(max_length=5)
    kind = models.CharField(max_length=4)
    language = models.CharField(max_length=8)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    next_on = models.DateField(db_index=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(every__in=["week", "month"], kind__in=["csv", "xlsx"]),
                name="insight_schedule_kind",
            ),
        )

    def __str__(self) -> str:
        return self.name


class CubeReport(models.Model):
    """A file made by a schedule, for one week or month; once."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    schedule = models.ForeignKey(CubeSchedule, on_delete=models.CASCADE, related_name="+")
    first = models.DateField()
    last = models.DateField()
    body = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["schedule", "first"], name="insight_report_once"),
        )

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.first}"
