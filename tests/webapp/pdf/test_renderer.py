"""What the renderer refuses, survives and repeats."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Thread
from time import monotonic, sleep

import pytest
from pypdf import PdfReader

from models.slips.types import Receipt, SlipDemand
from tests.webapp.pdf.conftest import ROOT, make_slip, read_pages, text_of
from webapp.pdf import Job, Outcome, PdfBusy, PdfRefused, PdfRenderer
from webapp.slip_pdf import render_receipt, render_slip, slip_html

RARE = (
    "喆珺堃昇镕𬭎𬬭𬭶𬱖𬟁𫖮𬘭𬴊𫍽旻昪晞晅昶晟暄暐暾曈曦朤杺枬枼柷栐栩桄梽棪椸楙榑槿樾橚檑欤殳毓沄沚沨泓泠洢洺洳浔浠浡涴淏淦湉湜湫湲"
    "溍溱滢滟漪漖潆潏澍澎澹濛瀚灏灵炅炘炜炫炻烜烨烺焓焜焱煊煜煦熙熠燊燚爔牂牧犇狄猗玘玙玚玠玥玦玢玭珂珅珈珉珏珒珙珝珞珣珩珥珧珮珺珽琀琎琚琛"
    "琤琦琨琪琬琭琮琯琰瑀瑄瑆瑗瑛瑜瑢瑨瑭瑶瑾璁璆璇璈璋璐璘璟璠璨璩璪璿瓒甯甦畀畯皓皛皞眭睿瞾矞砚砺硕祎祐祚祯祺禛禤禹秾稷穆窈竑竣笪筠筱箐篁"
    "簋粲紘絪綦縠繇罡羿翀翊翎翙翚翥翯聿聃胤舸艺芃芊芏芩芮苒苡苣茏茗茜荃荇荛荪莛莳莘菁菡菀萱葳蒨蓁蔚蕤薇薏藜蘅虓虢蚺蝶衎衡袆裎裕褀觊訚詠誉"
    "丞乂仝仟伋佖佗佺佾侃侗侑俅俟俣俪倓倜偲僖儆儋兖冼劭劼勍勔勖勰卣卬厍叆呙哿喈嘏噙圩圻垚垲埇埏埕埙堉墉墡夔奭妘妤姁姒姝姞娉婧婺媂媛嫒嫕嬿"
)
LINKING_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    '<image href="file:///etc/hostname" width="9" height="9"/></svg>'
)
ADDRESSES = (
    '<img src="file:///etc/hostname">', '<img src="http://127.0.0.1:9/x.png">', '<img src="ftp://127.0.0.1:9/x.png">',
    '<img src="data:image/png;base64,iVBORw0KGgo=">', '<img src="secret.png">', '<img src="asset:other.png">',
    '<link rel="attachment" href="file:///etc/hostname">', '<a rel="attachment" href="file:///etc/hostname">x</a>',
    '<link rel="stylesheet" href="file:///etc/hostname">', "<style>@import 'http://127.0.0.1:9/x.css';</style>",
    "<style>body { background: url(file:///etc/hostname) }</style>",
    '<p style="background: url(http://127.0.0.1:9/x)">x</p>',
    "<style>@font-face { font-family: x; src: url(http://127.0.0.1:9/x.ttf) } p { font-family: x }</style><p>x</p>",
    LINKING_SVG,
    '<object data="file:///etc/hostname"></object>', '<embed src="http://127.0.0.1:9/x.svg">',
)


def hang(job: Job) -> Outcome:
    """A layout without end."""
    while True:
        sleep(0.01)


def die(job: Job) -> Outcome:
    """What a crash in a C library looks like from outside."""
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome()


def tell_pid(job: Job) -> Outcome:
    return Outcome(str(os.getpid()).encode())


def _refusal(of: PdfRenderer, task: Callable[[Job], Outcome]) -> str:
    with pytest.raises(PdfRefused) as refusal:
        of._run(task, Job("", {}, 1, 1))
    return refusal.value.code


def devour(job: Job) -> Outcome:
    """Asks for more memory than a worker may have."""
    return Outcome(bytes(2 << 30))


@pytest.mark.parametrize("markup", ADDRESSES)
def test_an_address_that_is_not_packaged_ends_the_render(renderer: PdfRenderer, markup: str) -> None:
    with pytest.raises(PdfRefused) as refusal:
        renderer.render(f"<body>{markup}</body>")
    assert refusal.value.code == "pdf_foreign_address"


def test_an_asset_that_points_elsewhere_ends_the_render(renderer: PdfRenderer) -> None:
    with pytest.raises(PdfRefused):
        renderer.render('<img src="asset:a.svg">', assets={"a.svg": LINKING_SVG.encode()})


def test_markup_in_what_people_wrote_is_printed_as_text(renderer: PdfRenderer) -> None:
    evil = '<img src="file:///etc/hostname"><style>@import "http://127.0.0.1:9/"</style>\'"}; url(file:///etc/hostname)'
    demands = (SlipDemand(1, evil, evil, evil, evil, evil),)
    slip = make_slip(title=evil, recipient=evil, subject=evil, copies=(evil,), annexes=(evil,), demands=demands)
    assert "<style>" in text_of(render_slip(slip, renderer)).replace("\n", "")


def test_the_same_slip_is_the_same_bytes_in_every_process(short_pdf: bytes) -> None:
    other = PdfRenderer(ROOT / ".fonts" / "fonts.conf", workers=1)
    try:
        assert render_slip(make_slip(), other) == short_pdf
        assert render_slip(make_slip(), other) == short_pdf
    finally:
        other.close()


def test_another_slip_has_another_identifier(short_pdf: bytes, renderer: PdfRenderer) -> None:
    other = render_slip(make_slip(number="沅优办答〔2026〕88号"), renderer)
    assert PdfReader(BytesIO(other)).trailer["/ID"] != PdfReader(BytesIO(short_pdf)).trailer["/ID"]


def test_the_metadata_names_the_office_and_the_number_only(short_pdf: bytes) -> None:
    found = PdfReader(BytesIO(short_pdf)).metadata
    assert found is not None
    assert found.title == "沅优办答〔2026〕87号" and found.author == "沅江市优化营商环境协调办公室"
    assert set(found) <= {"/Title", "/Author", "/Producer"}


def test_three_hundred_rare_characters_of_names_all_have_a_glyph(renderer: PdfRenderer) -> None:
    assert len(set(RARE)) >= 300
    pdf = render_slip(make_slip(demands=(SlipDemand(1, RARE[:40], "已解决", RARE, RARE, RARE),)), renderer)
    said = text_of(pdf)
    assert not [sign for sign in ("\0", "〓", "(cid:") if sign in said]
    assert set(RARE) <= set(text_of(pdf))


def test_a_character_without_any_typeface_is_printed_as_the_printers_mark(renderer: PdfRenderer) -> None:
    said = text_of(renderer.render("<p>甲\U00012000\U00016a00乙</p>"))
    assert said == "甲〓〓乙"


def test_a_hanging_child_is_ended_and_the_next_slip_prints() -> None:
    short = PdfRenderer(ROOT / ".fonts" / "fonts.conf", workers=1, timeout=3)
    try:
        short.render("<p>暖机</p>")
        began = monotonic()
        assert _refusal(short, hang) == "pdf_timeout"
        assert monotonic() - began < 6
        assert short.render("<p>好</p>").startswith(b"%PDF")
    finally:
        short.close()


def test_a_child_that_dies_or_devours_memory_is_refused_and_replaced() -> None:
    small = PdfRenderer(ROOT / ".fonts" / "fonts.conf", workers=1)
    try:
        assert (_refusal(small, die), _refusal(small, devour)) == ("pdf_crashed", "pdf_too_large")
        assert small.render("<p>好</p>").startswith(b"%PDF")
    finally:
        small.close()


def test_a_worker_that_dies_while_idle_is_replaced() -> None:
    alone = PdfRenderer(ROOT / ".fonts" / "fonts.conf", workers=1)
    try:
        worker = int(alone._run(tell_pid, Job("", {}, 1, 1)))
        os.kill(worker, signal.SIGKILL)
        sleep(0.5)
        assert alone.render("<p>好</p>").startswith(b"%PDF")
    finally:
        alone.close()


def test_more_than_the_queue_holds_is_told_to_come_back() -> None:
    narrow = PdfRenderer(ROOT / ".fonts" / "fonts.conf", workers=1, timeout=3, queue=0)
    try:
        narrow.render("<p>暖机</p>")
        busy = Thread(target=lambda: _refusal(narrow, hang))
        busy.start()
        sleep(0.5)
        with pytest.raises(PdfBusy):
            narrow.render("<p>好</p>")
        busy.join()
        assert narrow.render("<p>好</p>").startswith(b"%PDF")
    finally:
        narrow.close()


def test_threads_share_the_renderer(renderer: PdfRenderer) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda no: renderer.render(f"<p>第{no}页</p>"), range(12)))
    assert [text_of(pdf) for pdf in made] == [f"第{no}页" for no in range(12)]


def test_too_many_pages_are_refused(renderer: PdfRenderer) -> None:
    with pytest.raises(PdfRefused) as refusal:
        renderer.render("<style>p { break-after: page }</style>" + "<p>页</p>" * 60)
    assert refusal.value.code == "pdf_too_many_pages"


@pytest.mark.parametrize("text", ["\n" * 20_000, "a" * 20_000, "办" * 5_001, "甲\n" * 201])
def test_a_field_beyond_the_cap_is_refused_before_any_layout(renderer: PdfRenderer, text: str) -> None:
    with pytest.raises(PdfRefused) as refusal:
        render_slip(make_slip(demands=(SlipDemand(1, "何时出证", "已解决", text),)), renderer)
    assert refusal.value.code == "pdf_text_too_long"


def test_five_thousand_unbroken_letters_are_set_in_time(renderer: PdfRenderer) -> None:
    began = monotonic()
    render_slip(make_slip(demands=(SlipDemand(1, "何时出证", "已解决", "a" * 5_000),)), renderer)
    assert monotonic() - began < 15


def test_the_web_process_does_not_load_the_layout_engine() -> None:
    code = "import sys, webapp.slip_pdf; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_page_of_a_slip_names_its_own_assets_only() -> None:
    html, assets = slip_html([make_slip()])
    assert set(assets) == {"qr0.svg"} and "http" not in html


def receipt() -> Receipt:
    return Receipt(
        office="沅江市优化营商环境协调办公室", number="2026-000902", code="7K3M-9QXA-2FHT-W8PD",
        filed_at="2026年11月17日 09:42", title="食品经营许可变更超过承诺时限未出证",
        promises=(("签收", "最迟11月18日（周三）"), ("初步答复", "最迟11月20日（周五）")),
        follow_up="扫上面的二维码，或打开下面的网址，填受理编号和查询码。", track_url="https://office.invalid/appeals/track",
        privacy_note="您的姓名、电话只用于办理这件事；每一次查看都有记录。", contact="咨询电话：0737-2700000。",
    )


def test_the_receipt_is_one_page_with_number_code_and_dates(renderer: PdfRenderer) -> None:
    pdf = render_receipt(receipt(), renderer)
    said = text_of(pdf)
    assert len(read_pages(pdf)) == 1
    for text in ("2026-000902", "7K3M-9QXA-2FHT-W8PD", "最迟11月20日（周五）", "https://office.invalid/appeals/track"):
        assert text in said


def test_the_receipts_metadata_tells_nothing_of_the_appeal(renderer: PdfRenderer) -> None:
    found = PdfReader(BytesIO(render_receipt(receipt(), renderer))).metadata
    assert found is not None and found.title == "受理回执"


def test_a_receipt_survives_its_json() -> None:
    assert Receipt.from_json(receipt().to_json()) == receipt()
