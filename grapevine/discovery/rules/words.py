"""Cutting text into words, the same way for what is indexed and for what is asked."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import rjieba

QUERY_LENGTH_MAX = 80
WORDS_MAX = 2_000
WORD_LENGTH_MAX = 40
_PIECE = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+")


def normal(text: str) -> str:
    """Full width and half width, upper and lower case are one."""
    return unicodedata.normalize("NFKC", text).casefold()


def _pieces(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        for piece in _PIECE.findall(word):
            yield piece[:WORD_LENGTH_MAX]


def cut_words(text: str) -> list[str]:
    """Words as the dictionary cuts them, the shorter ones inside long ones too; as often as they stand there."""
    return list(_pieces(rjieba.cut_for_search(normal(text))))


def index_words(text: str) -> list[str]:
    """Words of a text to be found by, at most 2,000: as the dictionary cuts them, the shorter words
    inside long ones, and every pair of Chinese characters, so that any two-character word is found."""
    cut = cut_words(text)
    known = set(cut)
    return (cut + [pair for pair in pairs(text) if pair not in known])[:WORDS_MAX]


def title_words(text: str) -> list[str]:
    """As `index_words`, and every Chinese character alone: titles are found by one character too."""
    single = [char for run in _HAN.findall(normal(text)) for char in run]
    return list(dict.fromkeys([*index_words(text), *single]))


def query_words(text: str) -> list[str]:
    """Words somebody asks for, each once, in order."""
    cut = rjieba.cut(normal(text)[:QUERY_LENGTH_MAX])
    return list(dict.fromkeys(_pieces(cut)))


def pairs(text: str) -> list[str]:
    """Every two neighbouring Chinese characters: finds a word the dictionary cuts elsewhere."""
    found = []
    for run in _HAN.findall(normal(text)):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return list(dict.fromkeys(found))


def marked_spans(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """`text` cut into (piece, is it one of the words): what a page puts into <mark>.

    Only texts whose normal form keeps every place are marked; others come back whole.
    """
    plain = normal(text)
    if not words or len(plain) != len(text):
        return [(text, False)]
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    spans: list[tuple[str, bool]] = []
    last = 0
    for match in re.finditer(pattern, plain):
        if match.start() > last:
            spans.append((text[last : match.start()], False))
        spans.append((text[match.start() : match.end()], True))
        last = match.end()
    if last < len(text):
        spans.append((text[last:], False))
    return spans
