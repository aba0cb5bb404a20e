"""Which pictures stand in reviews and certificates."""

from collections.abc import Collection

from grapevine.care.models import Certificate, Revision


def pictures_among(ids: Collection[int]) -> set[int]:
    """Which of these a review showed at any time, or a certificate shows. Reads every review with pictures once."""
    certified = Certificate.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True)
    found = {pk for pk in certified if pk}
    shown = Revision.objects.exclude(picture_ids=[]).values_list("picture_ids", flat=True)
    for some in shown.iterator():
        found.update(some)
    return found & set(ids)
