"""Papers and people for opening shops. Every number is made up and only its check digit is right."""

import io
from dataclasses import replace
from typing import Any

from django.apps import apps

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, ShopCard
from grapevine.goods.onboarding import ApplicationForm, ApplicationView
from grapevine.goods.rules import agreements
from grapevine.people import facade as people

CODE_ENTERPRISE = "91350100M000100Y43"
CODE_BUSINESS = "92350100M000100Y1N"
IDENTITY = "11010519491231002X"
PERSON = ApplicationForm(
    kind="individual", person="张小店", identity=IDENTITY, phone="13800138000", address="杭州市西湖区龙井路 1 号"
)  # fmt: skip
COMPANY = replace(PERSON, kind="enterprise", company="杭州山茶有限公司", code=CODE_ENTERPRISE)
AGREED = [(one.name, one.version) for one in agreements.CURRENT]


def sign_up(name: str) -> int:
    return people.sign_up(
        identifier=f"{name.lower()}@example.com", password="vine-and-grape-7", name=name
    )


def draft(owner: int, slug: str = "tea-house") -> ShopCard:
    return goods.open_draft_shop(owner_id=owner, slug=slug, name="茶舍", colour="#1d5a41")


def paper(text: str = "licence") -> io.BytesIO:
    return io.BytesIO(b"%PDF-1.4\n" + text.encode() + b"\n%%EOF")


def apply(shop: ShopCard, form: ApplicationForm = PERSON) -> ApplicationView:
    """Written, agreed to, with the papers a company needs, and submitted."""
    goods.save_application(shop_id=shop.id, form=form)
    if form.kind != "individual":
        for kind in ("licence", "identity"):
            goods.add_document(shop_id=shop.id, person_id=shop.owner_id, kind=kind, file=paper())
    goods.accept_agreements(shop_id=shop.id, person_id=shop.owner_id, versions=AGREED)
    return goods.submit_application(shop_id=shop.id, person_id=shop.owner_id)


def approved_company(owner: int, operator: int, slug: str = "tea-house") -> ShopCard:
    shop = draft(owner, slug)
    one = apply(shop, COMPANY)
    goods.decide_application(public_id=one.public_id, operator_id=operator, outcome="approved")
    return shop


def shelve(shop: ShopCard, category: str = "茶", price: int = 900, title: str = "龙井") -> str:
    """Goods with ten pieces; their public id."""
    return goods.list_goods(
        shop_id=shop.id, title=title, category=category, body="明前。", skus=[NewSku("", price, 10)]
    ).public_id  # fmt: skip


def is_on_sale(public_id: str) -> bool:
    return goods.goods_by_public_id(public_id).on_sale


def news_named(name: str) -> Any:
    """What was told under this name."""
    return apps.get_model("signals", "OutboxEvent").objects.filter(name=name)


def audit_entries() -> Any:
    return apps.get_model("guard", "AuditEntry").objects.all()
