"""Who people are at a payment provider."""

from django.db import models

from grapevine.kit.sealed import SealedTextField


class Payer(models.Model):
    """A person's openid under one of our WeChat app ids: inside WeChat nobody pays without it."""

    person_id = models.BigIntegerField()
    app_id = models.CharField(max_length=64)
    openid = SealedTextField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person_id", "app_id"], name="trade_payer_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} at {self.app_id}"
