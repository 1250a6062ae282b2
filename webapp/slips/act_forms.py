"""Forms of acts on slips: void, reissue, sign for, a scan, issuing, the transfer letter, the wording."""

from typing import Any

from wtforms import HiddenField, MultipleFileField

from models.slips.chinese import lines
from models.slips.kinds import SlipKind
from models.slips.transfer_letter import TransferFacts
from models.slips.wording import LONGEST, PART_LABELS, PARTS, Wording, parts_of, problems
from webapp.forms import ActForm, text_area, text_field
from webapp.messages import message


class PlainForm(ActForm):
    """An act that needs no words."""


class VoidForm(ActForm):
    reason = text_area("作废理由", max_chars=500, required="请写明为什么作废，例如主送单位写错")


class ScanForm(ActForm):
    scans = MultipleFileField("扫描件")


class TransferForm(ActForm):
    """The facts of a transfer letter as the office writes them down."""

    body = text_field("接收机关", max_chars=60, required="请填写接收机关的全称")
    subject = text_field("事项", max_chars=60, required="请用一句话写明是什么事项或者问题线索")
    source = text_area("线索来源", max_chars=500, required="请写明线索从哪里来、什么时候收到")
    verified = text_area("已核实的情况", max_chars=4000, required="请写明已经核实的事实；没有核实的，写明未经核实")
    opinion = text_area("处理意见", max_chars=1000)
    annex_names = text_area("附件", max_chars=1000)
    secrecy = text_field("密级或者保密提示", max_chars=12)
    confidentiality = text_area("保密要求", max_chars=500)
    copies_to = text_area("抄送", max_chars=500)

    def fill(self, facts: TransferFacts) -> None:
        self.secrecy.data, self.confidentiality.data = facts.secrecy, facts.confidentiality
        self.source.data, self.subject.data, self.body.data = facts.source, facts.subject, facts.body

    @property
    def facts(self) -> TransferFacts:
        return TransferFacts(
            body=self.body.data or "", subject=self.subject.data or "", source=self.source.data or "",
            verified=self.verified.data or "", annexes=tuple(lines(self.annex_names.data or "")),
            opinion=self.opinion.data or "", secrecy=self.secrecy.data or "",
            confidentiality=self.confidentiality.data or "", copies=tuple(lines(self.copies_to.data or "")),
        )


class WordingForm(ActForm):
    """The fixed sentences of one kind; `base` is the version they were written from."""

    opening = text_area(PART_LABELS["opening"], max_chars=LONGEST)
    demand = text_area(PART_LABELS["demand"], max_chars=LONGEST)
    closing = text_area(PART_LABELS["closing"], max_chars=LONGEST)
    come_back = text_area(PART_LABELS["come_back"], max_chars=LONGEST)
    base = HiddenField()

    def keep(self, kind: SlipKind) -> None:
        """Without the parts that this kind has not."""
        self.kind = kind
        for part in set(PARTS) - set(parts_of(kind)):
            del self[part]

    def fill(self, wording: Wording) -> None:
        self.base.data = str(wording.version)
        for part in PARTS:
            if part in self:
                self[part].data = getattr(wording, part)

    @property
    def wording(self) -> Wording:
        said = {part: self[part].data or "" if part in self else "" for part in PARTS}
        base = self.base.data or ""
        version = int(base) if base.isascii() and base.isdigit() and len(base) < 10 else -1
        return Wording(said["opening"], said["demand"], said["closing"], said["come_back"], version)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also by the rules of the kind: every part is there, and no unknown place is to be filled in."""
        is_valid = bool(super().validate(extra_validators))
        found = problems(self.kind, self.wording) if is_valid else {}
        for part, code in found.items():
            self[part].errors = [message(code)]
        return is_valid and not found
