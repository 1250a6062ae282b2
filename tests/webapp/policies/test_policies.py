"""The pages of policies over HTTP: read by the office, compared and saved by the director, kept for what runs."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import text
from sqlmodel import select

from models.accounts.types import Role
from models.appeals.types import State
from models.handling.tables import PolicyLimit
from models.slips.tables import Slip
from tests.support.page import PageClient, find_form, hidden_fields
from tests.support.statements import counting
from webapp.consistency import StoredFiles, problems

INDEX, REVISE, NEW = "/office/policies", "/office/policies/3-7-15/revise", "/office/policies/new"
READERS = [Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR, Role.LEADER, Role.AUDITOR]
FURTHER = {
    "policy_name": "政企交流日事项", "policy_basis": "沅优办〔2026〕9号", "kinds": ["complaint", "help"],
    "complexity": "simple", "limit_verify": "2", "limit_conclude": "4",
}


def parsed(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def errors(answer) -> dict[str, str]:
    """By field; those of the whole form under ""."""
    soup = parsed(answer)
    found = {tag["id"].removesuffix("-error"): tag.get_text(" ", strip=True) for tag in soup.select(".field-error")}
    return found or {"": " ".join(one.get_text(" ", strip=True) for one in soup.select(".error-summary li"))}


def table(soup: BeautifulSoup, section: str) -> list[list[str]]:
    rows = soup.select(f"#{section} tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in rows]


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("role", READERS)
def test_the_office_reads_what_is_in_force_and_the_director_alone_is_offered_a_change(terms, role: Role) -> None:
    terms.appeal(State.HANDLING)
    reader = terms.sign_in(role, unit="市优办")
    soup = reader.soup(INDEX)
    words = soup.main.get_text(" ", strip=True)
    assert "3/7/15个工作日办理时限" in words and "沅政办发〔2023〕5号附件3第83条" in words
    assert "适用：全部诉求（默认）。今天交办适用第1版。" in words and "适用：投诉、举报。" in words
    first = [cell.get_text(" ", strip=True) for cell in soup.select_one("tbody tr").select("td")]
    assert first[:2] == ["第1版", "2023年4月23日起"] and first[2:7] == ["1", "3", "7", "15", "30"]
    assert first[-2:] == ["1 件", "现行"]
    may = role is Role.DIRECTOR
    assert bool(soup.find("a", string="修订")) == bool(soup.find("a", string="新增一项")) == may
    shown = reader.soup("/office/policies/3-7-15/versions/1")
    assert bool(shown.find("a", string="修订")) == may
    assert "1 件按这一版计时" in shown.main.get_text()


@pytest.mark.parametrize("role", [one for one in READERS if one is not Role.DIRECTOR])
def test_nobody_else_writes(terms, role: Role) -> None:
    reader = terms.sign_in(role, unit="市优办")
    token = str(reader.soup(INDEX).select_one("[name=csrf_token]")["value"])
    data = terms.form() | {"csrf_token": token}
    for path in (REVISE, NEW):
        assert reader.get(path).status_code == 403
        assert reader.post(path, data=data | {"step": "save"}).status_code == 403
    assert reader.post("/office/policies/5-30/end", data=data | {"last_on": "2026-11-20"}).status_code == 403
    assert terms.all_versions() == 2


@pytest.mark.parametrize("path", [
    "/office/policies/3-7-15/versions/2", "/office/policies/3-7-15/versions/01", "/office/policies/3-7-15/versions/１",
    "/office/policies/3-7-15/versions/" + "9" * 40, "/office/policies/nothing/versions/1",
    "/office/policies/nothing/revise", "/office/policies/3-7-15/versions/-1", "/office/policies/%00/revise",
    "/office/policies/3-7-15/versions/%00", "/office/policies/" + "9" * 300 + "/versions/1",
])
def test_what_there_is_not_is_not_found(terms, path: str) -> None:
    assert terms.director.get(path).status_code == 404


def test_the_list_asks_as_often_for_many_versions_as_for_two(terms) -> None:
    counts = []
    for number in range(2, 8):
        terms.director.get(INDEX)
        with counting(terms.database) as said:
            terms.director.soup(INDEX)
        counts.append(len(said))
        assert terms.send(in_force_from=f"2027-0{number}-01").status_code == 303
    assert set(counts) == {4}, said


# ---------------------------------------------------------------- a new version


def test_the_form_is_filled_in_from_the_newest_version(terms) -> None:
    terms.send(in_force_from="2026-12-01", limit_verify="2", policy_basis="新文号")
    form = terms.form()
    assert (form["limit_verify"], form["limit_conclude"], form["policy_basis"]) == ("2", "7", "新文号")
    assert (form["in_force_from"], form["version"], form["extensions_most"]) == ("2026-11-18", "2", "1")


def test_comparing_writes_nothing_and_shows_what_changes_and_the_dates_it_would_give(terms) -> None:
    terms.appeal(State.HANDLING)
    answer = terms.send(step="check", limit_verify="2", limit_conclude="5", in_force_from="2026-11-30")
    assert answer.status_code == 200 and terms.all_versions() == 2
    soup = parsed(answer)
    assert table(soup, "changes") == [
        ["核实到位", "3 个工作日", "2 个工作日"], ["简单事项办结", "7 个工作日", "5 个工作日"],
    ]
    shown = {row[0]: row[1:] for row in table(soup, "examples")}
    assert shown["核实到位"] == ["12月3日(周四)", "12月2日(周三)", "提前 1 个工作日"]
    assert shown["复杂事项最终结果"][2] == "不变" and "暂算" in soup.select_one("#examples").get_text()
    assert "现有 1 件在办诉求仍按原来的版本计时" in soup.main.get_text()
    form = find_form(soup)
    saved = terms.director.post(REVISE, data=terms.form() | hidden_fields(form) | {
        "limit_verify": "2", "limit_conclude": "5", "in_force_from": "2026-11-30", "step": "save",
    })
    assert saved.status_code == 303
    assert terms.versions()[-1].in_force_from == date(2026, 11, 30)


def test_a_saved_version_is_shown_beside_the_old_one(terms) -> None:
    answer = terms.send(limit_verify="2", in_force_from="2026-12-01")
    assert answer.location.endswith("/office/policies/3-7-15/versions/2")
    soup = terms.director.soup(answer.location)
    assert "第2版已保存，2026年12月1日起施行" in soup.get_text() and "尚未施行" in soup.main.get_text()
    assert table(soup, "changes") == [["核实到位", "3 个工作日", "2 个工作日"]]
    old = terms.director.soup("/office/policies/3-7-15/versions/1").main.get_text(" ", strip=True)
    assert "2023年4月23日至2026年11月30日" in old and "现行" in old


def test_the_same_form_sent_twice_makes_one_version(terms) -> None:
    data = terms.form() | {"limit_verify": "2", "in_force_from": "2026-12-01", "step": "save"}
    for _ in range(2):
        assert terms.director.post(REVISE, data=data).status_code == 303
    assert terms.all_versions() == 3


def test_who_saves_from_an_overtaken_page_is_told_and_keeps_what_was_typed(terms) -> None:
    stale = terms.form()
    terms.send(limit_verify="2", in_force_from="2026-12-01")
    answer = terms.director.post(REVISE, data=stale | {"limit_conclude": "6", "step": "save"})
    assert answer.status_code == 409
    assert "已由其他同事修改过" in answer.text
    form = find_form(parsed(answer))
    assert hidden_fields(form)["version"] == "2"
    assert form.select_one("[name=limit_conclude]")["value"] == "6"
    assert terms.all_versions() == 3


@pytest.mark.parametrize("value", ["0", "-1", "２", "1.5", "1000000000", "", "三", "1e3", " ", "251", "١"])
@pytest.mark.parametrize("step", ["check", "save"])
def test_a_limit_that_is_no_number_of_working_days_is_refused_and_kept(terms, value: str, step: str) -> None:
    answer = terms.send(step=step, limit_final=value)
    assert answer.status_code == 422
    assert errors(answer) == {"limit_final": "请改正： 请填 1 到 250 的整数"}
    assert find_form(parsed(answer)).select_one("[name=limit_final]")["value"] == value.strip()
    assert terms.all_versions() == 2


@pytest.mark.parametrize(("fields", "named", "said"), [
    ({"limit_sign": "4"}, "limit_verify", "不能少于“签收”的 4 个工作日"),
    ({"limit_verify": "8"}, "limit_conclude", "不能少于“核实到位”的 8 个工作日"),
    ({"limit_preliminary": "6"}, "limit_preliminary", "不能少于“办结”的 7 个工作日"),
    ({"limit_final": "14"}, "limit_final", "不能少于“明确初步结果”的 15 个工作日"),
    ({"extensions_most": "6"}, "extensions_most", "请填 0 到 5 的整数"),
    ({"pause_workdays_most": "61"}, "pause_workdays_most", "请填 1 到 60 的整数"),
    ({"in_force_from": "2026-11-17"}, "in_force_from", "施行日期最早为明天"),
    ({"in_force_from": "2026-11-16"}, "in_force_from", "施行日期最早为明天"),
    ({"in_force_from": "2027-11-19"}, "in_force_from", "日期过远，最晚为2027年11月18日"),
    ({"in_force_from": "9999-12-31"}, "in_force_from", "日期超出范围"),
    ({"in_force_from": "2026-02-30"}, "in_force_from", "日期不完整"),
    ({"in_force_from": "明天"}, "in_force_from", "日期不完整"),
    ({"in_force_from": ""}, "in_force_from", "请选择施行日期"),
    ({"policy_name": ""}, "policy_name", "请填写名称"),
    ({"policy_basis": "依" * 121}, "policy_basis", "120"),
])
@pytest.mark.parametrize("step", ["check", "save"])
def test_what_does_not_fit_is_told_beside_its_field(terms, fields, named: str, said: str, step: str) -> None:
    answer = terms.send(step=step, **fields)
    assert answer.status_code == 422
    assert said in errors(answer)[named] and list(errors(answer)) == [named]
    assert terms.all_versions() == 2


def test_the_default_takes_no_kinds_whatever_is_sent(terms) -> None:
    assert terms.send(kinds=["complaint"], complexity="complex", in_force_from="2026-12-01").status_code == 303
    made = terms.versions()[-1]
    assert (made.kinds, made.complexity) == ("", None)


def test_a_refused_save_is_in_the_log(terms) -> None:
    terms.send(in_force_from="2026-11-17")
    assert terms.denials() == ["policies.revise:policy_not_ahead"]


# ---------------------------------------------------------------- a further policy, and its end


def further(terms, **fields: object):
    return terms.send(NEW, **(FURTHER | fields))


def test_a_further_policy_is_offered_at_dispatch_from_its_first_day_on(terms, clock) -> None:
    answer = further(terms)
    assert answer.status_code == 303
    uid = terms.appeal(State.ACCEPTED)
    clerk = terms.sign_in(Role.CLERK, unit="市优办")
    page = f"/office/triage/{uid}"
    assert "政企交流日事项" not in clerk.soup(page).get_text()
    clock.move_to("2026-11-18T03:00:00+00:00")
    clerk = terms.sign_in(Role.CLERK, unit="市优办")
    soup = clerk.soup(page)
    assert "政企交流日事项（只用于简单事项，11月24日(周二)前办结）" in soup.get_text()
    code = answer.location.split("/")[-3]
    fields = {"unit": "市监局", "level": "normal", "policy": code}
    refused = clerk.send(page, fields | {"is_complex": "y"}, action="/dispatch")
    assert refused.status_code == 422
    assert errors(refused) == {"policy": "请改正： 所选的办理时限规定只用于简单事项，请另选"}
    assert clerk.send(page, fields, action="/dispatch").status_code == 303
    shown = clerk.soup(f"/office/appeals/{uid}").select_one(".explanation").get_text(" ", strip=True)
    assert "依据 政企交流日事项：沅优办〔2026〕9号" in shown


def test_a_further_policy_says_for_which_appeals(terms) -> None:
    answer = further(terms, kinds=[])
    assert errors(answer) == {"kinds": "请改正： 请至少选择一类诉求"}
    answer = further(terms, complexity="nonsense")
    assert errors(answer) == {"complexity": "请改正： 请选择适用的事项"}
    assert further(terms, kinds=["complaint", "nonsense"]).status_code == 303
    assert terms.all_versions() == 3


def test_two_policies_are_not_called_the_same(terms) -> None:
    answer = further(terms, policy_name="5/30个工作日办理时限")
    assert "已有一项时限规定使用这个名称" in errors(answer)["policy_name"]


def test_a_policy_is_ended_with_a_day_and_once(terms) -> None:
    page = "/office/policies/5-30/versions/1"
    form = find_form(terms.director.soup(page), "/end")
    fields = hidden_fields(form)
    early = terms.director.post("/office/policies/5-30/end", data=fields | {"last_on": "2026-11-16"})
    assert early.status_code == 422 and "不能早于今天" in errors(early)["last_on"]
    done = terms.director.post("/office/policies/5-30/end", data=fields | {"last_on": "2026-11-20"})
    assert done.status_code == 303
    soup = terms.director.soup(page)
    assert "2023年6月27日至2026年11月20日" in soup.get_text() and not soup.select("form[action$='/end']")
    again = terms.director.post(
        "/office/policies/5-30/end", data=fields | {"last_on": "2026-11-21", "submission_key": "k" * 24}
    )
    assert again.status_code == 422 and "已经停用" in again.text


def test_the_default_cannot_be_ended(terms) -> None:
    soup = terms.director.soup("/office/policies/3-7-15/versions/1")
    assert not soup.select("form[action$='/end']")
    fields = terms.form() | {"last_on": "2026-11-20"}
    answer = terms.director.post("/office/policies/3-7-15/end", data=fields)
    assert answer.status_code == 422 and "默认的时限规定不能停用" in answer.text
    assert terms.versions()[0].in_force_to is None


def test_ending_from_an_overtaken_page_is_a_conflict(terms) -> None:
    page = "/office/policies/5-30/versions/1"
    fields = hidden_fields(find_form(terms.director.soup(page), "/end"))
    terms.send("/office/policies/5-30/revise", in_force_from="2026-12-01")
    answer = terms.director.post("/office/policies/5-30/end", data=fields | {"last_on": "2026-12-20"})
    assert answer.status_code == 409 and "已由其他同事修改过" in answer.text


# ---------------------------------------------------------------- what runs stays


def dispatched(terms, clerk: PageClient) -> str:
    uid = terms.appeal(State.ACCEPTED)
    fields = {"unit": "市监局", "level": "normal", "policy": "3-7-15"}
    assert clerk.send(f"/office/triage/{uid}", fields, action="/dispatch").status_code == 303
    return uid


def basis_on_slip(terms, clerk: PageClient, uid: str) -> str:
    """Of the 交办单 that is issued now."""
    assert clerk.send(f"/slips/appeals/{uid}", action="/dispatch_order").status_code == 303
    with terms.database.reading() as session:
        return session.exec(select(Slip.content).order_by(Slip.id.desc())).first()


def test_a_change_reaches_slips_and_explanations_of_later_dispatches_alone(terms, clock, app: Flask) -> None:
    clerk = terms.sign_in(Role.CLERK, unit="市优办")
    before = dispatched(terms, clerk)
    terms.send(limit_verify="2", limit_conclude="5", policy_basis="沅优办〔2026〕9号", in_force_from="2026-11-18")
    clock.move_to("2026-11-18T03:00:00+00:00")
    clerk = terms.sign_in(Role.CLERK, unit="市优办")
    after = dispatched(terms, clerk)
    shown = {uid: clerk.soup(f"/office/appeals/{uid}") for uid in (before, after)}
    told = {uid: soup.select_one(".explanation .help").get_text(strip=True) for uid, soup in shown.items()}
    assert "沅政办发〔2023〕5号附件3第83条" in told[before] and "沅优办〔2026〕9号" in told[after]
    dates = {uid: [one["datetime"] for one in soup.select(".milestones time")][:3] for uid, soup in shown.items()}
    assert dates[before] == ["2026-11-18", "2026-11-20", "2026-11-26"]
    assert dates[after] == ["2026-11-19", "2026-11-20", "2026-11-25"]
    assert "沅政办发〔2023〕5号附件3第83条" in basis_on_slip(terms, clerk, before)
    assert "沅优办〔2026〕9号" in basis_on_slip(terms, clerk, after)
    with terms.database.reading() as session:
        assert problems(session, StoredFiles(app.extensions["zhitongche.files"], 0)) == []


def test_the_check_finds_a_policy_that_cannot_be(terms, app: Flask) -> None:
    if terms.database.engine.dialect.name != "sqlite":
        pytest.skip("there the guards hold whoever owns the tables")
    kept = StoredFiles(app.extensions["zhitongche.files"], 0)
    terms.send(in_force_from="2026-12-01")
    with terms.database.writing() as session:
        for trigger in ("policies_immutable", "policy_limits_no_delete"):
            session.execute(text(f"DROP TRIGGER {trigger}"))
        second = terms.versions()[-1]
        session.get(type(second), second.id).in_force_from = date(2026, 11, 1)
        session.delete(session.get(PolicyLimit, (1, "verify")))
    with terms.database.reading() as session:
        assert sorted(problems(session, kept)) == [
            "policy 3-7-15 version 1: limits do not fit together", "policy 3-7-15: two versions in force on a day",
        ]
