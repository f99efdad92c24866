"""Write the console's types of the local API, from the endpoints' own signatures.

`python -m tools.console_types` writes console/src/app/api_types.ts; a test holds it to the API.
"""

import json
import re
from pathlib import Path
from typing import Any

from comity.entrypoints.api.app import ROUTES
from comity.entrypoints.api.openapi import openapi_document

TARGET = Path(__file__).parents[1] / "console/src/app/api_types.ts"


def console_types() -> str:
    """The whole file."""
    document = openapi_document(ROUTES)
    lines = [
        "// Written by tools/console_types.py from the API's own description; do not edit.",
        "",
    ]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += _declared(_name(name), schema)
    answers, bodies = [], []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            key = f"  '{method.upper()} {path}'"
            told = operation["responses"]["200"]["content"].get("application/json")
            answers.append(f"{key}: {'string' if told is None else _type(told['schema'])};")
            asked = operation.get("requestBody")
            if asked is not None:
                schema = asked["content"]["application/json"]["schema"]
                bodies.append(f"{key}: {_type(schema)};")
    lines += ["/** What each endpoint tells. */", "export interface Answers {", *answers, "}", ""]
    lines += ["/** What each endpoint takes as its body. */", "export interface Bodies {", *bodies]
    return "\n".join([*lines, "}", ""])


def _declared(name: str, schema: dict[str, Any]) -> list[str]:
    if "properties" not in schema:
        return [f"export type {name} = {_type(schema)};", ""]
    required = set(schema.get("required", ()))
    fields = [
        f"  {key}{'' if key in required else '?'}: {_type(each)};"
        for key, each in schema["properties"].items()
    ]
    return [f"export interface {name} {{", *fields, "}", ""]


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _name(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    match kind := schema.get("type"):
        case "array":
            each = _type(schema.get("items", {}))
            return f"({each})[]" if " " in each else f"{each}[]"
        case "object":
            values = schema.get("additionalProperties")
            return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null":
            return str(kind)
        case _:
            return "unknown"


def _name(name: str) -> str:
    """The schema's own name; where two rooms have one of a name, with its module before it."""
    *modules, last = name.split(".")
    if not modules:
        return last
    return "".join(word.capitalize() for word in re.split(r"_", modules[-1])) + last


if __name__ == "__main__":
    TARGET.write_text(console_types(), encoding="utf-8")
