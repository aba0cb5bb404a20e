"""Shops, goods, SKUs, and the only stock counter."""

from django.db import models
from django.db.models import Q

from grapevine.goods.contracts import Returns


class Shop(models.Model):
    """An own brand with its own storefront at /shop/<slug>/."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    colour = models.CharField(max_length=7)
    logo_id = models.BigIntegerField(null=True)
    bio = models.CharField(max_length=200, blank=True, default="")
    owner_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=10, blank=True, default="")
    """Whose it is, as checked: enterprise, business or individual; "" for shops that were never asked."""
    deposit_due_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class Staff(models.Model):
    """A person's right to a shop's console."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField(db_index=True)
    role = models.CharField(max_length=12, default="owner")
    joined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop", "person_id"], name="goods_staff_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} of {self.shop_id}"


class StaffInvite(models.Model):
    """A place on a shop's staff that waits for an answer: of one person, or of whoever brings the token.

    Only the token's digest is kept. It ends once: accepted, declined, withdrawn, or by its day.
    """

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12)
    person_id = models.BigIntegerField(null=True, db_index=True)
    digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  unique
    invited_by = models.BigIntegerField()
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, default="open")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(person_id=None, digest__isnull=False)
                | Q(person_id__isnull=False, digest=None),
                name="goods_invite_one_way",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["open", "accepted", "declined", "withdrawn"]),
                name="goods_invite_outcome",
            ),
            models.UniqueConstraint(
                fields=["shop", "person_id"], condition=Q(outcome="open", person_id__isnull=False),
                name="goods_invite_once",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.public_id} {self.outcome}"


class Warehouse(models.Model):
    """Where a shop keeps goods. Lower `priority` first; among equals the nearest to the buyer."""

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=30)
    province = models.CharField(max_length=20, blank=True, default="")
    priority = models.SmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop", "name"], name="goods_warehouse_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class ShippingTemplate(models.Model):
    """What sending costs: `zones` are dicts as `contracts.ShippingZone`; one template a shop is the default."""

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=30)
    zones = models.JSONField(default=list)
    free_over_minor = models.BigIntegerField(null=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shop"], condition=Q(is_default=True), name="goods_one_default_shipping"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Goods(models.Model):
    """What a shop offers. Off the shelf it stays in history and cannot be ordered.

    A service is not sent anywhere; its SKUs are the times or places that can be booked. `attributes` are pairs.
    `axes` name what its SKUs' options choose, joined by " / " as these are. `on_sale_from` and `on_sale_until` are
    when the clock puts it on the shelf and takes it off. Removed goods are a draft thrown away: nobody finds them.
    """

    public_id = models.CharField(max_length=12, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    category = models.CharField(max_length=20, blank=True, default="", db_index=True)
    axes = models.CharField(max_length=60, blank=True, default="")
    body = models.TextField(blank=True, default="")
    cover_id = models.BigIntegerField(null=True)
    video_id = models.BigIntegerField(null=True)
    poster_id = models.BigIntegerField(null=True)
    """Which picture stands for the video until it plays; the cover where it is none of the goods' pictures."""
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    on_sale = models.BooleanField(default=True)
    is_wanted = models.BooleanField(default=True)
    """Whether the shop wants it on the shelf; it is `on_sale` if nothing withholds it."""
    kind = models.CharField(max_length=8, default="goods")
    origin = models.CharField(max_length=40, blank=True, default="")
    supplier = models.CharField(max_length=60, blank=True, default="")
    attributes = models.JSONField(default=list)
    limit_per_person = models.PositiveIntegerField(default=0)
    returns = models.CharField(max_length=10, default="seven_days", db_default="seven_days")
    shipping = models.ForeignKey(
        ShippingTemplate, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    listed_at = models.DateTimeField()
    on_sale_from = models.DateTimeField(null=True)
    on_sale_until = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["shop", "-id"], name="goods_of_shop"),
            models.Index(fields=["shop", "category", "-id"], name="goods_of_shop_category"),
            models.Index(fields=["shop", "on_sale", "-id"], name="goods_of_shop_shelf"),
            models.Index(
                fields=["on_sale_from"],
                name="goods_to_list",
                condition=Q(on_sale_from__isnull=False),
            ),
            models.Index(
                fields=["on_sale_until"],
                name="goods_to_delist",
                condition=Q(on_sale_until__isnull=False),
            ),
            models.Index(fields=["shop", "price_minor", "id"], name="goods_of_shop_by_price"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(price_minor__gte=0), name="goods_price_not_negative"
            ),
            models.CheckConstraint(condition=Q(kind__in=["goods", "service"]), name="goods_kind"),
            models.CheckConstraint(
                condition=Q(returns__in=[one.value for one in Returns]), name="goods_returns"
            ),
        )

    def __str__(self) -> str:
        return self.title


class GoodsPicture(models.Model):
    goods = models.ForeignKey(Goods, on_delete=models.CASCADE, related_name="+")
    picture_id = models.BigIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("goods_id", "position")
        constraints = (
            models.UniqueConstraint(fields=["goods", "position"], name="goods_picture_place"),
        )

    def __str__(self) -> str:
        return f"{self.goods_id}:{self.position}"


class Sku(models.Model):
    """One choice of goods. `option` names it, axes joined by " / "; "" where there is one choice.

    `own_code` is the shop's own number for it, of any form and unique to nobody.
    """

    code = models.CharField(max_length=40, unique=True)
    own_code = models.CharField(max_length=60, blank=True, default="")
    goods = models.ForeignKey(Goods, on_delete=models.PROTECT, related_name="+")
    option = models.CharField(max_length=60, blank=True, default="")
    picture_id = models.BigIntegerField(null=True)
    price_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField(null=True)
    grams = models.PositiveIntegerField(default=0)
    is_hot = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["goods", "option"], name="goods_sku_option_once"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="goods_sku_price"),
            models.CheckConstraint(
                condition=Q(cost_minor=None) | Q(cost_minor__gte=0), name="goods_sku_cost"
            ),
        )
        indexes = (
            models.Index(fields=["own_code"], name="goods_sku_own_code", condition=~Q(own_code="")),
        )

    def __str__(self) -> str:
        return self.code


class PriceChange(models.Model):
    """The history of a SKU's list price. Changes made at once share a `batch`, which can be undone."""

    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    batch = models.CharField(max_length=12, db_index=True)
    before_minor = models.BigIntegerField()
    after_minor = models.BigIntegerField()
    reason = models.CharField(max_length=60, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "sku"], name="goods_price_change_once"),
            models.CheckConstraint(
                condition=Q(before_minor__gt=0, after_minor__gt=0), name="goods_price_change_prices"
            ),
        )
        indexes = (models.Index(fields=["sku", "-id"], name="goods_prices_of_sku"),)

    def __str__(self) -> str:
        return f"{self.sku_id}: {self.before_minor} → {self.after_minor}"


class Stock(models.Model):
    """The only counter, a row a SKU and warehouse: free can be bought, held waits for payment, sold is paid for.

    A hot SKU has sixteen rows (`bucket`) a warehouse, so that buyers do not wait for one another.
    """

    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    bucket = models.PositiveSmallIntegerField(default=0)
    free = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    sold = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["sku", "warehouse", "bucket"], name="goods_stock_place_once"
            ),
            models.CheckConstraint(
                condition=Q(free__gte=0, held__gte=0, sold__gte=0), name="goods_stock_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku_id}: {self.free} free"


class StockHold(models.Model):
    """Pieces kept for a reference (an order) at one place. Ends exactly once: sold, released or expired.

    Of what was sold some pieces may be returned before others: these become rows of their own.
    """

    reference = models.CharField(max_length=60)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default="held")
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reference", "stock"],
                condition=~Q(state="returned"),
                name="goods_hold_once",
            ),
            models.CheckConstraint(condition=Q(count__gt=0), name="goods_hold_count"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "sold", "released", "expired", "returned"]),
                name="goods_hold_state",
            ),
        )
        indexes = (
            models.Index(fields=["until"], name="goods_hold_due", condition=Q(state="held")),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class StockMovement(models.Model):
    """The journal: every change of a counter, with its reason."""

    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=12)
    reference = models.CharField(max_length=60, blank=True, default="")
    free = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    sold = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(free=0, held=0, sold=0), name="goods_movement_moves"
            ),
        )
        indexes = (models.Index(fields=["sku", "id"], name="goods_movements_of_sku"),)

    def __str__(self) -> str:
        return f"{self.sku_id} {self.reason}"
