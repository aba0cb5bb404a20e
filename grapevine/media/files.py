"""Reading what was uploaded, and the files behind a picture."""

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from grapevine.media.contracts import WIDTHS, NotAPicture, PictureTooLarge

BYTES_MAX = 12_000_000
PIXELS_MAX = 40_000_000
EDGE_MAX = 1440
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 82
PRIVATE = "p_"
"""How the public id of a picture begins that not everybody may see; the module that shows it asks who looks."""


@dataclass(frozen=True, slots=True)
class Decoded:
    image: Image.Image
    tone: str


def decode(file: IO[bytes] | Path) -> Decoded:
    """Really decode the picture: upright, RGB, at most 1,440 pixels an edge, nothing else kept.

    The size is read from the header and refused before any pixel is decoded (decompression bombs).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as opened:
                if opened.width * opened.height > PIXELS_MAX:
                    raise PictureTooLarge
                opened.draft("RGB", (EDGE_MAX * 2, EDGE_MAX * 2))
                upright = ImageOps.exif_transpose(opened)
                image = _flat(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureTooLarge from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise NotAPicture from None
    image.thumbnail((EDGE_MAX, EDGE_MAX))
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return Decoded(image, f"#{red:02x}{green:02x}{blue:02x}")


def _flat(image: Image.Image) -> Image.Image:
    """RGB; what is transparent becomes white."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")


def path_of(public_id: str, width: int | None = None) -> Path:
    """Where the file is: the original without `width`."""
    root = Path(settings.MEDIA_ROOT)
    folder = root / "private" if public_id.startswith(PRIVATE) else root / public_id[:2]
    return folder / (f"{public_id}-{width}.jpg" if width else f"{public_id}.jpg")


def write(image: Image.Image, path: Path) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    image.save(part, "JPEG", quality=QUALITY, progressive=True)
    part.replace(path)


def sized(public_id: str, width: int) -> Path:
    """The file at one of WIDTHS, made now if it is not there yet."""
    assert width in WIDTHS
    path = path_of(public_id, width)
    if not path.exists():
        with Image.open(path_of(public_id)) as original:
            if original.width <= width:
                return path_of(public_id)
            height = max(1, round(original.height * width / original.width))
            write(original.resize((width, height), Image.Resampling.LANCZOS), path)
    return path


def remove(public_id: str) -> None:
    """The picture and its smaller sizes."""
    for width in (None, *WIDTHS):
        path_of(public_id, width).unlink(missing_ok=True)
