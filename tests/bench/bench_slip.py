"""One reply slip through the bounded renderer against bare WeasyPrint on the same page, both warm, in turn; and two
hundred slips in one PDF against as many printed one by one.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from models.slips.types import ReplySlip, SlipDemand
from webapp.pdf import GIB, PdfRenderer
from webapp.slip_batch import render_batch
from webapp.slip_pdf import render_slip, slip_html

FONTS = Path(__file__).resolve().parents[2] / ".fonts" / "fonts.conf"
ROUNDS = 15
WARM_UP = 3
TOGETHER, BATCHES = 200, 2


def slip() -> ReplySlip:
    """A usual reply: two demands, two pages and a bit."""
    facts = (
        "经核实，您的申请于10月26日受理，承诺时限为五个工作日。因材料流转时未及时登记，超过承诺时限六个工作日，"
        "情况属实。"
    )
    actions = "该局已于11月20日向您当面致歉；自11月23日起，两个股室之间的材料流转改为当日登记、当日移交。"
    demands = tuple(SlipDemand(no, f"第{no}项：变更申请何时出证", "已解决", facts, facts, actions) for no in (1, 2))
    return ReplySlip(
        issuer="沅江市优化营商环境协调办公室", mark="沅江市优化营商环境协调办公室", number="沅优办答〔2026〕87号",
        title="关于食品经营许可变更事项的答复书", recipient="诉求人", appeal_number="2026-000902",
        subject="食品经营许可变更超过承诺时限未出证", filed_on=date(2026, 11, 17), channel="网络",
        lead_unit="市市场监督管理局", demands=demands, contact="联系电话：0737-2700000。",
        come_back="您对以上答复有疑问的，可凭受理编号和查询码再次反映。", signer="王建国", reviewer="李敏",
        handler_unit="市市场监督管理局", issued_on=date(2026, 11, 25), verification_code="7K3M-9QXA-2FHT-W8PD",
        verification_url="https://office.invalid/slips/verify/7K3M-9QXA-2FHT-W8PD", copies=("市市场监督管理局",),
    )


def bare(html: str, assets: dict[str, bytes]) -> Callable[[], bytes]:
    """WeasyPrint in this process with nothing around it; even the page is composed beforehand."""
    if FONTS.is_file():
        os.putenv("FONTCONFIG_FILE", str(FONTS))
    from weasyprint import HTML

    from webapp.pdf_child import SCHEME, ClosedFetcher

    def run() -> bytes:
        written = HTML(string=html, base_url=SCHEME, url_fetcher=ClosedFetcher(assets)).write_pdf()
        assert isinstance(written, bytes)
        return written

    return run


def seconds(run: Callable[[], bytes]) -> float:
    began = perf_counter()
    if not run().startswith(b"%PDF"):
        raise AssertionError("no PDF came out")
    return perf_counter() - began


def measure() -> dict[str, str | float]:
    """Medians of rounds in turn. Ours includes composing the lines and the way to the child and back."""
    renderer = PdfRenderer(FONTS, workers=1)
    paper = slip()
    html, assets = slip_html([paper])
    alone = bare(html, dict(assets))

    def ours() -> bytes:
        return render_slip(paper, renderer)

    try:
        for _ in range(WARM_UP):
            seconds(ours), seconds(alone)
        rounds = [(seconds(ours), seconds(alone)) for _ in range(ROUNDS)]
    finally:
        renderer.close()
    mine, reference = (1000 * median(column) for column in zip(*rounds, strict=True))
    ratios = median(one / other for one, other in rounds)
    return {
        "name": "reply_slip", "value": round(mine, 1), "unit": "ms", "reference": round(reference, 1),
        "ratio": round(ratios, 3),
    }


def measure_batch() -> dict[str, str | float]:
    """Seconds for two hundred. Of the single prints every tenth is made, between the batch's rounds, and counted ten
    times: the machine is the same for both.
    """
    renderer = PdfRenderer(FONTS, workers=1, timeout=300, memory=4 * GIB, max_pages=5_000)
    papers = [replace(slip(), number=f"沅优办答〔2026〕{no}号") for no in range(1, TOGETHER + 1)]
    singles, batches = [], []
    try:
        render_slip(papers[0], renderer), render_batch(papers[:2], renderer, quiet)
        for start in range(BATCHES):
            batches.append(seconds(lambda: render_batch(papers, renderer, quiet)))
            singles += [seconds(lambda one=one: render_slip(one, renderer)) for one in papers[start::10 * BATCHES]]
    finally:
        renderer.close()
    together, alone = median(batches), TOGETHER * sum(singles) / len(singles)
    return {
        "name": "slips_200_in_one_pdf", "value": round(together, 2), "unit": "s", "reference": round(alone, 2),
        "ratio": round(together / alone, 3),
    }


def quiet(done: int, total: int) -> None:
    """Nobody watches."""


def main() -> None:
    for measured in (measure(), measure_batch()):
        print(json.dumps(measured, ensure_ascii=False))


if __name__ == "__main__":
    main()
