"""People: one account that shops, writes, sells and spreads."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from grapevine.kit.sealed import SealedTextField


class Person(AbstractBaseUser):
    """An account. Phone and e-mail are sealed; their blind indexes find them at sign-in."""

    handle = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=40)
    phone = SealedTextField(blank=True, default="")
    phone_index = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  unique
    email = SealedTextField(blank=True, default="")
    email_index = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  unique
    avatar_id = models.BigIntegerField(null=True)
    bio = models.CharField(max_length=200, blank=True, default="")
    region = models.CharField(max_length=40, blank=True, default="")
    is_operator = models.BooleanField(default=False)
    personalised = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_index=True)

    objects: ClassVar[BaseUserManager["Person"]] = BaseUserManager()

    USERNAME_FIELD = "handle"

    def __str__(self) -> str:
        return self.handle
