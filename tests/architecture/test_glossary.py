"""One word, one meaning: docs/glossary.md, and what the pages of the rooms say of their words."""

import re
from collections import Counter
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
ENTRY = re.compile(r"- \*\*(?P<words>[^*]+)\*\*(?: \((?P<room>[a-z-]+)\))? \S")
LISTED = re.compile(r"\*\*([^*]+)\*\*")  # below a heading «Words»
SPOKEN = re.compile(r"\*([^*]+)\*:")  # in a paragraph that begins with it


def entries() -> list[tuple[str, str | None]]:
    """Each word of the glossary, and the room whose word it is, if any."""
    found = []
    for line in (DOCS / "glossary.md").read_text().splitlines():
        if line.startswith("- "):
            entry = ENTRY.match(line)
            assert entry, f"not of the form «- **word** (room) meaning»: {line}"
            words = entry["words"].split(", ")
            found += [(word.casefold(), entry["room"]) for word in words]
    return found


def words_of_rooms() -> dict[str, set[str]]:
    """Words that the pages of rooms define: word to rooms."""
    found: dict[str, set[str]] = {}
    for page in (DOCS / "rooms").glob("*.md"):
        for word in words_of(page.read_text()):
            found.setdefault(word, set()).add(page.stem)
    return found


def words_of(text: str) -> set[str]:
    listed = re.search(r"^## Words\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if listed:
        marked = LISTED.findall(listed[1])
    else:
        spoken = re.search(r"^\*\*Words\.\*\*(.*?)(?=\n\n)", text, re.MULTILINE | re.DOTALL)
        marked = SPOKEN.findall(spoken[1]) if spoken else []
    names = (word.strip() for each in marked for word in each.split(", "))
    return {name.casefold() for name in names if "`" not in name}  # an id, not a word


def test_a_word_has_one_entry_or_one_for_each_room_that_means_something_else():
    found = entries()
    assert len(found) > 100
    assert {entry: count for entry, count in Counter(found).items() if count > 1} == {}
    counts = Counter(word for word, _ in found)
    general = [word for word, room in found if room is None and counts[word] > 1]
    assert general == [], "a word of several rooms names the room in each entry"


def test_an_entry_that_names_a_room_names_one_whose_page_has_the_word():
    rooms = words_of_rooms()
    wrong = [(word, room) for word, room in entries() if room and room not in rooms.get(word, ())]
    assert wrong == []


def test_no_room_gives_a_word_another_meaning_than_the_glossary():
    """Whoever defines a word anew names its room in the glossary, or takes another word."""
    known: dict[str, set[str | None]] = {}
    for word, room in entries():
        known.setdefault(word, set()).add(room)
    contradicted = {}
    for word, rooms in words_of_rooms().items():
        strange = rooms - known[word] if word in known else rooms
        if strange and (word in known or len(rooms) > 1):
            contradicted[word] = sorted(strange)
    assert contradicted == {}
