"""Tables, one concern a file."""

from grapevine.care.models.credit import Certificate, RatingDay
from grapevine.care.models.reviews import (
    Flag,
    FlaggedReview,
    GoodsScore,
    HidingAct,
    Reply,
    Review,
    ReviewTrace,
    Revision,
    StaffDevice,
    Standing,
    Vote,
)
from grapevine.care.models.showing import ShowOrder, ShowOrderSale, ShowOrderView

__all__ = [
    "Certificate",
    "Flag",
    "FlaggedReview",
    "GoodsScore",
    "HidingAct",
    "RatingDay",
    "Reply",
    "Review",
    "ReviewTrace",
    "Revision",
    "ShowOrder",
    "ShowOrderSale",
    "ShowOrderView",
    "StaffDevice",
    "Standing",
    "Vote",
]
