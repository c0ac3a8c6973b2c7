"""Every step of a filing from every state by every role: what may go moves, all else changes nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from reports.choices import FilingState
from reports.filing import actions
from reports.filing.rules import CLERK, FILING, SECRETARY
from reports.models import Filing, FilingEvent, Snapshot
from tests.factories import UserFactory, group_leader, secretary, village
from tests.reports.filing.conftest import TODAY
from township.choices import OfficeRole
from township.lifecycle import NotAllowed
from township.models import Action, AuditEvent

# The clerk's way to each state.
PATH = {
    FilingState.DRAFT: (),
    FilingState.REVIEWED: ("review",),
    FilingState.SUBMITTED: ("review", "submit"),
    FilingState.RETURNED: ("review", "submit", "return"),
    FilingState.ACCEPTED: ("review", "submit", "accept"),
    FilingState.ARCHIVED: ("review", "submit", "accept", "archive"),
}
LOOKERS = ("other_secretary", "leader", "group_leader")


@pytest.fixture
def people(made, clerk, village_secretary):
    """Everybody who could try, by role."""
    town = made.root.township
    return {
        CLERK: clerk,
        SECRETARY: village_secretary,
        "other_secretary": secretary(village(town, "乙村", groups=1, hubs=1, members=1, households=1)),
        "leader": UserFactory(township=town, office_role=OfficeRole.LEADER),
        "group_leader": group_leader(made),
    }


def take(filing, code, by):
    return actions.take_step(filing=filing, code=code, by=by, today=TODAY, note="请核对人数")


def all_written(filing):
    """All that a step could leave behind."""
    counted = (FilingEvent, Snapshot, AuditEvent, Action, Filing.history.model)
    return [*Filing.objects.filter(pk=filing.pk).values(), *(model.objects.count() for model in counted)]


def expected(step, state, role):
    """What the table says, word for word: the state it leads to, or why it is refused."""
    if role in LOOKERS:
        return PermissionDenied
    return step.target if role in step.roles and state in step.sources else NotAllowed


def outcome(filing, step, by):
    """The state the step led to, or the refusal; either way all is as before."""
    before = all_written(filing)
    try:
        with transaction.atomic():
            take(filing, step.code, by)
            reached = Filing.objects.get(pk=filing.pk).state
            last = FilingEvent.objects.latest("pk")
            assert (last.step, last.source, last.target, last.by) == (step.code, filing.state, reached, by)
            transaction.set_rollback(True)
            return reached
    except (NotAllowed, PermissionDenied) as refused:
        assert all_written(filing) == before
        return type(refused)


@pytest.mark.parametrize("state", PATH)
def test_each_step_from_each_state_for_each_role(filing, people, state):
    for code in PATH[state]:
        take(filing, code, people[CLERK])
    filing = Filing.objects.get(pk=filing.pk)
    assert filing.state == state
    found = {(s.code, role): outcome(filing, s, by) for s in FILING.steps for role, by in people.items()}
    assert found == {(s.code, role): expected(s, state, role) for s in FILING.steps for role in people}


def test_the_matrix_has_every_state_and_every_role_of_the_table():
    assert set(PATH) == set(FilingState)
    assert {role for step in FILING.steps for role in step.roles} == {CLERK, SECRETARY}


def test_no_step_is_taken_over_the_page_by_somebody_who_only_looks(filing, people, client):
    """In each state, each step that the clerk or the secretary could take now."""
    url = reverse("reports:filing_step", args=[filing.pk])
    answers = {"other_secretary": 404, "leader": 403, "group_leader": 404}
    for role in LOOKERS:
        client.force_login(people[role])
        for state in FilingState:
            Filing.objects.filter(pk=filing.pk).update(state=state)
            before = all_written(filing)
            steps = [step.code for step in FILING.steps if state in step.sources]
            told = [client.post(url, {"step": code, "note": "理由"}).status_code for code in steps]
            assert (role, state, told) == (role, state, [answers[role]] * len(steps))
            assert all_written(filing) == before
