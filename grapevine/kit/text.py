"""Marks Chinese source strings in pure code so that they are collected for translation."""


def marked(text: str) -> str:
    """Return `text` unchanged; `tools.messages` collects it, the edge of the product translates it."""
    return text


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""OWASP, "CSV Injection": some spreadsheets take the full-width signs for the others."""


def safe_cell(text: str) -> str:
    """A cell of an export that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
