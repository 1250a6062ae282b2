"""Every refusal of follow-up has words for whoever is refused."""

import re

from tests.architecture.source import ROOT
from webapp.messages import MESSAGES

CODE = re.compile(r'(?:Refused|NotFound|Conflict)\(\s*"([a-z_]+)"')


def test_every_refusal_has_words() -> None:
    paths = list(ROOT.glob("models/followup/*.py"))
    codes = {code for path in paths for code in CODE.findall(path.read_text(encoding="utf-8"))}
    needs = re.findall(r'= "([a-z_]+)"', (ROOT / "models/followup/case_rules.py").read_text(encoding="utf-8"))
    assert len(codes) > 20
    assert not {*codes, *needs} - {"nothing"} - set(MESSAGES)
