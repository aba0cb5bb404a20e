"""Share communities: groups of people who share with each other far more than with others, none too large to draw by.

Label propagation (Raghavan, Albert, Kumara 2007) with a cap: nobody joins a group that is full, so one large component
does not become one unit. Everything is in a fixed order; the same ties always make the same groups.
"""

from collections import defaultdict
from collections.abc import Iterable

SIZE_MAX = 200
ROUNDS = 12


def communities(
    ties: Iterable[tuple[int, int, int]], *, size_max: int = SIZE_MAX
) -> dict[int, int]:
    """Person → community (the smallest id in it) of (one, other, times) ties; who is tied to nobody is not in it."""
    near: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for one, other, times in ties:
        if one != other:
            near[one][other] = near[one].get(other, 0) + times
            near[other][one] = near[other].get(one, 0) + times
    label = {person: person for person in near}
    size = dict.fromkeys(near, 1)
    order = sorted(near, key=lambda person: (len(near[person]), person))
    for _round in range(ROUNDS):
        moved = 0
        for person in order:
            moved += _join(person, near[person], label, size, size_max)
        if not moved:
            break
    return _named(label)


def _join(
    person: int, near: dict[int, int], label: dict[int, int], size: dict[int, int], size_max: int
) -> int:
    """Move to the group with the strongest ties that has room; 1 if that is another one."""
    weights: defaultdict[int, int] = defaultdict(int)
    for other, times in near.items():
        weights[label[other]] += times
    own = label[person]
    open_ = [one for one in weights if one == own or size[one] < size_max]
    if not open_:
        return 0
    best = max(open_, key=lambda one: (weights[one], one == own, -one))
    if best == own:
        return 0
    size[own] -= 1
    size[best] += 1
    label[person] = best
    return 1


def _named(label: dict[int, int]) -> dict[int, int]:
    smallest: dict[int, int] = {}
    for person in sorted(label):
        smallest.setdefault(label[person], person)
    return {person: smallest[one] for person, one in label.items()}
