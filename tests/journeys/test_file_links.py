"""A link to a file of an appeal: what can be handed out is saved, of what cannot a page says why and leads back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from models.appeals.types import State, StoredFile
from tests.journeys.conftest import DESKTOP, Visitor
from tests.support import pdfs
from tests.support.factories import Story
from tests.support.live import LiveServer
from webapp.files import FileStore

pytestmark = pytest.mark.browser
TYPED = "查到一半的事实"


def kept(live: LiveServer, name: str, data: bytes) -> StoredFile:
    """A file without a copy: it is made when asked for, or cannot be."""
    return StoredFile(FileStore(live.config.files_dir).put(data), name, "pdf", len(data), "0" * 64)


def test_what_cannot_be_handed_out_says_why_beside_the_page(visitor: Callable[..., Visitor], live: LiveServer) -> None:
    files = (kept(live, "合同.pdf", pdfs.PLACES["author"]), kept(live, "信.pdf", pdfs.NO_COPY["encrypted"]))
    with live.database.writing() as session:
        uid = Story(session, files=files).to(State.VERIFYING).appeal.uid
    handler = visitor(DESKTOP)
    handler.sign_in("jingban")
    handler.go(f"/desk/appeals/{uid}")
    page = handler.page
    page.locator("[name=facts]").fill(TYPED)
    with page.expect_popup(), page.expect_download() as saved:  # a window that is gone again with the file saved
        page.get_by_role("link", name="证据1.pdf").click()
    assert saved.value.suggested_filename == "证据1.pdf"
    with page.expect_popup() as opened:
        page.get_by_role("link", name="证据2.pdf").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("这份材料不能直接提供")
    expect(page.locator("[name=facts]")).to_have_value(TYPED)
    opened.value.get_by_role("link", name="返回诉求").click()
    expect(opened.value).to_have_url(f"{live.url}/desk/appeals/{uid}")
