"""The smallest body that a contract takes: so that a request is judged by who sends it, not by what it says."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

BY_FORMAT = {"date-time": "2030-01-01T00:00:00Z", "date": "2030-01-01"}
BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "null": None}


def body_for(contract: dict[str, Any], path: str, method: str) -> str:
    operation = contract["paths"][path][method]
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return json.dumps(_least(schema, contract)) if schema else "{}"


def form_for(contract: dict[str, Any], path: str, method: str) -> dict[str, Any] | None:
    """The same for what takes a file; None where the body is JSON."""
    content = contract["paths"][path][method].get("requestBody", {}).get("content", {})
    if "multipart/form-data" not in content:
        return None
    schema = content["multipart/form-data"]["schema"]
    if "$ref" in schema:
        schema = contract["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return {
        name: SimpleUploadedFile("x.csv", b"x") if part.get("format") == "binary" else _least(part, contract)
        for name, part in schema["properties"].items()
        if name in schema.get("required", ())
    }  # fmt: skip


def _least(schema: dict[str, Any], contract: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _least(contract["components"]["schemas"][schema["$ref"].split("/")[-1]], contract)
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _least(schema[key][0], contract)
    kind = schema.get("type", "object")
    if kind == "object":
        wanted = schema.get("required", [])
        return {name: _least(schema["properties"][name], contract) for name in wanted}
    if kind == "array":
        items = schema.get("prefixItems") or [schema.get("items", {"type": "string"})] * max(
            1, schema.get("minItems", 1)
        )
        return [_least(one, contract) for one in items]
    if kind == "string":
        return BY_FORMAT.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
    return (
        max(BY_TYPE[kind], schema.get("minimum", BY_TYPE[kind]))
        if kind == "integer"
        else BY_TYPE[kind]
    )
