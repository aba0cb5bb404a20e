"""What the rest of the house may call."""

from grapevine.signals.actions import (
    drain,
    emit,
    every,
    publish,
    publish_many,
    run_due,
    subscribe,
    tidy,
)
from grapevine.signals.contracts import Event, Source, source_from
from grapevine.signals.forgetting import (
    delivered_rows,
    forget,
    forgotten,
    note_forgotten,
    to_forget,
)
from grapevine.signals.live import channel_of, last_message_id, live_token, messages_after
from grapevine.signals.naming import name_of_day
from grapevine.signals.spool import (
    append as record,
    append_lines as record_lines,
    ready_spool_files,
    seal,
    waiting,
)
from grapevine.signals.words import channel_label

__all__ = [
    "Event",
    "Source",
    "channel_label",
    "channel_of",
    "delivered_rows",
    "drain",
    "emit",
    "every",
    "forget",
    "forgotten",
    "last_message_id",
    "live_token",
    "messages_after",
    "name_of_day",
    "note_forgotten",
    "publish",
    "publish_many",
    "ready_spool_files",
    "record",
    "record_lines",
    "run_due",
    "seal",
    "source_from",
    "subscribe",
    "tidy",
    "to_forget",
    "waiting",
]
