"""Drawings: the same for the same wish, well-formed, and really rastered."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from grapevine.front.demo.pictures import KINDS, RATIOS, Wanted, avatar, draw, logo, rasterise


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_draws_in_every_palette_that_suits_it(kind: str) -> None:
    tones = set()
    for palette in range(len(KINDS[kind].palettes)):
        picture = draw(kind, palette, seed=palette)
        ET.fromstring(picture.svg)
        tones.add(picture.tone)
        assert picture == draw(kind, palette, seed=palette)
        assert "nan" not in picture.svg
        assert (picture.width, picture.height) == RATIOS["3x4"]
    assert len(tones) == len(KINDS[kind].palettes)


def test_a_seed_changes_the_drawing() -> None:
    assert draw("cat", 0, 1).svg != draw("cat", 0, 2).svg


def test_avatars_and_logos_are_square_and_different() -> None:
    assert len({avatar(seed).svg for seed in range(36)}) == 36
    assert logo(1, "#a05236").tone == "#a05236"
    assert logo(1, "#a05236").svg != logo(2, "#a05236").svg


def test_rasters_have_the_asked_size_and_come_from_the_cache_the_second_time(
    tmp_path: Path,
) -> None:
    wanted = [
        Wanted("cup.jpg", "mug", 0, 3, "3x4"),
        Wanted("face.jpg", "avatar", 0, 5, ""),
        Wanted("same-cup.jpg", "mug", 0, 3, "3x4"),
    ]
    cache, target = tmp_path / "cache", tmp_path / "out"
    assert rasterise(wanted, cache=cache, target=target) == 3
    for name, size in (("cup.jpg", (720, 960)), ("face.jpg", (192, 192))):
        with Image.open(target / name) as picture:
            assert picture.size == size
    assert len(list(cache.iterdir())) == 2
    before = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert rasterise(wanted, cache=cache, target=target) == 3
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == before
