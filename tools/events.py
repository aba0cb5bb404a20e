"""Writes docs/EVENTS.md from the schema in `signals/contracts.py` and from the events that modules declare.

python -m tools.events           write it
python -m tools.events --check   exit 1 if the file says something else than the code
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")

import django

django.setup()

from grapevine.signals.contracts import (  # noqa: E402
    COLUMNS,
    PAGE_VERBS,
    PEOPLE_FIELDS,
    SCHEMA_VERSION,
    Event,
)

SAID = "Scope `service`. Known fields fill their columns, the whole payload is `props`."
FILE = Path(__file__).resolve().parent.parent / "docs" / "EVENTS.md"
HEAD = f"""# The log

Made by `python -m tools.events` from `grapevine/signals/contracts.py` and the events of all modules; edit those. One log holds what people did on
pages and what became true in the house: one row an event, append-only, a folder a day. This is version {SCHEMA_VERSION} of its schema. A column never
changes its meaning and never goes away; a new one is empty in older rows.

## What holds

- **An id is in the lake once**: a row that comes again (another batch, another process, after a restart, after midnight) is dropped when spool files become
  Parquet. Readers need no `DISTINCT`.
- **What was answered with 202 is kept**, whatever process is killed. A torn last line was never answered and is cut off.
- **Its own day**: `ts` is the moment by our clock. A page sends `sent_at`, its clock when it sends; if that differs from ours by more than five seconds all
  moments of the batch are moved by the difference, and `client_ts` keeps what was sent. Seven days late is fine; older is refused with `too_late`.
- **All or told**: an event that is not accepted is named in the answer with its place, its id and why. The others are accepted.
- **Consent**: a page's event needs the scope of its verb. Without consent (`personalised` off in the settings, the cookie `gv_consent=none`, or a browser
  that sends `Sec-GPC: 1`) verbs of the scope `personalise` are refused, and those of `service` are kept without person, visit, list and share, under
  a browser name that is another one every day. Domain events belong to the service that was asked for (an order is an order).
- **Who**: what a browser did before somebody signed in there is theirs, if they consent, and if nobody else was signed in on it since somebody last signed out.
  `insight/stitching.py` gives rows with this person; signing out ends it, and the browser gets a new name.
- **Kept**: rows of pages for `LOG_DAYS` days, domain events for good. Closing an account takes the person's page rows out of every file, and their name off
  the domain events.
"""


def columns() -> str:
    rows = ["| column | kind | since | meaning |", "|---|---|---|---|"]
    rows += [
        f"| `{column.name}` | {column.kind} | {column.since} | {column.meaning} |"
        for column in COLUMNS
    ]
    return "\n".join(rows)


def verbs() -> str:
    rows = ["| verb | scope | since | meaning |", "|---|---|---|---|"]
    rows += [
        f"| `{verb.name}` | {verb.scope} | {verb.since} | {verb.meaning} |" for verb in PAGE_VERBS
    ]
    return "\n".join(rows)


def declared() -> list[type[Event]]:
    """Every event of the house, by name; those of tests are none."""
    found = {one.name: one for one in _below(Event) if ".tests." not in one.__module__}
    return [found[name] for name in sorted(found)]


def _below(parent: type[Event]) -> Iterator[type[Event]]:
    for child in parent.__subclasses__():
        if "name" in vars(child) and isinstance(vars(child)["name"], str):
            yield child
        yield from _below(child)


def events() -> str:
    rows = ["| verb | props | names people in |", "|---|---|---|"]
    for event in declared():
        names = [field.name for field in fields(event)]
        people = [name for name in names if name in PEOPLE_FIELDS]
        rows.append(f"| `{event.name}` | {', '.join(names)} | {', '.join(people) or 'nobody'} |")
    return "\n".join(rows)


def whole() -> str:
    parts = (
        HEAD,
        f"## Columns\n\n{columns()}\n",
        f"## What pages say\n\n{verbs()}\n",
        f"## What the house says\n\n{SAID}\n\n{events()}\n",
    )
    return "\n".join(parts)


def main() -> int:
    text = whole()
    if "--check" in sys.argv:
        return 0 if FILE.exists() and FILE.read_text(encoding="utf-8") == text else 1
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
