"""What a person was told, and how they want to be told."""

from django.db import models
from django.db.models import Q

from grapevine.kit.ids import new_id


class Notice(models.Model):
    """One thing told to one person, for themself or as staff of a shop. `key` says it once."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    person_id = models.BigIntegerField()
    shop_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=100)
    facts = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    """From when it may go into a letter; empty: it is not to be mailed, or it was."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person_id", "key"], name="reach_notice_once"),
        )
        indexes = (
            models.Index(fields=["person_id", "shop_id", "-id"], name="reach_notices_of"),
            models.Index(
                fields=["person_id", "shop_id"], name="reach_unread", condition=Q(read_at=None)
            ),
            models.Index(
                fields=["mail_at"], name="reach_to_mail", condition=Q(mail_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}"


class Choice(models.Model):
    """How a person wants one kind: off, site or mail. Without a row: site."""

    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    way = models.CharField(max_length=4)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person_id", "kind"], name="reach_choice_once"),
            models.CheckConstraint(
                condition=Q(way__in=["off", "site", "mail"]), name="reach_choice_way"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.way}"
