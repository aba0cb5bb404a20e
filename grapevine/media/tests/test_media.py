"""Pictures: really decoded, stripped, bounded, served for good."""

import io

import pytest
from django.test import Client
from PIL import Image

from grapevine.media import facade, files
from grapevine.media.contracts import NotAPicture, PictureNotFound, PictureTooLarge
from grapevine.media.models import Picture

pytestmark = pytest.mark.django_db


def encoded(
    size: tuple[int, int] = (900, 1200), kind: str = "JPEG", colour: str = "#c05050", **how: object
) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **how)
    out.seek(0)
    return out


def test_a_picture_is_kept_with_its_size_and_colour_and_nothing_else() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6  # lies on its side
    card = facade.store_picture(owner_id=1, file=encoded((900, 600), exif=exif), alt="杯子")
    assert (card.width, card.height, card.alt) == (600, 900, "杯子")
    assert card.tone == "#c0504f"
    with Image.open(files.path_of(card.public_id)) as kept:
        assert dict(kept.getexif()) == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_formats_are_taken(kind: str) -> None:
    assert facade.store_picture(owner_id=1, file=encoded(kind=kind)).width == 900


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xff not a jpeg"]
)
def test_what_is_no_picture_leaves_nothing_behind(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        facade.store_picture(owner_id=1, file=io.BytesIO(content))
    assert not Picture.objects.exists()


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PictureTooLarge):
        facade.store_picture(owner_id=1, file=encoded((8000, 5001), "PNG"))


def test_only_ones_own_pictures_can_be_used() -> None:
    mine, other = (facade.store_picture(owner_id=n, file=encoded()) for n in (1, 2))
    assert [card.id for card in facade.pictures_owned_by(1, [mine.public_id])] == [mine.id]
    with pytest.raises(PictureNotFound):
        facade.pictures_owned_by(1, [mine.public_id, other.public_id])


def test_a_picture_is_served_in_its_widths_and_cached_for_good(client: Client) -> None:
    card = facade.store_picture(owner_id=1, file=encoded())
    answer = client.get(f"/pictures/{card.public_id}/360.jpg")
    with Image.open(io.BytesIO(b"".join(answer))) as picture:
        assert picture.size == (360, 480)
    answer.close()
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/pictures/{card.public_id}/361.jpg").status_code == 404
    assert client.get("/pictures/nothinghere/360.jpg").status_code == 404
