"""What the house does for a shop at each stage of its life."""

from django.db import models
from django.db.models import Q

from grapevine.insight.models.lifecycle import STAGES
from grapevine.kit.ids import new_id


class ShopService(models.Model):
    """A stage's playbook for one shop: one a stay, at most one open. It ends done, or moved: the shop came to another stage."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField()
    stage = models.CharField(max_length=8)
    since = models.DateField()
    playbook = models.CharField(max_length=16)
    opened_on = models.DateField()
    due_on = models.DateField()
    manager_id = models.BigIntegerField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.BigIntegerField(null=True)
    """Who said that it is done; nobody where the house saw it."""
    outcome = models.CharField(max_length=6, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop_id", "stage", "since"], name="insight_service_once"
            ),
            models.UniqueConstraint(
                fields=["shop_id"], condition=Q(ended_on=None), name="insight_one_service"
            ),
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="insight_service_stage"),
            models.CheckConstraint(
                condition=Q(ended_on=None, outcome="")
                | Q(ended_on__isnull=False, outcome__in=["done", "moved"]),
                name="insight_service_outcome",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_on", "id"], condition=Q(ended_on=None), name="insight_service_open"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.shop_id} {self.playbook}"
