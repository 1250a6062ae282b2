"""ABU-3: the receipt code and its slow hash."""

import time
from collections import Counter
from statistics import median

import pytest
from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from hypothesis import given
from hypothesis import strategies as st

from models.appeals.receipt import (
    ALPHABET,
    code_matches,
    grouped,
    hash_code,
    normalise_code,
    receipt_code,
    verify_absent,
)

SECRET = bytes(range(32))
PEPPER = b"pepper" * 6


def test_the_same_form_gives_the_same_code_and_another_form_another() -> None:
    assert receipt_code(SECRET, "form-1") == receipt_code(SECRET, "form-1")
    assert receipt_code(SECRET, "form-1") != receipt_code(SECRET, "form-2")
    assert receipt_code(bytes(32), "form-1") != receipt_code(SECRET, "form-1")


def test_a_short_secret_or_no_key_makes_no_code() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        receipt_code(b"short", "form-1")
    with pytest.raises(ValueError, match="key"):
        receipt_code(SECRET, "")


def test_a_code_carries_eighty_bits() -> None:
    codes = [receipt_code(SECRET, str(number)) for number in range(4000)]
    assert len(set(codes)) == 4000
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes)
    for place in range(16):  # every place uses all characters about equally: 125 expected, 5 deviations ≈ 55
        counts = Counter(code[place] for code in codes)
        assert len(counts) == 32
        assert max(abs(count - 125) for count in counts.values()) < 65


def test_people_read_the_code_in_four_groups() -> None:
    assert grouped("0123456789ABCDEF") == "0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CDEF",
        "0123 4567 89ab cdef",
        "o1z3456789abcdef".replace("z", "2"),
        "OI23-4567-89AB-CDEF",
        "0l23—4567－89AB–CDEF",
        "０１２３４５６７８９ＡＢＣＤＥＦ",
        " \t0123-4567-89ab-cdef\n",
    ],
)
def test_a_code_is_understood_as_people_type_it(typed: str) -> None:
    assert normalise_code(typed) == "0123456789ABCDEF"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0123",
        "0123-4567-89AB-CDEU",
        "0123-4567-89AB-CDEF-0",
        "中文中文中文中文中文中文中文中文",
        "0" * 10**6,
        "\ud800" * 16,
    ],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalise_code(typed) is None


@given(st.text(max_size=30))
def test_any_text_may_be_tried_as_a_code(typed: str) -> None:
    code = normalise_code(typed)
    assert code is None or normalise_code(grouped(code)) == code


def test_only_the_right_code_with_the_right_pepper_opens() -> None:
    code = receipt_code(SECRET, "form-1")
    stored = hash_code(PEPPER, code)
    assert code not in stored
    assert stored != hash_code(PEPPER, code)
    assert code_matches(PEPPER, code, stored)
    assert not code_matches(PEPPER, receipt_code(SECRET, "form-2"), stored)
    assert not code_matches(b"another pepper", code, stored)


def test_the_stored_hash_is_argon2id_with_the_documented_small_cost() -> None:
    parameters = extract_parameters(hash_code(PEPPER, "0123456789ABCDEF"))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (4096, 1, 1)


def test_a_damaged_hash_is_an_error_and_not_a_wrong_code() -> None:
    with pytest.raises(InvalidHashError):
        code_matches(PEPPER, "0123456789ABCDEF", "damaged")


def test_an_unknown_number_costs_what_a_wrong_code_costs() -> None:
    stored = hash_code(PEPPER, "0123456789ABCDEF")
    wrong, absent = [], []
    for _ in range(60):
        start = time.perf_counter()
        assert not code_matches(PEPPER, "FFFFFFFFFFFFFFFF", stored)
        middle = time.perf_counter()
        assert not verify_absent(PEPPER, "FFFFFFFFFFFFFFFF")
        wrong.append(middle - start)
        absent.append(time.perf_counter() - middle)
    assert abs(median(wrong) - median(absent)) < 0.005
    assert median(absent) > 0.0002
