"""Takes the pictures of docs/pictures/ from a demonstration of its own: `python -m tests.journeys.pictures [NAME …]`.

Phone pictures are 390 px wide, the others 1440. Palette-quantised; a picture over 150 kB is refused.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.support.browser import CHROMIUM, FLAGS
from tests.support.live import free_port, settings, start, stop, wait_until_ready
from webapp.config import ROOT
from webapp.demo.people import PASSWORD

FOLDER: Final = ROOT / "docs" / "pictures"
MAX_BYTES: Final = 150_000
PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1440, "height": 900}
SLIP_WIDTH: Final = 900  # pixels


class Demo:
    """The served demonstration and a browser to look at it."""

    def __init__(self, url: str, folder: Path, port: int, browser: Browser) -> None:
        self.url, self._folder, self._port, self._browser = url, folder, port, browser

    def flask(self, *words: str) -> str:
        return flask(self._folder, self._port, *words)

    def page(self, size: dict[str, int], user: str = "") -> Page:
        """A page of its own context, `user` signed in."""
        page = self._browser.new_context(viewport=size, locale="zh-CN", accept_downloads=True).new_page()  # type: ignore[arg-type]
        if user:
            page.goto(f"{self.url}/login")
            page.get_by_label("用户名").fill(user)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_load_state()
        return page

    def open(self, path: str, size: dict[str, int], user: str = "") -> Page:
        page = self.page(size, user)
        page.goto(self.url + path)
        return page


def flask(folder: Path, port: int, *words: str) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(command, cwd=ROOT, env=settings(folder, port), capture_output=True, text=True, check=True)
    return done.stdout


@contextmanager
def demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder, port = Path(name), free_port()
        flask(folder, port, "db", "upgrade")
        flask(folder, port, "demo", "load")
        process, url = start(folder, port), f"http://127.0.0.1:{port}"
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            wait_until_ready(url, process)
            yield Demo(url, folder, port, browser)
        finally:
            browser.close()
            stop(process)


def keep(name: str, data: bytes) -> None:
    """The picture in at most 64 colours: text stays sharp, the repository small."""
    picture = Image.open(BytesIO(data)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    picture.save(path, optimize=True)
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise SystemExit(f"{path.name} has {size} bytes, at most {MAX_BYTES} are allowed")
    print(f"{path.relative_to(ROOT)}  {picture.width}×{picture.height}  {size} bytes")


def shoot(name: str, page: Page, height: int = 0) -> None:
    """What is on the screen, or `height` pixels of it, from the top of the page."""
    if height:
        page.set_viewport_size({"width": page.viewport_size["width"], "height": height})  # type: ignore[index]
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    keep(name, page.screenshot())


def fill_form(page: Page) -> None:
    page.get_by_label("企业", exact=True).check()
    page.locator("[name=enterprise_name]").fill("沅江市芦花香食品厂")
    page.locator("[name=against_unit]").fill("市监局")
    page.get_by_label("投诉", exact=True).check()
    page.locator("[name=title]").fill("食品经营许可变更超过承诺时限未出证")
    page.locator("[name=body]").fill(
        "十一月二日在政务大厅窗口提交食品经营许可变更，窗口告知五个工作日出证，至今没有收到任何通知。"
        "期间两次到窗口询问，答复说材料还在流转，说不清到了哪个股室。"
    )
    page.locator("[name=demands-0]").fill("请说明变更申请现在到了哪一步，最迟哪天出证。")
    page.locator("[name=appellant_name]").fill("周喆珺")
    page.locator("[name=phone]").fill("13800000099")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def filing(one: Demo) -> None:
    page = one.open("/appeals/new", PHONE)
    fill_form(page)
    shoot("filing", page, 1240)


def check_and_receipt(one: Demo) -> None:
    page = one.open("/appeals/new", PHONE)
    fill_form(page)
    press(page, "下一步：检查一遍")
    shoot("check", page)
    press(page, "提交诉求")
    shoot("receipt", page, 1000)


def follow_up(one: Demo) -> None:
    sample = next(line.split() for line in one.flask("demo", "accounts").splitlines() if line.startswith("  20"))
    page = one.open("/appeals/track", PHONE)
    page.locator("[name=number]").fill(sample[0])
    page.locator("[name=code]").fill(sample[1])
    shoot("track", page, 620)
    press(page, "查询")
    shoot("follow-up", page, 1240)


def queue(one: Demo) -> None:
    shoot("queue", one.open("/desk", DESKTOP, "jingban"))


def desk_appeal(one: Demo) -> None:
    page = one.open("/desk?show=verifying", DESKTOP, "jingban")
    page.locator(".row-link").first.click()
    page.wait_for_load_state()
    shoot("appeal", page, 1000)


def reply(one: Demo) -> None:
    page = one.open("/desk?show=handling", DESKTOP, "jingban")
    for link in [found.get_attribute("href") for found in page.locator("a.row-link").all()]:
        page.goto(one.url + str(link))
        way = page.get_by_role("link", name="写答复", exact=True)
        if way.count():
            way.click()
            page.wait_for_load_state()
            page.locator(".preview-fold summary").click()
            page.locator("svg.slip-sheet").first.wait_for()
            shoot("reply", page, 1400)
            return
    raise SystemExit("no appeal that can be replied to")


def triage(one: Demo) -> None:
    shoot("triage", one.open("/office/triage", DESKTOP, "shouli"), 1000)


def board(one: Demo) -> None:
    shoot("board", one.open("/office", DESKTOP, "zhuren"))


def review(one: Demo) -> None:
    shoot("review", one.open("/office/review", DESKTOP, "duban"), 700)


def ruling(one: Demo) -> None:
    """A unit asks for more days."""
    page = one.open("/office/review", DESKTOP, "duban")
    follow(page, page.get_by_role("row").filter(has_text="申请延期").get_by_role("link"))
    shoot("ruling", page, 1500)


def supervision(one: Demo) -> None:
    shoot("supervision", one.open("/supervision", DESKTOP, "duban"), 760)


def record(one: Demo) -> None:
    """A card that its unit contests."""
    page = one.open("/supervision?show=contested", DESKTOP, "zhuren")
    follow(page, page.locator("a.row-link"))
    shoot("record", page, 1200)


def unit_record(one: Demo) -> None:
    page = one.open("/supervision/mine?show=running", DESKTOP, "fuzeren")
    follow(page, page.locator("a.row-link"))
    shoot("unit-record", page, 1250)


def calendar(one: Demo) -> None:
    """An arrangement as the second person finds it."""
    page = one.open("/office/calendar", DESKTOP, "zhuren")
    follow(page, page.get_by_role("link", name="查看会变动的期限，办理批准"))
    shoot("calendar", page, 820)


def notices(one: Demo) -> None:
    shoot("notices", one.open("/notices", DESKTOP, "duban"), 700)


def substitute(one: Demo) -> None:
    shoot("substitute", one.open("/account", DESKTOP, "fuzeren"), 880)


def mails(one: Demo) -> None:
    shoot("mails", one.open("/admin/mails", DESKTOP, "guanli"), 440)


def slip_page(one: Demo) -> None:
    """A supervision order that was signed for, with a receipt on paper."""
    page = one.open("/slips?kind=supervision_order&standing=signed", DESKTOP, "duban")
    follow(page, page.locator("a.row-link").last)
    page.locator("svg.slip-sheet").first.wait_for()
    shoot("slip-page", page, 1200)


def follow(page: Page, link: Locator) -> None:
    link.first.click()
    page.wait_for_load_state()


def register(one: Demo) -> None:
    shoot("register", one.open("/slips", DESKTOP, "duban"), 700)


def accounts(one: Demo) -> None:
    shoot("accounts", one.open("/admin", DESKTOP, "guanli"), 700)


def slip(one: Demo) -> None:
    """The first sheet of the newest reply, as paper."""
    page = one.open("/slips?kind=reply", DESKTOP, "duban")
    form = page.locator("#register form").first
    token = form.locator("[name=csrf_token]").get_attribute("value") or ""
    answer = page.request.post(one.url + str(form.get_attribute("action")), form={"csrf_token": token})
    keep("slip", first_sheet(answer.body()))


def first_sheet(pdf: bytes) -> bytes:
    size = ["-scale-to-x", str(SLIP_WIDTH), "-scale-to-y", "-1"]
    command = ["pdftoppm", "-png", "-singlefile", *size, "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


PICTURES: Final[dict[str, Callable[[Demo], None]]] = {
    one.__name__: one
    for one in (
        filing, check_and_receipt, follow_up, queue, desk_appeal, reply, triage, board, review, register, accounts,
        slip, ruling, supervision, record, unit_record, calendar, notices, substitute, mails, slip_page,
    )
}


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    with demo() as one:
        for name in names or list(PICTURES):
            PICTURES[name](one)


if __name__ == "__main__":
    main(sys.argv[1:])
