"""What each page of a rating's results shows, to whom, and what it keeps back."""

from fractions import Fraction

import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session, select

from models.accounts.types import Role
from models.ratings.publishing import publish
from models.ratings.result_tables import RatingLook
from models.ratings.result_types import DimensionResult, PublicScope, UnitResult
from models.ratings.scoring import Tally
from models.ratings.tables import RatingCampaign
from models.ratings.types import ConductQuestion, Half
from tests.conftest import SignIn
from tests.support.actors import actor
from tests.support.page import PageClient
from tests.support.rated import Got, act, counted, result
from tests.support.statements import counting
from webapp.db import Database
from webapp.rating_results import presenters

ROUGH, RETALIATORY = ConductQuestion.ROUGH, ConductQuestion.RETALIATORY
LOW = Got([60] * 24 + [59], {ROUGH: 7, RETALIATORY: 2}, ("检查时不出示证件。",))
"""59.96."""
FIELD = {"市监局": Got([80] * 25), "住建局": Got([80] * 25), "税务局": LOW, "司法局": Got([90] * 4 + [None] * 21)}


def text_of(page: BeautifulSoup) -> str:
    main = page.find("main")
    assert main is not None
    return main.get_text(" ", strip=True)


def unit_page(session: Session, campaign: RatingCampaign, unit: str = "税务局") -> str:
    uid = result(session, campaign, unit).uid
    session.commit()  # a writing session holds the one lock
    return f"/ratings/units/{uid}"


def published(session: Session, campaign: RatingCampaign, scope: PublicScope) -> None:
    publish(session, campaign, scope, act(actor(session, Role.DIRECTOR)), reasons="会议决定。")


@pytest.fixture
def campaign(session: Session) -> RatingCampaign:
    made = counted(session, FIELD)
    session.commit()
    return made


def test_the_table_has_places_with_ties_the_line_and_small_samples_without_score(
    campaign: RatingCampaign, sign_in: SignIn
) -> None:
    page = sign_in(Role.LEADER).soup(f"/ratings/results/{campaign.uid}")
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr")]
    scores = {row[0]: row[1:] for row in rows if len(row) == 4 and "／" in row[3]}
    assert scores["市监局"][0] == scores["住建局"][0] == "1" and scores["税务局"][0] == "3"
    assert scores["税务局"][1].startswith("低于60分 59.96") and scores["税务局"][2] == "25／25"
    assert scores["司法局"] == ["不排名", "样本不足 有效票数达不到最低票数，不公布得分", "4／25"]
    svg = page.find("svg", role="img")
    assert svg is not None and "60分线" in str(svg["aria-label"])
    assert "60分线" in svg.get_text() and "59.96" in svg.get_text() and "60.00" not in svg.get_text()
    assert not svg.find_all(style=True) and not svg.find_all("style")


def test_the_formula_stands_beside_it_word_for_word(campaign: RatingCampaign, sign_in: SignIn) -> None:
    shown = text_of(sign_in(Role.AUDITOR).soup(f"/ratings/results/{campaign.uid}"))
    for words in (
        "计分规则 第 1 版", "各维度的权重：办事效率100", "最低票数5张", "59.996印作59.99",
        "95%置信区间＝得分±1.96×标准误",
    ):
        assert words in shown


def test_below_thirty_ballots_the_note_says_that_the_sample_is_small(
    campaign: RatingCampaign, sign_in: SignIn
) -> None:
    shown = text_of(sign_in(Role.SUPERVISOR).soup(f"/ratings/results/{campaign.uid}"))
    assert "样本较小，仅供参考" in shown and "95%置信区间 " not in shown.split("计分规则")[0]


def test_a_unit_reads_nothing_before_it_is_published_and_only_its_own_after(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    own, other = unit_page(session, campaign), unit_page(session, campaign, "市监局")
    head = sign_in(Role.APPROVER, unit="税务局")
    assert "还没有公布的评议结果" in text_of(head.soup("/ratings/mine"))
    assert head.get(own).status_code == 404
    published(session, campaign, PublicScope.NOTHING)
    session.commit()
    assert "59.96" in text_of(head.soup("/ratings/mine"))
    assert "59.96" in text_of(head.soup(own))
    assert head.get(other).status_code == 404


def test_small_numbers_about_conduct_are_told_to_those_alone_who_look_into_it(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    published(session, campaign, PublicScope.SCORES)
    session.commit()
    path = unit_page(session, campaign)
    assert "25 人作答，其中 2 人反映存在" in text_of(sign_in(Role.DIRECTOR).soup(path))
    for client in (sign_in(Role.APPROVER, unit="税务局"), sign_in(Role.LEADER), sign_in(Role.SUPERVISOR)):
        shown = text_of(client.soup(path))
        assert "其中 7 人反映存在" in shown and "其中 少于5 人反映存在" in shown and "其中 2 人" not in shown
        assert "查看评议人写的情况" not in shown


def test_a_dimension_that_few_spoke_of_is_not_shown_by_itself() -> None:
    parts = tuple(DimensionResult(no, 50, Tally(50 * count, count)) for no, count in ((1, 4), (2, 5), (3, 0)))
    found = UnitResult(1, 1, Fraction(50), 6, 6, True, 1, None, parts)
    shown = presenters.dimension_rows(found, {1: "办事效率", 2: "服务态度", 3: "廉洁自律"})
    assert [(one.score, one.count) for one in shown] == [("—", "少于5"), ("50.00", "5"), ("—", "0")]
    assert [one.bar.width for one in shown] == [0, 50, 0]


def test_what_was_written_is_read_by_few_and_each_look_is_noted(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    path, auditor = f"{unit_page(session, campaign)}/remarks", sign_in(Role.AUDITOR)
    assert "检查时不出示证件。" in text_of(auditor.soup(path))
    auditor.soup(path)
    session.expire_all()
    [look] = session.exec(select(RatingLook)).all()
    assert (look.kind, look.campaign_id) == ("remarks", campaign.id)
    session.commit()
    assert sign_in(Role.SUPERVISOR).get(path).status_code == 403


def test_statements_do_not_grow_with_the_units(session: Session, sign_in: SignIn, database: Database) -> None:
    few = counted(session, {"税务局": LOW, "市监局": Got([80] * 25)})
    names = ("税务局", "市监局", "住建局", "人社局", "司法局", "科工局", "财政局")
    many = counted(session, {name: Got([80] * 6) for name in names}, Half.SECOND)
    session.commit()
    client, counts = sign_in(Role.DIRECTOR), {}
    for made in (few, many):
        for path in (f"/ratings/results/{made.uid}", f"/ratings/results/{made.uid}/signal", "/ratings/proposals"):
            client.soup(path)
            with counting(database) as said:
                client.soup(path)
            counts.setdefault(path.replace(made.uid, ""), set()).add(len(said))
    assert all(len(numbers) == 1 for numbers in counts.values()), counts
    with counting(database) as said:
        client.soup("/ratings/results")
    assert len(said) <= 6


# ---------------------------------------------------------------- what anybody reads


def test_nothing_is_public_until_it_is_decided_and_then_it_is_in_the_menu(
    session: Session, campaign: RatingCampaign, client: PageClient
) -> None:
    address = f"/ratings/published/{campaign.uid}"
    assert "评议结果" not in client.soup("/").find("nav", attrs={"aria-label": "主导航"}).get_text()  # type: ignore[union-attr]
    assert client.get(address).status_code == 404
    assert "还没有公开的评议结果" in text_of(client.soup("/ratings"))


@pytest.mark.parametrize(("scope", "has_scores"), [(PublicScope.SCORES, True), (PublicScope.RANKING, False)])
def test_as_much_is_public_as_was_decided(
    session: Session, campaign: RatingCampaign, client: PageClient, scope: PublicScope, has_scores: bool
) -> None:
    published(session, campaign, scope)
    session.commit()
    nav = client.soup("/").find("nav", attrs={"aria-label": "主导航"})
    assert nav is not None and "评议结果" in nav.get_text()
    shown = text_of(client.soup(f"/ratings/published/{campaign.uid}"))
    assert ("59.96" in shown) is has_scores is ("低于60分 59.96" in shown)
    assert "25／25" in shown and "邀请" in shown and "样本不足、不公布得分的单位：司法局" in shown
    assert "执法" not in shown.split("计分规则")[0]


def test_what_was_public_may_be_taken_back(session: Session, campaign: RatingCampaign, client: PageClient) -> None:
    published(session, campaign, PublicScope.SCORES)
    published(session, campaign, PublicScope.NOTHING)
    session.commit()
    assert client.get(f"/ratings/published/{campaign.uid}").status_code == 404
