"""The outbox and a real mail server: what is sent, put off or has failed, and that the record says it once."""

import os
import signal
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlmodel import col, select

from models.accounts.types import Role
from models.appeals.types import State
from models.notices import outbox
from models.notices.commands import tell
from models.notices.tables import Notice, OutgoingMail
from models.notices.types import CLAIMED_FOR, RETRY_AFTER, MailState, NoticeKind
from tests.support import actors
from tests.support.factories import MORNING, Story
from tests.support.live import free_port
from tests.support.mail_server import SILENCE, mail_server
from webapp import create_app, outgoing
from webapp.config import ROOT, Config

ADDRESS = "zhang.jingban@yuanjiang.example"
SECOND = timedelta(seconds=1)


class Office:
    """An installation with a mail server, and a handler with an address who is told things."""

    def __init__(self, folder, database, url):
        keys = dict.fromkeys(("secret_key", "identity_key", "audit_key", "backup_key"), b"k" * 32)
        config = Config(
            database_url=str(database.engine.url), data_dir=folder, smtp_url=url, runs_jobs_at_once=True,
            public_base_url="https://ztc.yuanjiang.example", **keys,
        )
        self.app, self.database = create_app(config), database
        self.app.extensions["zhitongche.db"].dispose()
        self.app.extensions["zhitongche.db"] = database
        database.sends_mail = True
        with database.writing() as session:
            story = Story(session).to(State.DISPATCHED)
            self.appeal, self.number = story.appeal.id, story.appeal.number
            self.account = actors.account(session, Role.HANDLER, unit="市监局")
            self.account.email = ADDRESS
            session.add(self.account)

    def tell(self, key="a", kind=NoticeKind.DISPATCHED, **more):
        with self.database.writing() as session:
            tell(session, [self.account.id], kind, dedupe_key=key, now=MORNING, appeal_id=self.appeal, **more)
        return self

    def send(self, now=MORNING):
        with self.app.app_context(), time_machine.travel(now, tick=False):
            return outgoing.send_due(now)

    def mails(self):
        with self.database.reading() as session:
            return session.exec(select(OutgoingMail).order_by(col(OutgoingMail.id))).all()

    def mail(self):
        [only] = self.mails()
        return only


@pytest.fixture
def server():
    with mail_server() as made:
        yield made


@pytest.fixture
def office(tmp_path, database, server):
    return Office(tmp_path, database, server.url)


def test_a_mail_says_what_and_where_and_names_nobody(office, server):
    office.tell()
    assert office.send() == 1
    [taken] = server.taken
    assert (taken["To"], taken["From"]) == (ADDRESS, "zhitongche@ztc.yuanjiang.example")
    assert taken["Subject"] == f"【直通车】有新交办的诉求待签收（{office.number}）"
    assert "https://ztc.yuanjiang.example/notices" in taken.get_content()
    whole = taken.as_string() + taken["Subject"] + taken.get_content()
    assert not [one for one in ("周喆珺", "13873712345", "食品经营许可", office.account.display_name) if one in whole]
    assert (office.mail().state, office.mail().sent_at) == (MailState.SENT, MORNING)


def test_what_was_sent_is_not_sent_again(office, server):
    office.tell().tell()
    assert [office.send(), office.send(MORNING + timedelta(days=2))] == [1, 0]
    assert len(server.taken) == 1


def test_only_whoever_has_an_address_is_written_to_and_only_of_what_is_worth_a_mail(office):
    with office.database.writing() as session:
        silent = actors.account(session, Role.HANDLER, unit="市监局")
        tell(session, [silent.id], NoticeKind.DISPATCHED, dedupe_key="b", now=MORNING)
    office.tell(kind=NoticeKind.PUBLISHED)
    assert office.mails() == []


def test_without_a_mail_server_nothing_is_queued(office):
    office.database.sends_mail = False
    office.tell()
    assert office.mails() == []


def test_the_setting_decides_whether_mail_is_queued(tmp_path):
    keys = dict.fromkeys(("secret_key", "identity_key", "audit_key", "backup_key"), b"k" * 32)
    for url in ("", "smtp://127.0.0.1:25"):
        app = create_app(Config(database_url=f"sqlite:///{tmp_path}/x.db", data_dir=tmp_path, smtp_url=url, **keys))
        assert app.extensions["zhitongche.db"].sends_mail is bool(url)


def test_a_farewell_in_odd_words_is_no_reason_to_send_again(office, server):
    server.answers["QUIT"] = "500 what"
    office.tell()
    assert [office.send(), office.send(MORNING + timedelta(days=1))] == [1, 0]
    assert len(server.taken) == 1


def test_a_mail_is_put_off_longer_each_time_and_then_has_failed(office, server):
    server.answers["RCPT"] = "451 try again"
    now = MORNING
    office.tell()
    for wait in RETRY_AFTER:
        office.send(now)
        assert (office.mail().state, office.mail().next_try_at) == (MailState.WAITING, now + wait)
        assert office.send(now + wait - SECOND) == 0 and office.mail().next_try_at == now + wait
        now += wait
    office.send(now)
    assert (office.mail().state, office.mail().attempts) == (MailState.FAILED, 5)
    assert office.mail().last_error == "mail_refused"
    assert office.send(now + timedelta(days=9)) == 0 and server.taken == []


def test_an_address_that_is_none_fails_at_once_and_keeps_no_other_from_being_sent(office, server):
    server.answers["RCPT"] = "550 no such user"
    office.tell()
    office.send()
    assert (office.mail().state, office.mail().last_error) == (MailState.FAILED, "mail_refused")
    server.answers.clear()
    office.tell("b")
    assert office.send() == 1


@pytest.mark.parametrize(("answers", "code"), [
    ({"": "554 go away"}, "mail_server"),
    ({"MAIL": "452 full"}, "mail_server"),
    ({"DATA": "451 not now"}, "mail_server"),
    ({"END": "552 too large"}, "mail_server"),
])  # fmt: skip
def test_what_the_server_says_is_kept_as_a_code_and_not_in_its_words(office, server, answers, code):
    server.answers |= answers
    office.tell()
    office.send()
    assert (office.mail().state, office.mail().last_error) == (MailState.WAITING, code)


def test_a_server_that_says_nothing_times_out_and_is_asked_once_a_run(tmp_path, database, server):
    server.answers["MAIL"] = SILENCE
    office = Office(tmp_path, database, f"{server.url}?timeout=0.3").tell("a").tell("b").tell("c")
    office.send()
    assert server.connections == 1
    assert [one.last_error for one in office.mails()] == ["mail_timeout"] * 3


def test_a_server_that_is_not_there_is_told_apart(tmp_path, database):
    office = Office(tmp_path, database, f"smtp://127.0.0.1:{free_port()}").tell()
    office.send()
    assert office.mail().last_error == "mail_unreachable"


def test_where_encryption_is_asked_for_nothing_goes_in_clear(tmp_path, database, server):
    office = Office(tmp_path, database, server.url.replace("smtp:", "smtp+starttls:")).tell()
    office.send()
    assert (office.mail().last_error, server.taken) == ("mail_no_tls", [])


@pytest.fixture
def certificate(tmp_path):
    """A certificate of 127.0.0.1 that nobody knows yet: (file of certificate and key, context of the server)."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    file = tmp_path / "mail.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(plain + signed.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


def test_a_mail_goes_encrypted_and_signed_in_to_a_server_whose_certificate_is_known(
    tmp_path, database, certificate, monkeypatch
):
    file, context = certificate
    with mail_server(context) as server:
        url = server.url.replace("smtp://", "smtps://zhitongche:mi%40ma@") + "?from=ztc@yuanjiang.example"
        office = Office(tmp_path, database, url).tell()
        office.send()
        assert office.mail().last_error == "mail_no_tls" and not server.taken, "nobody has vouched for it"
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        office.send(MORNING + RETRY_AFTER[0] + SECOND)
        assert office.mail().state is MailState.SENT and server.signed_in == ["\0zhitongche\0mi@ma"]
        assert server.taken[0]["From"] == "ztc@yuanjiang.example"


def test_a_password_that_is_not_taken_is_told_apart(tmp_path, database, server):
    server.answers |= {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "535 no"}
    office = Office(tmp_path, database, server.url.replace("//", "//name:secret@")).tell()
    office.send()
    assert office.mail().last_error == "mail_login"


@pytest.mark.parametrize(("change", "code"), [
    ({"email": None}, "mail_no_address"), ({"is_active": False}, "mail_account_disabled"),
])  # fmt: skip
def test_the_address_is_read_when_the_mail_is_sent(office, server, change, code):
    office.tell()
    with office.database.writing() as session:
        for name, value in change.items():
            setattr(office.account, name, value)
        session.add(session.merge(office.account))
    office.send()
    assert (office.mail().state, office.mail().last_error, server.taken) == (MailState.FAILED, code, [])


def test_of_two_consumers_at_once_one_sends_it(office, server):
    for number in range(12):
        office.tell(str(number))
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: office.send(), range(4)))
    assert sum(counts) == len(server.taken) == 12
    assert {one.state for one in office.mails()} == {MailState.SENT}


def test_whoever_was_given_up_for_dead_enters_nothing_any_more(office):
    office.tell()
    with office.database.writing() as session:
        [slow] = outbox.claim(session, due_at=MORNING, now=MORNING)
        assert outbox.claim(session, due_at=MORNING + CLAIMED_FOR - SECOND, now=MORNING) == []
        later = MORNING + CLAIMED_FOR
        [next_] = outbox.claim(session, due_at=later, now=later)
        assert not outbox.not_sent(session, slow, "mail_server", is_final=True, now=later)
        assert not outbox.sent(session, slow, now=later)
        assert outbox.sent(session, next_, now=later)
        assert not outbox.sent(session, slow, now=later + SECOND)
        assert not outbox.not_sent(session, slow, "mail_timeout", is_final=True, now=later)
    assert (office.mail().state, office.mail().sent_at) == (MailState.SENT, later)


DYING = """
import os, signal
from webapp import create_app, outgoing, clock
from webapp.config import Config

app = create_app(Config.from_env())
outgoing.send = lambda *rest: os.kill(os.getpid(), signal.SIGKILL)
with app.app_context():
    outgoing.send_due(clock.now())
"""


@pytest.mark.slow
def test_a_kill_between_commit_and_send_loses_nothing_and_the_record_says_sent_once(
    office, server, tmp_path, database_url
):
    """DUR-8: the notice and its mail are committed, the process dies before the server has it; the next one sends."""
    office.tell()
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "SMTP_URL": server.url,
           "PYTHONWARNINGS": "ignore"}
    died = subprocess.run([sys.executable, "-c", DYING], cwd=ROOT, env=env, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert (office.mail().state, office.mail().attempts, server.taken) == (MailState.WAITING, 1, [])
    with office.database.reading() as session:
        assert len(session.exec(select(Notice.id)).all()) == 1
    later = office.mail().next_try_at
    assert [office.send(later - SECOND), office.send(later), office.send(later + timedelta(days=1))] == [0, 1, 0]
    assert len(server.taken) == 1 and office.mail().state is MailState.SENT


@pytest.mark.slow
def test_the_consumer_sends_what_waits(office, server, tmp_path, database_url):
    office.tell()
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "SMTP_URL": server.url,
           "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"]
    with subprocess.Popen(command, cwd=ROOT, env=env) as running:
        deadline = time.monotonic() + 90
        while not server.taken and time.monotonic() < deadline:
            time.sleep(0.1)
        running.terminate()
    assert running.returncode == 0 and len(server.taken) == 1
