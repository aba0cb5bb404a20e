"""What the desk's forms say, as drafts. What cannot be read becomes a value the rules refuse."""

from collections.abc import Sequence
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from grapevine.campaigns.contracts import NewCoupons, NewFlashSale, NewReduction, NewScope
from grapevine.campaigns.web.desk import minor
from grapevine.kit import clock

TIERS_SHOWN = 3


def words(text: str) -> list[str]:
    """Words separated by spaces, commas (both kinds) or lines."""
    for mark in ",，、;；\n\r\t":
        text = text.replace(mark, " ")
    return [word[:40] for word in text.split(" ") if word][:201]


def clean(text: str) -> str:
    """One line, without control characters."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def whole(text: str) -> int:
    """A count as typed; -1 if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def moment(text: str, default: datetime) -> datetime:
    """A local date and time as a browser sends it; `default` if it is empty or none."""
    try:
        found = parse_datetime(text)
        return timezone.make_aware(found) if found and timezone.is_naive(found) else default
    except (ValueError, OverflowError):
        return default


def window(data: QueryDict) -> tuple[datetime, datetime]:
    """Without a beginning: from now on. Without an end: none, which is refused."""
    start = moment(data.get("starts_at", ""), clock.now())
    return start, moment(data.get("ends_at", ""), start)


def scope(data: QueryDict) -> NewScope:
    goods = tuple(one[:12] for one in data.getlist("goods")[:201])
    categories = tuple(clean(one) for one in words(data.get("categories", "")))
    return NewScope(categories, goods, tuple(words(data.get("skus", ""))))


def coupons(data: QueryDict) -> NewCoupons:
    start, end = window(data)
    percent = data.get("kind") == "percent"
    tenths = minor(data.get("tenths", ""))
    return NewCoupons(
        title=clean(data.get("title", "")), worth_minor=minor(data.get("worth", "")),
        rate_bps=(10_000 - tenths * 10 if tenths > 0 else -1) if percent else 0,
        threshold_minor=minor(data.get("threshold") or "0"), audience=data.get("audience", ""),
        issue_limit=whole(data.get("issue_limit", "")), per_person=whole(data.get("per_person", "")),
        budget_minor=minor(data["budget"]) if data.get("budget") else None,
        days=whole(data["days"]) if data.get("days") else None,
        starts_at=start, ends_at=end, scope=scope(data),
    )  # fmt: skip


def reduction(data: QueryDict) -> NewReduction:
    start, end = window(data)
    pairs: Sequence[tuple[str, str]] = list(
        zip(data.getlist("over")[:6], data.getlist("cut")[:6], strict=False)
    )
    tiers = tuple((minor(over), minor(cut)) for over, cut in pairs if over or cut)
    return NewReduction(tiers, start, end, clean(data.get("title", "")), scope(data))


def flash_sale(data: QueryDict) -> NewFlashSale:
    start, end = window(data)
    return NewFlashSale(
        sku=data.get("sku", "")[:40], price_minor=minor(data.get("price", "")),
        quota=whole(data.get("quota", "")), per_person=whole(data.get("per_person", "")),
        starts_at=start, ends_at=end,
    )  # fmt: skip
