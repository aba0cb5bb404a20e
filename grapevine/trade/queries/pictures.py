"""Which pictures stand in a case."""

from collections.abc import Collection

from grapevine.trade.models import CasePicture


def pictures_among(ids: Collection[int]) -> set[int]:
    """Which of these were shown in a case; what is released to a jury is among them."""
    return set(CasePicture.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True))
