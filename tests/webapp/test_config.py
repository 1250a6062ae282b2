"""Settings the server must not start with (OPS-3)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.config import ROOT, BadSetting, Config


def key(folder: Path, name: str, content: bytes = bytes(range(32)), mode: int = 0o600) -> str:
    path = folder / name
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


BAD = {
    "debug": lambda folder: {"FLASK_DEBUG": "1"},
    "testing": lambda folder: {"FLASK_TESTING": "true"},
    "login disabled": lambda folder: {"LOGIN_DISABLED": "yes"},
    "login disabled by Flask's name": lambda folder: {"FLASK_LOGIN_DISABLED": "1"},
    "secret missing": lambda folder: {"SECRET_KEY_FILE": str(folder / "nowhere")},
    "secret short": lambda folder: {"SECRET_KEY_FILE": key(folder, "short", b"secret")},
    "secret all one letter": lambda folder: {"SECRET_KEY_FILE": key(folder, "default", b"\0" * 32)},
    "secret readable by the group": lambda folder: {"SECRET_KEY_FILE": key(folder, "group", mode=0o640)},
    "identity key readable by all": lambda folder: {"IDENTITY_KEY_FILE": key(folder, "all", mode=0o604)},
    "port in words": lambda folder: {"PORT": "８０００"},
    "port too high": lambda folder: {"PORT": "70000"},
    "no workers": lambda folder: {"WEB_WORKERS": "0"},
    "service hall in words": lambda folder: {"SERVICE_HALL_ADDRESSES": "10.8.3.4, 政务大厅"},
    "service hall with bits of a host": lambda folder: {"SERVICE_HALL_ADDRESSES": "10.8.3.4/24"},
    "more free look-ups than look-ups": lambda folder: {"LOOKUP_PROOF_PER_HOUR": "31"},
    "mail by the web": lambda folder: {"SMTP_URL": "https://mail.example"},
    "mail without a host": lambda folder: {"SMTP_URL": "smtp://"},
    "mail at a port that is none": lambda folder: {"SMTP_URL": "smtp://mail.example:99999"},
    "a queue that is no Redis": lambda folder: {"REDIS_URL": "amqp://127.0.0.1"},
    "proxies beyond reason": lambda folder: {"TRUSTED_PROXIES": "-1"},
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_setting_stops_the_start_with_its_name(tmp_path, kind):
    settings = BAD[kind](tmp_path)
    with pytest.raises(BadSetting) as caught:
        Config.from_env({"DATA_DIR": str(tmp_path / "data"), **settings})
    assert str(tmp_path) not in str(caught.value)


def test_the_defaults_start_and_keep_their_keys_to_themselves(tmp_path):
    config = Config.from_env({"DATA_DIR": str(tmp_path)})
    assert (config.port, config.web_workers, config.public_base_url) == (8000, 2, "http://127.0.0.1:8000")
    assert len({config.secret_key, config.identity_key, config.audit_key}) == 3
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0
    assert Config.from_env({"DATA_DIR": str(tmp_path)}) == config, "a second start finds the same keys"


def test_proof_of_work_stands_in_nobody_s_way_below_a_limit_unless_asked_for(tmp_path):
    def config(**settings: str) -> Config:
        return Config.from_env({"DATA_DIR": str(tmp_path), **settings})

    free = config()
    assert (free.intake_limit_per_hour, free.intake_proof_per_hour, free.intake_proof_per_hour_all) == (0, 0, 0)
    limited = config(INTAKE_LIMIT_PER_HOUR="10")
    assert (limited.intake_proof_per_hour, limited.intake_proof_per_hour_all) == (0, 500)
    assert free.lookup_proof_per_hour == limited.lookup_proof_per_hour == 0
    early = config(INTAKE_LIMIT_PER_HOUR="10", INTAKE_PROOF_PER_HOUR="3", LOOKUP_PROOF_PER_HOUR="10")
    assert (early.intake_proof_per_hour, early.lookup_proof_per_hour) == (3, 10)
    halls = config(SERVICE_HALL_ADDRESSES="10.8.3.4, 2001:db8::/48").service_hall_addresses
    assert [str(one) for one in halls] == ["10.8.3.4/32", "2001:db8::/48"]


def test_a_bad_setting_ends_the_process_with_a_failure(tmp_path):
    environment = os.environ | {"DATA_DIR": str(tmp_path), "LOGIN_DISABLED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode != 0 and "LOGIN_DISABLED must not be set" in done.stderr
