"""Whose a visit was before somebody signed in: rows of the log with the person they belong to.

What a browser did without a person is theirs who signs in there next, if nobody else was signed in on it since somebody
last signed out: a device that two people share does not make one of them. Whoever does not consent signs in without
the browser's name (see `signals`), and whoever switches personalisation off later is untied from what came before.
Signing in ties what is thirty days old at most.
"""

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr.types import Table

SIGNED_IN = ("people.person_signed_in", "people.person_signed_up")
SIGNED_OUT = "people.person_signed_out"
SWITCHED = "people.personalisation_switched"
LOOK_BACK_DAYS = 30


def ties(log: Table, within: Sequence[str] = ()) -> Table:
    """(visitor_id, since, until, tied_id): rows after `since` up to `until` are this person's. They do not overlap.

    `within` names columns a tie does not reach across: with the day, every day is told by its own rows alone.
    """
    is_sign = log.verb.isin([*SIGNED_IN, SIGNED_OUT])
    signs = log.filter(is_sign & log.person_id.notnull() & (log.visitor_id != "")).select(
        "id", "ts", "verb", "visitor_id", "person_id", *within
    )
    window = ibis.window(group_by=["visitor_id", *within], order_by=["ts", "id"])
    after = signs.mutate(
        verb_before=signs.verb.lag().over(window),
        person_before=signs.person_id.lag().over(window),
        ts_before=signs.ts.lag().over(window),
    )
    is_free = after.verb_before.isnull() | (after.verb_before == SIGNED_OUT)
    mine = after.filter(
        (after.verb != SIGNED_OUT) & (is_free | (after.person_before == after.person_id))
    )
    earliest = mine.ts - ibis.interval(days=LOOK_BACK_DAYS)
    made = mine.select(
        "visitor_id",
        *within,
        since=ibis.greatest(ibis.coalesce(mine.ts_before, earliest), earliest),
        until=mine.ts,
        tied_id=mine.person_id,
    )
    return _still_wanted(made, log, within)


def _still_wanted(made: Table, log: Table, within: Sequence[str]) -> Table:
    switches = log.filter((log.verb == SWITCHED) & log.props.contains('"is_on": false'))
    offs = switches.group_by("person_id", *within).aggregate(off_ts=lambda t: t.ts.max())
    known = offs.rename(off_id="person_id", **{f"off_{name}": name for name in within})
    joined = made.left_join(
        known,
        [
            made.tied_id == known.off_id,
            *(made[name] == known[f"off_{name}"] for name in within),
        ],
    )
    kept = joined.filter(joined.off_ts.isnull() | (joined.off_ts <= joined.until))
    return kept.select("visitor_id", *within, "since", "until", "tied_id")


def stitched(log: Table, known: Table | None = None, within: Sequence[str] = ()) -> Table:
    """The rows of the log, with `person_id` filled where a visit is tied; `known` are ties of more rows than these."""
    found = (ties(log, within) if known is None else known).rename(
        tied_visitor="visitor_id", **{f"tied_{name}": name for name in within}
    )
    # Who is signed in has no name to look for: a condition of its own would make the engine compare all with all.
    asking = log.mutate(asking=ibis.ifelse(log.person_id.isnull(), log.visitor_id, None))
    rows = asking.left_join(
        found,
        [
            asking.asking == found.tied_visitor,
            asking.ts > found.since,
            asking.ts <= found.until,
            *(asking[name] == found[f"tied_{name}"] for name in within),
        ],
    )
    whose: Any = ibis.coalesce(rows.person_id, rows.tied_id)
    return rows.mutate(person_id=whose).select(*log.columns)
