"""Ballots as text: in an envelope with their remarks, in the record without.

In the record: [{"unit": 1, "values": {"1": 80, "2": null}, "conduct": {"rough": true}}, …], every unit that the ballot
showed, every dimension of the campaign.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from models.ratings.types import Answer, BallotAnswers, ConductAnswer, ConductQuestion, Dimension, Remark, UnitAnswers

Said = dict[str, Any]


def to_json(ballot: BallotAnswers) -> list[Said]:
    """Without the remarks."""
    return [
        {
            "unit": one.unit_no,
            "values": {str(answer.dimension_no): answer.value for answer in one.answers},
            "conduct": {said.question.value: said.is_yes for said in one.conduct},
        }
        for one in ballot.units
    ]


def from_json(rows: Iterable[Mapping[str, Any]]) -> BallotAnswers:
    return BallotAnswers(
        tuple(
            UnitAnswers(
                row["unit"],
                tuple(Answer(int(no), value) for no, value in row["values"].items()),
                tuple(ConductAnswer(ConductQuestion(name), is_yes) for name, is_yes in row["conduct"].items()),
            )
            for row in rows
        )
    )


def remarks(ballot: BallotAnswers) -> list[Remark]:
    return [
        Remark(one.unit_no, said.question, said.text) for one in ballot.units for said in one.conduct if said.text
    ]


# ---------------------------------------------------------------- in an envelope, as short as may be


def packed(ballot: BallotAnswers) -> str:
    return json.dumps([packed_unit(one) for one in ballot.units], ensure_ascii=False, separators=(",", ":"))


def packed_unit(one: UnitAnswers) -> Said:
    """What is not answered is left out."""
    said: Said = {"u": one.unit_no}
    values = {str(answer.dimension_no): answer.value for answer in one.answers if answer.value is not None}
    conduct = {answer.question.value: [answer.is_yes, answer.text] for answer in one.conduct}
    return said | ({"v": values} if values else {}) | ({"c": conduct} if conduct else {})


def unpacked(text: str, dimensions: Sequence[Dimension]) -> BallotAnswers:
    return BallotAnswers(tuple(unpacked_unit(said, dimensions) for said in json.loads(text)))


def unpacked_unit(said: Mapping[str, Any], dimensions: Sequence[Dimension]) -> UnitAnswers:
    values, conduct = said.get("v", {}), said.get("c", {})
    return UnitAnswers(
        said["u"],
        tuple(Answer(one.no, values.get(str(one.no))) for one in dimensions),
        tuple(ConductAnswer(ConductQuestion(name), is_yes, text) for name, (is_yes, text) in conduct.items()),
    )


def nothing_said(unit_no: int, dimensions: Sequence[Dimension]) -> UnitAnswers:
    """What a ballot says of a unit that its voter does not know."""
    return UnitAnswers(unit_no, tuple(Answer(one.no, None) for one in dimensions))
