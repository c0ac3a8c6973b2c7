"""Each village is solved by a process of its own, which outlives the tab and can be resumed."""

from django.utils import timezone

from liaison.models import Proposal
from liaison.proposals import actions
from tests.liaison.proposals.test_actions import order
from township import jobs
from township.choices import JobState
from township.models import SILENCE


def solved(batch):
    """Wait for the process that was started last; the proposals then."""
    assert jobs._children[-1].wait(timeout=90) == 0
    return list(batch.proposals.order_by("pk"))


def test_a_process_solves_a_village_and_a_killed_one_is_resumed(made, clerk, database_of_processes):
    proposal = order(made, clerk, place=made.root)
    (done,) = solved(proposal.batch)
    assert (done.state, done.proved, done.counts["kept"]) == (JobState.DONE, True, 24)

    killed = {"state": JobState.RUNNING, "seen_at": timezone.now() - SILENCE * 2, "solved_at": None}
    Proposal.objects.update(**killed, counts={})
    assert actions.retry(batch=proposal.batch, by=clerk) == 1
    (again,) = solved(proposal.batch)
    assert (again.state, again.counts) == (JobState.DONE, done.counts)
