"""`python -m tools.measures`: writes docs/MEASURES.md from insight/measures.py; with --check only compares."""

import os
import sys
from pathlib import Path

import django

PATH = Path(__file__).parent.parent / "docs" / "MEASURES.md"
HEAD = """# Measures of the data cube

Made by `python -m tools.measures` from `grapevine/insight/measures.py`, where each is one Ibis expression; a test compares them.

Every aspect can be looked at by day, week (from Monday), month and weekday, and by its own dimensions. What is *additive* sums over
dimensions and days: people count once a day, under one value of each dimension. A ratio is the quotient of two sums. People who came
by are told in fives, and fewer than ten not at all; the shop's own money and orders are told exactly. What is not known is a value
of its own and never left out.
"""


def page() -> str:
    from django.utils import translation  # noqa: PLC0415  after django.setup
    from django.utils.translation import gettext  # noqa: PLC0415

    from grapevine.insight.measures import ASPECTS, DIMENSIONS  # noqa: PLC0415

    def english(text: str) -> str:
        with translation.override("en"):
            return gettext(text)

    parts = [HEAD]
    for aspect in ASPECTS.values():
        own = ", ".join(f"{name} ({english(DIMENSIONS[name])})" for name in aspect.dimensions)
        parts.append(
            f"## {aspect.name}: {english(aspect.label)} / {aspect.label}\n\nDimensions: {own}.\n"
        )
        parts.append("| measure | unit | additive | name | meaning |\n|---|---|---|---|---|")
        for one in aspect.shown:
            name = f"{english(one.label)} / {one.label}"
            meaning = f"{english(one.meaning)} / {one.meaning}"
            parts.append(f"| `{one.name}` | {one.unit} | {'yes' if one.is_additive else 'no'} | {name} | {meaning} |")  # fmt: skip
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
    django.setup()
    if "--check" in sys.argv:
        sys.exit(0 if PATH.read_text(encoding="utf-8") == page() else "docs/MEASURES.md is old: python -m tools.measures")  # fmt: skip
    PATH.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
