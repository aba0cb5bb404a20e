"""The demo's people: a fixed cast one can sign in as, and everybody else in communities."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from random import Random
from typing import Any

from grapevine.front.demo.words import names

PASSWORD = "grapevine-demo"  # noqa: S105  printed at every start; the demo has nothing to protect
AVATARS = 120
COMMUNITY_SIZE = 50
FAMOUS = (1, 1, 5, 1, 1)
"""How much of the cast's fame each has: most follow the creator, who leads opinions in a large world."""
AGE_DAYS = 104
"""How long ago the world began; its orders begin ninety days ago."""


@dataclass(frozen=True, slots=True)
class Role:
    """One of the fixed cast."""

    part: str
    name: str
    handle: str
    phone: str
    region: str
    bio: str


CAST = (
    Role("shopper", "小满", "xiaoman", "13800000001", "浙江", "在杭州，爱喝茶，爱拼团。"),
    Role("shop owner", "阿半", "aban", "13800000002", "江西", "半日 HALFDAY 的店主，在景德镇。"),
    Role("creator", "阿沅在杭州", "ayuan", "13800000003", "浙江", "家居博主，买过才写。"),
    Role("leader", "李姐", "lijie", "13800000004", "上海", "幸福里团长，周四自提。"),
    Role("operator", "小藤", "xiaoteng", "13800000005", "北京", "藤的运营，有事找我。"),
)


@dataclass(slots=True)
class Human:
    """One person of the world; `liveliness` is how much they do, `tastes` what they like."""

    id: str
    name: str
    handle: str
    region: str
    bio: str
    joined_at: datetime
    community: int
    liveliness: float
    phone: str = ""
    inviter: str = ""
    avatar: int = 0
    role: str = ""
    tastes: list[str] = field(default_factory=list)

    @property
    def home(self) -> str:
        """Province and city; the first cities of a province are the larger ones."""
        cities = names.CITIES[self.region]
        place = int(sqrt(int(self.id.removeprefix("p")) * 7919 % 10_000 / 10_000) * len(cities))
        return f"{self.region} {cities[-1 - place]}"

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "handle": self.handle,
            "phone": self.phone,
            "password": PASSWORD if self.phone else "",
            "region": self.region,
            "bio": self.bio,
            "avatar": f"pictures/avatar-{self.avatar:03d}.jpg",
            "joined_at": self.joined_at,
            "inviter_id": self.inviter,
            "role": self.role,
        }


def _name(chance: Random) -> str:
    kind = chance.random()
    if kind < 0.3:
        return chance.choice(names.SURNAMES) + chance.choice(names.GIVEN)
    if kind < 0.55:
        return chance.choice(names.NICKS) + chance.choice(names.HABITS)
    if kind < 0.75:
        return chance.choice(names.NICKS) + "在" + chance.choice(names.PLACES)
    if kind < 0.9:
        return chance.choice(names.PLACES) + chance.choice(names.SURNAMES) + chance.choice("姐哥")
    return chance.choice(names.GIVEN) + chance.choice(names.HABITS)


def _fresh_name(chance: Random, taken: set[str]) -> str:
    """A name nobody has; after many tries with a number behind it, as people do."""
    for _ in range(40):
        name = _name(chance)
        if name not in taken:
            break
    while name in taken:
        name = f"{name}{chance.randrange(10)}"
    taken.add(name)
    return name


def _handle(chance: Random, number: int) -> str:
    return "".join(chance.choice(names.SYLLABLES) for _ in range(2)) + str(number)


def _cast(now: datetime) -> list[Human]:
    return [
        Human(
            id=f"p{number:05d}", name=role.name, handle=role.handle, region=role.region,
            bio=role.bio, joined_at=now - timedelta(days=AGE_DAYS + 6 - number), community=0,
            liveliness=4.0, phone=role.phone, avatar=(0, 5, 1, 6, 4)[number - 1],
            role=role.part if role.part == "operator" else "",
        )
        for number, role in enumerate(CAST, start=1)
    ]  # fmt: skip


def humans(count: int, chance: Random, now: datetime, tastes: list[str]) -> list[Human]:
    """`count` people, the cast first; communities share tastes, and members invite each other."""
    found = _cast(now)
    taken = {human.name for human in found}
    regions, weights = list(names.REGIONS), list(names.REGIONS.values())
    communities = max(4, count // COMMUNITY_SIZE)
    likes = [chance.sample(tastes, k=min(4, len(tastes))) for _ in range(communities)]
    homes = chance.choices(regions, weights, k=communities)
    for human in found:
        human.tastes = likes[0]
    for number in range(len(found) + 1, count + 1):
        community = chance.randrange(communities)
        at_home = chance.random() < 0.35
        region = homes[community] if at_home else chance.choices(regions, weights)[0]
        earlier = found[max(0, len(found) - 200) :]
        inviter = chance.choice(earlier).id if chance.random() < 0.55 else ""
        bio = chance.choice(names.BIOS).format(place=chance.choice(names.PLACES))
        days = AGE_DAYS * (1 - number / count) ** 0.8 + chance.random()
        found.append(
            Human(
                id=f"p{number:05d}",
                name=_fresh_name(chance, taken),
                handle=_handle(chance, number),
                region=region,
                bio=bio,
                joined_at=now - timedelta(days=days, minutes=chance.randrange(600)),
                community=community,
                liveliness=min(6.0, 0.3 + chance.expovariate(1.1)),
                inviter=inviter,
                avatar=chance.randrange(AVATARS),
                tastes=likes[community],
            )
        )
    return found


def follows(people: list[Human], chance: Random, now: datetime) -> Iterator[dict[str, Any]]:
    """Mostly inside the community, towards the lively; now and then across."""
    inside: dict[int, list[Human]] = {}
    for human in people:
        inside.setdefault(human.community, []).append(human)
    stars = sorted(people, key=lambda human: -human.liveliness)[: max(6, len(people) // 25)]
    for human in people:
        near = inside[human.community]
        wanted = int(3 + human.liveliness * 2.5)
        liked = chance.choices(near, [other.liveliness for other in near], k=wanted)
        liked += chance.choices(stars, k=2) + chance.choices(people[:5], FAMOUS, k=1)
        for other in sorted({other.id: other for other in liked}.values(), key=lambda o: o.id):
            if other.id != human.id:
                start = max(human.joined_at, other.joined_at)
                at = start + (now - start) * chance.random()
                yield {"follower_id": human.id, "followee_id": other.id, "at": at}
