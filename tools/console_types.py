"""Write the console's types of the local API, from the endpoints' own signatures.

`python -m tools.console_types` writes console/src/app/api_types.ts, which the compiler reads, and api_shapes.ts, by
which console/src/app/reading.ts holds each answer to the same types while it runs; a test holds both to the API.
"""

import json
import re
from pathlib import Path
from typing import Any

from comity.entrypoints.api.app import ROUTES
from comity.entrypoints.api.openapi import openapi_document

CONSOLE = Path(__file__).parents[1] / "console/src"
TARGET = CONSOLE / "app/api_types.ts"
SHAPES_TARGET = CONSOLE / "app/api_shapes.ts"
_LETTERS = {"integer": "n", "number": "n", "string": "s", "boolean": "b", "null": "z"}
_OPERATION = re.compile(r"'((?:GET|POST) /v1/[^'?\s]*)'")


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


def console_shapes() -> str:
    """The whole file: of every answer that the console asks for, which fields it has and of what kind.

    A kind is `s` (text), `n` (a finite number), `b`, `z` (null), `u` (anything), the name of a shape, `[kind]`,
    `{kind}` (by any name), or several with `|` between; a field that may be left out ends in `?`. A word of a closed
    list is text here: what a newer node says is shown as it says it.
    """
    document = openapi_document(ROUTES)
    components = document["components"]["schemas"]
    asked = {
        name
        for file in CONSOLE.rglob("*.ts*")
        if not file.name.startswith("api_")
        for name in _OPERATION.findall(file.read_text(encoding="utf-8"))
    }
    answers, shapes = {}, {"Problem": _shape_of(components["Problem"])}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            told = operation["responses"]["200"]["content"].get("application/json")
            if told is not None and f"{method.upper()} {path}" in asked:
                answers[f"{method.upper()} {path}"] = _kind(told["schema"])
                _gather(told["schema"], components, shapes)
    _gather(components["Problem"], components, shapes)
    return "\n".join(
        [
            "// Written by tools/console_types.py from the API's own description; do not edit.",
            "",
            "/** Which kind each answer is of. */",
            "export const ANSWERS: Record<string, string> = {",
            *(f"  '{name}': '{kind}'," for name, kind in sorted(answers.items())),
            "};",
            "",
            "/** Fields and their kinds, `name:kind`; the kinds as tools/console_types.py spells them. */",
            "export const SHAPES: Record<string, string> = {",
            *(f"  {name}: '{shape}'," for name, shape in sorted(shapes.items())),
            "};",
            "",
        ]
    )


def _gather(schema: Any, components: dict[str, Any], shapes: dict[str, str]) -> None:
    """Every shape that a schema leads to."""
    if isinstance(schema, dict):
        name = schema.get("$ref", "").rpartition("/")[2]
        if name and _name(name) not in shapes:
            shapes[_name(name)] = _shape_of(components[name])
            _gather(components[name], components, shapes)
        for each in schema.values():
            _gather(each, components, shapes)
    elif isinstance(schema, list):
        for each in schema:
            _gather(each, components, shapes)


def _shape_of(schema: dict[str, Any]) -> str:
    if "properties" not in schema:
        return "=" + _kind(schema)
    required = set(schema.get("required", ()))
    return " ".join(
        f"{key}{'' if key in required else '?'}:{_kind(each)}"
        for key, each in schema["properties"].items()
    )


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _name(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return "|".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if "enum" in schema:
        kinds = {bool: "b", int: "n", float: "n", str: "s", type(None): "z"}
        return "|".join(dict.fromkeys(kinds[type(each)] for each in schema["enum"]))
    match schema.get("type"):
        case "array":
            return f"[{_kind(schema.get('items', {}))}]"
        case "object":
            values = schema.get("additionalProperties")
            return f"{{{_kind(values) if isinstance(values, dict) else 'u'}}}"
        case kind:
            return _LETTERS.get(str(kind), "u")


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
    SHAPES_TARGET.write_text(console_shapes(), encoding="utf-8")
