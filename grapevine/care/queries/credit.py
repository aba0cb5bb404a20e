"""Ratings and certificates as pages show them."""

from collections.abc import Iterable, Sequence

from django.db.models import Max

from grapevine.care.contracts import CertificateView, FactorView, Rating
from grapevine.care.models import Certificate, RatingDay
from grapevine.kit import clock
from grapevine.media import facade as media

HISTORY_DAYS = 90


def _rating(row: RatingDay) -> Rating:
    factors = tuple(FactorView(*one) for one in row.factors)
    return Rating(row.shop_id, row.day, row.points, row.level, factors)


def rating_of(shop_id: int) -> Rating | None:
    """The newest rating of a shop; None before the first night."""
    row = RatingDay.objects.filter(shop_id=shop_id).order_by("-day").first()
    return _rating(row) if row else None


def rating_history(shop_id: int) -> list[Rating]:
    """The days on which the points changed, the newest first, at most ninety."""
    rows = RatingDay.objects.filter(shop_id=shop_id).order_by("-day")[:HISTORY_DAYS]
    days = [_rating(row) for row in rows]
    return [
        one for place, one in enumerate(days)
        if place == len(days) - 1 or days[place + 1].points != one.points
    ]  # fmt: skip


def levels_of(shop_ids: Iterable[int]) -> dict[int, str]:
    """The level A to E of these shops today; "" for one too new, missing for one never rated. One query."""
    wanted = set(shop_ids)
    newest = RatingDay.objects.filter(shop_id__in=wanted).values("shop_id").annotate(last=Max("pk"))
    rows = RatingDay.objects.filter(pk__in=newest.order_by().values("last"))
    return dict(rows.values_list("shop_id", "level"))


def _certificates(rows: Sequence[Certificate]) -> list[CertificateView]:
    pictures = media.pictures([row.picture_id for row in rows if row.picture_id])
    today = clock.today_start().date()
    return [
        CertificateView(
            row.public_id, row.shop_id, row.name, row.issuer, row.number, row.valid_from,
            row.valid_until, row.state, row.reason, pictures.get(row.picture_id or 0),
            row.state == "approved" and row.valid_from <= today <= row.valid_until,
        )
        for row in rows
    ]  # fmt: skip


def badges_of(shop_id: int) -> list[CertificateView]:
    """The certificates that are approved and valid today: only these show a badge."""
    today = clock.today_start().date()
    rows = Certificate.objects.filter(
        shop_id=shop_id, state="approved", valid_from__lte=today, valid_until__gte=today
    )
    return _certificates(list(rows.order_by("pk")))


def certificates_of(shop_id: int) -> list[CertificateView]:
    """All of a shop, the newest first, for its desk; at most a hundred."""
    return _certificates(list(Certificate.objects.filter(shop_id=shop_id).order_by("-pk")[:100]))


def certificates_in(state: str) -> list[CertificateView]:
    """Certificates in a state, the oldest first, for operators; at most a hundred."""
    return _certificates(list(Certificate.objects.filter(state=state).order_by("pk")[:100]))
