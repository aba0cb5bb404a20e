"""What discovery keeps of its own: an index of notes, goods and shops, tastes, feed sessions.

Ids of other modules are plain numbers here: every row can be rebuilt from the facades below.
"""

from django.conf import settings
from django.db import models
from django.db.models import F

from grapevine.discovery.contracts import Kind
from grapevine.kit.ids import new_token


class Document(models.Model):
    """A note, goods or shop that can be found. Its words live in the search index beside it."""

    kind = models.CharField(max_length=5, choices=[(kind.value, kind.value) for kind in Kind])
    object_id = models.BigIntegerField()
    shop_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    ranking_bps = models.BigIntegerField(default=10_000, db_default=10_000)
    """What the score of goods is multiplied by, for the rating of their shop."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "object_id"], name="discovery_document_once"),
        )
        indexes = (models.Index(fields=["shop_id", "kind"], name="discovery_documents_of_shop"),)

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"


class Entry(models.Model):
    """A published note as recall sees it. `points` weighs what people did with it."""

    note_id = models.BigIntegerField(unique=True)
    author_id = models.BigIntegerField()
    published_at = models.DateTimeField()
    points = models.IntegerField(default=0)
    category = models.CharField(max_length=60, blank=True, default="", db_default="")
    """Of its first goods, or else its first topic: what a page is mixed by."""
    shop_id = models.BigIntegerField(default=0, db_default=0)
    """Of its first goods; 0 without."""
    region = models.CharField(max_length=40, blank=True, default="", db_default="")
    """No finer than a city (`rules/places.py`)."""
    vector = models.BinaryField(max_length=64, default=b"", db_default=b"")
    """What it is about, as `rules/vectors.py` packs it; empty until it is measured."""

    class Meta:
        indexes = (
            models.Index(fields=["-published_at", "-note_id"], name="discovery_entry_newest"),
            models.Index(
                fields=["author_id", "-published_at", "-note_id"], name="discovery_entry_author"
            ),
            models.Index(fields=["-points"], name="discovery_entry_points"),
            models.Index(
                fields=["region", "-published_at", "-note_id"],
                condition=~models.Q(region=""),
                name="discovery_entry_region",
            ),
        )

    def __str__(self) -> str:
        return f"note {self.note_id}"


class Trait(models.Model):
    """What a note is about: kind is goods, shop, category, topic or word; key its id or name."""

    note_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=60)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "key", "note_id"], name="discovery_trait_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind}={self.key} of {self.note_id}"


class GoodsEntry(models.Model):
    """A goods on sale as recommendation sees it. `rank`: what people did with it, times its shop's rating."""

    goods_id = models.BigIntegerField(unique=True)
    shop_id = models.BigIntegerField()
    category = models.CharField(max_length=60, blank=True, default="")
    points = models.IntegerField(default=0)
    ranking_bps = models.BigIntegerField(default=10_000, db_default=10_000)
    is_repeat = models.BooleanField(default=False, db_default=False)
    """Whether those who bought it tend to buy it again; a job says so."""
    rank = models.GeneratedField(
        expression=F("points") * F("ranking_bps"), output_field=models.BigIntegerField(),
        db_persist=True,
    )  # fmt: skip

    class Meta:
        indexes = (
            models.Index(fields=["shop_id", "-rank", "-goods_id"], name="discovery_goods_shop"),
            models.Index(fields=["-rank", "-goods_id"], name="discovery_goods_rank"),
            models.Index(fields=["category", "-rank", "-goods_id"], name="discovery_goods_alike"),
        )

    def __str__(self) -> str:
        return f"goods {self.goods_id}"


class GoodsWord(models.Model):
    """A word of what goods are called, as notes are cut: by which they are found for who writes or reads it."""

    goods_id = models.BigIntegerField(db_index=True)
    word = models.CharField(max_length=60)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["word", "goods_id"], name="discovery_goods_word_once"),
        )

    def __str__(self) -> str:
        return f"{self.word} of goods {self.goods_id}"


class Popular(models.Model):
    """The notes most people like now, recomputed by a job; score falls with age."""

    note_id = models.BigIntegerField(unique=True)
    score = models.FloatField()

    class Meta:
        indexes = (models.Index(fields=["-score", "-note_id"], name="discovery_popular_score"),)

    def __str__(self) -> str:
        return f"{self.note_id}: {self.score:.3f}"


class Regional(models.Model):
    """Goods that many bought in a province of late, recomputed by a job. As coarse as that: five buyers at least."""

    region = models.CharField(max_length=2)
    """The first two characters of the province, which tell provinces apart."""
    goods_id = models.BigIntegerField()
    buyers = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["region", "goods_id"], name="discovery_regional_once"),
        )
        indexes = (
            models.Index(fields=["region", "-buyers", "-goods_id"], name="discovery_regional_most"),
        )

    def __str__(self) -> str:
        return f"{self.goods_id} in {self.region}: {self.buyers}"


class Channelled(models.Model):
    """A category or topic offered as a chip above the feed, recomputed by a job."""

    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=60, unique=True)
    notes = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.name


class Taste(models.Model):
    """One thing a person did, for or against (weight < 0). Appended, read newest first, trimmed.

    `person_id` may be deleted with the person at any time: nothing else hangs on it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=60)
    weight = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["person", "-id"], name="discovery_taste_newest"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}={self.key} {self.weight:+}"


class TagWord(models.Model):
    """What a person said of a tag or a thing: wanted, or not to be used. It wins over what is learned.

    `kind` is category or topic, or note, goods, author or shop, whose key is its id. `channel`: which way had brought it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=60)
    is_wanted = models.BooleanField()
    channel = models.CharField(max_length=12, blank=True, default="", db_default="")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "kind", "key"], name="discovery_word_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}={self.key} {self.is_wanted}"


class Steered(models.Model):
    """When a person last said what they want to see, or took it back: feeds that began before go on anew."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} at {self.at}"


class FeedSession(models.Model):
    """The order in which one feed is served, grown as it is scrolled.

    `places` is a list of [note id, channel, author id, shop id, propensity, why]. A page is a slice of it, so no page repeats
    another and asking again gives the same page. `done`: recall has nothing more. `person_id` empty:
    shared by all who see the impersonal feed.
    """

    id = models.CharField(max_length=24, primary_key=True, default=new_token)
    person_id = models.BigIntegerField(null=True)
    segment = models.CharField(max_length=12, blank=True, default="", db_default="")
    """Whose weights blended the channels; "" for the impersonal feed."""
    places = models.JSONField()
    size = models.PositiveIntegerField()
    done = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id


class SearchTerm(models.Model):
    """What a person searched for, theirs alone, deletable."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    query = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "query"], name="discovery_term_once"),
        )
        indexes = (models.Index(fields=["person", "-at"], name="discovery_term_newest"),)

    def __str__(self) -> str:
        return self.query


class Shown(models.Model):
    """A note that a person saw in their feed, the first time. `place` is where it stood.

    It keeps the note out of the person's next feeds, and counts for its author. Kept thirty days.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    note_id = models.BigIntegerField()
    author_id = models.BigIntegerField()
    channel = models.CharField(max_length=12)
    place = models.PositiveIntegerField()
    propensity = models.FloatField(default=0.0)
    at = models.DateTimeField()
    clicked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "note_id"], name="discovery_shown_once"),
        )
        indexes = (
            models.Index(fields=["person", "at"], name="discovery_shown_oldest"),
            models.Index(fields=["at"], name="discovery_shown_at"),
        )

    def __str__(self) -> str:
        return f"{self.note_id} to {self.person_id} by {self.channel}"


class Trial(models.Model):
    """A new note that is tried out: `wanted` people who do not follow its author are to see it, whoever wrote it.

    `shown` counts people; `clicks` and `skips` fade by the hour. It ends at `ends_at`.
    """

    note_id = models.BigIntegerField(unique=True)
    author_id = models.BigIntegerField()
    wanted = models.PositiveIntegerField()
    shown = models.PositiveIntegerField(default=0)
    clicks = models.FloatField(default=0.0)
    skips = models.FloatField(default=0.0)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    met_at = models.DateTimeField(null=True)
    """When it had been shown to as many as were wanted."""
    was_unfollowed = models.BooleanField(default=False)
    """Nobody followed its author when it began."""

    class Meta:
        indexes = (
            models.Index(fields=["shown", "note_id"], name="discovery_trial_owed"),
            models.Index(
                ((F("clicks") + 1) / (F("clicks") + F("skips") + 21)).desc(),
                "note_id",
                condition=models.Q(shown__gte=F("wanted")),
                name="discovery_trial_tried",
            ),
        )

    def __str__(self) -> str:
        return f"{self.note_id}: {self.shown} of {self.wanted}"


class Exposure(models.Model):
    """How many people saw notes of an author by a channel on a day, and how many opened one."""

    day = models.DateField()
    channel = models.CharField(max_length=12)
    author_id = models.BigIntegerField()
    people = models.PositiveIntegerField(default=0)
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["day", "channel", "author_id"], name="discovery_exposure_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.channel} {self.author_id}: {self.people}"


class ChannelRule(models.Model):
    """What an operator said of a channel of the feed; without a row the weight of `rules/blending.py` holds."""

    channel = models.CharField(max_length=12, primary_key=True)
    weight = models.PositiveSmallIntegerField()
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel}: {self.weight}"


class Bond(models.Model):
    """How a person came to be tied to another, from their side: kind is inviter, invitee, mate or sharer."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "other", "kind"], name="discovery_bond_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.other_id}"


class Reaction(models.Model):
    """Who did what for a note lately: trends are counted in circles of people. Kept three days."""

    note_id = models.BigIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    act = models.CharField(max_length=8)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["note_id", "person", "act"], name="discovery_reaction_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.act} {self.note_id}"


class Trending(models.Model):
    """The notes that people apart from each other turn to now, recomputed by a job."""

    note_id = models.BigIntegerField(unique=True)
    score = models.FloatField()

    class Meta:
        indexes = (models.Index(fields=["-score", "-note_id"], name="discovery_trending_score"),)

    def __str__(self) -> str:
        return f"{self.note_id}: {self.score:.3f}"


class Browser(models.Model):
    """That people signed in with one browser, which counts them as one circle; `mark` is a keyed digest. Kept ninety days."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    mark = models.CharField(max_length=32)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "mark"], name="discovery_browser_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.mark}"


class Phrase(models.Model):
    """A word a person writes, reads or searches for, by what it is worth for finding notes; made anew as they go on."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    word = models.CharField(max_length=40)
    weight = models.FloatField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "word"], name="discovery_phrase_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.word}"


class Mark(models.Model):
    """How far a job has come in a table that only grows."""

    name = models.CharField(max_length=20, primary_key=True)
    place = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.place}"
