"""The columns of tracks: what they keep of names."""

import numpy as np

from comity.domain.tracks.columns import TrackColumns


def test_a_name_that_goes_and_comes_back_is_kept_once():
    columns = TrackColumns()
    (lasting,) = columns.allocate(1).tolist()
    name = np.array([7])
    columns.name(name, np.array([lasting]))
    for _ in range(50):
        (passing,) = columns.allocate(1).tolist()
        columns.name(name, np.array([passing]))
        columns.hand_over(passing, lasting)
        columns.release(np.array([passing]))
    assert columns._keys_of == {lasting: [7]}
    assert columns.find(name)[0].tolist() == [lasting]
    columns.release(np.array([lasting]))
    assert columns._keys_of == {}
    assert columns._slot_of == {}
