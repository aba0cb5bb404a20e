"""What the rest of the house may call."""

from grapevine.cases.actions.juries import (
    agree,
    close_juries,
    decline,
    offer_jury,
    stand_down,
    volunteer,
    vote,
)
from grapevine.cases.queries.juries import closed_juries, jury_of_case, seat, seats_of

__all__ = [
    "agree",
    "close_juries",
    "closed_juries",
    "decline",
    "jury_of_case",
    "offer_jury",
    "seat",
    "seats_of",
    "stand_down",
    "volunteer",
    "vote",
]
