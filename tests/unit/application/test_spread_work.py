"""Work spread over threads: in order, once each, errors told, and nobody waited for who has not begun."""

import threading
from contextlib import closing

import pytest

from comity.application.spread_work import Crew


@pytest.mark.requirement("ALERT-008")
def test_every_piece_is_done_once_and_results_stand_in_order():
    seen = []
    with closing(Crew(3)) as crew:
        for count in (0, 1, 2, 50):
            seen.clear()

            def task(piece):
                seen.append(piece)
                return piece * piece

            assert crew.run(task, range(count)) == [piece * piece for piece in range(count)]
            assert sorted(seen) == list(range(count))


@pytest.mark.requirement("ALERT-008")
def test_a_helper_works_beside_who_asks():
    both = threading.Barrier(2, timeout=20)
    with closing(Crew(2)) as crew:
        names = crew.run(lambda _: (both.wait(), threading.get_ident())[1], range(2))
    assert len(set(names)) == 2


@pytest.mark.requirement("ALERT-008")
def test_who_asks_does_all_where_no_helper_wakes():
    crew = Crew(2)
    crew._wakes = [threading.Semaphore(0)]  # nobody listens to this one
    here = threading.get_ident()
    assert crew.run(lambda _: threading.get_ident(), range(5)) == [here] * 5


@pytest.mark.requirement("ALERT-008")
def test_an_error_of_a_piece_is_raised_after_the_others_have_ended():
    done = []

    def task(piece):
        if piece == 1:
            raise ValueError("one")
        done.append(piece)

    with closing(Crew(2)) as crew, pytest.raises(ValueError, match="one"):
        crew.run(task, range(4))
    assert sorted(done) == [0, 2, 3]
