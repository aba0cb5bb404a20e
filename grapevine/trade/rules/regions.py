"""The regions of China, four levels deep: province, city, district, street. Read once, streets when first needed."""

import lzma
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PLACES = Path(__file__).resolve().parent / "places"
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
PEOPLES = (
    "土家族", "苗族", "藏族", "羌族", "彝族", "布依族", "侗族", "哈尼族", "壮族", "傣族", "白族", "景颇族", "傈僳族",
    "回族", "蒙古族", "蒙古", "哈萨克", "柯尔克孜", "朝鲜族", "黎族", "畲族", "瑶族", "满族", "土族", "撒拉族", "保安族",
    "东乡族", "裕固族", "锡伯", "塔吉克", "达斡尔族", "鄂温克族", "鄂伦春", "水族", "仡佬族", "毛南族", "仫佬族", "各族",
    "纳西族", "怒族", "独龙族", "佤族", "拉祜族", "布朗族", "普米族", "维吾尔",
)  # fmt: skip
ENDINGS = re.compile(
    "(?:特别行政区|自治区|自治州|自治县|自治旗|地区|新区|林区|矿区|省|市|区|县|旗|盟|州)$"
)
OWN_PEOPLE = re.compile(f"(?:{'|'.join(PEOPLES)})+$")


CENTRES = ("中区", "北区", "南区")


@cache
def _tree() -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Province → city → district → the line of its streets."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    line = 0
    province = city = ""
    for text in (PLACES / "regions.txt").read_text(encoding="utf-8").splitlines():
        name = text.lstrip("\t")
        depth = len(text) - len(name)
        if depth == 0:
            province, found[name] = name, {}
        elif depth == 1:
            city, found[province][name] = name, {}
        else:
            found[province][city][name] = line
            line += 1
    return found


@cache
def _streets() -> Sequence[str]:
    return lzma.decompress((PLACES / "streets.txt.xz").read_bytes()).decode().split("\n")


def provinces() -> list[str]:
    return list(_tree())


def cities(province: str) -> list[str]:
    return list(_tree().get(province, {}))


def districts(province: str, city: str) -> list[str]:
    return list(_tree().get(province, {}).get(city, {}))


def streets(province: str, city: str, district: str) -> list[str]:
    """Streets and towns of a district; none where the lists know none."""
    line = _tree().get(province, {}).get(city, {}).get(district)
    return [] if line is None else [name for name in _streets()[line].split("\t") if name]


@cache
def _named() -> frozenset[str]:
    return frozenset(
        name for own in _tree().values() for city in own for name in (city, *own[city])
    )


def is_listed(name: str) -> bool:
    """Whether a city or a district anywhere has this name."""
    return name in _named()


@dataclass(frozen=True, slots=True)
class Region:
    """Where a text begins, as far as it says so, and what is left of the text."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    rest: str = ""
    said: int = 0
    """How many levels the text named itself."""
    full: int = 0
    """How many of them with their whole name."""


@cache
def ways_to_say(name: str) -> tuple[str, ...]:
    """A name and its everyday forms, longest first: 恩施土家族苗族自治州, 恩施州, 恩施."""
    base = ENDINGS.sub("", name)
    bare = OWN_PEOPLE.sub("", base) or base
    forms = {name}
    if len(base) > 1:
        forms.add(base)
    if len(bare) > 1:
        forms.add(bare)
        if bare != base or name.endswith(("自治州", "自治县", "自治旗")):
            forms |= {bare + tail for tail in ("州", "县", "旗") if name.endswith(tail)}
    return tuple(sorted(forms, key=len, reverse=True))


def _begins(text: str, name: str) -> Iterator[str]:
    """What is left of a text that begins with a name, for each form it may have.

    A short form is not one if its ending follows: 朝阳 is not how 朝阳区 begins. 市中区 and the like are districts.
    """
    for form in ways_to_say(name):
        rest = text[len(form) :]
        cut_off = form != name and rest[:1] in tuple("省市区县州旗盟") and rest[1:3] not in CENTRES
        if text.startswith(form) and not cut_off:
            yield rest


@cache
def _by_district() -> Mapping[str, Sequence[tuple[str, str, str]]]:
    """The first two signs of a district → where such a district is."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for province, own in _tree().items():
        for city, inside in own.items():
            for district in inside:
                found.setdefault(district[:2], []).append((province, city, district))
    return found


def locate(text: str) -> Region:
    """The deepest reading of how a text begins. Levels may be left out, shortened, or said twice."""
    best = Region(rest=text)
    for found in _readings(text):
        if _rank(found) > _rank(best):
            best = found
    return _with_street(best) if best.district else best


def _rank(found: Region) -> tuple[int, int, int, int]:
    return (bool(found.district) + bool(found.city), found.said, found.full, -len(found.rest))


def _readings(text: str) -> Iterator[Region]:
    for province in _tree():
        for rest in _begins(text, province):
            full = int(text.startswith(province))
            start = Region(province, rest=rest, said=1, full=full)
            if province in MUNICIPALITIES:
                start = Region(province, province, rest=rest, said=1, full=full)
            yield start
            yield from _cities(start)
    yield from _cities(Region(rest=text))
    yield from _lonely(text)


def _cities(start: Region) -> Iterator[Region]:
    """Readings that go on with a city, or leave it out and go on with a district of the province."""
    for province in [start.province] if start.province else list(_tree()):
        for city in cities(province):
            rests = list(_begins(start.rest, city))
            if province in MUNICIPALITIES and start.province:
                rests.append(start.rest.removeprefix("市辖区"))
            for rest in rests:
                full = start.full + int(start.rest.startswith(city))
                here = Region(province, city, rest=rest, said=start.said + 1, full=full)
                yield here
                yield from _districts(here, here.rest)
            if start.province:
                skipped = Region(province, city, rest=start.rest, said=start.said, full=start.full)
                yield from _districts(skipped, start.rest)


def _districts(here: Region, text: str) -> Iterator[Region]:
    for district in districts(here.province, here.city):
        for rest in _begins(text, district):
            full = here.full + int(text.startswith(district))
            yield Region(
                here.province, here.city, district, rest=rest, said=here.said + 1, full=full
            )


def _lonely(text: str) -> Iterator[Region]:
    """A district by its whole name alone, where only one in the country has it."""
    own = [place for place in _by_district().get(text[:2], ()) if text.startswith(place[2])]
    if len(own) == 1:
        province, city, district = own[0]
        yield Region(province, city, district, rest=text[len(district) :], said=1, full=1)


def _with_street(found: Region) -> Region:
    named = streets(found.province, found.city, found.district)
    for street in sorted(named, key=len, reverse=True):
        if found.rest.startswith(street):
            rest = found.rest[len(street) :].removeprefix("办事处").removeprefix("办")
            return Region(
                found.province, found.city, found.district, street, rest, found.said + 1, found.full
            )
    return found
