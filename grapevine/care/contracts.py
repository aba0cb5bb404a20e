"""Reviews, scores, ratings, certificates and show-orders, as others see them. Refusals stand in `refusals.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from grapevine.care.refusals import (
    NotReceived as NotReceived,
    RelatedToShop as RelatedToShop,
    ReviewedAlready as ReviewedAlready,
)
from grapevine.goods.contracts import GoodsCard
from grapevine.media.contracts import PictureCard
from grapevine.people.contracts import PersonCard
from grapevine.scene.contracts import NoteCard
from grapevine.signals.contracts import Event
from grapevine.trade.contracts import LineView, OrderView


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a buyer says of a line: stars from 1 to 5, tags from the house's list, words, pictures by row id."""

    goods: int
    service: int
    logistics: int
    words: str = ""
    tags: Sequence[str] = ()
    picture_ids: Sequence[int] = ()
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a review came from, as digests; "" is unknown. Kept thirty days, for the eyes of screening alone."""

    device: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing somebody wrote under a review, and when."""

    words: str
    at: datetime
    pictures: Sequence[PictureCard] = ()
    tags: Sequence[str] = ()
    stars: int = 0


@dataclass(frozen=True, slots=True)
class HidingStep:
    """`kind` hidden, appealed, upheld or lifted."""

    kind: str
    reason: str
    basis: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as it stands. A hidden one has no words and no pictures: it says why instead.

    `flag` is why it is left out of the score; "" if it counts.
    """

    public_id: str
    goods: GoodsCard
    option: str
    author: PersonCard | None
    name: str
    stars: int
    service: int
    logistics: int
    said: Said
    at: datetime
    follow_up: Said | None = None
    reply: Said | None = None
    votes: int = 0
    voted: bool = False
    mine: bool = False
    flag: str = ""
    is_edited: bool = False
    is_edited_after_reply: bool = False
    is_refunded: bool = False
    hiding: HidingStep | None = None


@dataclass(frozen=True, slots=True)
class ReviewHistory:
    """A review with all that was ever said under it, oldest first."""

    review: ReviewView
    earlier: Sequence[Said]
    earlier_replies: Sequence[Said]
    hidings: Sequence[HidingStep]
    may_edit: bool
    may_follow_up: bool
    may_appeal: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What reviews say of goods or a shop. `counts` from one star to five, of those that count.

    `hundredths` is the score with its prior (475 is 4.75), `floor` its lower bound; both 0 without reviews.
    """

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    hundredths: int = 0
    floor: int = 0
    service: int = 0
    logistics: int = 0
    reviews: int = 0
    flagged: int = 0
    hidden: int = 0
    pictures: int = 0
    follow_ups: int = 0

    @property
    def counted(self) -> int:
        return sum(self.counts)

    @property
    def text(self) -> str:
        """4.7, rounded down: nobody is shown better than they are."""
        tenths = self.hundredths // 10
        return f"{tenths // 10}.{tenths % 10}" if self.counted else "–"

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """(stars, how many, percent), five stars first."""
        total = self.counted
        return [
            (k, self.counts[k - 1], 100 * self.counts[k - 1] // total if total else 0)
            for k in range(5, 0, -1)
        ]


@dataclass(frozen=True, slots=True)
class LineToReview:
    """A received line: its place in the order from 1, and what may be done with it."""

    order: OrderView
    position: int
    line: LineView
    review: str
    """The public id of its review, "" while there is none."""
    note: str
    """The public id of its show-order note."""
    may_write: bool
    may_follow_up: bool = False


@dataclass(frozen=True, slots=True)
class FlagView:
    public_id: str
    kind: str
    shop_id: int
    at: datetime
    state: str
    reason: str
    reviews: Sequence[ReviewView]


# ---- rating of shops -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """What a factor's source knows of one shop: `cases` observed, `value` in the factor's own unit."""

    cases: int
    value: int


FactorSource = Callable[[datetime, datetime], Mapping[int, Measure]]
"""(since, until) → shop → what was measured. A shop that is missing has nothing to go by."""


@dataclass(frozen=True, slots=True)
class FactorView:
    """One factor of a rating: `points` 0–100, None while there are too few cases."""

    name: str
    points: int | None
    weight: int
    cases: int
    value: int


@dataclass(frozen=True, slots=True)
class Rating:
    """A shop's rating of one day. It is `rules.rating.overall(factors)`, nothing else; level "" is too new."""

    shop_id: int
    day: date
    points: int | None
    level: str
    factors: Sequence[FactorView] = field(default=())


@dataclass(frozen=True, slots=True)
class CertificateView:
    public_id: str
    shop_id: int
    name: str
    issuer: str
    number: str
    valid_from: date
    valid_until: date
    state: str
    reason: str
    picture: PictureCard | None
    is_valid: bool


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A certificate to hand in; a day that could not be read is None, and refused."""

    name: str
    issuer: str
    number: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class ShownView:
    """A show-order: its note, how often it was looked at, and the orders it brought."""

    note: NoteCard
    goods_id: int
    views: int
    orders: int


# ---- events ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReviewWritten(Event):
    name: ClassVar[str] = "care.review_written"
    person_id: int
    shop_id: int
    goods_id: int
    object_id: str
    stars: int
    at: str
    object_type: str = "review"


@dataclass(frozen=True, slots=True)
class ReviewChanged(Event):
    """Edited, or followed up."""

    name: ClassVar[str] = "care.review_changed"
    person_id: int
    shop_id: int
    goods_id: int
    object_id: str
    stars: int
    at: str
    object_type: str = "review"


@dataclass(frozen=True, slots=True)
class ReviewReplied(Event):
    """The shop answered for the first time; `person_id` wrote the review."""

    name: ClassVar[str] = "care.review_replied"
    person_id: int
    shop_id: int
    goods_id: int
    object_id: str
    at: str
    object_type: str = "review"


@dataclass(frozen=True, slots=True)
class ReviewHiddenByLaw(Event):
    name: ClassVar[str] = "care.review_hidden"
    person_id: int
    shop_id: int
    object_id: str
    basis: str
    at: str
    object_type: str = "review"


@dataclass(frozen=True, slots=True)
class ReviewsFlagged(Event):
    """A burst was found: its reviews are left out of the score until an operator has looked."""

    name: ClassVar[str] = "care.reviews_flagged"
    shop_id: int
    object_id: str
    kind: str
    count: int
    at: str
    object_type: str = "flag"


@dataclass(frozen=True, slots=True)
class ShowOrderPublished(Event):
    """A buyer's note about what they received is out. Told once a line."""

    name: ClassVar[str] = "care.show_order_published"
    person_id: int
    shop_id: int
    goods_id: int
    order_number: str
    position: int
    object_id: str
    at: str
    object_type: str = "note"


@dataclass(frozen=True, slots=True)
class ShopRated(Event):
    """A shop's level is another one than the day before."""

    name: ClassVar[str] = "care.shop_rated"
    shop_id: int
    level: str
    before: str
    at: str
