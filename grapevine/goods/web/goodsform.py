"""The form of goods: what was typed, as the actions want it, and what it shows, also after it was refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from grapevine.goods.actions.auditing import waiting_change
from grapevine.goods.actions.whole import NewOptions, Whole, WholeSku
from grapevine.goods.contracts import Facts, GoodsDetail, Returns, Right, ShopCard
from grapevine.goods.desking import TermsView
from grapevine.goods.queries import desk as queries
from grapevine.goods.queries.places import shipping_templates
from grapevine.goods.rules import matrix, table
from grapevine.goods.rules.listing import STOCK_MAX
from grapevine.goods.web.clipform import clip_context, sent_video, typed_clip
from grapevine.goods.web.judged import judged
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard, VideoCard

ROWS_MAX = 110
PICTURES_MAX = 9
AXES = 3
SPARE = 3
TEXTS = ("title", "category", "body", "axes")
AMOUNT = marked("写成 12.50 这样，要大于 0")
COUNT = marked("写成不带小数的数字")
NO_TERMS = TermsView(0, "", on_sale=False, on_sale_from=None, on_sale_until=None)


@dataclass(frozen=True, slots=True)
class Sent:
    """Pictures that came with the form: `kept` with it before, when it was refused, and `fresh` ones; `wrong` of those that are none."""

    kept: tuple[PictureCard, ...] = ()
    fresh: tuple[PictureCard, ...] = ()
    wrong: str = ""
    video: VideoCard | None = None
    wrong_video: str = ""


NOTHING_SENT = Sent()


def sent(request: HttpRequest) -> Sent:
    """Store what was chosen, so that it is chosen still if the form is refused. Raises PictureNotFound for another's."""
    before = list(dict.fromkeys(request.POST.getlist("kept")))[: 2 * PICTURES_MAX]
    kept = media.pictures_owned_by(me(request), before)
    title = request.POST.get("title", "")[:200]
    fresh = list[PictureCard]()
    video = sent_video(request)
    try:
        for file in request.FILES.getlist("pictures")[: PICTURES_MAX + 1]:
            fresh.append(media.store_picture(owner_id=me(request), file=file, alt=title))
    except DomainError as refused:
        return Sent(tuple(kept), tuple(fresh), refused.message, *video)
    return Sent(tuple(kept), tuple(fresh), "", *video)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: `wrong` are errors no action would find, by field."""

    whole: Whole
    more: NewOptions | None
    wrong: dict[str, str] = field(default_factory=dict)


def shown_pictures(detail: GoodsDetail | None) -> list[PictureCard]:
    """The pictures the page shows: those that wait for an operator, else those on sale."""
    if detail is None:
        return []
    ids = waiting_change(detail.card.id).get("picture_ids")
    if ids is None:
        return list(detail.pictures)
    known = media.pictures(ids)
    return [known[one] for one in ids if one in known]


def typed(request: HttpRequest, detail: GoodsDetail | None, came: Sent) -> Typed:
    """The form as it came. Fresh pictures stand behind those that are there."""
    data, wrong = request.POST, dict[str, str]()
    if came.wrong:
        wrong["pictures"] = came.wrong
    if came.wrong_video:
        wrong["video"] = came.wrong_video
    known = [*shown_pictures(detail), *came.kept]
    pictures = [*_order(data, known), *(one.id for one in came.fresh)]
    if len(pictures) > PICTURES_MAX:
        wrong["pictures"] = marked("最多 9 张图片")
    rows = _skus(data, pictures, wrong)
    limit = table.whole(data.get("limit", "")[:12] or "0", 10**9)
    whole = Whole(
        **{name: data.get(name, "") for name in TEXTS}, skus=rows, picture_ids=pictures,
        facts=_facts(data), limit_per_person=-1 if limit is None else limit,
        shipping=data.get("shipping", "")[:12], returns=data.get("returns", Returns.SEVEN_DAYS)[:10],
        on_from=_moment(data, "on_sale_from", wrong), on_until=_moment(data, "on_sale_until", wrong),
        away=frozenset(data.getlist("away")), alts=_alts(data, known),
        clip=typed_clip(data, detail, came.video, pictures),
    )  # fmt: skip
    return Typed(whole, _more(data, wrong), wrong)


def _order(data: QueryDict, known: Sequence[PictureCard]) -> list[int]:
    """The pictures that stay, by the places typed; equal places as they stood."""
    left = {one for one in data.getlist("drop") if one.isascii() and one.isdigit()}
    kept = [one for one in known if str(one.id) not in left]
    places = {one.id: table.whole(data.get(f"place-{one.id}", "")[:4], 99) for one in kept}
    stood = {one.id: n for n, one in enumerate(known, 1)}
    return sorted((one.id for one in kept), key=lambda pk: (places[pk] or stood[pk], stood[pk]))


def _alts(data: QueryDict, known: Sequence[PictureCard]) -> dict[int, str]:
    said = {one.id: data.get(f"alt-{one.id}") for one in known}
    return {
        one.id: text[:200]
        for one in known
        if (text := said[one.id]) is not None and text != one.alt
    }


def _columns(data: QueryDict) -> list[dict[str, str]]:
    names = ("code", "option", "price", "stock", "was", "picture")
    count = min(len(data.getlist("option")), ROWS_MAX)
    lists = {name: data.getlist(name) for name in names}
    return [
        {name: lists[name][n] if n < len(lists[name]) else "" for name in names}
        for n in range(count)
    ]


def _skus(data: QueryDict, pictures: Sequence[int], wrong: dict[str, str]) -> list[WholeSku]:
    """The rows that are filled in; one may name a picture by its place, from 1."""
    found = []
    for n, row in enumerate(_columns(data)):
        if not any(row[name].strip() for name in ("option", "price", "stock")):
            continue
        price = table.minor(row["price"][:20])
        stock = table.whole(row["stock"][:12] or "0", STOCK_MAX)
        place = table.whole(row["picture"][:4], 99) or 0
        if price is None or price <= 0:
            wrong[f"price-{n}"] = AMOUNT
        if stock is None:
            wrong[f"stock-{n}"] = COUNT
        found.append(
            WholeSku(
                row["code"][:40], row["option"].strip(), -1 if price is None else price,
                -1 if stock is None else stock, table.whole(row["was"][:12], 10**12),
                pictures[place - 1] if 1 <= place <= len(pictures) else None,
            )
        )  # fmt: skip
    return found


def _facts(data: QueryDict) -> Facts:
    pairs = zip(data.getlist("name"), data.getlist("value"), strict=False)
    told = tuple(
        (name.strip(), value.strip()) for name, value in pairs if name.strip() and value.strip()
    )
    return Facts(data.get("kind", "goods"), data.get("origin", ""), data.get("supplier", ""), told)


def _moment(data: QueryDict, name: str, wrong: dict[str, str]) -> datetime | None:
    text = data.get(name, "").strip()[:25]
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        wrong[name] = marked("时间写成 2026-09-01 10:00 这样")
        return None
    return found if found.tzinfo else timezone.make_aware(found)


def _more(data: QueryDict, wrong: dict[str, str]) -> NewOptions | None:
    """Options to be made, if one of the buttons that make them was pressed."""
    do = data.get("do", "")
    if do not in ("matrix", "slots"):
        return None
    price = table.minor(data.get(f"{do}-price", "")[:20])
    stock = table.whole(data.get(f"{do}-stock", "")[:12] or "0", STOCK_MAX)
    if price is None or price <= 0 or stock is None:
        wrong[do] = marked("价格写成 12.50 这样，数量写成不带小数的数字")
        return None
    try:
        axes, options = _matrix(data) if do == "matrix" else _slots(data)
    except BadInput as refused:
        wrong[do] = next(iter(refused.fields.values()))
        return None
    return NewOptions(axes, options, price, stock)


def _matrix(data: QueryDict) -> tuple[str, list[str]]:
    return matrix.matrix([
        (data.get(f"axis-{n}", "")[:20], matrix.values_of(data.get(f"values-{n}", "")[:2000]))
        for n in range(AXES)
    ])  # fmt: skip


def _slots(data: QueryDict) -> tuple[str, list[str]]:
    try:
        first, last = (date.fromisoformat(data.get(name, "")) for name in ("first", "last"))
    except ValueError:
        raise BadInput(fields={"slots": marked("选开始和结束日期")}) from None
    times = matrix.values_of(data.get("times", "")[:500])
    weekdays = [int(one) for one in data.getlist("weekday") if one in "0123456" and len(one) == 1]
    options = matrix.slots(first=first, last=last, weekdays=weekdays or range(7), times=times)
    return "日期 / 时间" if times else "日期", options


def context_of(
    request: HttpRequest, shop: ShopCard, detail: GoodsDetail | None, wrong: dict[str, str],
    came: Sent = NOTHING_SENT,
) -> dict[str, Any]:  # fmt: skip
    """What the page shows: what was typed if it was refused, else what is."""
    data = request.POST if request.method == "POST" else None
    terms = queries.terms_of(shop.id, detail.card.public_id) if detail else NO_TERMS
    added = [*came.kept, *came.fresh]
    pictures = [*shown_pictures(detail), *added]
    waiting = waiting_change(detail.card.id) if detail else {}
    texts = _texts(detail) | {name: waiting[name] for name in TEXTS if name in waiting}
    if data is not None:
        texts = {name: data.get(name, "") for name in TEXTS}
    elif detail is None:
        texts |= {name: request.GET.get(name, "")[:80] for name in ("title", "category")}
    facts = _facts(data) if data is not None else detail.facts if detail else Facts()
    return {
        "facts": texts, "kind": facts.kind, "origin": facts.origin, "supplier": facts.supplier,
        "pairs": _pairs(shop, texts["category"], facts), "terms": _terms(terms, data),
        "live": _texts(detail) if waiting else {}, "templates": shipping_templates([shop.id]),
        "pictures": [_picture(one, n, data) for n, one in enumerate(pictures, 1)],
        "may_add": PICTURES_MAX - len(pictures), "added": [one.public_id for one in added], "sku_rows": _rows(data, detail, pictures, wrong),
        "many": bool(detail and len(detail.skus) > 1), "axis_rows": _axes(detail),
        "returns": returns_words(), "weekdays": list(enumerate(weekdays())),
        "categories": queries.categories_of(shop.id), "is_dirty": data is not None,
        "is_on": terms.on_sale, "may_price": Right.PRICES in shop.rights,
        **clip_context(data, detail, came.video, pictures),
        **(judged(shop.id, detail.card.id) if detail else {}),
    }  # fmt: skip


def _texts(detail: GoodsDetail | None) -> dict[str, str]:
    if detail is None:
        return dict.fromkeys(TEXTS, "")
    card = detail.card
    return {
        "title": card.title, "category": card.category, "body": detail.body,
        "axes": " / ".join(detail.axes),
    }  # fmt: skip


def _terms(now: TermsView, data: QueryDict | None) -> dict[str, str]:
    if data is not None:
        names = ("limit", "shipping", "returns", "on_sale_from", "on_sale_until")
        return {name: data.get(name, "") for name in names}
    return {
        "limit": str(now.limit_per_person), "shipping": now.shipping, "returns": now.returns,
        "on_sale_from": _local(now.on_sale_from), "on_sale_until": _local(now.on_sale_until),
    }  # fmt: skip


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M") if at else ""


def _picture(one: PictureCard, place: int, data: QueryDict | None) -> dict[str, Any]:
    if data is None:
        return {"card": one, "place": place, "alt": one.alt, "drop": False}
    return {
        "card": one, "place": data.get(f"place-{one.id}", place),
        "alt": data.get(f"alt-{one.id}", one.alt), "drop": str(one.id) in data.getlist("drop"),
    }  # fmt: skip


def _pairs(shop: ShopCard, category: str, facts: Facts) -> list[tuple[str, str]]:
    """The facts told, those its category usually tells, and room for more."""
    known = {name for name, _value in facts.attributes}
    suggested = dict(queries.category_attributes(shop.id)).get(category, ())
    return [
        *facts.attributes, *((name, "") for name in suggested if name not in known),
        *([("", "")] * SPARE),
    ]  # fmt: skip


def _rows(
    data: QueryDict | None,
    detail: GoodsDetail | None,
    pictures: Sequence[PictureCard],
    wrong: dict[str, str],
) -> list[dict[str, Any]]:
    if data is not None:
        away = set(data.getlist("away"))
        rows: list[dict[str, Any]] = [
            row | {"away": row["code"] in away, "errors": {
                name: wrong[f"{name}-{n}"] for name in ("price", "stock") if f"{name}-{n}" in wrong
            }}
            for n, row in enumerate(_columns(data))
        ]  # fmt: skip
        return rows or [_empty()]
    if detail is None:
        return [_empty() for _n in range(SPARE)]
    places = {picture.id: n for n, picture in enumerate(pictures, 1)}
    rows = [
        {
            "code": sku.code, "option": sku.option, "price": table.yuan(sku.price_minor),
            "stock": sku.free, "was": sku.free, "errors": {}, "away": False,
            "picture": places.get(sku.cover.id, "") if sku.has_own_picture and sku.cover else "",
        }
        for sku in detail.skus
    ]  # fmt: skip
    return [*rows, _empty()]


def _empty() -> dict[str, Any]:
    names = ("code", "option", "price", "stock", "was", "picture")
    return {**dict.fromkeys(names, ""), "errors": {}, "away": False}


def _axes(detail: GoodsDetail | None) -> list[tuple[int, str, str]]:
    """Each axis with its name and values, as the generator shows them."""
    if detail is None:
        return [(n, "", "") for n in range(AXES)]
    split = [sku.option.split(" / ") for sku in detail.skus if sku.option]
    values = [list(dict.fromkeys(part)) for part in zip(*split, strict=False)]
    return [
        (
            n,
            detail.axes[n] if n < len(detail.axes) else "",
            "，".join(values[n]) if n < len(values) else "",
        )
        for n in range(AXES)
    ]


def weekdays() -> list[str]:
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


def returns_words() -> list[tuple[str, str, str]]:
    """The rules of return with what each is for (消费者权益保护法, article 25)."""
    return [
        (Returns.SEVEN_DAYS, _("支持七天无理由退货"), _("签收次日起七天内，商品完好就能退。")),
        (Returns.CUSTOM, _("不支持：定做的"), _("按买家的要求单独做的，如刻字、量身定制。")),
        (Returns.FRESH, _("不支持：鲜活易腐"), _("如鲜花、水果、生鲜。")),
        (Returns.DIGITAL, _("不支持：数字商品"), _("在线下载的，或拆封后的音像、软件。")),
        (Returns.PERIODICAL, _("不支持：报纸期刊"), _("交付后的报纸和期刊。")),
    ]


def labels() -> dict[str, str]:
    """What the summary of errors calls a field."""
    return {
        "title": _("标题"), "category": _("分类"), "body": _("详情"), "axes": _("选什么"),
        "pictures": _("图片"), "video": _("视频"), "skus": _("规格"), "price": _("价格"), "stock": _("库存"),
        "attributes": _("参数"), "origin": _("产地"), "supplier": _("供货商"), "kind": _("种类"),
        "limit": _("每人限购"), "returns": _("七天无理由退货"), "on_sale_from": _("几时上架"),
        "on_sale_until": _("几时下架"), "matrix": _("生成规格"), "slots": _("可约时段"),
        "shipping": _("运费模板"),
    }  # fmt: skip


def told_once(wrong: dict[str, str]) -> dict[str, str]:
    """Without what is said of all rows where a row says it itself."""
    rows = {name.partition("-")[0] for name in wrong if name.partition("-")[2].isdigit()}
    return {name: text for name, text in wrong.items() if name not in rows}


def summary(wrong: dict[str, str]) -> list[tuple[str, str, str]]:
    """(the field's address on the page, its name, what is wrong), once a field; a row's error is said there too."""
    names, found = labels(), []
    for name, text in told_once(wrong).items():
        base, _sep, n = name.partition("-")
        label = names.get(base, base)
        if n.isdigit():
            label = _("第 %(n)s 个规格的%(what)s") % {"n": int(n) + 1, "what": label}
        found.append((f"f-{name}", label, _(text)))
    return found
