"""Keys of a shop, and apps with what they were allowed. Secrets are kept as digests only."""

from django.db import models
from django.db.models import Q


class ApiKey(models.Model):
    """A key of one shop. It acts for `person`, who made it, with their rights of the moment."""

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey("goods.Shop", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.shop_id}"


class App(models.Model):
    """A developer's app. Without a secret it is public (on a phone, in a browser) and lives by PKCE alone."""

    client_id = models.CharField(max_length=17, unique=True)
    owner = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    website = models.CharField(max_length=200, blank=True, default="")
    redirect_uris = models.JSONField()
    secret_digest = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Installation(models.Model):
    """`person` allowed `app` these scopes, in `shop` where there is one."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    shop = models.ForeignKey("goods.Shop", null=True, on_delete=models.CASCADE, related_name="+")
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["app", "person", "shop"], condition=Q(shop__isnull=False),
                name="gateway_installed_once_in_a_shop",
            ),
            models.UniqueConstraint(
                fields=["app", "person"], condition=Q(shop__isnull=True),
                name="gateway_installed_once",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.app_id} for {self.person_id}"


class Grant(models.Model):
    """A secret given to an app: an authorisation code, an access token or a refresh token.

    All that comes from one consent has one `family`; whoever uses a spent secret again ends it.
    """

    KINDS = (("code", "code"), ("access", "access"), ("refresh", "refresh"))

    installation = models.ForeignKey(Installation, on_delete=models.CASCADE, related_name="+")
    family = models.CharField(max_length=12, db_index=True)
    kind = models.CharField(max_length=7, choices=KINDS)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    redirect_uri = models.CharField(max_length=500, blank=True, default="")
    challenge = models.CharField(max_length=43, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    spent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.family}"
