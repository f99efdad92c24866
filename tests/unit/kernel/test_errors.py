"""A refusal names its field, and never the value in its place."""

import pytest

from comity.entrypoints.api.problems import problem_of
from comity.kernel.errors import RecordError


@pytest.mark.parametrize(
    ("reason", "detail", "field", "why"),
    [
        ("field-form", "words: empty", "words", "empty"),
        ("field-limit", "labels[2].kinds: 9, at most 8", "labels[2].kinds", "9, at most 8"),
        ("missing-field", "station", "station", "missing-field"),
        ("incident-file", "4fcf21f0f1fa is filed already", None, "incident-file: 4fcf21f0f1fa is filed already"),
        ("not-owner", "borealis.bbbbbbbb/1: of another", None, "not-owner: borealis.bbbbbbbb/1: of another"),
        ("stale", "", None, "stale"),
    ],
)  # fmt: skip
def test_what_a_refusal_begins_with_is_its_field_only_where_it_is_one(
    reason: str, detail: str, field: str | None, why: str
) -> None:
    error = RecordError(reason, detail)
    assert (error.field, error.why) == (field, why)
    told = problem_of(error)
    assert (told.status, told.field, told.why) == (422, field, detail)
