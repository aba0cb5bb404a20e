"""What a flash sale may be, and how its quota is spread."""

from datetime import datetime, timedelta

from grapevine.campaigns.contracts import NewFlashSale
from grapevine.campaigns.rules.windows import window_wrong
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

QUOTA_MAX = 1_000_000
PER_PERSON_MAX = 99
FLASH_MAX = timedelta(days=31)
SHARES = 16


def check_flash_sale(new: NewFlashSale, *, list_minor: int, now: datetime) -> None:
    """A flash price is below the list price, for a while, for so many. Raises BadInput."""
    wrong = window_wrong(new.starts_at, new.ends_at, now)
    if not wrong and new.ends_at - new.starts_at > FLASH_MAX:
        wrong["ends_at"] = marked("限时特价最长 31 天")
    if not 0 < new.price_minor < list_minor:
        wrong["price"] = marked("特价要比原价便宜")
    if not 1 <= new.quota <= QUOTA_MAX:
        wrong["quota"] = marked("件数在 1 到 1000000 之间")
    if not 1 <= new.per_person <= PER_PERSON_MAX:
        wrong["per_person"] = marked("每人限购在 1 到 99 件之间")
    if wrong:
        raise BadInput(fields=wrong)


def shares(quota: int) -> list[int]:
    """The quota in at most sixteen parts, as even as whole pieces allow."""
    count = min(SHARES, quota)
    return [quota // count + (n < quota % count) for n in range(count)]


def split(wanted: int, free: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """(share, pieces) that make up `wanted` from (share, free), in the order given; [] if there are too few."""
    parts = []
    for share, has in free:
        part = min(wanted, has)
        if part:
            parts.append((share, part))
            wanted -= part
    return [] if wanted else parts
