"""Circles: people who share with each other or brought each other, far more than with others, as the log has it.

Nobody joins one or is told of it. Experiments draw by them, so that people who talk to each other are shown the same; and what
somebody read before buying is of their circle, or of anybody else's.
"""

import ibis
from ibis.expr.types import Table

from grapevine.insight import engine
from grapevine.insight.rules.trials.communities import communities


def found(log: Table) -> dict[int, int]:
    """Person → circle; who shares with nobody is in none."""
    rows = engine.rows(_ties(log))
    return communities([(row["person_id"], row["other_id"], row["times"]) for row in rows])


def _ties(log: Table) -> Table:
    """(person, other, times): who shared with whom, or brought them."""
    verbs = {
        "tie": "other_id", "spread.sign_up_brought": "new_person_id",
        "spread.order_brought": "buyer_id",
    }  # fmt: skip
    parts = []
    for verb, name in verbs.items():
        rows = log.filter((log.verb == verb) & log.person_id.notnull())
        rows = rows.filter(~rows.props.re_search(r'"kind":\s*"follow"'))  # who follows only reads
        named = rows.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64")
        parts.append(rows.select("person_id", other_id=named))
    every = ibis.union(*parts)
    known = every.filter(every.other_id.notnull() & (every.other_id != every.person_id))
    return known.group_by(["person_id", "other_id"]).aggregate(times=lambda t: t.count())
