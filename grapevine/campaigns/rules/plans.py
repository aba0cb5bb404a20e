"""What a plan may be."""

from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

SIZE_MIN, SIZE_MAX = 2, 1000
HOURS_MAX = 168
LIMIT_MAX = 99


def check_plan(*, size: int, price_minor: int, hours: int, limit: int, lowest_minor: int) -> None:
    """A group price must be below the lowest price alone, else buying together saves nothing."""
    wrong: dict[str, str] = {}
    if not SIZE_MIN <= size <= SIZE_MAX:
        wrong["size"] = marked("成团人数在 2 到 1000 之间")
    if not 0 < price_minor < lowest_minor:
        wrong["price"] = marked("拼团价要比单独买便宜")
    if not 1 <= hours <= HOURS_MAX:
        wrong["hours"] = marked("时限在 1 到 168 小时之间")
    if not 1 <= limit <= LIMIT_MAX:
        wrong["limit"] = marked("每人限购在 1 到 99 件之间")
    if wrong:
        raise BadInput(fields=wrong)
