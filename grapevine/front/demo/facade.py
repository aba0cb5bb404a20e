"""`grapevine demo`, and what `grapevine up` says about the demo world."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from grapevine.front.demo import addresses, alleys, carts, living, offers, opinions
from grapevine.front.demo.cast import CAST, PASSWORD
from grapevine.front.demo.world import build, write_truth
from grapevine.front.interchange import facade as interchange
from grapevine.front.progress import Step
from grapevine.insight import facade as insight
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.people.contracts import PersonNotFound

PEOPLE = 2000
SEED = 7


def _home() -> Path:
    return Path(settings.HOME) / "demo"


def _summary() -> dict[str, Any]:
    """What was built here, {} when there is none or the database is another one by now."""
    file = _home() / "summary.json"
    if not file.exists():
        return {}
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    try:
        people.card_by_handle(CAST[0].handle)
    except PersonNotFound:
        return {}
    return found


def run(*, people: int = PEOPLE, seed: int = SEED) -> int:
    """Build the world and import it, unless this home already has one. Returns an exit code.

    The world is written whole before it is imported; a run that was cut off goes on where it was.
    """
    if _summary():
        _say(f"演示世界已经在这里 / the demo world is already in {_home()}")
        return 0
    started = time.monotonic()
    home = _home()
    world = home / "world"
    if not world.exists():
        _write_world(home, world, people, seed)
    _say("导入 / importing")
    code = interchange.import_folder(world)
    if code == 0:
        _live_on(seed)
    _say(f"演示世界好了 / the demo world is ready: {time.monotonic() - started:.0f} s")
    cast = [{"part": r.part, "name": r.name, "phone": r.phone, "handle": r.handle} for r in CAST]
    summary = {"people": people, "seed": seed, "cast": cast, "password": PASSWORD}
    (home / "summary.json").write_text(json.dumps(summary, ensure_ascii=False), encoding="utf-8")
    for line in introductions():
        _say(line)
    return code


def _live_on(seed: int) -> None:
    """What comes of the imported world by the same actions as on the pages."""
    with Step("优惠 / offers"):
        offers.offer()
    with Step("评价 / reviews"):
        reviews = opinions.give(seed)
    _say(f"{reviews} 条评价 / reviews")
    with Step("售后 / after-sales"):
        cases = living.live()
    _say(f"{cases} 次售后 / after-sales cases")
    with Step("收货地址 / addresses"):
        placed = addresses.add(seed)
    _say(f"{placed} 单等发货的补了地址 / orders that wait got an address")
    interchange.deliver(as_then=True)
    with Step("购物车 / carts"):
        filled = carts.fill(seed)
    _say(f"{filled} 个人购物车里有东西 / people with something in their cart")
    with Step("小店 / small shops"):
        small = alleys.live(seed)
    _say(f"{small} 家有来历的小店 / small shops with a past")
    with Step("排序 / ranking"):
        heads = insight.train_heads().get("fresh", ())
    _say(f"{len(heads)} 项排序学成了 / ranking heads in force: {', '.join(heads)}")


def _write_world(home: Path, world: Path, people: int, seed: int) -> None:
    part = home / "world.part"
    shutil.rmtree(part, ignore_errors=True)
    now = timezone.localtime(clock.now()).replace(second=0, microsecond=0)
    _say(f"演示世界 / a demo world of {people} people, seed {seed}")
    truths = build(
        people=people, seed=seed, now=now, target=part, cache=home / "pictures", say=_say
    )
    write_truth(home / "truth.json", truths)
    part.rename(world)


def once() -> None:
    """Build the demo world unless this home already has it."""
    if not _summary():
        run()


def introductions() -> list[str]:
    """Who to sign in as, one line each; [] where there is no demo world."""
    summary = _summary()
    if not summary:
        return []
    lines = [f"演示账号，密码都是 / demo accounts, all with the password {summary['password']}"]
    lines += [f"  {one['phone']}  {one['name']}  ({one['part']})" for one in summary["cast"]]
    return lines


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  a command speaks to who called it
