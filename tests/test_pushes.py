"""What is sent to people without being asked for: with personalisation off two opposite people are sent the same bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from grapevine.insight.actions import segments
from grapevine.insight.crowds import NewAct
from grapevine.insight.queries.situation import fans_to_wake
from grapevine.insight.rules.customers.segments import Rule
from grapevine.insight.tests.crowd import Stall, count, crowd, owner
from grapevine.people import facade as people
from grapevine.reach import actions, facade as reach
from grapevine.reach.mailing import send_letters
from grapevine.reach.models import Notice
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db
LAPSED = Rule(bought="once", quiet_least=20)
READ = ("/me/notices", "/me/notices/count", "/me/coupons", "/feed", "/recommendations?shop=bobs")


@dataclass
class Town:
    """A shop whose people bought once long ago and brought a buyer; Ann did, Ben did nothing, Kim did what Ann did."""

    shop: Stall
    ann: int
    ben: int
    kim: int
    tokens: Mapping[int, str]

    def sent(self, person_id: int) -> list[bytes]:
        """What they read, and the letters they get."""
        caller = Client(headers={"Authorization": f"Bearer {self.tokens[person_id]}"})
        answers = [caller.get(f"/api/v1{path}") for path in READ]
        assert {one.status_code for one in answers} == {200}
        letters = [
            str(one.body) for one in mail.outbox if one.to == [address(self.names[person_id])]
        ]
        return [*[one.content for one in answers], "\n".join(letters).encode()]

    @property
    def names(self) -> Mapping[int, str]:
        return {self.ann: "ann", self.ben: "ben", self.kim: "kim"}

    def push(self, key: str) -> None:
        """Everything a shop may send: news to a segment, a coupon to a segment, a call to who brought buyers."""
        shop, actor = self.shop, self.shop.owner_id
        act = segments.draft_act(
            shop_id=shop.id, rule=LAPSED, new=NewAct("coupon", key, 500, 3000), actor_id=actor
        )
        segments.carry_out(shop_id=shop.id, public_id=act.public_id, actor_id=actor)
        fans = [fan.person_id for fan in fans_to_wake(shop.id)]
        reach.call_fans(shop_id=shop.id, key=key, person_ids=fans, actor_id=actor)
        signals.drain()
        send_letters()


def address(name: str) -> str:
    return f"{name}@example.com"


def told(person_id: int) -> list[str]:
    return sorted(Notice.objects.filter(person_id=person_id).values_list("kind", flat=True))


@pytest.fixture
def town(settings: Any) -> Town:
    settings.EMAIL_HOST, settings.NOTICE_MAIL_HOURS = "localhost", 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    shop = Stall("bobs", owner("bob"))
    ann, ben, kim = (owner(name) for name in ("ann", "ben", "kim"))
    like_ann = [ann, kim, *crowd(11)]
    for buyer, fan in zip(crowd(len(like_ann), "buyer"), like_ann, strict=True):
        shop.sold(fan, 40)
        shop.sold(buyer, 5, token=shop.shared(fan))
    for who in (ann, ben, kim):
        actions.choose(person_id=who, ways={"shop_news": "mail", "shop_call": "mail"})
    signals.drain()
    count()
    tokens = {who: people.issue_token(who, "test") for who in (ann, ben, kim)}
    return Town(shop, ann, ben, kim, tokens)


def test_without_personalisation_opposite_people_are_sent_the_same_bytes(town: Town) -> None:
    """They switched it off after their shop had counted them; what Kim is sent, Ann would have been."""
    for who in (town.ann, town.ben):
        people.set_personalised(who, on=False)
    signals.drain()
    nothing = town.sent(town.ann)
    town.push("老顾客券")
    assert town.sent(town.ann) == town.sent(town.ben) == nothing
    assert told(town.kim) == ["shop_call", "shop_news"]
    differ = [a != b for a, b in zip(town.sent(town.kim), nothing, strict=True)]
    assert differ[:3] == [True, True, True]
    assert differ[-1]
