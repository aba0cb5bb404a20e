"""Writes docs/ORDERS.md and docs/AFTER_SALES.md from the tables of states.

python -m tools.states           write it
python -m tools.states --check   exit 1 if a file says something else than its table
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")

import django

django.setup()

from grapevine.trade.aftersales import CaseKind, CaseState  # noqa: E402
from grapevine.trade.contracts import OrderState  # noqa: E402
from grapevine.trade.rules import aftersales as cases  # noqa: E402
from grapevine.trade.rules.states import MEANING, MOVES, SENDABLE_TO, TIMERS  # noqa: E402

DOCS = Path(__file__).resolve().parent.parent / "docs"
HEAD = """# Orders

Made by `python -m tools.states` from `grapevine/trade/rules/states.py`; edit that. A move is one guarded update of the state, one row of the
timeline (when, who, why) and one event. Whatever is not listed is refused with 409 `trade.illegal_move`.

"""
TAIL = """
The moments that timers run from are columns of the order, and the worker looks them up: a restart forgets nothing, two workers move an order
once. An order waits while its group is not full. Money of a payment that arrives after its orders were cancelled is taken in and sent straight
back (`returned`). One payment carries one order per shop; an order leaves in as many parcels as
it needs, each from one warehouse, and is shipped when its last piece has left. One that is fetched is sent and received in one step, by its code.
"""


CASES_HEAD = """# After-sales

Made by `python -m tools.states` from `grapevine/trade/rules/aftersales.py`; edit that. A case is about pieces of one order. Everybody locks the order first;
a move is one guarded update, one row of the timeline and one event. Whatever is not listed is refused with 409 `trade.illegal_case_move`.

"""
CASES_TAIL = """
No-reason returns: seven days from receipt, the day of receipt not counted, in Shanghai's days (消费者权益保护法, article 25). An exception (custom-made,
fresh, digital, periodical) counts only if the buyer confirmed it at checkout for that line; without it the right remains. Faults may be shown until
RETURN_WINDOW_DAYS after receipt. An order with an open case is not settled. What goes back for pieces is in `grapevine/trade/rules/giving_back.py`: each
piece's part of what was paid for its line, and its share of the shipping; all pieces together are the order's total, to the minor unit.

A case that ended without a refund and without a ruling may be re-opened by its buyer once, AFTER_SALES_REOPEN_DAYS after its end at the latest, while its pieces
are left. A ruling for the buyer may be appealed against by the shop once, within AFTER_SALES_APPEAL_DAYS; an operator who did not rule decides. Overturned, the buyer
keeps the money and the platform pays the shop what it would have earned; goods that have not left the buyer need not be sent. `jury` is a public jury (`grapevine/cases`)
whose verdict is carried out where JURY_EFFECT says so.
"""


def states() -> str:
    rows = ["| state | meaning | moves by itself |", "|---|---|---|"]
    for state in OrderState:
        timer = TIMERS.get(state)
        goes = f"{timer[0]} → `{timer[1]}`" if timer else "–"
        rows.append(f"| `{state}` | {MEANING[state]} | {goes} |")
    return "\n".join(rows)


def moves() -> str:
    rows = ["| from | to | who |", "|---|---|---|"]
    for (before, after), actors in MOVES.items():
        rows.append(f"| `{before}` | `{after}` | {', '.join(sorted(actors))} |")
    return "\n".join(rows)


def diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", "  [*] --> pending"]
    lines += [f"  {a} --> {b}: {', '.join(sorted(actors))}" for (a, b), actors in MOVES.items()]
    final = [state for state in OrderState if all(a != state for a, _ in MOVES)]
    return "\n".join([*lines, *(f"  {state} --> [*]" for state in final), "```"])


def page() -> str:
    sendable = ", ".join(f"`{state}`" for state in SENDABLE_TO)
    address = f"The buyer may change where it goes while it is {sendable} and nothing has left."
    return f"{HEAD}{states()}\n\n{moves()}\n\n{diagram()}\n\n{address}\n{TAIL}"


def _span(state: CaseState) -> str:
    hours = int(cases.TIMERS[state].total_seconds() // 3600)
    return f"{hours // 24} days" if hours % 24 == 0 and hours > 72 else f"{hours} hours"


def cases_page() -> str:
    rows = ["| state | meaning | time | then, by itself |", "|---|---|---|---|"]
    for state in CaseState:
        timed = state in cases.TIMERS
        time, then = (_span(state), cases.WHEN_DUE[state]) if timed else ("–", "–")
        rows.append(f"| `{state}` | {cases.MEANING[state]} | {time} | {then} |")
    ways = ["| from | to | who |", "|---|---|---|"]
    ways += [f"| `{a}` | `{b}` | {', '.join(sorted(who))} |" for (a, b), who in cases.MOVES.items()]
    asks = ["| kind | reasons |", "|---|---|"]
    asks += [f"| `{one}` | {', '.join(sorted(cases.REASONS[one]))} |" for one in CaseKind]
    lines = ["```mermaid", "stateDiagram-v2", "  [*] --> requested"]
    lines += [f"  {a} --> {b}: {', '.join(sorted(who))}" for (a, b), who in cases.MOVES.items()]
    lines += [*(f"  {state} --> [*]" for state in CaseState if state in cases.FINAL), "```"]
    parts = ["\n".join(part) for part in (rows, ways, lines, asks)]
    return CASES_HEAD + "\n\n".join(parts) + "\n" + CASES_TAIL


def main() -> int:
    pages = {DOCS / "ORDERS.md": page(), DOCS / "AFTER_SALES.md": cases_page()}
    if "--check" not in sys.argv:
        for file, text in pages.items():
            file.write_text(text)
        return 0
    stale = [one.name for one, text in pages.items() if not one.exists() or one.read_text() != text]
    for name in stale:
        print(f"docs/{name} is not what the table says: python -m tools.states")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
