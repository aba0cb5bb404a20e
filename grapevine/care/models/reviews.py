"""Reviews and what becomes of them. What was said is never changed and never deleted: the database refuses it."""

from django.db import models
from django.db.models import F, Q

from grapevine.kit.ids import new_id


class Review(models.Model):
    """That a buyer reviewed a line of a received order. Never changed; what was said is in its revisions."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    order_number = models.CharField(max_length=20)
    sku_id = models.BigIntegerField()
    option = models.CharField(max_length=60, blank=True, default="")
    goods_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["order_number", "sku_id"], name="care_one_review_a_line"
            ),
        )
        indexes = (
            models.Index(fields=["goods_id", "-id"], name="care_reviews_of_goods"),
            models.Index(fields=["shop_id", "-id"], name="care_reviews_of_shop"),
            models.Index(fields=["buyer_id", "-id"], name="care_reviews_of_buyer"),
        )

    def __str__(self) -> str:
        return self.public_id


class Revision(models.Model):
    """What a review said from a moment on: `kind` first, edit or follow_up. A follow-up has no stars."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    goods = models.PositiveSmallIntegerField(null=True)
    service = models.PositiveSmallIntegerField(null=True)
    logistics = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=500, blank=True, default="")
    tags = models.JSONField(default=list)
    picture_ids = models.JSONField(default=list)
    anonymous = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "number"], name="care_revision_once"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(kind="follow_up"), name="care_one_follow_up"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["first", "edit"],
                    goods__range=(1, 5), service__range=(1, 5), logistics__range=(1, 5),
                ) | Q(kind="follow_up", goods=None, service=None, logistics=None),
                name="care_revision_stars",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.review_id}.{self.number}"


class Reply(models.Model):
    """What the shop answered from a moment on; the newest is shown, the others stay."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500)
    actor_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "number"], name="care_reply_once"),
        )

    def __str__(self) -> str:
        return f"{self.review_id}.{self.number}"


class HidingAct(models.Model):
    """A step of hiding for a legal reason: `kind` hidden, appealed, upheld or lifted. The newest one holds."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    basis = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=300)
    actor_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "number"], name="care_hiding_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["hidden", "appealed", "upheld", "lifted"]),
                name="care_hiding_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.review_id} {self.kind}"


class Standing(models.Model):
    """What follows from all rows of a review, for lists and scores. Moved by `actions.standing` alone.

    `flags` counts the open or confirmed flags on it; it is in the score while that is 0 and it is not hidden.
    """

    review = models.OneToOneField(
        Review, on_delete=models.PROTECT, primary_key=True, related_name="standing"
    )
    goods_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    sku_id = models.BigIntegerField()
    stars = models.PositiveSmallIntegerField()
    service = models.PositiveSmallIntegerField()
    logistics = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField(default=0)
    has_pictures = models.BooleanField(default=False)
    has_follow_up = models.BooleanField(default=False)
    is_replied = models.BooleanField(default=False)
    is_hidden = models.BooleanField(default=False)
    is_refunded = models.BooleanField(default=False)
    flags = models.PositiveSmallIntegerField(default=0)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["goods_id", "-review"], name="care_standing_of_goods"),
            models.Index(fields=["shop_id", "stars", "-review"], name="care_standing_of_shop"),
        )

    def __str__(self) -> str:
        return f"{self.review_id}: {self.stars}"


class GoodsScore(models.Model):
    """How many reviews of goods stand where: `stars_1` … `stars_5` are those that count."""

    goods_id = models.BigIntegerField(unique=True)
    shop_id = models.BigIntegerField(db_index=True)
    reviews = models.PositiveIntegerField(default=0)
    stars_1 = models.PositiveIntegerField(default=0)
    stars_2 = models.PositiveIntegerField(default=0)
    stars_3 = models.PositiveIntegerField(default=0)
    stars_4 = models.PositiveIntegerField(default=0)
    stars_5 = models.PositiveIntegerField(default=0)
    service_sum = models.PositiveIntegerField(default=0)
    logistics_sum = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    hidden = models.PositiveIntegerField(default=0)
    pictures = models.PositiveIntegerField(default=0)
    follow_ups = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    reviews__gte=F("stars_1") + F("stars_2") + F("stars_3") + F("stars_4") + F("stars_5")
                ),
                name="care_score_adds_up",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.goods_id}: {self.reviews}"


class Vote(models.Model):
    """A person found a review helpful. Who takes it back has no row."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "person_id"], name="care_vote_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.review_id}"


class ReviewTrace(models.Model):
    """Where a review came from, as digests. Dropped after thirty days."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="+")
    shop_id = models.BigIntegerField()
    device = models.CharField(max_length=64, blank=True, default="")
    network = models.CharField(max_length=64, blank=True, default="")
    joined_at = models.DateTimeField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=["shop_id", "at"], name="care_traces_of_shop"),)

    def __str__(self) -> str:
        return f"{self.review_id}"


class StaffDevice(models.Model):
    """A device on which a shop's reviews were looked after: nobody reviews the shop from it."""

    shop_id = models.BigIntegerField()
    device = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "device"], name="care_staff_device_once"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id}"


class Flag(models.Model):
    """A burst of reviews: `kind` device, network or words; `state` open, confirmed or dismissed."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    kind = models.CharField(max_length=10)
    shop_id = models.BigIntegerField()
    state = models.CharField(max_length=10, default="open")
    reason = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["open", "confirmed", "dismissed"]), name="care_flag_state"
            ),
        )
        indexes = (models.Index(fields=["state", "-id"], name="care_flags_by_state"),)

    def __str__(self) -> str:
        return self.public_id


class FlaggedReview(models.Model):
    """A review is in a flag; once a kind, so that a dismissed suspicion does not come back."""

    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "kind"], name="care_flagged_once_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.flag_id}: {self.review_id}"
