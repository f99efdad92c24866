"""Which area files a node watches is on record, and what a record must not hold is refused."""

import pytest
from tests.simulation.world import OFFICER, World

from comity.application.brief_areas import areas_brief
from comity.application.set_up_areas import add_areas, remove_areas
from comity.domain.alerts.area_register import (
    AREA_ADDED,
    FILES_MAX,
    GUARDED_MAX,
    PATH_LENGTH_MAX,
    AreaFileSettings,
    area_file_from_body,
    area_file_to_body,
)
from comity.domain.records import Draft
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import NODE_OPERATOR

DIGEST = "ab" * 32


def _settings(name="ranges", path="/areas/ranges.geojson", **changes):
    return AreaFileSettings(name, path, changes.pop("digest", DIGEST), **changes)


@pytest.mark.requirement("ALERT-062")
@pytest.mark.parametrize(
    "said",
    [_settings(), _settings(path=None, guarded=("Utopia", "Arcadia")), _settings(kind="danger")],
)
def test_what_was_said_of_a_file_is_read_back_as_it_was(said):
    assert area_file_from_body(area_file_to_body(said)) == said


@pytest.mark.requirement("ALERT-062")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Ranges"}, "areas"),
        ({"name": ""}, "areas"),
        ({"path": "ranges.geojson"}, "path"),
        ({"path": "/" + "x" * PATH_LENGTH_MAX}, "path"),
        ({"path": "/a\nb"}, "path"),
        ({"digest": "AB" * 32}, "digest"),
        ({"digest": "ab"}, "digest"),
        ({"kind": "target"}, "kind"),
        ({"guarded": ("",)}, "guarded"),
        ({"guarded": ("x",) * (GUARDED_MAX + 1)}, "guarded"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(changes, field):
    with pytest.raises(InputError) as caught:
        _settings(**changes)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "change",
    [{"areas": 7}, {"path": 7}, {"digest": None}, {"kind": []}, {"guarded": None},
     {"guarded": [7]}, {"guarded": "Utopia"}, {"digest": "x"}],
)  # fmt: skip
def test_a_record_of_another_form_is_refused(change):
    with pytest.raises(RecordError) as caught:
        area_file_from_body(area_file_to_body(_settings()) | change)
    assert caught.value.reason in {"field-form", "field-limit"}


@pytest.mark.requirement("ALERT-062")
def test_files_outlive_a_crash_and_each_has_its_person():
    world = World(seed=13)
    place = next(iter(world.places.values()))
    record = world.do(place, lambda node, at: add_areas(node, _settings(), OFFICER, at)).result()
    assert (record.operator, record.recipients) == (OFFICER, ())
    again = world.do(place, lambda node, at: add_areas(node, _settings(), OFFICER, at))
    assert isinstance(again.error, InputError)
    world._crash(place)
    world.run(10)
    assert place.node.area_files.files() == (_settings(),)
    assert areas_brief(place.node, record.made_at).files[0].digest == DIGEST
    world.do(place, lambda node, at: remove_areas(node, "ranges", OFFICER, at)).result()
    assert place.node.area_files.files() == ()
    gone = world.do(place, lambda node, at: remove_areas(node, "ranges", OFFICER, at))
    assert isinstance(gone.error, InputError)


def test_the_node_itself_adds_no_file_and_there_are_not_too_many():
    world = World(seed=14)
    place = next(iter(world.places.values()))
    body = area_file_to_body(_settings())
    by_node = world.do(
        place, lambda node, at: node.issue(Draft(AREA_ADDED, (), body, NODE_OPERATOR), at)
    )
    assert isinstance(by_node.error, RecordError)
    assert by_node.error.reason == "person-required"
    for number in range(FILES_MAX):
        said = _settings(f"f{number}")
        world.do(place, lambda node, at, s=said: add_areas(node, s, OFFICER, at)).result()
    more = world.do(place, lambda node, at: add_areas(node, _settings("more"), OFFICER, at))
    assert isinstance(more.error, InputError)
