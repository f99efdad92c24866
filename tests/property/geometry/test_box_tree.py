"""The box tree against testing every box: nothing missed, nothing invented."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.domain.geometry import box_tree
from comity.domain.geometry.box_tree import box_rows, growing_tree, packed_tree

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "12"))


def random_boxes(count: int, seed: int, span_deg: float = 2.0):
    """Boxes of mixed sizes; whole numbers among them, so that boxes touch exactly."""
    chance = np.random.default_rng(seed)
    scale = np.array([span_deg, span_deg, 3_000.0, 7_200.0])
    low = chance.uniform(-1.0, 1.0, (count, 4)) * scale
    size = scale * np.where(
        chance.random((count, 1)) < 0.1, 0.5, 10.0 ** chance.uniform(-3, -1, (count, 1))
    )
    whole = chance.random(count) < 0.3
    low[whole] = np.round(low[whole])
    size[whole] = np.ceil(size[whole])
    return box_rows(low, low + size)


def meeting_by_definition(boxes, others):
    return {
        (i, j)
        for i, box in enumerate(boxes)
        for j in np.flatnonzero(
            (others[:, :4] <= box[4:]).all(axis=1) & (others[:, 4:] >= box[:4]).all(axis=1)
        ).tolist()
    }


@pytest.mark.requirement("CONF-020")
@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(count=st.integers(0, 700), seed=st.integers(0, 2**31))
def test_a_packed_tree_finds_exactly_the_boxes_that_meet(count, seed):
    boxes = random_boxes(count, seed)
    queries = random_boxes(20, seed + 1)
    tree, order = packed_tree(boxes, np.zeros(count, np.int32))

    rows, positions = tree.meeting(queries)

    found = list(zip(rows.tolist(), order[positions].tolist(), strict=True))
    assert len(found) == len(set(found))
    assert set(found) == meeting_by_definition(queries, boxes)


@pytest.mark.requirement("CONF-020")
@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(count=st.integers(0, 700), seed=st.integers(0, 2**31), parts=st.integers(1, 4))
def test_pairs_are_each_pair_of_different_owners_once(count, seed, parts):
    boxes = random_boxes(count, seed)
    owners = np.random.default_rng(seed).integers(0, 1 + count // 4, count).astype(np.int32)
    tree, order = packed_tree(boxes, owners)

    found = []
    cuts = np.linspace(0, tree.leaf_count, parts + 1).astype(int)
    for first, last in itertools.pairwise(cuts):
        positions, others = tree.pairs(int(first), int(last))
        ids, other_ids = order[positions].tolist(), order[others].tolist()
        found += [(min(pair), max(pair)) for pair in zip(ids, other_ids, strict=True)]

    expected = {
        (i, j) for i, j in meeting_by_definition(boxes, boxes) if i < j and owners[i] != owners[j]
    }
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.requirement("CONF-021")
@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**31))
def test_a_growing_tree_forgets_what_is_blanked_and_finds_the_rest(data, seed):
    capacity = data.draw(st.sampled_from([1, 16, 17, 300, 4_096]))
    count = data.draw(st.integers(0, min(capacity, 400)))
    boxes = random_boxes(count, seed)
    tree = growing_tree(capacity)
    step = data.draw(st.integers(1, 40))
    for first in range(0, count, step):
        part = boxes[first : first + step]
        assert tree.append(part, 7) == first
    gone = np.flatnonzero(np.random.default_rng(seed).random(count) < 0.4).astype(np.int32)
    tree.blank(gone)
    if data.draw(st.booleans()):
        tree = tree.enlarged(2 * capacity)

    rows, positions = tree.meeting(random_boxes(10, seed + 1))

    expected = {
        (i, j)
        for i, j in meeting_by_definition(random_boxes(10, seed + 1), boxes)
        if j not in set(gone.tolist())
    }
    assert set(zip(rows.tolist(), positions.tolist(), strict=True)) == expected
    with pytest.raises(ValueError, match="exceed"):
        tree.append(random_boxes(2 * capacity + 1, 0), 0)


@pytest.mark.requirement("CONF-020")
def test_threads_change_nothing_in_a_tree(monkeypatch):
    monkeypatch.setattr(box_tree, "SORTED_APART_MIN", 100)
    monkeypatch.setattr(box_tree, "LEAVES_PER_TASK", 8)
    boxes = np.concatenate([random_boxes(500, 3), random_boxes(500, 3)])  # every key twice
    owners = np.arange(1000, dtype=np.int32)
    tree, order = packed_tree(boxes, owners)
    with ThreadPoolExecutor(2) as pool:
        other, other_order = packed_tree(boxes, owners, pool.map)
    assert order.tolist() == other_order.tolist()
    assert sorted(order.tolist()) == list(range(1000))
    assert tree.nodes.tobytes() == other.nodes.tobytes()
    assert tree.owners.tolist() == other.owners.tolist() == order.tolist()


@pytest.mark.requirement("CONF-022")
@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20))
def test_rounding_never_moves_a_bound_inwards_and_hardly_outwards(values):
    exact = np.repeat(np.array(values)[:, None], 4, axis=1)
    boxes = box_rows(exact, exact).astype(np.float64)
    assert (boxes[:, :4] <= exact).all()
    assert (boxes[:, 4:] >= exact).all()
    assert (boxes[:, 4:] - boxes[:, :4] <= np.abs(exact) * 2.0**-21 + 2.0**-124).all()


def test_touching_boxes_meet():
    boxes = box_rows(
        np.array([[0.0, 0, 0, 0], [1.0, 0, 0, 0]]), np.array([[1.0, 1, 1, 1], [2.0, 1, 1, 1]])
    )
    tree, _ = packed_tree(boxes, np.arange(2, dtype=np.int32))
    assert len(tree.pairs(0, 1)[0]) == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bound_that_is_not_a_number_is_refused(bad):
    with pytest.raises(ValueError, match="not finite"):
        box_rows(np.array([[bad, 0.0, 0.0, 0.0]]), np.ones((1, 4)))


def test_reversed_bounds_are_refused():
    with pytest.raises(ValueError, match="above"):
        box_rows(np.ones((1, 4)), np.zeros((1, 4)))
