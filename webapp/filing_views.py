"""What was typed into the form of an appeal, as plain values: the answers to check and the files kept so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.appeals.tables import StagedUpload
from models.appeals.types import APPELLANT_KIND_LABELS, KIND_LABELS, AppealKind, AppellantKind
from webapp.filing_form import FilingForm
from webapp.filters import category_label, file_size


@dataclass(frozen=True)
class Block:
    """One block of the check page: an anchor on the form, and rows of (label, text or list of texts)."""

    anchor: str
    title: str
    rows: tuple[tuple[str, str | list[str]], ...]


@dataclass(frozen=True)
class StagedView:
    id: int
    name: str
    size_text: str


def staged_views(rows: Iterable[StagedUpload]) -> list[StagedView]:
    return [StagedView(row.id or 0, row.display_name, file_size(row.size)) for row in rows]


def answer_blocks(form: FilingForm, staged: Sequence[StagedView]) -> list[Block]:
    """What was typed, in the order of the form."""
    kind = AppellantKind(form.appellant_kind.data)
    who: list[tuple[str, str | list[str]]] = [("身份", APPELLANT_KIND_LABELS[kind])]
    if form.is_enterprise:
        who += [("企业名称", form.enterprise_name.data), ("信用代码", form.credit_code.data)]
    who.append(("保密", "要求保密" if form.confidential.data else "不要求"))
    accused = form.accused
    demands = list(form.demand_texts)
    what: list[tuple[str, str | list[str]]] = [
        ("类型", KIND_LABELS[AppealKind(form.kind.data)]),
        ("事项类别", category_label(form.category.data) if form.category.data else "由市优办判断"),
        ("标题", form.title.data),
        ("情况说明", form.body.data),
        ("诉求点", demands),
    ]
    contact = [("姓名", form.appellant_name.data), ("联系电话", form.phone.data), ("联系地址", form.address.data)]
    blocks = [
        Block("who", "谁", tuple(who)),
        Block("against", "反映谁", (("被反映单位", accused.full_name if accused else "不清楚，由市优办判断"),)),
        Block("what", "什么事", tuple(what)),
        Block("evidence", "证据", (("材料", [f"{one.name}（{one.size_text}）" for one in staged] or "没有上传"),)),
    ]
    if form.is_anonymous:
        nobody = ("联系方式", "匿名反映，不留联系方式，请凭编号和查询码看答复")
        return [*blocks, Block("contact", "怎么联系", (nobody,))]
    return [*blocks, Block("contact", "怎么联系", tuple(contact))]
