"""One file sent by two clerks and confirmed in the same moment: one loads it, the other is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from grids import tree
from grids.choices import Kind
from grids.models import Node, RosterUpload
from tests.access_world import session_of
from tests.factories import TownshipFactory, UserFactory
from township.choices import Deed
from township.models import AuditEvent

ROWS = (
    "党支部,党小组,党员姓名,户主姓名\n甲村党支部,第一党小组,白子龙,王军\n甲村党支部,第一党小组,白子龙,赵兰\n"
)


@pytest.fixture
def sessions(transactional_db, settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    township = TownshipFactory(name="青河乡")
    return [session_of(UserFactory(township=township)) for _ in range(2)]


def client_of(session: str) -> Client:
    client = Client()
    client.cookies["sessionid"] = session
    return client


def test_one_applies_and_the_other_is_told(sessions):
    for session in sessions:
        file = SimpleUploadedFile("甲村.csv", ROWS.encode())
        client_of(session).post(reverse("grids:import_new"), {"file": file})
    uploads = list(RosterUpload.objects.order_by("pk"))
    together = threading.Barrier(2)

    def confirm(number: int) -> str:
        together.wait(10)
        try:
            address = reverse("grids:import_confirm", args=[uploads[number].pk])
            return client_of(sessions[number]).post(address, follow=True).content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        pages = list(threads.map(confirm, range(2)))
    assert sorted(RosterUpload.objects.values_list("state", flat=True)) == ["applied", "unchanged"]
    assert sum("已导入，所有更改都记入了历史" in page for page in pages) == 1
    assert sum("同一个文件已由" in page for page in pages) == 1
    assert Node.objects.filter(kind=Kind.HOUSEHOLD).count() == 2
    assert AuditEvent.objects.filter(deed=Deed.IMPORT).count() == 1
    assert tree.verify() == []
