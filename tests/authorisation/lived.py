"""What happened in the shop of the matrix: orders sent and received, a case, a review, money, papers, files, programs."""

import io
from datetime import date, timedelta
from typing import Any

import time_machine
from django.conf import settings
from django.utils import timezone
from PIL import Image

from grapevine.care import facade as care
from grapevine.care.contracts import NewCertificate, Opinion
from grapevine.cases import facade as cases
from grapevine.cases.models import Juror, Jury
from grapevine.gateway.actions import keys, oauth, webhooks
from grapevine.gateway.models import ApiKey, Installation
from grapevine.goods.actions import (
    batches,
    branding,
    domains,
    importing,
    inspecting,
    onboarding,
)
from grapevine.goods.contracts import SkuLine
from grapevine.goods.desking import Bulk
from grapevine.goods.models import ImportRun, Inspection
from grapevine.insight.actions import following, schedules, segments, serving, staging
from grapevine.insight.models import (
    Advice,
    AdviceDraft,
    CubeReport,
    SaleDraft,
    SegmentAct,
    ShopService,
)
from grapevine.insight.rules.customers.segments import Rule
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.media import facade as media
from grapevine.people.actions import save_view
from grapevine.people.models import SavedView
from grapevine.signals import facade as signals
from grapevine.signals.facade import NewExperiment
from grapevine.trade import facade as trade, jobs
from grapevine.trade.actions import (
    aftersales,
    banking,
    batches as shipfiles,
    charging,
    pickup,
    settling,
    shipping as sending,
    withdrawing,
)
from grapevine.trade.contracts import AddressView
from grapevine.trade.models import (
    Line,
    Order,
    PlatformInvoice,
    SandboxCharge,
    SettlementBatch,
)
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.tests.cast import deliver
from grapevine.trade.tests.settling_cast import account, recovery, with_codes

BACK = "https://app.example.com/back"
PAPER = b"%PDF-1.4\nlicence\n%%EOF"


def paid(buyer: int, sku: SkuLine, home: AddressView, count: int = 2) -> str:
    placed = trade.place_order(buyer_id=buyer, lines=[(sku.sku_id, count)], address=home)
    attempt = trade.start_payment(buyer_id=buyer, number=placed.payment_number)
    sandbox.decide(attempt.number, "pay")
    deliver(SandboxCharge.objects.get(payment_number=attempt.number))
    return placed.order_numbers[0]


def drawn() -> io.BytesIO:
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "#1d5a41").save(picture, "PNG")
    picture.seek(0)
    return picture


def lived(shop_id: int, ids: dict[str, int], sku: SkuLine, home: AddressView) -> dict[str, Any]:
    buyer, owner = ids["buyer"], ids["owner"]
    for person in (owner, buyer, ids["finance"]):
        with_codes(person)
    return (
        _sent(shop_id, buyer, owner, sku, home)
        | _cared(shop_id, ids, sku, home)
        | _earned(shop_id, ids, sku, home)
        | _written(shop_id, ids, sku)
        | _connected(shop_id, ids)
    )


def _sent(shop_id: int, buyer: int, owner: int, sku: SkuLine, home: AddressView) -> dict[str, Any]:
    number, waiting = paid(buyer, sku, home), paid(buyer, sku, home)
    order = Order.objects.get(number=number)
    place = next(iter(sending.waiting_pieces(order)))
    parcel = sending.ship_parcel(
        shop_id=shop_id, number=number, warehouse_id=place,
        pieces={Line.objects.get(order=order).pk: 1},
        carrier="顺丰", tracking="SF1234567890123", actor_id=owner,
    )  # fmt: skip
    content = f"订单号,仓库,快递公司,快递单号\n{waiting},,顺丰,SF1234567890124\n"
    return {
        "sent": number, "parcel": parcel, "print": "picking", "tracker": "kuaidi100",
        "point": pickup.save_point(
            shop_id=shop_id, name="门店", address="科技路 2 号", hours="10:00-20:00"
        ).public_id,
        "shipping_file": shipfiles.draft(
            shop_id=shop_id, actor_id=owner, name="numbers.csv", content=content.encode()
        ).public_id,
    }  # fmt: skip


def _cared(shop_id: int, ids: dict[str, int], sku: SkuLine, home: AddressView) -> dict[str, Any]:
    buyer, owner = ids["buyer"], ids["owner"]
    asked = paid(buyer, sku, home)
    shown = media.store_picture(owner_id=buyer, file=drawn(), is_private=True)
    line = Line.objects.get(order__number=asked)
    case, other = (
        aftersales.open_case(
            buyer_id=buyer, order_number=asked, kind="refund", reason="unsent",
            words="不想要了", pieces={line.pk: 1}, picture_ids=[shown.public_id],
        )
        for _ in range(2)
    )  # fmt: skip
    aftersales.reject_case(shop_id=shop_id, number=other.number, actor_id=owner, reason="已经打包")
    aftersales.escalate_case(buyer_id=buyer, number=other.number, words="还没有发货")
    cases.offer_jury(case_number=other.number, person_id=ids["operator"])
    got = _received(shop_id, buyer, owner, sku, home)
    day = clock.now().date()
    return {
        "asked": asked, "jury": _seated(buyer, owner), "case": case.number, "dispute": other.number, "case_picture": shown.public_id, "received": got, "position": 1,
        "unreviewed": _received(shop_id, buyer, owner, sku, home),
        "review": care.write_review(
            buyer_id=buyer, number=got, position=1, opinion=Opinion(5, 5, 4, "釉色好看", ())
        ),
        "certificate": care.hand_in_certificate(
            shop_id=shop_id, actor_id=owner, file=drawn(),
            new=NewCertificate("检测报告", "质检院", "Q-1", day, date(day.year + 2, 1, 1)),
        ),
    }  # fmt: skip


def _seated(buyer: int, other: int) -> str:
    """The buyer sits on the jury of somebody else's case."""
    jury = Jury.objects.create(
        case_number="A0", buyer_id=other, shop_id=0, kind="refund", reason="unsent", about_minor=10_000,
        currency="CNY", effect="advice", seats=3, quorum=3, offered_by=other, offered_at=clock.now(),
        state="voting", due_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    Juror.objects.create(jury=jury, person_id=buyer, drawn_at=clock.now())
    return jury.public_id


def _received(shop_id: int, buyer: int, owner: int, sku: SkuLine, home: AddressView) -> str:
    number = paid(buyer, sku, home)
    trade.ship_order(
        shop_id=shop_id, number=number, carrier="顺丰", tracking="SF12345678", actor_id=owner
    )
    trade.receive_order(buyer_id=buyer, number=number)
    return number


def _earned(shop_id: int, ids: dict[str, int], sku: SkuLine, home: AddressView) -> dict[str, Any]:
    """The shop and the buyer have each a settlement, a bank account and a withdrawal under way."""
    buyer, owner = ids["buyer"], ids["owner"]
    _received(shop_id, buyer, owner, sku, home)
    charging.save_plan(code="basic", name="基础", price_minor=9900, actor_id=ids["operator"])
    ledger.post(
        key="matrix-earning", kind="commission_released", reference="matrix",
        legs=[Leg(Account("order:matrix", "escrow"), Account(f"person:{buyer}", "payable"), 50_000)],
    )  # fmt: skip
    settling.book_earning(
        key="matrix-earning", person_id=buyer, reference="matrix", amount_minor=50_000,
        currency="CNY",
    )  # fmt: skip
    with time_machine.travel(clock.now() + timedelta(days=settings.RETURN_WINDOW_DAYS, seconds=5)):
        jobs.settle_final()
    jobs.make_batches()
    charging.charge_advertising(
        shop_id=shop_id, amount_minor=100, key="ad-1", reference="ad-1", actor_id=ids["operator"]
    )
    next_month = (clock.now().replace(day=1) + timedelta(days=32)).replace(day=1)
    charging.make_invoices(next_month + timedelta(days=10))
    found: dict[str, Any] = {
        "plan": "basic", "ledger_kind": "available", "posting": "matrix-earning",
        "invoice": PlatformInvoice.objects.get(shop_id=shop_id).number,
    }  # fmt: skip
    for name, side, person in (
        (f"shop:{shop_id}", "shop", owner),
        (f"person:{buyer}", "my", buyer),
    ):
        kept = account(name, person, "6222000011112222")
        if side == "shop":
            with time_machine.travel(clock.now() - timedelta(days=2)):
                banking.agree_to_bank_account(
                    owner=name, account_id=kept, actor_id=ids["finance"],
                    code=recovery(ids["finance"]),
                )  # fmt: skip
        found |= {
            f"{side}_batch": SettlementBatch.objects.filter(party__owner=name).get().number,
            f"{side}_account": kept,
            f"{side}_withdrawal": withdrawing.withdraw(
                owner=name, account_id=kept, amount_minor=5_000, key="w1", actor_id=person,
                code=recovery(person),
            ),
        }  # fmt: skip
    return found


def _written(shop_id: int, ids: dict[str, int], sku: SkuLine) -> dict[str, Any]:
    """Papers, files and drafts of the shop."""
    owner = ids["owner"]
    application = onboarding.begin_application(shop_id=shop_id, kind="enterprise")
    paper = onboarding.add_document(
        shop_id=shop_id, person_id=owner, kind="licence", file=io.BytesIO(PAPER)
    )
    plan = inspecting.draw_plan(share_bps=10_000, seed=1, operator_id=ids["operator"])
    inspection = Inspection.objects.filter(plan__public_id=plan.public_id)[0]
    done = batches.apply_bulk(
        shop_id=shop_id, picked=[sku.goods_public_id], bulk=Bulk("category", "杯子"), actor_id=owner
    )
    run = importing.begin(
        shop_id=shop_id, actor_id=owner, file=io.BytesIO("title,price,stock\n小碗,59.00,3\n".encode()),
        file_name="goods.csv", form="own",
    )  # fmt: skip
    importing.check(ImportRun.objects.get(public_id=run))
    face = branding.add_block(shop_id=shop_id, kind="text", facts={"text": "慢慢来"})
    schedule = schedules.schedule_report(
        shop_id=shop_id, actor_id=owner, name="周报", query="on=orders", every="week",
        kind="csv", language="zh-hans",
    )  # fmt: skip
    schedules.keep_report(
        schedule_id=schedule, first=date(2026, 1, 5), last=date(2026, 1, 11), body=b"x",
        next_on=date(2099, 1, 5),
    )  # fmt: skip
    draft = SaleDraft.objects.create(
        public_id="matrixdraft1", shop_id=shop_id, sku_id=sku.sku_id, code=sku.code,
        goods_public_id=sku.goods_public_id, title=sku.title, kind="discount",
        before_minor=sku.price_minor, price_minor=6000, made_by=owner, made_at=clock.now(),
    )  # fmt: skip
    staging.judge_shops(timezone.localdate())
    serving.serve_shops(timezone.localdate())
    segment = segments.save_segment(
        shop_id=shop_id, name="新粉", rule=Rule(known_most=14), actor_id=owner
    )
    act = SegmentAct.objects.create(
        shop_id=shop_id, query="known_most=14", kind="notice", text="上新了", made_by=owner,
        made_at=clock.now(),
    )  # fmt: skip
    advices = [
        Advice.objects.create(
            public_id=name, shop_id=shop_id, day=clock.now().date(), kind=kind, node="conversion",
            direction="down", cause="node", now=0.02, before=0.04, days=7, gap_minor=100, low_minor=1,
            expected_minor=2, high_minor=3, place=0, propensity=1, shown_at=clock.now(),
            facts={"goods": sku.goods_public_id, "title": sku.title, "price_minor": 7000,
                   "threshold_minor": 0, "worth_minor": 100, "alone_minor": 7900, "size": 3, "hours": 24},
        )
        for name, kind in (("matrixadvic1", "group"), ("matrixadvic2", "coupon"))
    ]  # fmt: skip
    AdviceDraft.objects.create(advice=advices[0], made_by=owner, made_at=clock.now())
    save_view(person_id=ids["buyer"], place="/orders/", name="都看", query="state=paid")
    return {
        "application": application.public_id, "document": paper.public_id,
        "inspection_plan": plan.public_id, "inspection": inspection.public_id,
        "bulk": done.batch, "import": run, "form": "csv", "block": face.blocks[-1].id,
        "host": domains.add_domain(shop_id=shop_id, host="tea.example.com").host,
        "schedule": schedule, "report": CubeReport.objects.get().public_id,
        "experiment": signals.draft_experiment(
            new=NewExperiment(
                knob="shop.slot", name="推荐位", hypothesis="模型更准", primary="ctr", unit="person",
                shares={"popular": 5_000, "model": 5_000},
            ),
            shop_id=shop_id, by_id=owner,
        ).public_id,
        "service": ShopService.objects.get(shop_id=shop_id).public_id,
        "follow_up": following.open_follow_up(operator_id=ids["operator"], shop_id=shop_id),
        "draft": draft.public_id, "segment": segment.public_id,
        "segment_act": act.public_id, "advice": advices[1].public_id, "adopted": advices[0].public_id, "view": SavedView.objects.get().pk, "category": "茶",
    }  # fmt: skip


def _connected(shop_id: int, ids: dict[str, int]) -> dict[str, Any]:
    """A key and a webhook of the shop; an application that the buyer wrote and took in."""
    owner, buyer = ids["owner"], ids["buyer"]
    keys.create_key(shop_id=shop_id, person_id=owner, name="ERP", scopes=["orders:read"])
    hook, _secret = webhooks.add_webhook(
        shop_id=shop_id, person_id=owner, url="https://erp.example.com/in", events=["order.placed"]
    )
    client_id, _secret = oauth.register_app(owner_id=buyer, name="打单宝", redirect_uris=[BACK])
    app = oauth.read_request(client_id=client_id, redirect_uri=BACK)
    oauth.allow(
        app=app, person_id=buyer, shop_id=None, scopes=["profile"], redirect_uri=BACK,
        challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    )  # fmt: skip
    return {
        "key": ApiKey.objects.get().public_id, "webhook": hook, "app": client_id,
        "installation": Installation.objects.get(app=app).pk,
    }  # fmt: skip
