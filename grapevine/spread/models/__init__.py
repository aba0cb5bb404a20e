"""The tables of spread, one concern a file."""

from grapevine.spread.models.partners import Cooperation
from grapevine.spread.models.sharing import (
    Brought,
    Commission,
    CommissionRule,
    FanTie,
    Share,
    Tie,
    Visit,
)

__all__ = [
    "Brought",
    "Commission",
    "CommissionRule",
    "Cooperation",
    "FanTie",
    "Share",
    "Tie",
    "Visit",
]
