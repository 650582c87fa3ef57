"""What the dispatcher makes of a run."""

import pytest

from metarr_core.domain.runs import Judgement, RunState, judge

LIMIT = 15.0


@pytest.mark.parametrize(
    ("state", "unlocked_seconds", "judgement"),
    [
        (RunState.SCHEDULED, 0, Judgement.LEAVE),
        (RunState.SCHEDULED, 100_000, Judgement.LEAVE),
        (RunState.PENDING, LIMIT + 1, Judgement.LEAVE),
        (RunState.PENDING, 100_000, Judgement.LOST),
        (RunState.RUNNING, 0, Judgement.LEAVE),
        (RunState.RUNNING, LIMIT, Judgement.LEAVE),
        (RunState.RUNNING, LIMIT + 0.1, Judgement.LOST),
        (RunState.COMPLETED, 0, Judgement.RETRY),
        (RunState.FAILED, 0, Judgement.RETRY),
        (RunState.CRASHED, 0, Judgement.RETRY),
        (RunState.GONE, 0, Judgement.RETRY),
        (RunState.CANCELLED, 0, Judgement.CANCELLED),
    ],
)
def test_a_run_is_judged_by_its_state_and_by_how_long_nobody_held_its_lock(state, unlocked_seconds, judgement):
    assert judge(state, unlocked_seconds, LIMIT) is judgement
