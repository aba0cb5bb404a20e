"""Log lines without people in them: phone numbers, e-mails, identity and card numbers, tokens and sealed values go.

It is the last step before a line leaves, so that it covers messages, arguments and tracebacks of every library. What it
cannot know (a name, a street) must not be logged in the first place; the canary test holds both.
"""

import logging
import re

SECRETS = (
    (re.compile(r"(?i)\b(bearer|token|password|secret|authorization|key)(\s*[=:]?\s+|[=:])\S+"), r"\1\2[hidden]"),
    (re.compile(r"v1:[\w.-]{1,40}:[A-Za-z0-9+/=]{16,}"), "[sealed]"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,80}(?:\.[\w-]{1,40})+"), "[e-mail]"),
    (re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])"), "[identity]"),
    (re.compile(r"(?<![\dA-Za-z.])\d(?:[ -]?\d){14,18}(?![\dA-Za-z])"), "[card]"),
    (re.compile(r"(?<![\dA-Za-z.])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\dA-Za-z])"), "[phone]"),
)  # fmt: skip


def redacted(text: str) -> str:
    for pattern, shown in SECRETS:
        text = pattern.sub(shown, text)
    return text


class RedactingFormatter(logging.Formatter):
    """A formatter whose finished line, traceback and all, is redacted."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))
