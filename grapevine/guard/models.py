"""Buckets, stored answers, and the audit trail."""

from django.db import models


class Bucket(models.Model):
    """How often a key was used in the current minute."""

    key = models.CharField(max_length=64, unique=True)
    window = models.BigIntegerField()
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.key


class StoredAnswer(models.Model):
    """The answer to a write that carried an Idempotency-Key, committed together with its effect."""

    caller = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["caller", "key"], name="guard_answer_once"),)

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"


class AuditEntry(models.Model):
    """Who did what to which object, in which shop; `subject_id` is whose personal data was looked at.

    The database refuses to change a row, and to delete one that is not three years old.
    """

    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True)
    shop_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=80, db_index=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "-id"], name="guard_audit_of_shop"),
            models.Index(
                fields=["subject_id", "-id"], name="guard_audit_of_subject",
                condition=models.Q(subject_id__isnull=False),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.action} {self.object}"
