"""A shop's own face: its home page, and the domain it answers to."""

from django.db import models
from django.db.models import Q

from grapevine.goods.models.shelf import Shop


class Storefront(models.Model):
    """What a shop's home page shows: as it is edited, as it is seen, and as it was before."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="+")
    draft = models.JSONField(default=dict)
    live = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"storefront of {self.shop_id}"


class OwnDomain(models.Model):
    """A host name of a shop; it answers there once the shop has proved that it is its own."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    host = models.CharField(max_length=253)
    token = models.CharField(max_length=17)
    proof = models.CharField(max_length=4, blank=True, default="")
    added_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop", "host"], name="goods_domain_added_once"),
            models.UniqueConstraint(
                fields=["host"], condition=Q(proved_at__isnull=False), name="goods_domain_once"
            ),
        )

    def __str__(self) -> str:
        return self.host
