"""What the import graph cannot see: foreign keys, template includes, addresses, documents."""

import configparser
import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "grapevine"
ORDER = [
    "kit", "signals", "ledger", "guard", "media", "people", "goods", "scene", "trade",
    "campaigns", "spread", "loyalty", "care", "discovery", "cases", "reach", "gateway", "insight", "front",
]  # fmt: skip
TEXTS = {".py", ".md", ".html", ".css", ".js", ".toml", ".sh", ".txt", ".po", ".csv"}


def test_foreign_keys_point_down_and_leave_no_reverse_name() -> None:
    wrong = []
    for name in settings.MODULES:
        for model in apps.get_app_config(name).get_models():
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if target is None or field.auto_created or target._meta.app_label == name:
                    continue
                if ORDER.index(target._meta.app_label) > ORDER.index(name):
                    wrong.append(f"{field} points up")
                if not getattr(field.remote_field, "hidden", False):
                    wrong.append(f"{field} needs related_name='+'")
    assert wrong == []


def test_templates_use_only_their_own_module_or_a_lower_one() -> None:
    wrong = []
    for file in HOUSE.glob("*/templates/**/*.html"):
        home = file.relative_to(HOUSE).parts[0]
        for used in re.findall(r'{% (?:include|extends) "(\w+)/', file.read_text()):
            if used in ORDER and ORDER.index(used) > ORDER.index(home):
                wrong.append(f"{file.name} uses {used}/")
    assert wrong == []


def test_every_template_compiles() -> None:
    found = sorted(HOUSE.glob("*/templates/**/*.html"))
    assert found
    for file in found:
        parts = file.relative_to(HOUSE).parts
        get_template("/".join(parts[2:]))


def test_templates_hold_no_inline_script_or_handler() -> None:
    pattern = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|\son\w+=\"", re.IGNORECASE
    )
    wrong = [
        file.name
        for file in HOUSE.glob("*/templates/**/*.html")
        if pattern.search(file.read_text())
    ]
    assert wrong == []


def test_models_of_migrations_are_reached_by_apps_get_model_only() -> None:
    wrong = [
        str(file.relative_to(HOUSE))
        for file in HOUSE.rglob("*.py")
        if "migrations" not in file.parts and "tests" not in file.parts
        if "apps.get_model" in file.read_text()
    ]
    assert wrong == []


def _patterns(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += _patterns(entry, prefix + str(entry.pattern))
        else:
            found.append((prefix + str(entry.pattern), entry))
    return found


def test_addresses_are_unique() -> None:
    paths = [path for path, _ in _patterns(get_resolver()) if not path.startswith("api/")]
    assert sorted({path for path in paths if paths.count(path) > 1}) == []


def test_the_line_in_the_document_is_the_line_in_the_contracts() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layers = contracts["importlinter:contract:layers"]["layers"].replace("(", "").replace(")", "")
    enforced = [line.strip() for line in layers.splitlines() if line.strip()]
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text()
    block = text.split("```line\n", 1)[1].split("```", 1)[0]
    written = [line.split("  ")[0].strip() for line in block.splitlines() if line.strip()]
    assert written == enforced


def test_every_setting_is_documented() -> None:
    text = (HOUSE / "front" / "settings.py").read_text()
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', text))
    documented = set(
        re.findall(r"^\| `([A-Z0-9_]+)`", (ROOT / "docs" / "SETTINGS.md").read_text(), re.MULTILINE)
    )
    assert names == documented


def test_every_module_has_its_page() -> None:
    missing = [name for name in settings.MODULES if not (HOUSE / name / "README.md").exists()]
    assert missing == []


def test_the_project_speaks_of_itself_alone() -> None:
    pattern = re.compile(
        r"/work/|/root/|pypi\.org|npmjs|pythonhosted|\bsubagent|farm-|Claude|ChatGPT"
    )
    wrong = []
    for file in sorted(ROOT.rglob("*")):
        inside = file.relative_to(ROOT).parts
        if inside[0].startswith(".") or not file.is_file() or file == Path(__file__):
            continue
        if file.suffix in TEXTS and pattern.search(file.read_text()):
            wrong.append("/".join(inside))
    assert wrong == []
