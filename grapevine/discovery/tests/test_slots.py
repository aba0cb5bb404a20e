"""A shop's slots under an experiment: each person sees their arm, and the log hears of it when it was drawn."""

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.discovery import facade
from grapevine.discovery.queries.slots import shop_slot
from grapevine.people import facade as people
from grapevine.scene.tests.cast import gather, sell
from grapevine.signals import facade as signals
from grapevine.signals.facade import NewExperiment


def browser(person_id: int) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person_id))
    return client


@pytest.mark.django_db
def test_the_model_and_what_sells_best_are_shown_by_arm() -> None:
    cast = gather()
    more = [sell(cast.shop, f"茶碗 {n}") for n in range(6)]
    signals.drain()
    ids = [card.id for card in more]
    counts = np.arange(6, 0, -1).astype(np.float32)
    facade.publish_artifact("popular", {"item_ids": np.array(ids), "scores": counts}, {})
    crowd = [cast.alice, cast.carol, cast.dan, cast.eve]
    facade.publish_artifact(
        "person_items",
        {"person_ids": np.array(sorted(crowd)), "item_ids": np.array([ids[::-1]] * 4), "scores": np.array([counts] * 4)},
        {},
    )  # fmt: skip

    def first(person_id: int | None) -> tuple[int, str]:
        slot = shop_slot(person_id, cast.shop.id, 6, personalised=person_id is not None)
        return slot.suggested[0].goods.id, slot.variant.arm

    def exposed() -> set[int]:
        shown = {person: signals.variant("shop.slot", shop_id=cast.shop.id, person_id=person) for person in crowd}  # fmt: skip
        return {person for person, variant in shown.items() if variant.is_kept}

    by_model, by_sales = (ids[-1], "model"), (ids[0], "popular")
    assert {first(person) for person in crowd} == {by_model}  # as ever, while nothing is tried
    new = NewExperiment(
        knob="shop.slot", name="推荐位", hypothesis="更准", primary="ctr", unit="person",
        shares={"popular": 5_000, "model": 5_000},
    )  # fmt: skip
    one = signals.draft_experiment(new=new, shop_id=cast.shop.id, by_id=None)
    signals.start_experiment(public_id=one.public_id, shop_id=cast.shop.id)
    for person in crowd:
        arm = signals.variant("shop.slot", shop_id=cast.shop.id, person_id=person).arm
        assert first(person) == (by_model if arm == "model" else by_sales)
        assert first(person) == first(person)
    assert exposed() == set()
    page = browser(cast.alice).get("/shop/halfday/").content.decode()
    assert 'data-surface="shop.slot"' in page
    assert browser(cast.carol).get("/api/v1/recommendations?shop=halfday").status_code == 200
    people.set_personalised(cast.dan, on=False)
    browser(cast.dan).get("/shop/halfday/")
    eve = browser(cast.eve)
    eve.cookies["gv_consent"] = "none"
    eve.get("/shop/halfday/")
    Client().get("/shop/halfday/")
    assert exposed() == {cast.alice, cast.carol}
    signals.stop_experiment(public_id=one.public_id, shop_id=cast.shop.id, reason="enough")
    signals.decide_experiment(public_id=one.public_id, shop_id=cast.shop.id, arm="popular", reason="x")  # fmt: skip
    assert {first(person) for person in crowd} == {by_sales}
