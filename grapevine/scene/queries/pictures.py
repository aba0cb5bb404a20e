"""Which pictures stand in notes."""

from collections.abc import Collection

from grapevine.scene.models import NotePicture


def pictures_among(ids: Collection[int]) -> set[int]:
    """Which of these stand in a note, drafts among them."""
    return set(NotePicture.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True))
