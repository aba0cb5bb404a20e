"""The replay of slots: a planted taste is found by the model, and what is not here is said to be left out."""

import gzip
from pathlib import Path
from random import Random

from bench.slots import measure


def town(folder: Path) -> Path:
    """Three shops of 24 goods; four in five choices of a person are of the third of the shelf that is theirs."""
    random = Random(1)
    with gzip.open(folder / "ratings.csv.gz", "wt") as file:
        file.write("user,item,category,rating,helpfulness,unix_time\n")
        for moment in range(2_500):
            person, shop = random.randrange(1, 121), random.randrange(1, 4)
            own = random.randrange(8) + person % 3 * 8
            item = shop * 100 + (own if random.random() < 0.8 else random.randrange(24))
            file.write(f"{person},{item},{shop},5,4,{moment}\n")
    with gzip.open(folder / "trust.csv.gz", "wt") as file:
        file.write("user,trusts\n1,4\n4,7\n")
    return folder


def test_a_planted_taste_is_found_forward_in_time_and_the_same_twice(tmp_path: Path) -> None:
    found = measure(town(tmp_path))
    assert (found["choices"], found["people"], found["goods"]) == (2_500, 120, 72)
    assert found["visits"] == found["all"]["visits"] == sum(one["visits"] for one in found["shops"])
    assert found["all"]["difference"][0] > 0
    assert found["all"]["ratio"][0] < found["all"]["ratio"][1] < found["all"]["ratio"][2]
    assert (len(found["shops"]), found["shops_surely_worse"]) == (3, 0)
    again = measure(tmp_path)
    assert again | {"seconds": 0} == found | {"seconds": 0}


def test_what_is_not_here_is_left_out_and_says_so(tmp_path: Path) -> None:
    assert measure(tmp_path / "ciao_full") == {"left_out": "ciao_full is not here"}
