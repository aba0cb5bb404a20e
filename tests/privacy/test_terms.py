"""Every term of the register of personal columns is carried out: what is over it goes, what is not stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.module_loading import import_string
from PIL import Image

from grapevine.care.tests import cast as care
from grapevine.front import personal
from grapevine.gateway.actions import webhooks
from grapevine.gateway.models import Webhook
from grapevine.goods.actions import onboarding, staffing
from grapevine.goods.models import Application, Document, StaffInvite
from grapevine.goods.tests import opening_cast
from grapevine.guard import facade as guard
from grapevine.guard.models import AuditEntry
from grapevine.kit import clock
from grapevine.media import facade as media
from grapevine.media.models import PrivateFile
from grapevine.people.models import Session
from grapevine.trade.actions import aftersales
from grapevine.trade.models import CaseMessage, CasePicture, Line, Order

pytestmark = pytest.mark.django_db
YEARS = 3 * 366 + 1
CLOSING = "grapevine.people.actions.erase"
CARRIED_OUT = {
    personal.WITH_ACCOUNT: (CLOSING,),
    personal.WITH_ORDER: (CLOSING, "grapevine.trade.jobs.forget_orders"),
    personal.AS_NUMBER: (CLOSING,),
    personal.BY_LAW: ("grapevine.trade.jobs.forget_orders",),
    personal.BY_TRAIL: ("grapevine.guard.jobs.tidy",),
    personal.SHORT: (
        "grapevine.people.jobs.forget_sessions", "grapevine.guard.jobs.tidy",
        "grapevine.goods.jobs.forget_invites", "grapevine.care.jobs.forget_traces",
        "grapevine.discovery.jobs.tidy",
    ),
    personal.WITH_SHOP: ("grapevine.goods.jobs.forget_papers",),
    personal.WITH_FACTOR: (CLOSING, "grapevine.people.second_factor.end_second_factor"),
    personal.REPLACED: ("grapevine.gateway.jobs.tidy",),
    personal.NOTICED: ("grapevine.reach.jobs.forget_old", "grapevine.discovery.jobs.tidy"),
    personal.UNTIL_CHANGED: ("grapevine.gateway.actions.webhooks.remove_webhook",),
    personal.TALKED: ("grapevine.insight.jobs.care_for_shops",),
    personal.UNTIL_READ: (CLOSING, "grapevine.signals.jobs.tidy_experiments"),
    personal.UNSENT: ("grapevine.media.jobs.forget_unused",),
    personal.BY_REVIEW: (),
}  # fmt: skip
"""What carries out each term; a review cannot be deleted (E-Commerce Law of the PRC, article 39)."""


@contextmanager
def ago(**by: float) -> Iterator[None]:
    now = clock.now
    with mock.patch.object(clock, "now", side_effect=lambda: now() - timedelta(**by)):
        yield


def test_every_term_of_the_register_is_carried_out_and_its_jobs_are_run() -> None:
    assert {one.until for one in personal.REGISTER} == set(CARRIED_OUT)
    run = {path for _seconds, path in import_module("grapevine.signals.actions")._periodic.values()}
    for paths in CARRIED_OUT.values():
        for path in paths:
            assert callable(import_string(path))
            assert ".jobs." not in path or path in run


def test_a_trail_goes_after_three_years_and_not_before() -> None:
    with ago(days=YEARS):
        guard.audit(actor_id=1, action="old", object="a:1")
    with ago(days=3 * 365 - 1):
        guard.audit(actor_id=1, action="young", object="a:1")
    import_string("grapevine.guard.jobs.tidy")()
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["young"]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_sessions_links_and_replaced_secrets_go() -> None:
    cast = care.gather()
    care.browser(cast.alice)
    with ago(days=31):
        care.browser(cast.eve)
        staffing.invite_staff(shop_id=cast.bobs.id, actor_id=cast.bob, role="clerk")
    staffing.invite_staff(shop_id=cast.bobs.id, actor_id=cast.bob, role="clerk")
    Session.objects.filter(person_id=cast.eve).update(
        expire_date=clock.now() - timedelta(seconds=1)
    )
    for hours in (25, 23):
        mine = {"shop_id": cast.bobs.id, "person_id": cast.bob}
        public_id, _secret = webhooks.add_webhook(
            **mine, url=f"https://h{hours}.example.com/", events=["order.paid"]
        )
        with ago(hours=hours):
            webhooks.rotate_secret(**mine, public_id=public_id)
    for job in ("people.jobs.forget_sessions", "goods.jobs.forget_invites", "gateway.jobs.tidy"):
        import_string(f"grapevine.{job}")()
    assert list(Session.objects.values_list("person_id", flat=True)) == [cast.alice]
    assert StaffInvite.objects.get().expires_at > clock.now()
    assert [bool(one.old_secret) for one in Webhook.objects.order_by("id")] == [False, True]


def test_a_sale_complete_for_three_years_holds_nobody() -> None:
    cast = care.gather()
    orders = []
    for days in (YEARS, YEARS - 20):
        with ago(days=days):
            number = care.received(cast, cast.alice, cast.cup)
            line = Line.objects.get(order__number=number)
            shown = media.store_picture(
                owner_id=cast.alice, file=care.picture_file(), is_private=True
            )
            aftersales.open_case(
                buyer_id=cast.alice, order_number=number, kind="refund", reason="damaged",
                words="碎了一角", pieces={line.pk: 1},
                picture_ids=[shown.public_id],
            )  # fmt: skip
        orders.append(number)
    Order.objects.update(state="completed", message="放门卫")
    assert import_string("grapevine.trade.jobs.forget_orders")() == 1
    assert import_string("grapevine.trade.jobs.forget_orders")() == 0
    old, young = (Order.objects.get(number=number) for number in orders)
    assert (old.address, old.region, old.message, old.buyer_id) == ("", "", "", cast.alice)
    assert "龙井路" in young.address
    assert (young.region, young.message) == ("浙江省", "放门卫")
    said = CaseMessage.objects.order_by("id").values_list("case__order__number", "words")
    assert list(said) == [(orders[0], ""), (orders[1], "碎了一角")]
    assert list(
        CasePicture.objects.values_list("message__case__order__number", flat=True)
    ) == [orders[1]]  # fmt: skip


def paper() -> BytesIO:
    body = BytesIO()
    Image.new("RGB", (40, 40), (120, 60, 30)).save(body, "PNG")
    body.seek(0)
    return body


def test_a_shop_closed_for_three_years_has_no_papers() -> None:
    shops = []
    for slug, days in (("gone", YEARS), ("late", YEARS - 20), ("open", 0)):
        owner = care.sign_up(slug)
        shop = onboarding.open_draft_shop(owner_id=owner, slug=slug, name=slug, colour="#1d5a41")
        onboarding.begin_application(shop_id=shop.id, kind="individual")
        onboarding.save_application(shop_id=shop.id, form=opening_cast.PERSON)
        onboarding.add_document(shop_id=shop.id, person_id=owner, kind="identity", file=paper())
        if days:
            with ago(days=days):
                onboarding.close_shop(shop_id=shop.id, person_id=owner)
        shops.append(shop.id)
    assert import_string("grapevine.goods.jobs.forget_papers")() == 1
    assert import_string("grapevine.goods.jobs.forget_papers")() == 0
    gone = Application.objects.get(shop_id=shops[0])
    assert (gone.person, gone.identity, gone.phone, gone.address) == ("", "", "", "")
    for shop_id in shops[1:]:
        assert Application.objects.get(shop_id=shop_id).identity == opening_cast.PERSON.identity
    assert list(Document.objects.order_by("id").values_list("shop_id", flat=True)) == shops[1:]
    kept = [path for path in (Path(settings.MEDIA_ROOT) / "private").rglob("*") if path.is_file()]
    known = set(PrivateFile.objects.values_list("public_id", flat=True))
    assert len(known) == 2
    assert known <= {path.name for path in kept}
