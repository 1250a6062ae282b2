"""The main job in a browser at phone width: file, dispatch, sign, verify, reply, sign off, publish, read and print.

Once with JavaScript and once without; axe finds nothing serious on any page of it; the console stays silent.
"""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.conftest import DESKTOP, Visitor

pytestmark = pytest.mark.browser
TITLE = "食品经营许可变更超过承诺时限未出证"
DEMANDS = ("请说明变更申请现在到了哪一步。", "请告知最迟何时出证，期间能否凭受理单继续经营。")
FACTS = (
    "经核实，材料在两个股室之间流转时未及时登记，超过承诺时限六个工作日。",
    "变更后的许可证已制作完成，可凭受理单领取。",
)
Visit = Callable[..., Visitor]


def photo(folder: Path) -> Path:
    path = folder / "受理单照片.jpg"
    with BytesIO() as buffer:
        Image.new("RGB", (640, 480), (214, 205, 190)).save(buffer, "JPEG")
        path.write_bytes(buffer.getvalue())
    return path


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def file_appeal(someone: Visitor, folder: Path) -> tuple[str, str]:
    """Fills in the form in a factory yard; returns number and code from the receipt."""
    page = someone.page
    someone.go("/")
    someone.look("home")
    page.get_by_role("link", name=re.compile("我要反映")).last.click()
    press(page, "下一步：检查一遍")
    expect(page.get_by_role("alert")).to_contain_text("请先改正")
    expect(page.locator("#phone-error, #title-error").first).to_be_visible()
    someone.look("filing-errors")
    page.get_by_label("个人", exact=True).check()
    page.get_by_label("投诉", exact=True).check()
    page.locator("[name=against_unit]").fill("市监局")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=body]").fill("十月下旬提交食品经营许可变更，窗口告知五个工作日出证，至今未收到任何通知。")
    page.locator("[name=demands-0]").fill(DEMANDS[0])
    press(page, "再加一点")
    expect(page.locator("[name=demands-1]")).to_be_visible()
    page.locator("[name=demands-1]").fill(DEMANDS[1])
    page.locator("[name=appellant_name]").fill("周喆珺")
    page.locator("[name=phone]").fill("138737１2345")
    page.locator("[name=attachments]").set_input_files(photo(folder))
    someone.look("filing")
    press(page, "下一步：检查一遍")
    expect(page.locator("h1")).to_contain_text("请检查", timeout=20_000)  # the first picture wakes a child process
    expect(page.locator("main")).to_contain_text("受理单照片.jpg")
    expect(page.locator("main")).to_contain_text(DEMANDS[1])
    someone.look("check")
    press(page, "提交诉求")
    number = page.locator("#receipt-number").inner_text().strip()
    code = page.locator("#receipt-code").inner_text().strip()
    someone.look("receipt")
    press(page, "我已保存好查询码")
    return number, code


def dispatch(clerk: Visitor, number: str) -> None:
    clerk.sign_in("shouli")
    clerk.go(f"/office/appeals?q={number}")
    page = clerk.page
    open_appeal(clerk, number)
    page.get_by_role("link", name="去受理交办").click()
    page.wait_for_url("**/office/triage/**")
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("签收")
    clerk.look("triage")
    page.locator("[name=unit]").first.fill("市监局")
    press(page, "受理并交办")
    expect(page.locator("#page-message")).to_contain_text("已交办市监局")


def open_appeal(visitor: Visitor, number: str) -> None:
    visitor.page.get_by_role("row", name=re.compile(number)).get_by_role("link").first.click()
    visitor.page.wait_for_load_state()


def handle(handler: Visitor, number: str) -> None:
    handler.sign_in("jingban")
    page = handler.page
    handler.look("queue")
    handler.go(f"/desk?q={number}")  # other journeys may have filled the first page of this unit's queue
    open_appeal(handler, number)
    press(page, "签收")
    expect(page.locator("#page-message")).to_contain_text("已签收")
    page.locator("[name=facts]").fill("窗口系统显示材料流转到登记注册股，未见退回记录。")
    handler.look("appeal")
    press(page, "核实到位")
    expect(page.locator("#page-message")).to_contain_text("核实情况已记录")
    page.get_by_role("link", name="写答复", exact=True).click()
    press(page, "送单位负责人签发")
    expect(page.locator("main")).to_contain_text("请选择这一诉求点的办理结果")
    for number_of, facts in enumerate(FACTS):
        page.locator(f"[name=entries-{number_of}-outcome]").select_option("solved" if number_of else "explained")
        page.locator(f"[name=entries-{number_of}-facts]").fill(facts)
        page.locator(f"[name=entries-{number_of}-basis]").fill("《食品经营许可和备案管理办法》")
    handler.look("reply")
    press(page, "送单位负责人签发")
    expect(page.locator("#page-message")).to_contain_text("已送单位负责人签发")


def sign_off(approver: Visitor, number: str) -> None:
    approver.sign_in("fuzeren")
    approver.go(f"/desk?q={number}")
    open_appeal(approver, number)
    expect(approver.page.locator("main")).to_contain_text(FACTS[0])
    approver.look("sign-off")
    press(approver.page, "签发")
    expect(approver.page.locator("#page-message")).to_contain_text("送市优办审核")


def publish(supervisor: Visitor, number: str) -> None:
    supervisor.sign_in("duban")
    supervisor.go("/office/review")
    supervisor.look("review")
    open_appeal(supervisor, number)
    supervisor.look("publish")
    supervisor.page.get_by_role("button", name=re.compile("审核通过")).click()
    expect(supervisor.page.locator("#page-message")).to_contain_text("答复")
    supervisor.go("/slips")
    supervisor.look("slips")


def follow_up(someone: Visitor, number: str, code: str) -> None:
    page = someone.page
    someone.go("/appeals/track")
    page.locator("[name=number]").fill(number)
    page.locator("[name=code]").fill(code.replace("-", " ").lower())
    press(page, "查询")
    for text in (*FACTS, "解释说明", "已解决"):
        expect(page.locator("main")).to_contain_text(text)
    expect(page.locator("main")).not_to_contain_text("周喆珺")
    someone.look("follow-up")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("下载答复书")).click()
    slip = PdfReader(waiting.value.path())
    text = "".join(sheet.extract_text() for sheet in slip.pages).replace("\n", "")
    assert number in text.replace(" ", "")
    assert "已解决" in text
    assert "周喆珺" not in text


def verify_slip(someone: Visitor, live_code: str) -> None:
    someone.go(f"/slips/verify/{live_code}")
    expect(someone.page.locator("main")).to_contain_text("沅优办答〔")
    someone.look("verify")


def test_from_the_factory_yard_to_the_printed_reply(visitor: Visit, tmp_path: Path, live, has_script: bool) -> None:
    appellant = visitor()
    number, code = file_appeal(appellant, tmp_path)
    dispatch(visitor(), number)
    handle(visitor(), number)
    sign_off(visitor(), number)
    publish(visitor(), number)
    follow_up(appellant, number, code)
    with live.database.reading() as session:
        verification = newest_code(session)
    verify_slip(visitor(DESKTOP), verification)


def newest_code(session) -> str:
    from sqlmodel import col, select

    from models.slips.tables import Slip

    return session.exec(select(Slip.verification_code).order_by(col(Slip.id).desc())).first()
