"""A few hundred requests made from the document, or as many as FUZZ_REQUESTS says."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from grapevine.front.api import api
from tests import fuzzing


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_every_answer_is_one_that_the_document_promises(settings: Any) -> None:
    settings.API_PER_MINUTE = 0
    wanted = int(os.environ.get("FUZZ_REQUESTS", "0"))
    seed = random.SystemRandom().randrange(10**6) if wanted else 7
    operations = sum(len(methods) for methods in api.get_openapi_schema()["paths"].values())
    world = fuzzing.world(seed)
    fuzzing.play(world, each=max(1, round(wanted / operations * 0.6)), seed=seed)
    while (
        sum(world.sent.values()) < wanted
    ):  # where there is little to vary, fewer are made than asked for
        seed += 1
        fuzzing.play(world, each=1, seed=seed)
    if wanted:
        Path(os.environ["FUZZ_RESULTS"]).write_text(fuzzing.told(world, seed))
    assert world.wrong == {}
    assert sum(world.sent.values()) >= operations * 2
    assert world.sent[401] * 2 <= sum(world.sent.values()), (
        "most are made by somebody who is signed in"
    )
