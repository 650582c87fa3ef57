"""What a scan would do, from what was seen and what is known."""

from __future__ import annotations

import pytest

from metarr_core.domain.scan_plan import Known, Seen, Skipped, Walk, differences, pairs_to_compare, why_refused


def known(path="/m/a.mkv", size=1, mtime_ns=1, **more):
    told = {"file_hash": "h", "is_missing": False, "is_kept": False, "in_trash": False, **more}
    return Known(1, 1, path, size, mtime_ns, **told)


def paths(items):
    return [getattr(one, "seen", one).path for one in items]


def test_the_same_size_and_time_is_unchanged():
    found = differences(Walk((Seen("/m/a.mkv", 1, 1),)), [known()])
    assert (found.unchanged, found.new, found.differing, found.gone) == (1, [], [], [])


@pytest.mark.parametrize("seen", [Seen("/m/a.mkv", 2, 1), Seen("/m/a.mkv", 1, 2), Seen("/m/a.mkv", 1, 0)])
def test_another_size_or_time_differs_also_where_the_clock_went_back(seen):
    assert paths(differences(Walk((seen,)), [known()]).differing) == ["/m/a.mkv"]


def test_what_is_not_known_is_new_unless_it_is_ignored():
    walk = Walk((Seen("/m/a.mkv", 1, 1), Seen("/m/b.mkv", 1, 1)))
    assert paths(differences(walk, [], {"/m/b.mkv"}).new) == ["/m/a.mkv"]


def test_what_was_missing_and_is_there_returns():
    found = differences(Walk((Seen("/m/a.mkv", 1, 1),)), [known(is_missing=True)])
    assert paths(found.returned) == ["/m/a.mkv"]


def test_what_is_not_there_is_gone_but_not_where_the_walk_was_blind_or_passed_it_over():
    files = [known("/m/a.mkv"), known("/m/closed/b.mkv"), known("/m/c.mkv"), known("/m/closed2/d.mkv")]
    walk = Walk((), (Skipped("/m/c.mkv", "empty"),), ("/m/closed",))
    assert paths(differences(walk, files).gone) == ["/m/a.mkv", "/m/closed2/d.mkv"]


def test_what_was_missing_already_is_not_gone_again():
    found = differences(Walk(()), [known(is_missing=True)])
    assert (found.gone, len(found.lost)) == ([], 1)


def test_only_files_of_the_same_size_may_be_the_same_elsewhere():
    walk = Walk((Seen("/m/new.mkv", 5, 1), Seen("/m/other.mkv", 6, 1)))
    found = differences(walk, [known("/m/old.mkv", 5)])
    assert {size: (paths(new), paths(gone)) for size, (new, gone) in pairs_to_compare(found).items()} == {
        5: (["/m/new.mkv"], ["/m/old.mkv"])
    }


@pytest.mark.parametrize(
    ("gone", "still_seen", "may_go"),
    [(0, 0, True), (20, 80, True), (21, 79, False), (10, 1, True), (10, 0, False), (11, 10, False), (1, 0, False)],
)
def test_unusually_many_missing_files_do_not_go_unasked(gone, still_seen, may_go):
    assert (not why_refused(gone, still_seen, 20, 10)) == may_go
