"""Personal data is unreadable without the key, and keys can be changed."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from hoofdaannemer.core import crypto


def key(name: str, fill: int) -> str:
    return f"{name}:{base64.b64encode(bytes([fill]) * 32).decode()}"


OLD, NEW = key("2025", 1), key("2026", 2)


@pytest.fixture(autouse=True)
def _keys(settings) -> None:
    settings.DATA_KEYS = [OLD]
    settings.LOOKUP_KEY = "lookup"


def test_any_bytes_come_back() -> None:
    @given(st.binary(), st.binary(max_size=20))
    def check(value: bytes, associated: bytes) -> None:
        stored = crypto.encrypt(value, associated)
        assert crypto.decrypt(stored, associated) == value
        assert len(value) < 8 or value not in stored

    check()


def test_the_same_text_looks_different_each_time() -> None:
    assert crypto.encrypt(b"999900006") != crypto.encrypt(b"999900006")


@pytest.mark.parametrize("place", [0, 1, 6, 20, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    stored = bytearray(crypto.encrypt(b"999900006"))
    stored[place] ^= 1
    with pytest.raises((InvalidTag, ImproperlyConfigured)):
        crypto.decrypt(bytes(stored))


def test_it_is_bound_to_what_it_belongs_to() -> None:
    with pytest.raises(InvalidTag):
        crypto.decrypt(crypto.encrypt(b"x", b"client:1"), b"client:2")


def test_a_new_key_writes_and_the_old_one_still_reads(settings) -> None:
    before = crypto.encrypt(b"name")
    settings.DATA_KEYS = [NEW, OLD]
    assert crypto.decrypt(before) == b"name"
    assert not crypto.is_current(before)
    assert crypto.is_current(crypto.encrypt(b"name"))
    settings.DATA_KEYS = [NEW]
    with pytest.raises(ImproperlyConfigured):
        crypto.decrypt(before)


@pytest.mark.parametrize("keys", [[], ["a:AAAA"], ["nokey"], ["a:!!"], [":" + OLD.split(":")[1]]])
def test_a_weak_or_broken_key_is_refused(settings, keys: list[str]) -> None:
    settings.DATA_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        crypto.encrypt(b"name")


def test_the_hash_depends_on_the_text_and_on_the_key(settings) -> None:
    first = crypto.keyed_hash("999900006")
    assert len(first) == 32
    assert first == crypto.keyed_hash("999900006") != crypto.keyed_hash("999900018")
    settings.LOOKUP_KEY = "another"
    assert crypto.keyed_hash("999900006") != first


class Person(models.Model):
    """Only for these tests: it has no table."""

    name = crypto.EncryptedTextField(max_length=5, blank=True)

    class Meta:
        app_label = "tests_core_crypto"
        managed = False


@pytest.mark.parametrize("text", ["", "Özgür", "a\x00b"])
def test_the_field_stores_bytes_and_gives_text(text: str) -> None:
    field = Person._meta.get_field("name")
    stored = field.get_prep_value(text)
    assert isinstance(stored, bytes)
    assert field.from_db_value(stored, None, None) == text
    assert field.get_prep_value(None) is None


def test_the_field_cannot_be_searched() -> None:
    for lookup in ("name", "name__icontains", "name__in"):
        with pytest.raises(FieldError):
            Person.objects.filter(**{lookup: "x"})
    assert "IS NULL" in str(Person.objects.filter(name__isnull=True).query)


def test_the_field_counts_characters() -> None:
    Person(name="Özgür").full_clean()
    with pytest.raises(ValidationError):
        Person(name="Özgürs").full_clean()
