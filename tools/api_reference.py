"""Writes docs/reference/api.md from the API's own description: `python -m tools.api_reference`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from comity.entrypoints.api.app import REQUEST_BODY_BYTES_MAX, ROUTES
from comity.entrypoints.api.openapi import openapi_document

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "api.md"

_HEAD = f"""# The local API

Written by `python -m tools.api_reference` from the program; a test compares. A running node tells the same as
OpenAPI 3.1 at `GET /v1/openapi.json`.

It listens on loopback (`api_host`, `api_port` of [the settings](../howto/run-a-node.md)); the address in use stands in
`run/node.json` of the home. Each request carries an operator's token, `Authorization: Bearer …`; the operator's id
stands in every record made by it. Bodies and answers are JSON, at most {REQUEST_BODY_BYTES_MAX >> 20} MiB; a plan
file is a body as it is ([flight-plan-formats.md](../howto/flight-plan-formats.md)). What a request names and the API
does not know is refused.

A refusal is `application/problem+json` of the shape [Problem](#problem). Its status tells who must act: 400 to 415 the
caller, 409 outside the agreement, 422 a record's rule, 502 a peer, 503 whoever keeps the store, 500 a fault of ours.

```sh
token=$(cat ~/.comity/tokens/officer.token)
curl -H "Authorization: Bearer $token" http://127.0.0.1:7480/v1/status
```
"""


def reference() -> str:
    """The whole page."""
    document = openapi_document(ROUTES)
    lines = [_HEAD]
    for path, operations in document["paths"].items():
        lines += [_operation(path, method, told) for method, told in operations.items()]
    lines.append("# Shapes\n")
    lines += [_shape(name, told) for name, told in document["components"]["schemas"].items()]
    return "\n".join(lines).rstrip() + "\n"


def _operation(path: str, method: str, told: Mapping[str, Any]) -> str:
    text = [f"## `{method.upper()} {path}`\n", f"{told['summary']}. {told['description']}\n"]
    query = [each for each in told["parameters"] if each["in"] == "query"]
    if query:
        text += ["| Query | Type | |", "|---|---|---|"]
        text += [
            f"| `{each['name']}` | {_type(each['schema'])} | {each['schema'].get('description', '')} |"
            for each in query
        ]
        text.append("")
    body = told.get("requestBody")
    if body is not None:
        schema = body["content"]["application/json"]["schema"]
        text.append(f"Body: {_type(schema) if schema else 'a plan file'}\n")
    media_type, answer = next(iter(told["responses"]["200"]["content"].items()))
    events = media_type == "text/event-stream"
    text.append(f"Answer: {'`text/event-stream`' if events else _type(answer['schema'])}\n")
    return "\n".join(text)


def _shape(name: str, told: Mapping[str, Any]) -> str:
    words, _, attributes = told.get("description", "").partition("\n\nAttributes:\n")
    meant = _attributes(attributes)
    text = [f"## {name}\n", f"{' '.join(words.split())}\n", "| Field | Type | |", "|---|---|---|"]
    required = told.get("required", [])
    for field, schema in told.get("properties", {}).items():
        default = "" if field in required else f"`{schema.get('default')}` if left out; "
        said = (default + meant.get(field, "")).removesuffix("; ")
        text.append(f"| `{field}` | {_type(schema)} | {said} |")
    return "\n".join(text) + "\n"


def _attributes(text: str) -> dict[str, str]:
    """What a docstring says of each field."""
    found: dict[str, str] = {}
    field = ""
    for line in text.splitlines():
        name, colon, words = line.strip().partition(": ")
        if colon and line.startswith("    ") and not line.startswith("     "):
            field, found[name] = name, words
        elif field:
            found[field] += f" {line.strip()}"
    return found


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kind = schema.get("type", "any JSON")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    bounds = [
        f"{word} {schema[key]}"
        for key, word in (("minimum", "from"), ("maximum", "to"))
        if key in schema
    ]
    return " ".join([kind, *bounds])


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reference())
