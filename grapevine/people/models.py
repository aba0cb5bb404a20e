"""People: one account that shops, writes, sells and spreads."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from grapevine.kit.sealed import SealedTextField


class Person(AbstractBaseUser):
    """An account. Phone and e-mail are sealed; their blind indexes find them at sign-in."""

    handle = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=40, db_index=True)
    phone = SealedTextField(blank=True, default="")
    phone_index = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  unique
    email = SealedTextField(blank=True, default="")
    email_index = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  unique
    avatar_id = models.BigIntegerField(null=True)
    bio = models.CharField(max_length=200, blank=True, default="")
    region = models.CharField(max_length=40, blank=True, default="")
    is_operator = models.BooleanField(default=False)
    personalised = models.BooleanField(default=True)
    shares_purchases = models.BooleanField(default=False, db_default=False)
    """Whether friends may be told by name what this person bought; nobody is unless they say so."""
    joined_at = models.DateTimeField(db_index=True)
    erased_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "handle"
    has_blocks: bool | None = None
    """Whether there is a block between this person and anybody, as the request's first read found; None: not asked."""

    def __str__(self) -> str:
        return self.handle

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.erased_at is None


class Follow(models.Model):
    """`person` follows `followee` since `at`."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    followee = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "followee"], name="people_follow_once"),
            models.CheckConstraint(
                condition=~Q(person=F("followee")), name="people_follow_somebody_else"
            ),
        )
        indexes = (models.Index(fields=["followee", "-id"], name="people_followers"),)

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.followee_id}"


class Block(models.Model):
    """`person` does not want to meet `other`."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "other"], name="people_block_once"),
            models.CheckConstraint(
                condition=~Q(person=F("other")), name="people_block_somebody_else"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} blocks {self.other_id}"


class Token(models.Model):
    """A bearer token; only its digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A list narrowed as this person wants to see it again: `place` is the page's path, `query` its address's words."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=120)
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=400)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "place", "name"], name="people_view_once"),
        )

    def __str__(self) -> str:
        return self.name


class SecondFactor(models.Model):
    """A person's authenticator. In force once a first code was right. `last_step` is the newest code used."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    secret = SealedTextField()
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"second factor of {self.person_id}"


class RecoveryCode(models.Model):
    """A way in without the phone, once. Only its digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "digest"], name="people_recovery_once"),
        )

    def __str__(self) -> str:
        return f"recovery code of {self.person_id}"


class Session(AbstractBaseSession):
    """A browser's session, with whose it is, so that they can see and end it. `device` is coarse: Firefox · Windows."""

    person_id = models.BigIntegerField(null=True, db_index=True)
    device = models.CharField(max_length=40, blank=True, default="")
    started_at = models.DateTimeField(null=True)
