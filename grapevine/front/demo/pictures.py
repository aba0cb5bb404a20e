"""The demo's pictures, drawn by the project: goods, scenes and friendly avatars.

The same kind, palette, seed and ratio always give the same picture. Rasters are made by several
processes and kept in the home folder, so the second world costs nothing.
"""

import hashlib
import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import resvg_py
from PIL import Image

from grapevine.front.demo.drawing import (
    beauty,
    clothing,
    comfort,
    home,
    pets,
    places,
    table,
    teatime,
)
from grapevine.front.demo.drawing.avatars import portrait
from grapevine.front.demo.drawing.colour import PALETTES, mix
from grapevine.front.demo.drawing.marks import mark
from grapevine.front.demo.drawing.pen import Art
from grapevine.front.progress import Step

WIDTH = 720
AVATAR_WIDTH = 192
QUALITY = 86
RATIOS = {
    "3x4": (600, 800),
    "4x5": (600, 750),
    "1x1": (600, 600),
    "4x3": (600, 450),
    "2x3": (600, 900),
    "9x16": (600, 1067),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How one subject is drawn, and the palettes that suit it, best first."""

    draw: Callable[[Art], None]
    palettes: tuple[str, ...]


def _kind(draw: Callable[[Art], None], palettes: str) -> Kind:
    return Kind(draw, tuple(palettes.split()))


KINDS = {
    "skincare": _kind(beauty.skincare, "sage sky peach mint rose lilac butter clay"),
    "lipstick": _kind(beauty.lipstick, "rose clay peach lilac butter night"),
    "dress": _kind(clothing.dress, "peach sage sky lilac butter rose mint"),
    "sneakers": _kind(clothing.sneakers, "sky mint butter lilac peach moss clay"),
    "bag": _kind(clothing.bag, "butter clay sage rose lilac sky"),
    "mug": _kind(table.mug, "clay sage sky lilac butter mint rose moss"),
    "ramen": _kind(table.ramen, "clay butter sage sky rose night"),
    "fruit": _kind(table.fruit, "butter sage lilac mint peach sky"),
    "teapot": _kind(teatime.teapot, "sage clay butter sky moss rose lilac mint"),
    "bread": _kind(teatime.bread, "butter peach sage sky clay rose"),
    "plant": _kind(home.plant, "sage clay sky butter rose lilac mint"),
    "earphones": _kind(home.earphones, "lilac sky moss peach mint night"),
    "book": _kind(home.book, "butter clay sage lilac sky rose"),
    "armchair": _kind(comfort.armchair, "sage clay sky butter peach mint lilac"),
    "bear": _kind(comfort.bear, "peach sky butter mint lilac rose"),
    "cat": _kind(pets.cat, "sky butter rose mint lilac clay"),
    "tent": _kind(places.tent, "sage peach lilac sky butter clay night"),
    "cafe": _kind(places.cafe, "mint rose night butter clay sky"),
    "live": _kind(places.live, "sage lilac clay mint rose sky"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing; `tone` is its dominant colour, shown while the picture loads."""

    svg: str
    width: int
    height: int
    tone: str


def draw(kind: str, palette: int = 0, seed: int = 1, ratio: str = "3x4") -> Picture:
    """Draw one of KINDS; `palette` counts through those that suit it."""
    subject = KINDS[kind]
    name = subject.palettes[palette % len(subject.palettes)]
    width, height = RATIOS[ratio]
    art = Art(width, height, f"{kind}-{name}-{seed}", PALETTES[name])
    subject.draw(art)
    return Picture(art.svg(), width, height, mix(art.tint.wall, art.tint.wall_deep, 0.55))


def avatar(seed: int) -> Picture:
    art = portrait(seed)
    return Picture(art.svg(), art.width, art.height, mix(art.tint.wall, art.tint.wall_deep, 0.5))


def logo(seed: int, colour: str) -> Picture:
    art = mark(seed, colour)
    return Picture(art.svg(), art.width, art.height, colour)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A raster to be made: its file name, and what it shows.

    `kind` is one of KINDS, "avatar", or "logo" (whose colour is then in `ratio`).
    """

    name: str
    kind: str
    palette: int
    seed: int
    ratio: str

    def picture(self) -> Picture:
        if self.kind == "avatar":
            return avatar(self.seed)
        if self.kind == "logo":
            return logo(self.seed, self.ratio)
        return draw(self.kind, self.palette, self.seed, self.ratio)

    @property
    def width(self) -> int:
        return WIDTH if self.kind in KINDS else AVATAR_WIDTH


def _raster(wanted: Wanted, cache: str, target: str) -> None:
    """Write one JPEG, from the cache when the same drawing was rasterised before."""
    picture = wanted.picture()
    digest = hashlib.sha256(f"{wanted.width}:{QUALITY}:{picture.svg}".encode()).hexdigest()[:32]
    kept = Path(cache) / f"{digest}.jpg"
    if not kept.exists():
        png = resvg_py.svg_to_bytes(
            svg_string=picture.svg, width=wanted.width, skip_system_fonts=True
        )
        image = Image.open(BytesIO(bytes(png))).convert("RGB")
        half_made = kept.with_suffix(f".{wanted.name.replace('/', '-')}.part")
        image.save(half_made, "JPEG", quality=QUALITY, subsampling=0)
        half_made.replace(kept)
    made = Path(target) / wanted.name
    made.unlink(missing_ok=True)
    made.hardlink_to(kept)


def rasterise(pictures: Iterable[Wanted], *, cache: Path, target: Path) -> int:
    """Make the JPEG of every picture in `target`; returns how many."""
    cache.mkdir(parents=True, exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(mp_context=context) as pool:
        jobs = [pool.submit(_raster, wanted, str(cache), str(target)) for wanted in pictures]
        with Step("图 / pictures", len(jobs)) as step:
            for job in jobs:
                job.result()
                step.advance()
    return len(jobs)
