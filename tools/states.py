"""Writes docs/ORDERS.md from the order's table of states.

python -m tools.states           write it
python -m tools.states --check   exit 1 if the file says something else than the table
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")

import django

django.setup()

from grapevine.trade.contracts import OrderState  # noqa: E402
from grapevine.trade.rules.states import MEANING, MOVES, SENDABLE_TO, TIMERS  # noqa: E402

FILE = Path(__file__).resolve().parent.parent / "docs" / "ORDERS.md"
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


def main() -> int:
    if "--check" not in sys.argv:
        FILE.write_text(page())
        return 0
    if FILE.exists() and FILE.read_text() == page():
        return 0
    print("docs/ORDERS.md is not what the table says: python -m tools.states")
    return 1


if __name__ == "__main__":
    sys.exit(main())
