"""Writes clients/python/grapevine_client.py from the API's document.

python -m tools.client           write it
python -m tools.client --check   exit 1 if the file is not what the document says
"""

import json
import keyword
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")

import django

django.setup()

from grapevine.front.api import api  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "clients" / "python" / "grapevine_client.py"
HEAD = Path(__file__).with_name("client_head.txt")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
FOR_PROVIDERS = "/callback"
Node = dict[str, Any]


def type_of(schema: Node) -> str:
    """A schema as a Python type."""
    if "$ref" in schema:
        return name_of(schema["$ref"].rsplit("/", 1)[-1])
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " | ".join(dict.fromkeys(type_of(one) for one in schema[choice]))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return f"Literal[{', '.join(map(repr, values))}]"
    if schema.get("type") == "array":
        return f"list[{type_of(schema.get('items', {}))}]"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {type_of(inner) if isinstance(inner, dict) and inner else 'Any'}]"
    return PLAIN.get(schema.get("type", ""), "Any")


def name_of(schema_name: str) -> str:
    return re.sub(r"\W+", "_", schema_name).strip("_")


def shape(name: str, schema: Node) -> str:
    """A TypedDict; keys that Python could not name are why it is written as a call."""
    needed = schema.get("required", ())
    # Inside a call annotations are evaluated at once, so they are quoted whole.
    rows = [
        f'    "{key}": "{kind}",' if key in needed else f'    "{key}": NotRequired["{kind}"],'
        for key, inner in schema.get("properties", {}).items()
        for kind in [type_of(inner)]
    ]
    if not rows:
        return f"{name_of(name)} = dict[str, Any]\n"
    body = "\n".join(rows)
    return f'{name_of(name)} = TypedDict("{name_of(name)}", {{\n{body}\n}})\n'


def method_names(operations: list[Node]) -> dict[str, str]:
    """Operation id → a method's name: the endpoint's own where it is clear and nobody else's, else the module's first."""
    parts = {one["operationId"]: one["operationId"].split("_api_", 1) for one in operations}
    short = {
        key: re.sub(r"^(endpoints|money|stocking|prices|pricing)_", "", tail)
        for key, (_, tail) in parts.items()
    }
    taken = list(short.values())
    return {
        key: f"{parts[key][0].removeprefix('grapevine_')}_{name}"
        if taken.count(name) > 1
        or ("_" not in name and name in {"read", "create", "start", "place", "join", "visit"})
        else name
        for key, name in short.items()
    }


def safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def method(path: str, verb: str, one: Node, name: str) -> str:
    """One operation as a method of the client."""
    given = one.get("parameters", [])
    in_path = [row for row in given if row["in"] == "path"]
    in_query = [row for row in given if row["in"] == "query"]
    signature = ["self", *(f"{safe(row['name'])}: {type_of(row['schema'])}" for row in in_path)]
    content = one.get("requestBody", {}).get("content", {})
    words = [f'"{verb.upper()}"', _address(path, in_path)]
    if "multipart/form-data" in content:
        signature.append("file: bytes")
        signature.append('filename: str = "picture.jpg"')
        words.append("upload=(filename, file)")
    elif content:
        body = next(iter(content.values()))["schema"]
        signature.append(f"body: {type_of(body)}")
        words.append("body=body")
    if in_query:
        signature.append("*")
        for row in in_query:
            kind = type_of(row["schema"])
            kind = kind if row.get("required") or "None" in kind else f"{kind} | None"
            signature.append(
                f"{safe(row['name'])}: {kind}" + ("" if row.get("required") else " = None")
            )
        pairs = ", ".join(f'"{row["name"]}": {safe(row["name"])}' for row in in_query)
        words.append(f"query={{{pairs}}}")
    good = next(row for code, row in one["responses"].items() if code.startswith("2"))
    told: list[Node] = list(good.get("content", {}).values())
    schema = told[0].get("schema") if told else None
    back = type_of(schema) if schema else "None"
    text = one.get("description", "").replace("\\", "\\\\").replace('"""', "'''").strip()
    if text.endswith('"'):
        text += " "
    call = f"self.call({', '.join(words)})"
    run = f"answer: {back} = {call}\n        return answer" if schema else call
    return (
        f'    def {name}({", ".join(signature)}) -> {back}:\n        """{text}"""\n        {run}\n'
    )


def _address(path: str, in_path: list[Node]) -> str:
    if not in_path:
        return f'"{path}"'
    filled = path
    for row in in_path:
        filled = filled.replace(
            f"{{{row['name']}}}", f"{{quote(str({safe(row['name'])}), safe='')}}"
        )
    return f'f"{filled}"'


def client() -> str:
    document: Node = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    found = [
        (path, verb, one)
        for path, methods in document["paths"].items()
        for verb, one in methods.items()
        if not path.endswith(FOR_PROVIDERS)
    ]
    names = method_names([one for _, _, one in found])
    shapes = [
        shape(name, schema) for name, schema in sorted(document["components"]["schemas"].items())
    ]
    methods = [method(path, verb, one, names[one["operationId"]]) for path, verb, one in found]
    about = '    """Every operation of the API as a method; lists of many pages go through `pages`."""\n'
    text = (
        HEAD.read_text()
        + "\n\n".join(shapes)
        + "\n\nclass Grapevine(Wire):\n"
        + about
        + "\n"
        + "\n".join(methods)
    )
    made = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--config", str(ROOT / "ruff.toml"), "--stdin-filename", str(FILE), "-"],
        input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout


def main(words: list[str]) -> int:
    made = client()
    if "--check" in words:
        is_fresh = FILE.exists() and FILE.read_text() == made
        if not is_fresh:
            sys.stderr.write(
                "clients/python/grapevine_client.py is stale: python -m tools.client\n"
            )
        return 0 if is_fresh else 1
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
