"""The notice as it is published: four real years in their spellings, an invented one, and what can be wrong with it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refused
from models.workdays.prose import looks_like_prose, notice_number, notice_year, read_notice
from models.workdays.reading import read
from models.workdays.shipped import shipped_calendar, shipped_days
from models.workdays.types import DayKind
from tests.support.notices import NOTICE_2027, NUMBER, PUBLISHED, csv_2027, days_2027

ITEMS = [line for line in NOTICE_2027.splitlines() if line[1:2] == "、"]


def items(**changes: str) -> str:
    """The invented items, one a line; an item (元旦, 春节 …) replaced by another text."""
    return "\n".join(next((said for name, said in changes.items() if name in line), line) for line in ITEMS)


def problems(text: str, year: int = 2027) -> list[str]:
    with pytest.raises(Refused) as refusal:
        read_notice(text, year=year, source="x")
    assert refusal.value.code == "arrangement_unsound"
    return [note.text for note in refusal.value.facts["problems"]]


def test_the_invented_notice_is_read_to_the_day() -> None:
    found = read(NOTICE_2027, year=None, source="", calendar=shipped_calendar())
    assert found.days == days_2027()
    assert found.warnings == ()
    assert (notice_year(NOTICE_2027), notice_number(NOTICE_2027)) == (2027, NUMBER)


@pytest.mark.parametrize("year", PUBLISHED)
def test_published_notices_give_the_days_that_are_shipped(year: int) -> None:
    found = read_notice(PUBLISHED[year], year=year, source="x")
    wanted = {(day.on, day.kind, day.name) for day in shipped_days() if day.on.year == year}
    assert {(day.on, day.kind, day.name) for day in found.days if day.on.year == year} == wanted


def test_the_same_days_come_from_a_file_and_from_the_notice() -> None:
    calendar = shipped_calendar()
    assert read(csv_2027(), year=None, source="", calendar=calendar).days == days_2027()
    assert not looks_like_prose("\ufeff" + csv_2027()) and looks_like_prose(NOTICE_2027)


@pytest.mark.parametrize("change", [
    lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    lambda text: text.replace("（", "(").replace("）", ")").replace("：", ":").replace("，", ","),
    lambda text: text.replace("周", "星期"),
    lambda text: text.replace("周日", "周天").replace("周六", "礼拜六"),
    lambda text: text.replace("至", "—"),
    lambda text: text.replace("至", "－"),
    lambda text: text.replace("至", "～"),
    lambda text: text.replace("至", "到"),
    lambda text: text.replace("日（周日）、2月14日", "日（周日）和2月14日"),
    lambda text: text.replace("\n", ""),
    lambda text: text.replace("\n", "\r\n\r\n"),
    lambda text: text.replace("放假调休，", "放假调休，\n  ").replace("日（", "日 （"),
    lambda text: text.replace("一、", "（一）").replace("二、", "（二）"),
    lambda text: text.replace("一、", "1．").replace("二、", "2."),
    lambda text: "\n".join(line.split("、", 1)[1] for line in text.splitlines()),
    lambda text: text.replace("上班", "正常上班"),
    lambda text: text.replace("1月9日", "2027年1月9日"),
    lambda text: text.replace("13日（周六）放假", "2月13日（周六）放假"),
    lambda text: text.replace("共9天", "共 9 天"),
])
def test_usual_spellings_mean_the_same(change: object) -> None:
    found = read_notice(change(items()), year=2027, source=NUMBER)  # type: ignore[operator]
    assert found.days == days_2027() and found.warnings == ()


def test_a_range_may_cross_a_month_or_the_year() -> None:
    autumn = "六、中秋节、国庆节：9月29日（周三）至10月6日放假调休，共8天。9月26日（周日）、10月9日（周六）上班。"
    found = read_notice(items(中秋节=autumn, 国庆节=""), year=2027, source="x")
    assert [(day.on.month, day.on.day) for day in found.days if "国庆节" in day.name and day.kind is DayKind.OFF] == [
        (9, 29), (9, 30), *((10, day) for day in range(1, 7)),
    ]
    winter = "一、元旦：2026年12月31日（周四）至1月3日（周日）放假调休，共4天。2026年12月27日（周日）上班。"
    found = read_notice(items(元旦=winter), year=2027, source="x")
    assert [(day.on.year, day.on.day) for day in found.days if "元旦" in day.name] == [
        (2026, 27), (2026, 31), (2027, 1), (2027, 2), (2027, 3),
    ]


def test_days_of_the_year_before_are_added_to_that_years_own() -> None:
    winter = "一、元旦：2026年12月31日（周四）至1月3日（周日）放假调休，共4天。2026年12月27日（周日）上班。"
    found = read(items(元旦=winter), year=2027, source="x", calendar=shipped_calendar())
    assert found.years == (2026, 2027)
    assert len([day for day in found.days if day.on.year == 2026]) == 39 + 2


@pytest.mark.parametrize(("name", "said", "reason"), [
    ("元旦", "一、元旦：1月1日（周六）至4日（周一）放假，共4天。",
     "第1行：1月1日写的是“周六”，而2027年的这一天是周五，请核对日期和年份"),
    ("元旦", "一、元旦：1月1日至4日（周二）放假，共4天。", "第1行：1月4日写的是“周二”，而2027年的这一天是周一"),
    ("元旦", "一、元旦：1月1日至4日放假，共4天。1月9日（星期天）上班。", "第1行：1月9日写的是“星期天”"),
    ("春节", "二、春节：2月5日至13日放假，共8天。", "第2行：写的是“共8天”，而起止日期之间是9天"),
    ("端午节", "五、端午节：6月9日放假2天。", "第5行：写的是“共2天”，而起止日期之间是1天"),
    ("春节", "二、春节：2月30日至3月3日放假。", "第2行：“2月30日”不是有效日期"),
    ("春节", "二、春节：13月1日至3日放假。", "第2行：“13月1日”不是有效日期"),
    ("春节", "二、春节：5日至13日放假。", "第2行：“5日”不是有效日期"),
    ("春节", "二、春节：2月13日至5日放假。", "第2行：2月5日在2月13日之前"),
    ("春节", "二、春节：2月1日至3月13日放假。", "第2行：2月1日至3月13日有41天，不像一次放假"),
    ("春节", "二、春节：1948年2月5日放假。", "第2行：年份1948超出范围"),
    ("清明节", "三、清明节：2月13日至14日放假。", "第3行：2月13日出现了两次（春节、清明节）"),
    ("清明节", "三、清明节：4月3日至5日放假。2月14日放假。", "第3行：2月14日又写放假又写上班（春节调休上班、清明节）"),
])
def test_what_does_not_fit_is_told_with_its_line(name: str, said: str, reason: str) -> None:
    found = problems(items(**{name: said}))
    assert [text for text in found if text.startswith(reason)], found


def test_all_faults_are_told_at_once_in_order_of_lines() -> None:
    found = problems(items(元旦="一、元旦：1月1日（周六）放假。", 国庆节="七、国庆节：10月1日至7日放假，共8天。"))
    assert [text.split("：")[0] for text in found] == ["第1行", "第7行"]


def test_a_line_is_counted_in_the_text_as_it_was_pasted() -> None:
    wrapped = "通知\n\n一、元旦：1月1日\n（周六）至4日放假。\n" + items(元旦="")
    assert problems(wrapped)[0].startswith("第3行：1月1日写的是“周六”")


def test_a_date_of_which_nothing_is_said_is_left_out_and_told() -> None:
    found = read_notice(items(春节=ITEMS[1] + "鼓励安排职工在2月4日休息。"), year=2027, source="x")
    assert [note.text for note in found.warnings] == ["第2行：“2月4日”没有写明放假还是上班，没有列入，请核对"]


def test_a_make_up_day_on_a_weekday_is_a_remark() -> None:
    found = read_notice(items(元旦="一、元旦：1月1日至4日放假，共4天。1月8日（周五）上班。"), year=2027, source="x")
    assert [note.text for note in found.warnings] == ["第1行：1月8日本来就是工作日，无需写为调休上班，请核对通知原文"]


def test_a_holiday_that_was_left_out_is_a_remark() -> None:
    found = read(items(端午节=""), year=2027, source="x", calendar=shipped_calendar())
    assert [note.text for note in found.warnings] == [
        "6月9日（周三）是法定节假日（端午节），这份安排没有放假，请核对是否漏了一项"
    ]


@pytest.mark.parametrize("text", ["", "你好", "2027年放假", "元旦放假", "一、元旦：", "date,kind"])
def test_a_text_without_an_arrangement_says_what_is_wanted(text: str) -> None:
    assert problems(text)[0].startswith("没有读到放假安排")


def test_part_of_a_notice_is_no_arrangement() -> None:
    assert problems(ITEMS[0]) == [
        "2027年只有4个放假日，不完整：导入会替换整年的安排，请把2027年的全部放假日和调休上班日放进同一个文件"
    ]


@pytest.mark.parametrize(("year", "source", "code"), [
    (None, "x", "notice_year_missing"), (2027, "", "notice_source_missing"),
])
def test_what_the_text_does_not_say_must_be_said_beside_it(year: int | None, source: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(items(), year=year, source=source, calendar=shipped_calendar())
    assert refusal.value.code == code


def test_a_year_that_contradicts_the_text_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        read(NOTICE_2027, year=2026, source="", calendar=shipped_calendar())
    assert (refusal.value.code, refusal.value.facts) == ("notice_year_differs", {"told": 2027})


LETTERS = list("一二三、元旦：1月2日（周五）至—放假上班共天。，0123456789年\n；:()~")


@given(st.lists(st.sampled_from(LETTERS), max_size=120))
def test_no_text_whatever_breaks_the_reading(letters: list[str]) -> None:
    with pytest.raises(Refused):
        read("".join(letters), year=2027, source="x", calendar=shipped_calendar())


PIECES = ["1月1日（", "1月1日、", "元旦：", "一、", "1月1日至", "（周一）", "1月1日（周五）和"]


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(Refused):
        read_notice("元旦：" + piece * (20_000 // len(piece)), year=2027, source="x")
    assert time.perf_counter() - begun < 2
