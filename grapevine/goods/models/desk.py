"""What the goods desk keeps: changes that can be undone, imports, categories."""

from django.db import models
from django.db.models import Q

from grapevine.goods.models.shelf import Goods, Shop, Sku


class DeskBatch(models.Model):
    """Goods changed at once from the desk, which can be undone once, as a whole."""

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["shop", "-id"], name="goods_batches_of_shop"),)

    def __str__(self) -> str:
        return f"{self.public_id} {self.kind}"


class DeskChange(models.Model):
    """What one batch made of one row: the fields it changed, before and after, as the desk writes them."""

    batch = models.ForeignKey(DeskBatch, on_delete=models.CASCADE, related_name="+")
    goods = models.ForeignKey(Goods, on_delete=models.CASCADE, related_name="+")
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, null=True, related_name="+")
    before = models.JSONField()
    after = models.JSONField()

    def __str__(self) -> str:
        return f"{self.goods_id}: {self.before} → {self.after}"


class ImportRun(models.Model):
    """A file of goods on its way in. `offset` is how far into the plan it is: it moves with the rows it wrote."""

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    actor_id = models.BigIntegerField()
    form = models.CharField(max_length=8)
    file_name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default="waiting")
    lists = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    to_create = models.PositiveIntegerField(default=0)
    to_update = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    offset = models.BigIntegerField(default=0)
    batch = models.ForeignKey(DeskBatch, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True, default="")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "waiting", "checked", "running", "done", "cancelled", "refused", "undone",
                    ]
                ),
                name="goods_import_state",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["shop", "-id"], name="goods_imports_of_shop"),
            models.Index(
                fields=["id"],
                name="goods_imports_due",
                condition=Q(state__in=["waiting", "running"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class ImportReject(models.Model):
    """A row of a file that does not go in, and why: `column` and `reason` in the words of the file and the house."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    column = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=200)
    value = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.line} {self.column}"


class ImportedGoods(models.Model):
    """Which goods a file's key became, and a digest of what the file said of it."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    goods = models.ForeignKey(Goods, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, related_name="+")
    digest = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["shop", "key"], name="goods_imported_once"),)

    def __str__(self) -> str:
        return self.key


class ImportPicture(models.Model):
    """A picture of imported goods: yet to be fetched, or not to be had, or there, and shown when all of them are."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+")
    goods = models.ForeignKey(Goods, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=1000)
    picture_id = models.BigIntegerField(null=True)
    is_video = models.BooleanField(default=False, db_default=False)
    video_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default="waiting")
    reason = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["goods", "position"], name="goods_import_picture_place"
            ),
        )
        indexes = (
            models.Index(fields=["id"], name="goods_import_pictures", condition=Q(state="waiting")),
        )

    def __str__(self) -> str:
        return self.source


class Category(models.Model):
    """A category of a shop and the names of the attributes its goods usually tell."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=20)
    attributes = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop", "name"], name="goods_category_once"),
        )

    def __str__(self) -> str:
        return self.name
