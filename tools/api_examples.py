"""Chooses the API's examples from what tests/recorded_requests.py wrote: `python -m tools.api_examples FOLDER`.

Of each operation the answer that tells most within a page, with what is secret or of one machine taken out of it.
What is recorded of no test keeps the example that it has, or is told in parts of like ones.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
from tools.examples_by_hand import BY_HAND, IN_PATHS

from comity.entrypoints.api.api_examples import examples
from comity.entrypoints.api.app import ROUTES, show_openapi
from comity.entrypoints.api.openapi import openapi_document
from comity.entrypoints.api.routing import EventSource, Route

FILE = Path(__file__).parents[1] / "src/comity/entrypoints/api/examples.json"
PAGE_CHARACTERS = 3_000
ITEMS_MAX = 2  # of a list of objects
TEXT_CHARACTERS_MAX = 400
SECRET = frozenset(
    (
        *("secret", "token", "csrf", "password", "code", "generator_code", "totp_secret"),
        *("totp_uri", "passphrase", "challenge", "recovery_codes", "id_hash"),
    )
)
REPLACED = (
    (re.compile(r"comity-(api-)?[0-9a-f]{32,}"), r"comity-\1…"),
    (re.compile(r"(/[\w.-]+)*/(pytest-|tmp)[\w./-]*"), "/home/officer/.comity"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:7443"),
)


def main() -> None:
    """Read what was recorded, choose, and write the file."""
    routes = {f"{each.method} {each.path}": each for each in (*ROUTES, show_openapi)}
    validators = validators_of(openapi_document(routes.values()))
    kept = json.loads(msgspec.json.encode(examples()))
    found: dict[str, dict[str, Any]] = {}
    best: dict[str, tuple[bool, int, int]] = {}
    for line in _lines(Path(sys.argv[1])):
        name = line["route"]
        if name not in routes:
            continue
        made = example_of(routes[name], line)
        if made is None or faults_of(name, made, validators):
            continue
        size = len(json.dumps(made))
        merit = (size <= PAGE_CHARACTERS, _told(made) if size <= PAGE_CHARACTERS else -size, -size)
        if name not in best or merit > best[name]:
            best[name], found[name] = merit, made
    chosen = _completed(routes, found, kept)
    text = json.dumps(
        {name: each for name, each in chosen.items() if each}, indent=1, ensure_ascii=False
    )
    FILE.write_text(text + "\n", encoding="utf-8")
    for name, what in validators:
        if what not in chosen[name]:
            print("no example:", name, what)
    for name, made in chosen.items():
        for fault in faults_of(name, made, validators):
            print("not as described:", fault)


def _completed(
    routes: Mapping[str, Route], found: Mapping[str, Any], kept: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """What was recorded, else what there was, else what was written by hand, else parts of like ones."""
    chosen = {name: found.get(name) or kept.get(name) or {} for name in sorted(routes)}
    for name, each in chosen.items():
        for what, written in BY_HAND.get(name, {}).items():
            each.setdefault(what, written)
    for name, each in chosen.items():
        _fill(routes, name, each, chosen)
        if routes[name].path_names and "path" not in each:
            each["path"] = {word: IN_PATHS[word] for word in routes[name].path_names}
    return chosen


def _fill(
    routes: Mapping[str, Route],
    name: str,
    made: dict[str, Any],
    others: Mapping[str, Mapping[str, Any]],
) -> None:
    """What no test asked is told as a like operation was: same names in the path, same form of body and answer."""
    route = routes[name]
    if EventSource in getattr(route.answer, "__mro__", ()):
        return
    near = sorted(others, key=lambda each: (-_alike(each, name), each))
    for other in near:
        whole = others[other]
        path = {**whole.get("path", {}), **made.get("path", {})}
        if route.path_names and set(route.path_names) <= set(path):
            made["path"] = {each: path[each] for each in route.path_names}
        if routes[other].answer == route.answer and "answer" in whole:
            made.setdefault("answer", whole["answer"])
        if route.body is not None and routes[other].body == route.body and "body" in whole:
            made.setdefault("body", whole["body"])


def _alike(one: str, other: str) -> int:
    """How many characters two names begin alike with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 1_000)


def validators_of(document: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """By operation and `body` or `answer`: what an example is held to.

    Source: JSON Schema 2020-12, which OpenAPI 3.1 takes over.
    """
    document = json.loads(msgspec.json.encode(document))
    made = {}
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            schemas = {
                "body": told.get("requestBody", {}).get("content", {}),
                "answer": told["responses"]["200"]["content"],
            }
            for what, content in schemas.items():
                schema = content.get("application/json", {}).get("schema")
                if schema is not None:
                    whole = {**schema, "components": document["components"]}
                    made[f"{method.upper()} {path}", what] = jsonschema_rs.Draft202012Validator(
                        whole
                    )
    return made


def faults_of(
    name: str, made: Mapping[str, Any], validators: Mapping[tuple[str, str], Any]
) -> list[str]:
    """What of an example is not as the description says."""
    return [
        f"{name} {what}: {fault.message}"
        for what in ("body", "answer")
        if (name, what) in validators and made.get(what) is not None
        for fault in validators[name, what].iter_errors(made[what])
    ]


def example_of(route: Route, line: Mapping[str, Any]) -> dict[str, Any] | None:
    """One recorded request as it is told; None where it serves as none."""
    made: dict[str, Any] = {}
    path = route.match(tuple(line["path"].strip("/").split("/")))
    if path is None:
        return None
    if path:
        made["path"] = path
    if route.body is not None:
        try:
            made["body"] = _shown(json.loads(line["body"]))
        except ValueError:
            return None
    made["answer"] = _shown(line["answer"])
    return made


def _shown(value: Any, name: str = "") -> Any:
    match value:
        case dict():
            return {key: _shown(each, key) for key, each in value.items()}
        case list() if name in SECRET:
            return ["…" for _ in value[:ITEMS_MAX]]
        case list() if all(isinstance(each, dict) for each in value):
            return [_shown(each) for each in value[:ITEMS_MAX]]
        case list():
            return [_shown(each, name) for each in value]
        case str() if name in SECRET:
            return "…"
        case str():
            for form, instead in REPLACED:
                value = form.sub(instead, value)
            return value if len(value) <= TEXT_CHARACTERS_MAX else f"{value[:TEXT_CHARACTERS_MAX]}…"
        case _:
            return value


def _told(value: Any) -> int:
    """How many things it tells."""
    match value:
        case dict():
            return sum(map(_told, value.values()))
        case list():
            return sum(map(_told, value))
        case _:
            return int(value not in (None, "", False))


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


if __name__ == "__main__":
    main()
