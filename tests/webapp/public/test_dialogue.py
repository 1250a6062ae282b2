"""What office, unit and appellant say to each other after the filing, as the appellant's own page shows it."""

from typing import Any

from models.appeals.types import State
from models.handling import notes
from tests.support.page import PageClient
from tests.webapp.public.conftest import CODE, follow

SECRET = "当事人曾到窗口反映，口径请与法规股统一。"
PROGRESS = "现场核查已经完成，正在制作许可证。"


def test_the_appellant_reads_progress_and_never_a_note(client: PageClient, story: Any) -> None:
    with story() as told:
        told.to(State.HANDLING)
        notes.note(told.session, told.appeal, told.act(told.handler), text=SECRET)
        notes.report_progress(told.session, told.appeal, told.act(told.handler), text=PROGRESS)
    follow(client, "2026-000001", CODE)
    shown = client.soup("/appeals/track").get_text(" ", strip=True)
    assert PROGRESS in shown and "进展：市监局报告办理情况" in shown
    assert SECRET not in shown and "内部说明" not in shown
