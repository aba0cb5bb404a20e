"""A shop's face and its own domain: drafts, one step back, proofs, and nothing of anybody else."""

import io
import re
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from PIL import Image

from grapevine.goods import facade as goods, proving
from grapevine.goods.brand import BlockNotFound, DomainTaken, NothingToUndo, NotProved
from grapevine.goods.contracts import NewGoods, NewSku, ShopCard
from grapevine.goods.models import OwnDomain
from grapevine.goods.proving import is_public, read_txt
from grapevine.goods.queries import brand
from grapevine.goods.rules.storefront import check_host, is_readable, moved
from grapevine.goods.tests.opening_cast import sign_up
from grapevine.goods.tests.test_opening_pages import as_person
from grapevine.kit.errors import BadInput
from grapevine.media import facade as media

db = pytest.mark.django_db
HOST = "shop.banri.cn"


class Fake:
    """What the internet says in tests."""

    def __init__(self) -> None:
        self.records: dict[str, list[str]] = {}
        self.files: dict[str, str] = {}

    def txt(self, name: str) -> Sequence[str]:
        return self.records.get(name, [])

    def file(self, host: str) -> str:
        return self.files.get(host, "")


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    fake = Fake()
    monkeypatch.setattr(proving, "prover", fake)
    brand._known.clear()
    yield fake
    brand._known.clear()


def shop_of(name: str, brand_name: str, count: int = 0, colour: str = "#8d3b1f") -> ShopCard:
    owner = sign_up(name)
    shop = goods.open_shop(owner_id=owner, slug=f"{name.lower()}s", name=brand_name, colour=colour)
    pictures = [picture(owner)] if count else []
    goods.save_goods_bulk(
        [
            NewGoods(shop.id, f"{brand_name}杯 {n}", "家居", f"{brand_name}手工。",
                     [NewSku("", 6900 + n, 5)], pictures)
            for n in range(count)
        ]
    )  # fmt: skip
    return shop


def picture(owner: int) -> int:
    out = io.BytesIO()
    Image.new("RGB", (80, 80), "#8d3b1f").save(out, "JPEG")
    out.seek(0)
    return media.store_picture(owner_id=owner, file=out).id


def proved(shop: ShopCard, internet: Fake, host: str = HOST) -> None:
    view = goods.add_domain(shop_id=shop.id, host=host)
    internet.records[view.record] = [f"grapevine={view.token}"]
    goods.prove_domain(shop_id=shop.id, host=host, actor_id=shop.owner_id)
    brand._known.clear()


@pytest.mark.parametrize(
    ("text", "host"),
    [("Shop.Banri.CN ", "shop.banri.cn"), ("半日.中国", "xn--tkrw64b.xn--fiqs8s"), ("a.b.", "a.b")],
)
def test_a_host_is_written_in_one_way(text: str, host: str) -> None:
    assert check_host(text) == host
    assert check_host(text) == check_host(check_host(text))


@pytest.mark.parametrize(
    "text",
    [
        "", "shop", "localhost", "a.local", "x.internal", "127.0.0.1", "10.0.0.1", "[::1]", "::1",
        "http://a.cn", "a..cn", "-a.cn", "a b.cn", "a.cn/x", "a.cn:80", "vine.cn", "x.vine.cn",
        "a." * 130 + "cn", "1.2.3", "a.cn@b.cn",
    ],
)  # fmt: skip
def test_what_is_no_public_name_of_ones_own_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        check_host(text, own=["vine.cn"])


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("127.0.0.1", False), ("10.1.2.3", False), ("192.168.0.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:127.0.0.1", False),
        ("2606:4700::1111", True), ("nonsense", False),
    ],
)  # fmt: skip
def test_only_public_addresses_are_asked(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_with_one_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (one, 80)) for one in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)

    def never(*_a: Any, **_k: Any) -> Any:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", never)
    assert proving.Internet().file("evil.cn") == ""


def test_txt_records_are_read_and_what_is_broken_is_nothing() -> None:
    name = b"\x05grape\x02cn\x00"
    head = b"\x12\x34\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00"
    question = name + b"\x00\x10\x00\x01"
    one = b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x08\x03abc\x03def"
    other = b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0c"
    whole = head + question + other + one
    assert read_txt(whole, 0x1234) == ("abcdef",)
    assert read_txt(whole, 0x1235) == ()
    assert all(read_txt(whole[:n], 0x1234) in ((), ("abcdef",)) for n in range(len(whole)))
    assert read_txt(b"\x12\x34\x81\x83" + whole[4:], 0x1234) == ()


def test_blocks_move_and_stay_at_the_ends() -> None:
    assert moved(["a", "b", "c"], "b", step=-1) == ["b", "a", "c"]
    assert moved(["a", "b", "c"], "c", step=1) == ["a", "b", "c"]
    assert (is_readable("#8d3b1f"), is_readable("#ffee00")) == (True, False)


@db
def test_a_draft_is_seen_by_staff_alone_until_it_is_published_and_can_be_undone() -> None:
    shop = shop_of("Bob", "半日", 2)
    bob = as_person(shop.owner_id)
    who: dict[str, Any] = {"shop_id": shop.id}
    goods.edit_brand(**who, name="半日窑", colour="#3b5d8d", bio="手工")
    goods.add_block(**who, kind="text", facts={"title": "缘起", "text": "三个人的窑。"})
    page = Client().get("/shop/bobs/").content.decode()
    assert ("半日窑" in page, "三个人的窑。" in page) == (False, False)
    seen = bob.get("/console/bobs/brand/preview/").content.decode()
    assert ("半日窑" in seen, "三个人的窑。" in seen) == (True, True)
    goods.publish_brand(**who, actor_id=shop.owner_id)
    page = Client().get("/shop/bobs/").content.decode()
    assert ("半日窑" in page, "三个人的窑。" in page, "#3b5d8d" in page) == (True, True, True)
    goods.undo_brand(**who, actor_id=shop.owner_id)
    page = Client().get("/shop/bobs/").content.decode()
    assert ("半日窑" in page, "三个人的窑。" in page) == (False, False)
    with pytest.raises(NothingToUndo):
        goods.undo_brand(**who, actor_id=shop.owner_id)


@db
def test_blocks_are_checked_and_refusals_change_nothing() -> None:
    shop, other = shop_of("Bob", "半日", 1), shop_of("Carol", "山茶", 1)
    theirs = goods.goods_of_shop(other.id).items[0].public_id
    before = goods.face_of(shop)
    for kind, facts in (
        ("magic", {}), ("text", {}), ("goods", {}), ("goods", {"goods": [theirs]}), ("banner", {}),
        ("text", {"text": "x" * 501}),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            goods.add_block(shop_id=shop.id, kind=kind, facts=facts)
    with pytest.raises(BadInput) as pale:
        goods.edit_brand(shop_id=shop.id, name="半日", colour="#ffee00")
    assert list(pale.value.fields) == ["colour"]
    with pytest.raises(BlockNotFound):
        goods.move_block(shop_id=shop.id, block_id="nothing", step=1)
    after = goods.face_of(shop)
    assert (after.shop, after.blocks) == (before.shop, before.blocks)


@db
def test_blocks_are_ordered_by_buttons() -> None:
    shop = shop_of("Bob", "半日", 1)
    bob = as_person(shop.owner_id)
    mine = goods.goods_of_shop(shop.id).items[0].public_id
    form = {"do": "add", "kind": "goods", "title": "招牌", "goods": [mine]}
    assert bob.post("/console/bobs/brand/", form).status_code == 303
    ids = [block.id for block in goods.face_of(shop).blocks]
    assert [block.kind for block in goods.face_of(shop).blocks] == ["offers", "notes", "goods"]
    bob.post("/console/bobs/brand/", {"do": "up", "block": ids[2]})
    bob.post("/console/bobs/brand/", {"do": "remove", "block": ids[0]})
    assert [block.id for block in goods.face_of(shop).blocks] == [ids[2], ids[1]]
    eve = as_person(sign_up("Eve"))
    assert eve.post("/console/bobs/brand/", {"do": "publish"}).status_code == 404
    assert "招牌" not in Client().get("/shop/bobs/").content.decode()


@db
def test_a_domain_is_proved_by_a_record_or_a_file_and_belongs_to_one_shop(internet: Fake) -> None:
    bobs, carols = shop_of("Bob", "半日"), shop_of("Carol", "山茶")
    mine, theirs = (goods.add_domain(shop_id=one.id, host=HOST) for one in (bobs, carols))
    assert mine.token != theirs.token
    given: dict[str, Any] = {"host": HOST, "actor_id": 1}
    with pytest.raises(NotProved):
        goods.prove_domain(shop_id=bobs.id, **given)
    internet.records[f"_grapevine.{HOST}"] = [f"grapevine={mine.token}"]
    with pytest.raises(NotProved):
        goods.prove_domain(shop_id=carols.id, **given)
    assert goods.prove_domain(shop_id=bobs.id, **given).proof == "txt"
    internet.files[HOST] = theirs.token + "\n"
    with pytest.raises(DomainTaken):
        goods.prove_domain(shop_id=carols.id, **given)
    assert OwnDomain.objects.filter(proved_at__isnull=False).count() == 1
    goods.remove_domain(shop_id=bobs.id, **given)
    assert goods.prove_domain(shop_id=carols.id, **given).proof == "file"
    with pytest.raises(DomainTaken):
        goods.add_domain(shop_id=bobs.id, host=HOST)


@db
def test_hosts_nobody_knows_are_refused_where_the_platform_has_names(
    internet: Fake, settings: Any
) -> None:
    settings.PLATFORM_HOSTS = ["vine.cn"]
    shop = shop_of("Bob", "半日")
    proved(shop, internet)
    client = Client(raise_request_exception=False)
    assert client.get("/shop/bobs/", headers={"host": "vine.cn"}).status_code == 200
    assert client.get("/", headers={"host": HOST}).status_code == 200
    assert client.get("/", headers={"host": "evil.cn"}).status_code == 400
    goods.remove_domain(shop_id=shop.id, host=HOST, actor_id=1)
    brand._known.clear()
    assert client.get("/", headers={"host": HOST}).status_code == 400


def pages_of(client: Client, host: str, most: int) -> dict[str, str]:
    """Every page that links lead to from /, by address."""
    seen: dict[str, str] = {}
    queue = deque(["/"])
    while queue and len(seen) < most:
        path = queue.popleft()
        if path in seen:
            continue
        answer = client.get(path, headers={"host": host})
        assert answer.status_code in (200, 302), (path, answer.status_code)
        if answer.status_code == 302:
            assert answer["Location"].startswith("/signin/") or answer["Location"] == "/"
            continue
        text = answer.content.decode()
        seen[path] = text
        for link in re.findall(r'href="([^"#]+)', text):
            target = link.replace("&amp;", "&")
            if target.startswith("?"):
                target = path.split("?")[0] + target
            assert target.startswith(("/", "data:")), (path, target)
            if not target.startswith(("/static/", "/pictures/", "data:")):
                queue.append(target)
    return seen


@db
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_two_hundred_pages_of_a_shop_show_no_other_shop_and_no_platform(
    internet: Fake, is_signed_in: bool
) -> None:
    bobs, carols = shop_of("Bob", "半日", 205), shop_of("Carol", "山茶", 5)
    proved(bobs, internet)
    client = Client()
    if is_signed_in:
        client.force_login(get_user_model().objects.get(pk=sign_up("Alice")))
        for shop in (bobs, carols):
            code = goods.goods_detail(goods.goods_of_shop(shop.id).items[0].public_id).skus[0].code
            client.post("/cart/lines/", {"sku": code, "count": "1"}, headers={"host": "testserver"})
    found = pages_of(client, HOST, 230)
    assert len(found) >= 200
    if is_signed_in:
        assert "半日杯" in found["/cart/"]
    for path, text in found.items():
        assert "半日" in text, path
        for word in ("山茶", "carols", "藤", "Grapevine"):
            assert word not in text, (path, word)


@db
def test_other_pages_do_not_exist_on_a_shops_domain(internet: Fake) -> None:
    bobs, carols = shop_of("Bob", "半日", 1), shop_of("Carol", "山茶", 1)
    proved(bobs, internet)
    theirs = goods.goods_of_shop(carols.id).items[0].public_id
    client = as_person(bobs.owner_id)
    for path in (
        "/shop/carols/", f"/goods/{theirs}/", "/console/bobs/", "/operator/", "/search/",
        "/person/x/", "/api/v1/shops/carols", "/api/v1/openapi.json",
    ):  # fmt: skip
        answer = client.get(path, headers={"host": HOST})
        assert answer.status_code == 404, path
        assert "山茶" not in answer.content.decode()


@db
def test_two_shops_look_different_each_on_its_own_domain(internet: Fake) -> None:
    for name, brand_name, host, colour in (
        ("Bob", "半日", HOST, "#8d3b1f"), ("Carol", "山茶", "www.shancha.cn", "#3b5d8d"),
    ):  # fmt: skip
        proved(shop_of(name, brand_name, colour=colour), internet, host)
    first, second = (
        Client().get("/", headers={"host": one}).content.decode()
        for one in (HOST, "www.shancha.cn")
    )
    assert ("<title>半日</title>" in first, "#8d3b1f" in first, "山茶" in first) == (
        True,
        True,
        False,
    )
    assert ("<title>山茶</title>" in second, "#3b5d8d" in second) == (True, True)


@db
def test_cookies_are_the_hosts_own_and_forms_of_other_sites_are_refused(internet: Fake) -> None:
    proved(shop_of("Bob", "半日"), internet)
    sign_up("Alice")
    client = Client(enforce_csrf_checks=True)
    page = client.get("/signin/", headers={"host": HOST})
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token
    form = {
        "identifier": "alice@example.com", "password": "vine-and-grape-7",
        "csrfmiddlewaretoken": token[1],
    }  # fmt: skip
    foreign = client.post("/signin/", form, headers={"host": HOST, "origin": "http://evil.cn"})
    assert foreign.status_code == 403
    own = client.post("/signin/", form, headers={"host": HOST, "origin": f"http://{HOST}"})
    assert own.status_code in (302, 303)
    assert {cookie["domain"] for cookie in client.cookies.values()} == {""}
