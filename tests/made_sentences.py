"""Every sentence that the sources make, found by reading them: its id and its English form."""

import ast
from collections.abc import Iterator
from pathlib import Path

from comity.domain.incidents import BorderAnswer

SOURCES = Path(__file__).resolve().parents[1] / "src" / "comity"
MAKERS = {"said": 1, "words_of": 1, "Sentence": 1, "_joined": 1, "_text": 1}
"""Functions that take an id and a form first."""


def made_sentences() -> dict[str, str]:
    """Form by id; one id with two forms is a fault."""
    found = {f"answer-{each}": str(each) for each in BorderAnswer}
    for path in sorted(SOURCES.glob("**/*.py")):
        text = path.read_text(encoding="utf-8")
        if "kernel.sentences" not in text and path.name != "sentences.py":
            continue
        for message, form in _of(ast.parse(text)):
            assert found.setdefault(message, form) == form, f"{message}: two forms"
    return found


def _of(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Calls in the order of the lines, each form a text or a name that was given one before."""
    named: dict[str, str] = {}
    nodes = [
        each for each in ast.walk(tree) if isinstance(each, ast.Call | ast.Assign | ast.AugAssign)
    ]
    for node in sorted(nodes, key=lambda each: (each.lineno, isinstance(each, ast.Call))):
        if isinstance(node, ast.Assign | ast.AugAssign):
            target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant):
                before = named.get(target.id, "") if isinstance(node, ast.AugAssign) else ""
                named[target.id] = before + str(node.value.value)
            continue
        if not (isinstance(node.func, ast.Name) and node.func.id in MAKERS and len(node.args) > 1):
            continue
        message, form = node.args[:2]
        if isinstance(message, ast.Constant) and isinstance(message.value, str):
            if isinstance(form, ast.Constant):
                yield message.value, str(form.value)
            elif isinstance(form, ast.Name):
                yield message.value, named[form.id]
