"""Pictures and videos: a row and a file; smaller sizes of pictures are made on first request."""

from django.db import models


class Picture(models.Model):
    public_id = models.CharField(max_length=12, unique=True)
    owner_id = models.BigIntegerField(null=True, db_index=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    tone = models.CharField(max_length=7)
    alt = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    """When it was found to be shown somewhere; until then it may be of a draft that was never sent."""

    class Meta:
        indexes = (
            models.Index(
                fields=["created_at"], name="media_picture_to_ask", condition=models.Q(kept_at=None)
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(width__gt=0, height__gt=0), name="media_picture_has_size"
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class PrivateFile(models.Model):
    """A paper somebody handed in: a picture or a PDF, never served to the public."""

    public_id = models.CharField(max_length=12, unique=True)
    owner_id = models.BigIntegerField(db_index=True)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.public_id


class Video(models.Model):
    """A short film: a row and a file, as it came."""

    public_id = models.CharField(max_length=12, unique=True)
    owner_id = models.BigIntegerField(db_index=True)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["created_at"], name="media_video_to_ask", condition=models.Q(kept_at=None)
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(content_type__in=["video/mp4", "video/webm"]),
                name="media_video_kind",
            ),
        )

    def __str__(self) -> str:
        return self.public_id
