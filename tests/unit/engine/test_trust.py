import contextlib
import socket
import ssl
import threading

import pytest

from ranker.engine import trust
from ranker.errors import InvalidInputError
from tests.certificates import issued, self_signed


def shaken_hands(pair, trusting: ssl.SSLContext, name: str = "127.0.0.1") -> bool:
    """Whether a client with that trust accepts a server with that certificate."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pair.certificate, pair.key)
    mine, its = socket.socketpair()

    def answer():
        with its, contextlib.suppress(OSError):
            serving.wrap_socket(its, server_side=True).close()

    server = threading.Thread(target=answer)
    server.start()
    try:
        with mine, trusting.wrap_socket(mine, server_hostname=name):
            return True
    except ssl.SSLCertVerificationError:
        return False
    finally:
        mine.close()
        server.join(10)


def test_a_certificate_of_its_own_making_is_trusted_for_its_host_alone(tmp_path):
    pair = self_signed(tmp_path)
    assert shaken_hands(pair, trust.context(pair.certificate))
    assert not shaken_hands(pair, trust.context(pair.certificate), "localhost")
    assert not shaken_hands(self_signed(tmp_path, "other"), trust.context(pair.certificate))
    assert not shaken_hands(pair, trust.context(None))


def test_a_certificate_is_known_by_itself_or_by_its_authority(tmp_path):
    authority = self_signed(tmp_path, "authority", "DNS:nobody")
    pair = issued(tmp_path, authority)
    assert shaken_hands(pair, trust.context(pair.certificate))
    assert shaken_hands(pair, trust.context(authority.certificate))


def test_a_key_in_the_same_file_goes_nowhere(tmp_path):
    pair = self_signed(tmp_path)
    both = tmp_path / "both.pem"
    both.write_bytes(pair.key.read_bytes() + pair.certificate.read_bytes())
    assert trust.certificates(both) == pair.certificate.read_bytes()


@pytest.mark.parametrize(
    "content", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_a_certificate_is_refused(tmp_path, content):
    (tmp_path / "c.pem").write_bytes(content)
    with pytest.raises(InvalidInputError) as refusal:
        trust.context(tmp_path / "c.pem")
    assert str(refusal.value) == (
        f"the certificate file [{tmp_path}/c.pem] holds no certificate: PEM is wanted"
    )


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInputError) as refusal:
        trust.certificates(tmp_path / "c.pem")
    assert str(refusal.value) == (
        f"the certificate file [{tmp_path}/c.pem] can't be read: [No such file or directory]; "
        "correct its name or its rights"
    )
