from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ranker.engine.elasticsearch.server_args import KEYSTORE_CLASS, server_args, vint


def text(value: str) -> bytes:
    """A short ASCII string in the engine's format."""
    assert len(value) < 128
    return bytes([len(value)]) + value.encode("ascii")


def test_every_byte_of_a_small_example():
    written = server_args(
        {"a": "b", "l": ["x", "yz"]}, config=Path("/c"), logs=Path("/l"), pid_file=Path("/p")
    )
    assert written == b"".join(
        [
            b"\x00",  # not a daemon
            b"\x01",  # quiet
            b"\x01" + text("/p"),  # there is a pid file
            text(KEYSTORE_CLASS),
            b"\x00\x00\x00\x07",  # keystore format 7, big-endian
            b"\x00\x00\x00\x00",  # no password, no data, no entries, not closed
            b"\x02",  # two settings
            text("a") + b"\x00" + text("b"),
            text("l") + b"\x07\x02" + b"\x00" + text("x") + b"\x00" + text("yz"),
            text("/c"),
            text("/l"),
        ]
    )


def test_a_secret_travels_with_its_digest():
    written = server_args({}, config=Path("/c"), logs=Path("/l"), secrets={"s": "pw"})
    digest = bytes.fromhex("30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4")  # of "pw"
    entry = b"\x00\x00\x00\x07" + b"\x00\x00" + b"\x01" + text("s") + text("pw") + b"\x20" + digest + b"\x00"
    assert text(KEYSTORE_CLASS) + entry in written


def test_no_pid_file_is_one_byte():
    assert server_args({}, config=Path("/c"), logs=Path("/l"))[:3] == b"\x00\x01\x00"


def test_lengths_count_utf16_units_and_each_unit_is_written_as_utf8_would():
    written = server_args({"k": "é中𠮷"}, config=Path("/c"), logs=Path("/l"))
    # é is 2 bytes, 中 3, and 𠮷 (outside the basic plane) two units of 3 bytes: d842 dfb7
    expected = b"\x00\x04" + b"\xc3\xa9" + b"\xe4\xb8\xad" + b"\xed\xa1\x82" + b"\xed\xbe\xb7"
    assert text("k") + expected in written


def test_a_vint_is_seven_bits_a_byte_least_first():
    assert [vint(n) for n in (0, 1, 127)] == [b"\x00", b"\x01", b"\x7f"]
    assert [vint(n) for n in (128, 300, 16_384)] == [b"\x80\x01", b"\xac\x02", b"\x80\x80\x01"]


@given(st.integers(min_value=0, max_value=2**31 - 1))
def test_a_vint_reads_back(number):
    read, shift = 0, 0
    for byte in vint(number):
        read |= (byte & 0x7F) << shift
        shift += 7
    assert read == number
    assert all(byte & 0x80 for byte in vint(number)[:-1])
    assert not vint(number)[-1] & 0x80
