"""A dispute before a jury: consent, anonymity, the draw, who may not judge, hidden votes, the verdict and its execution."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from grapevine.care.tests.cast import (
    Cast,
    api,
    arrived,
    browser,
    crowd,
    events,
    gather,
    paid,
    picture_file,
)
from grapevine.cases import facade as cases, jobs
from grapevine.cases.actions.juries import draw
from grapevine.cases.contracts import (
    AgreedAlready,
    JuryNotFound,
    NoJury,
    NotEligible,
    Side,
    VotedAlready,
    VotingOver,
)
from grapevine.cases.models import Consent, Juror, Jury, Volunteer
from grapevine.cases.personal import own_cases
from grapevine.cases.queries.relations import facts_of
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.media import facade as media
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade, jobs as trade_jobs
from grapevine.trade.actions import aftersales
from grapevine.trade.models import Case, Line, Refund
from tests import invariants
from tests.cases.relations import RELATED

pytestmark = pytest.mark.django_db
SAID = {
    "buyer": "我是林知夏，手机 13800138000。半日发来的粗陶杯少了一只，打包录像里能看到。",
    "shop": "我们半日出库称重一致，快递 SF12345678 也没有破损，请大家看看重量。",
}


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.JURY_SEATS, settings.JURY_QUORUM, settings.JURY_HOURS = 5, 3, 48
    settings.JURY_ORDERS = 1
    return gather()


@pytest.fixture
def later() -> Iterator[Any]:
    moved = [timedelta()]
    real = clock.now
    with mock.patch.object(clock, "now", side_effect=lambda: real() + moved[0]):
        yield lambda **by: moved.__setitem__(0, moved[0] + timedelta(**by))


def dispute(cast: Cast, *, kind: str = "shortage", reason: str = "missing") -> Case:
    """A case of Alice's at Bob's shop that the platform was asked about; each side has shown a picture."""
    number = paid(cast.alice, cast.cup)
    trade.ship_order(
        shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF12345678",
        actor_id=cast.bob,
    )  # fmt: skip
    trade.receive_order(buyer_id=cast.alice, number=number)
    line = Line.objects.get(order__number=number)
    case = aftersales.open_case(
        buyer_id=cast.alice, order_number=number, kind=kind, reason=reason, pieces={line.pk: 1},
        words="少了一只", picture_ids=[private(cast.alice)],
    )  # fmt: skip
    aftersales.say(
        case=case, author="shop", author_id=cast.bob, words="称重一致",
        picture_ids=[private(cast.bob)],
    )  # fmt: skip
    aftersales.reject_case(
        shop_id=cast.bobs.id, number=case.number, actor_id=cast.bob, reason="称重一致"
    )
    aftersales.escalate_case(buyer_id=cast.alice, number=case.number, words="真的少了")
    case.refresh_from_db()
    return case


def private(owner_id: int) -> str:
    return media.store_picture(
        owner_id=owner_id, file=BytesIO(picture_file().read()), is_private=True
    ).public_id


def jurors(cast: Cast, count: int = 8) -> list[int]:
    """People who may sit: they have received an order at Carol's, and said yes, each on an own device."""
    ready = crowd(count)
    arrived(cast.tea, ready)
    for pk in ready:
        cases.volunteer(person_id=pk, device=f"device-{pk}")
    return ready


def pictures_of(case: Case) -> list[str]:
    return [one for said in trade.disputed_case(case.number).thread for one in said.pictures]


def agreed(cast: Cast, case: Case, *, shown: tuple[int, int] = (2, 2)) -> Jury:
    """Both sides agree; each releases so many of the two pictures, the first ones."""
    both = pictures_of(case)
    for side, who, n in ((Side.BUYER, cast.alice, shown[0]), (Side.SHOP, cast.bob, shown[1])):
        made = cases.agree(
            case_number=case.number, side=side, person_id=who, statement=SAID[side],
            pictures=both[:n], device=f"{side}-device",
        )  # fmt: skip
    return Jury.objects.get(pk=made.pk)


def drawn(jury: Jury) -> list[int]:
    return list(Juror.objects.filter(jury=jury).order_by("id").values_list("person_id", flat=True))


def cast_votes(jury: Jury, *sides: str) -> None:
    for pk, side in zip(drawn(jury), sides, strict=False):
        cases.vote(
            person_id=pk, public_id=jury.public_id, side=side, reason=f"我认为是{side}",
            device=f"device-{pk}",
        )  # fmt: skip


def test_a_verdict_that_rules_is_carried_out(cast: Cast, settings: Any) -> None:
    settings.JURY_EFFECT = "ruling"
    jurors(cast)
    case = dispute(cast)
    jury = agreed(cast, case)
    assert (jury.state, len(drawn(jury)), jury.effect) == ("voting", 5, "ruling")
    assert events("cases.jury_opened")[0]["juror_ids"] == drawn(jury)
    cast_votes(jury, "buyer", "buyer", "shop", "buyer")
    case.refresh_from_db()
    assert case.state == "platform", "nothing is counted while a seat has yet to vote"
    cast_votes_last = drawn(jury)[4]
    cases.vote(
        person_id=cast_votes_last, public_id=jury.public_id, side="shop", reason="称重可信",
        device="x",
    )  # fmt: skip
    case.refresh_from_db()
    jury.refresh_from_db()
    assert (jury.state, jury.outcome) == ("decided", "buyer")
    assert (case.state, case.ruled_for, case.ruled_by) == ("refunding", "buyer", None)
    assert list(Refund.objects.values_list("amount_minor", flat=True)) == [6900]
    for _ in range(3):
        trade_jobs.send_refunds()
    trade_jobs.end_refunded()
    signals.drain()
    assert Case.objects.get(pk=case.pk).state == "done"
    assert Jury.objects.get().state == "decided", "what follows from the verdict does not void it"
    told = events("cases.jury_closed")
    assert [(one["outcome"], one["votes"]) for one in told] == [("buyer", 5)]
    invariants.assert_whole(at_rest=False)


def test_advice_leaves_the_ruling_to_an_operator(cast: Cast, later: Any) -> None:
    jurors(cast)
    case = dispute(cast)
    jury = agreed(cast, case)
    cast_votes(jury, "shop", "shop", "buyer")
    assert jobs.close_juries() == 0
    later(hours=48)
    with pytest.raises(VotingOver):
        cases.vote(
            person_id=drawn(jury)[3], public_id=jury.public_id, side="buyer", reason="太晚了"
        )
    assert (jobs.close_juries(), jobs.close_juries()) == (1, 0)
    jury.refresh_from_db()
    case.refresh_from_db()
    assert (jury.state, jury.outcome, case.state, case.ruled_for) == (
        "decided",
        "shop",
        "platform",
        "",
    )
    shown = browser(cast.dora).get(f"/operator/disputes/{case.number}/").content.decode()
    assert "支持店家" in shown
    assert "买家 1 票 · 店家 2 票" in shown
    aftersales.rule_case(
        number=case.number, operator_id=cast.dora, for_buyer=False, reason="同意大家的意见"
    )
    signals.drain()
    assert Jury.objects.get().state == "decided"


@pytest.mark.parametrize("votes", [("buyer", "shop"), ("buyer", "buyer", "shop", "shop"), ()])
def test_without_quorum_or_majority_an_operator_decides(
    cast: Cast, later: Any, settings: Any, votes: tuple[str, ...]
) -> None:
    settings.JURY_EFFECT = "ruling"
    jurors(cast, 5)
    case = dispute(cast)
    jury = agreed(cast, case)
    cast_votes(jury, *votes)
    later(hours=49)
    jobs.close_juries()
    jury.refresh_from_db()
    assert (jury.state, jury.outcome) == ("hung", "")
    assert Case.objects.get(pk=case.pk).state == "platform"
    aftersales.rule_case(number=case.number, operator_id=cast.dora, for_buyer=True, reason="少件")


def test_too_few_who_may_sit_hang_the_jury_at_once(cast: Cast) -> None:
    jurors(cast, 2)
    jury = agreed(cast, dispute(cast))
    assert (jury.state, drawn(jury)) == ("hung", [])


def test_nothing_tells_jurors_whose_case_it_is(cast: Cast) -> None:
    ready = jurors(cast)
    case = dispute(cast)
    jury = agreed(cast, case, shown=(2, 1))
    both = pictures_of(case)
    one = drawn(jury)[0]
    page = browser(one).get(f"/jury/{jury.public_id}/").content.decode()
    got = json.dumps(api(one, "GET", f"/juries/{jury.public_id}").json(), ensure_ascii=False)
    secrets = (
        case.number, case.order.number, "林知夏", "13800138000", "龙井路", "西湖", "半日", "bobs", "alice",
        "Alice", "Bob", "粗陶杯", "SF12345678", "69.00", "6900",
    )  # fmt: skip
    for text in (page, got):
        assert "出库称重一致" in text
        assert [secret for secret in secrets if secret in text] == []
    assert json.loads(got)["jury"]["about_minor"] == 10_000
    assert json.loads(got)["jury"]["pictures"] == both[:1], "only what both released"
    for public_id, status in ((both[0], 200), (both[1], 404)):
        there = f"/jury/{jury.public_id}/pictures/{public_id}.jpg"
        assert browser(one).get(there).status_code == status
        assert browser(cast.eve).get(there).status_code == 404
    outside = next(pk for pk in ready if pk not in drawn(jury))
    for who in (cast.alice, cast.bob, cast.carol, cast.eve, outside, cast.dora):
        assert browser(who).get(f"/jury/{jury.public_id}/").status_code == 404
        assert api(who, "GET", f"/juries/{jury.public_id}").status_code == 404


def test_votes_are_hidden_until_the_end(cast: Cast, later: Any) -> None:
    jurors(cast)
    case = dispute(cast)
    jury = agreed(cast, case)
    voters = drawn(jury)
    for pk, side in ((voters[0], "buyer"), (voters[1], "shop"), (voters[2], "buyer")):
        answer = browser(pk).post(
            f"/jury/{jury.public_id}/", {"side": side, "reason": f"秘密理由{pk}"}
        )
        assert answer.status_code == 303
    seen = {
        voters[3]: f"/jury/{jury.public_id}/", cast.alice: f"/after-sales/{case.number}/",
        cast.bob: f"/console/bobs/after-sales/{case.number}/",
        cast.dora: f"/operator/disputes/{case.number}/",
    }  # fmt: skip
    for who, path in seen.items():
        text = browser(who).get(path).content.decode()
        assert "投票中" in text
        assert "秘密理由" not in text
        assert "票 · 店家" not in text
    own = browser(voters[0]).get(f"/jury/{jury.public_id}/").content.decode()
    assert f"秘密理由{voters[0]}" in own
    assert f"秘密理由{voters[1]}" not in own
    for path in (f"/juries/{jury.public_id}", "/me/jury-seats"):
        got = api(voters[3], "GET", path).json()
        told = got[0] if isinstance(got, list) else got
        assert (told["jury"]["tally"], told["jury"]["votes"], told["jury"]["outcome"]) == (
            None,
            [],
            "",
        )
    assert api(None, "GET", "/juries").json()["items"] == []
    later(hours=49)
    jobs.close_juries()
    for who, path in seen.items():
        text = browser(who).get(path).content.decode()
        assert "买家 2 票 · 店家 1 票" in text
        assert f"秘密理由{voters[1]}" in text
    listed = api(None, "GET", "/juries").json()["items"]
    assert [(one["tally"], one["votes"], one["statements"]) for one in listed] == [
        ({"buyer": 2, "shop": 1}, [], {})
    ]
    assert "2 : 1" in browser(None).get("/jury/").content.decode()


def test_everybody_votes_once_and_says_why(cast: Cast) -> None:
    ready = jurors(cast)
    jury = agreed(cast, dispute(cast))
    first, second = drawn(jury)[:2]
    vote = {"public_id": jury.public_id, "side": "buyer", "reason": "录像清楚"}
    for wrong in ({"side": "me"}, {"reason": " "}):
        with pytest.raises(BadInput):
            cases.vote(person_id=first, **{**vote, **wrong})
    cases.vote(person_id=first, **vote, device="d1")
    with pytest.raises(VotedAlready):
        cases.vote(person_id=first, **{**vote, "side": "shop"}, device="d1")
    with pytest.raises(NotEligible) as one:
        cases.vote(person_id=second, **vote, device="d1")
    assert "同一台设备" in str(one.value.params["why"])
    with pytest.raises(JuryNotFound):
        cases.vote(person_id=next(pk for pk in ready if pk not in drawn(jury)), **vote)
    seat = Juror.objects.get(person_id=first)
    assert (seat.vote, seat.reason) == ("buyer", "录像清楚")
    assert Juror.objects.get(person_id=second).vote == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        Juror.objects.filter(pk=seat.pk).update(reason="")


def test_the_related_are_not_drawn_and_cannot_vote_once_they_are(cast: Cast, settings: Any) -> None:
    """Eleven relations: made before the draw they keep a person out of it; made after, their vote is refused and not kept."""
    settings.JURY_SEATS, settings.JURY_QUORUM = 30, 3
    everybody = jurors(cast, 3 + 2 * len(RELATED))
    plain, before, after = (
        everybody[:3],
        everybody[3 : 3 + len(RELATED)],
        everybody[3 + len(RELATED) :],
    )
    case = dispute(cast)
    for one, why in zip(before, RELATED, strict=True):
        RELATED[why](cast, one)
    jury = agreed(cast, case)
    found = facts_of(jury, before)
    hard = {"young", "orders", "operator"}
    for one, why in zip(before, RELATED, strict=True):
        assert why in hard or why in found[one].relations, why
    assert sorted(drawn(jury)) == sorted([*plain, *after])
    for one, why in zip(after, RELATED, strict=True):
        RELATED[why](cast, one)
        with pytest.raises(NotEligible):
            cases.vote(
                person_id=one, public_id=jury.public_id, side="shop", reason="帮一把",
                device=f"device-{one}",
            )  # fmt: skip
    assert Juror.objects.exclude(vote="").count() == 0
    for one in plain:
        cases.vote(
            person_id=one,
            public_id=jury.public_id,
            side="buyer",
            reason="少了",
            device=f"device-{one}",
        )
    for person in (cast.alice, cast.bob, cast.dora):
        with pytest.raises(JuryNotFound):
            cases.vote(person_id=person, public_id=jury.public_id, side="buyer", reason="是我")


def test_a_draw_can_be_made_again_from_its_seed(cast: Cast) -> None:
    jurors(cast, 12)
    jury = agreed(cast, dispute(cast))
    again = draw(jury, clock.now())
    assert again == drawn(jury)
    jury.seed = "another"
    assert draw(jury, clock.now()) != again
    Volunteer.objects.update(device="one device for all")
    assert len(draw(jury, clock.now())) == 1


def test_both_sides_agree_or_there_is_no_jury(cast: Cast) -> None:
    jurors(cast)
    case = dispute(cast)
    yes: dict[str, Any] = {"case_number": case.number, "side": Side.BUYER, "person_id": cast.alice}
    with pytest.raises(BadInput):
        cases.agree(**yes, statement="13800138000 林知夏")
    assert Consent.objects.count() == 0
    cases.agree(**yes, statement=SAID["buyer"])
    with pytest.raises(AgreedAlready):
        cases.agree(**yes, statement=SAID["buyer"])
    assert Jury.objects.get().state == "offered"
    cases.decline(case_number=case.number, side=Side.SHOP, person_id=cast.bob)
    assert Jury.objects.get().state == "declined"
    with pytest.raises(NoJury):
        cases.agree(
            case_number=case.number, side=Side.SHOP, person_id=cast.bob, statement=SAID["shop"]
        )
    assert Case.objects.get(pk=case.pk).state == "platform"


def test_a_case_that_ends_before_makes_the_jury_void(cast: Cast, settings: Any, later: Any) -> None:
    settings.JURY_EFFECT = "ruling"
    jurors(cast)
    first, second = dispute(cast), dispute(cast)
    jury, other = agreed(cast, first), agreed(cast, second)
    cast_votes(jury, "buyer", "buyer", "buyer")
    aftersales.cancel_case(buyer_id=cast.alice, number=first.number)
    signals.drain()
    jury.refresh_from_db()
    assert jury.state == "void"
    cast_votes(other, "shop", "shop", "shop")
    aftersales.cancel_case(buyer_id=cast.alice, number=second.number)
    later(hours=49)
    assert jobs.close_juries() == 1, "the news has not come yet"
    other.refresh_from_db()
    assert (other.state, Case.objects.get(pk=second.pk).ruled_for) == ("void", "")


def test_only_what_the_platform_was_asked_about_and_only_if_it_has_juries(
    cast: Cast, settings: Any
) -> None:
    case = dispute(cast)
    settings.JURY_EFFECT = "off"
    with pytest.raises(NoJury):
        cases.offer_jury(case_number=case.number, person_id=cast.dora)
    assert (
        "公众评审" not in browser(cast.alice).get(f"/after-sales/{case.number}/").content.decode()
    )
    settings.JURY_EFFECT = "advice"
    aftersales.rule_case(number=case.number, operator_id=cast.dora, for_buyer=True, reason="少件")
    with pytest.raises(NoJury):
        cases.offer_jury(case_number=case.number, person_id=cast.dora)


def test_the_way_of_a_jury_over_the_pages_and_the_api(cast: Cast) -> None:
    ready = crowd(4)
    arrived(cast.tea, ready)
    for pk in ready:
        one = browser(pk)
        assert one.post("/jury/volunteering/", {"is_in": "1"}).status_code == 303
        assert "你愿意参加评审" in one.get("/jury/").content.decode()
    case = dispute(cast)
    offer = f"/operator/disputes/{case.number}/jury/"
    assert browser(cast.bob).post(offer).status_code == 404
    assert browser(cast.dora).post(offer).status_code == 303
    mine, shops = (
        f"/after-sales/{case.number}/jury/",
        f"/console/bobs/after-sales/{case.number}/jury/",
    )
    for who, path in ((cast.bob, mine), (cast.eve, mine), (cast.carol, shops), (cast.alice, shops)):
        assert browser(who).get(path).status_code == 404
    alice = browser(cast.alice)
    assert "说明里的名字" in alice.get(mine).content.decode()
    assert alice.post(mine, {"statement": "短"}).status_code == 422
    body = {"statement": SAID["buyer"], "pictures": pictures_of(case)}
    assert alice.post(mine, body).status_code == 303
    assert api(cast.bob, "POST", f"/shops/bobs/after-sales/{case.number}/jury", {"statement": SAID["shop"], "pictures": body["pictures"][:1]}).status_code == 200  # fmt: skip
    jury = Jury.objects.get()
    assert sorted(drawn(jury)) == sorted(ready)
    first = drawn(jury)[0]
    assert "等你投票" in browser(first).get("/jury/").content.decode()
    sent = api(
        first, "POST", f"/juries/{jury.public_id}/vote", {"side": "buyer", "reason": "录像清楚"}
    )
    assert sent.status_code == 204, sent.content
    assert api(first, "GET", "/me/jury-seats").json()[0]["vote"] == "buyer"
    assert api(cast.alice, "GET", f"/after-sales/{case.number}/jury").json()["state"] == "voting"
    assert browser(ready[0]).post("/jury/volunteering/", {"is_in": "0"}).status_code == 303
    assert not Volunteer.objects.filter(person_id=ready[0]).exists()
    assert own_cases(first)["seats"][0]["vote"] == "buyer"  # type: ignore[index]
