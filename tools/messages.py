"""Collects each module's Chinese source strings into its English catalogue, and builds catalogues.

python -m tools.messages [module ...]   collect; new strings get an empty translation
python -m tools.messages --check        list strings without a translation, and translations that stand there twice; exit 1 if any
python -m tools.messages --compile      write the binary catalogues next to the text ones
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

HOUSE = Path(__file__).resolve().parent.parent / "grapevine"
REPEATED_LEAST = 12
"""Shorter ones repeat themselves by right ("bye-bye")."""
CALLS = {"_", "gettext", "gettext_lazy", "marked", "pgettext", "ngettext"}
TEMPLATIZED = re.compile(r"\b(gettext|ngettext|pgettext)\(")


def catalogue_path(module: str) -> Path:
    return HOUSE / module / "locale" / "en" / "LC_MESSAGES" / "django.po"


def strings_of_python(source: str) -> Iterator[tuple[str, str | None]]:
    """(msgid, plural) of every call of a translating function with literal arguments."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in CALLS:
            continue
        literals = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        texts = [value for value in literals if isinstance(value, str)]
        if name == "ngettext" and len(texts) > 1:
            yield texts[0], texts[1]
        elif texts:
            yield texts[-1 if name == "pgettext" else 0], None


def strings_of_template(source: str) -> Iterator[tuple[str, str | None]]:
    text = templatize(source)
    for match in TEMPLATIZED.finditer(text):
        call = _call_at(text, match.start())
        if call:
            yield from strings_of_python(call)


def _call_at(text: str, start: int) -> str:
    """The shortest piece from `start` that is a whole Python call."""
    end = start
    while (end := text.find(")", end + 1)) != -1 and end - start < 5000:
        piece = text[start : end + 1]
        try:
            ast.parse(piece.strip())
        except SyntaxError:
            continue
        return piece
    return ""


def collect(module: str) -> Catalog:
    """A catalogue of what the module says today, keeping the translations it has."""
    path = catalogue_path(module)
    old = Catalog(locale="en")
    if path.exists():
        with path.open("rb") as stream:
            old = read_po(stream, locale="en")
    new = Catalog(
        locale="en", project="Grapevine", charset="utf-8", creation_date=old.creation_date
    )
    new.fuzzy = False
    for file in sorted((HOUSE / module).rglob("*")):
        if "tests" in file.parts or "migrations" in file.parts:
            continue
        if file.suffix == ".py":
            found = strings_of_python(file.read_text())
        elif file.suffix in {".html", ".txt"} and "templates" in file.parts:
            found = strings_of_template(file.read_text())
        else:
            continue
        for msgid, plural in found:
            if not msgid.strip():
                continue
            kept = old.get(msgid)
            empty: str | tuple[str, str] = ("", "") if plural else ""
            string = kept.string if kept and isinstance(kept.string, type(empty)) else empty
            new.add((msgid, plural) if plural else msgid, string)
    return new


def missing(module: str) -> list[str]:
    wrong = []
    for message in collect(module):
        parts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (not all(parts) or any(is_repeated(part or "") for part in parts)):
            wrong.append(f"{module}: {message.id}")
    return wrong


def is_repeated(text: str) -> bool:
    """Whether it is one sentence said several times, as when a text is written before the lines of the old one."""
    return any(
        text == text[: len(text) // times] * times
        for times in range(2, len(text) // REPEATED_LEAST + 1)
    )


def modules() -> list[str]:
    return sorted(path.parent.name for path in HOUSE.glob("*/apps.py"))


def save(module: str) -> None:
    catalogue = collect(module)
    if len(catalogue) == 0:
        return
    path = catalogue_path(module)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(
            stream, catalogue, sort_output=True, width=100, no_location=True, omit_header=False
        )


def build(module: str) -> None:
    path = catalogue_path(module)
    if path.exists():
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale="en"))


def main(words: list[str]) -> int:
    if "--check" in words:
        wrong = [line for module in modules() for line in missing(module)]
        print("\n".join(wrong))
        return 1 if wrong else 0
    if "--compile" in words:
        for module in modules():
            build(module)
        return 0
    for module in words or modules():
        save(module)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
