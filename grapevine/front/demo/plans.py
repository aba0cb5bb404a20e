"""How many come to each shop, by which way, and what is planted for the consoles to find. Pure."""

from dataclasses import dataclass

DAYS = 90
WEEKDAYS = (0.92, 0.9, 0.93, 0.97, 1.08, 1.16, 1.04)
HOURS = (1, 1, 0, 0, 0, 0, 1, 2, 4, 5, 6, 6, 7, 6, 5, 5, 5, 6, 7, 9, 11, 11, 8, 4)
"""How busy each hour of a day is, from midnight on."""
WAYS = {"note": 0.42, "feed": 0.2, "share": 0.14, "search": 0.13, "direct": 0.11}
FALLING_WAYS = {"note": 0.6, "feed": 0.14, "share": 0.1, "search": 0.09, "direct": 0.07}
LOST_CHANNEL = "note"
MANY_OPENED = ("上海", "浙江")
FEW_OPENED = ("吉林", "黑龙江")
REVIEWS_READ = {"feed": 0.3, "search": 0.4, "direct": 0.2}
"""How often somebody who came this way and buys looks at what buyers say of it first."""
LOOKED_ON = 0.35
"""How often somebody who came this way and does not buy had read the note, or looks at reviews, of what they would if they did;
whose taste it is not does neither."""
LEADS_FROM = 500
"""With so many followers what somebody says is an opinion leader's."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One shop's visitors a day, how many of a hundred buy, and its story.

    `role` is "falling", "flat", "fans", "small" or "" for a shop without a planted truth; `trend`
    is the growth from the first to the last of the ninety days.
    """

    visitors: float
    conversion: float
    role: str = ""
    trend: float = 0.0
    noise: float = 0.15

    @property
    def ways(self) -> dict[str, float]:
        return FALLING_WAYS if self.role == "falling" else WAYS

    def expected(self, channel: str, days_ago: int, weekday: int) -> float:
        """Visitors by this channel on this day, before chance."""
        base = self.visitors * self.ways[channel] * WEEKDAYS[weekday]
        grown = base * (1 + self.trend * (DAYS - days_ago) / DAYS)
        return grown * (self._kept(days_ago) if channel == LOST_CHANNEL else 1.0)

    def _kept(self, days_ago: int) -> float:
        """What is left of the lost channel: it fell four weeks ago and again in the last week."""
        if self.role != "falling" or days_ago > 28:
            return 1.0
        return 0.12 if days_ago <= 7 else 0.6


GROUPS_BY_REGION = {
    "上海": (0.075, 0.24),
    "浙江": (0.07, 0.28),
    "吉林": (0.008, 0.88),
    "黑龙江": (0.009, 0.86),
}
"""Groups opened for each person of the world, and how many of those fill."""
OTHER_REGION = (0.011, 0.56)
