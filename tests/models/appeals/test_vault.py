"""IDN-2: the sealed identity."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.appeals.vault import Identity, IdentityVault
from models.errors import Refused

KEY = bytes(range(32))
VAULT = IdentityVault(KEY)
PERSON = Identity("王喆\U000e0100", "13812341234", "沅江市琼湖街道", "辣妹子食品厂", "91350100M000100Y43")


@given(st.builds(Identity, *[st.text(st.characters(exclude_categories=["Cs"]), max_size=40)] * 5))
def test_what_was_sealed_opens_as_it_was(identity: Identity) -> None:
    assert VAULT.open(VAULT.seal(identity, bound_to="appeal-1"), bound_to="appeal-1") == identity


def test_nothing_of_the_identity_is_in_the_blob_and_no_two_blobs_are_alike() -> None:
    blob = VAULT.seal(PERSON, bound_to="appeal-1")
    for value in dataclasses.astuple(PERSON):
        assert value.encode() not in blob
        assert value.encode("gb18030") not in blob
    assert blob != VAULT.seal(PERSON, bound_to="appeal-1")


def test_an_identity_opens_only_for_the_appeal_it_was_sealed_for() -> None:
    blob = VAULT.seal(PERSON, bound_to="appeal-1")
    with pytest.raises(Refused, match="identity_tampered"):
        VAULT.open(blob, bound_to="appeal-2")


def test_a_change_of_any_byte_is_noticed() -> None:
    blob = VAULT.seal(Identity(name="张三"), bound_to="a")
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 1
        with pytest.raises(Refused):
            VAULT.open(bytes(changed), bound_to="a")


@pytest.mark.parametrize("length", [0, 1, 5, 13, 20, 28, 100])
def test_a_cut_blob_is_refused(length: int) -> None:
    with pytest.raises(Refused):
        VAULT.open(VAULT.seal(PERSON, bound_to="a")[:length], bound_to="a")


def test_another_key_is_told_from_damage() -> None:
    others = (IdentityVault(bytes([number]) * 32) for number in range(9))
    other = next(vault for vault in others if vault._key_id != VAULT._key_id)
    with pytest.raises(Refused, match="identity_key_unknown"):
        other.open(VAULT.seal(PERSON, bound_to="a"), bound_to="a")


def test_the_length_tells_only_a_multiple_of_128_bytes() -> None:
    lengths = {len(VAULT.seal(Identity(name="张" * n), bound_to="a")) for n in range(1, 12)}
    assert lengths == {1 + 12 + 128 + 16}
    assert (len(VAULT.seal(PERSON, bound_to="a")) - 29) % 128 == 0


def test_the_index_finds_the_same_number_and_code_however_they_are_spelt() -> None:
    assert VAULT.index("138 1234-1234") == VAULT.index("＋86１３８１２３４１２３４")
    assert VAULT.index("91350100m000100y43") == VAULT.index(" 91350100 M000100Y43")
    assert VAULT.index("0737-2700000") == VAULT.index("07372700000")
    assert VAULT.index("13812341234") != VAULT.index("13812341235")


def test_the_index_needs_the_key_and_an_empty_value_matches_nobody() -> None:
    assert VAULT.index("13812341234") != IdentityVault(bytes(32)).index("13812341234")
    assert VAULT.index("") == VAULT.index(" \u200b") == ""
    assert "13812341234" not in VAULT.index("13812341234")


def test_an_identity_never_prints_itself() -> None:
    assert repr(PERSON) == str(PERSON) == f"{PERSON}" == "Identity(…)"


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(33)])
def test_a_key_of_another_length_makes_no_vault(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        IdentityVault(key)
