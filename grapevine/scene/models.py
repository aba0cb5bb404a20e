"""Notes, what is in them, and what people did with them. Rows are the truth, counts a copy."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from grapevine.kit.ids import new_id
from grapevine.scene.contracts import NoteState

STATES = [(state.value, state.value) for state in NoteState]


class Topic(models.Model):
    """A #话题; `notes` counts published ones."""

    name = models.CharField(max_length=40, unique=True)
    notes = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["-notes"], name="scene_topic_by_notes"),)

    def __str__(self) -> str:
        return self.name


class NoteRows(models.QuerySet["Note"]):
    def published(self) -> "NoteRows":
        return self.filter(state=NoteState.PUBLISHED)


class Note(models.Model):
    """`version` moves with every change that a cached card would show."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=60)
    body = models.TextField(blank=True, default="")
    region = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=STATES, default=NoteState.DRAFT)
    sponsored = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    likes = models.PositiveIntegerField(default=0)
    collects = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = NoteRows.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=NoteState.PUBLISHED) | Q(published_at__isnull=False),
                name="scene_note_published_has_date",
            ),
        )
        indexes = (
            models.Index(fields=["author", "-published_at", "-id"], name="scene_note_of_author"),
        )

    def __str__(self) -> str:
        return self.public_id


class NotePicture(models.Model):
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    picture_id = models.BigIntegerField()
    alt = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["note", "position"], name="scene_picture_place"),
        )

    def __str__(self) -> str:
        return f"{self.note_id}/{self.position}"


class NoteTopic(models.Model):
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["note", "topic"], name="scene_topic_once"),)
        indexes = (models.Index(fields=["topic", "-note"], name="scene_topic_newest"),)

    def __str__(self) -> str:
        return f"{self.note_id}#{self.topic_id}"


class NoteGoods(models.Model):
    """A goods tagged in a note; `picture`, `x_bps`, `y_bps` place its dot, if it has one."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")
    goods_id = models.BigIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    picture = models.PositiveSmallIntegerField(null=True)
    x_bps = models.PositiveSmallIntegerField(null=True)
    y_bps = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["note", "goods_id"], name="scene_goods_once"),
            models.CheckConstraint(
                condition=Q(picture__isnull=True, x_bps__isnull=True, y_bps__isnull=True)
                | Q(picture__isnull=False, x_bps__lte=10_000, y_bps__lte=10_000),
                name="scene_goods_dot_on_picture",
            ),
        )
        indexes = (models.Index(fields=["goods_id", "-note"], name="scene_goods_newest"),)

    def __str__(self) -> str:
        return f"{self.note_id}:{self.goods_id}"


class Like(models.Model):
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["note", "person"], name="scene_like_once"),)
        indexes = (models.Index(fields=["person", "-id"], name="scene_like_of_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} likes {self.note_id}"


class Collect(models.Model):
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["note", "person"], name="scene_collect_once"),
        )
        indexes = (models.Index(fields=["person", "-id"], name="scene_collect_of_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} keeps {self.note_id}"


class Comment(models.Model):
    """A comment, or a reply to one: `parent` is always a comment that has no parent itself."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    body = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["note", "parent", "-id"], name="scene_comment_of_note"),)

    def __str__(self) -> str:
        return self.public_id
