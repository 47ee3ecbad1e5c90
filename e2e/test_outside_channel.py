"""The channel of docs/plugins.md, from outside this tree, in the running product: one tenant has it, the other not.

Everything is installed from wheels into a clean environment, as an operator would have it.
"""

import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from demo_house import DemoHouse, stop
from outside_channel import build_outside_environment

_CODE = re.compile(r"^\s*(\d{6,10})\s*$", re.MULTILINE)
_CSRF = re.compile(r'name="csrf" value="([^"]*)"')
OURS = (
    "tenants[embedded]",
    "web[demo]",
    "plugins/invoice_only",
    "plugins/otp_email",
    "plugins/otp_sms",
    "plugins/tax_codes",
)


def pages_of(demo: DemoHouse, tenant: dict[str, Any], address: str) -> list[str]:
    """What a visitor of a tenant reads: the login page, the code page, the home page; without the tokens of forms."""
    with httpx.Client(follow_redirects=True, base_url=demo.ready["api_base"]) as visitor:
        login = visitor.get(tenant["login_link"])
        code = visitor.post(tenant["login_link"], data={"email": "stranger@example.com"})
        key = httpx.BasicAuth(tenant["secret_key"], "")
        customer = next(each["id"] for each in tenant["customers"] if each["email"] == address)
        session = visitor.post("/v1/billing_portal/sessions", data={"customer": customer}, auth=key).json()
        home = visitor.get(session["url"])
    assert [each.status_code for each in (login, code, home)] == [200, 200, 200]
    return [_CSRF.sub("", each.text) for each in (login, code, home)]


def sign_in(tenant: dict[str, Any], address: str, letters: Path) -> httpx.Response:
    """Sign in with the code from the file that the channel writes."""
    with httpx.Client(follow_redirects=True) as visitor:
        asked = visitor.post(tenant["login_link"], data={"email": address})
        token = _CSRF.search(asked.text)
        assert token is not None
        for _ in range(600):
            found = _CODE.findall(letters.read_text("utf-8")) if letters.exists() else []
            if found:
                break
            time.sleep(0.1)
        assert found, "no letter arrived in the file"
        return visitor.post(f"{tenant['login_link']}/code", data={"code": found[-1], "csrf": token[1]})


@pytest.mark.browser
def test_one_tenant_has_it_and_the_other_sees_no_difference(run_dir: Path, worker_name: str) -> None:
    outside = run_dir / f"outside-{worker_name}"
    outside.mkdir(mode=0o711)
    frontdesk = build_outside_environment(outside, OURS).with_name("frontdesk")
    data, ready_file, letters = outside / "data", outside / "ready.json", outside / "letters.txt"
    log = outside / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [frontdesk, "demo", "--port", "0", "--data", data, "--ready-file", ready_file],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=outside,
        )
    try:
        demo = DemoHouse(process, data, ready_file, log)
        atlas, nordwand = demo.ready["tenants"]
        before = pages_of(demo, nordwand, "anna.keller@example.ch")
        done = subprocess.run(
            [frontdesk, "plugins", "enable", "otp_file", "--tenant", "atlas", "--set", f"path={letters}"],
            env={**os.environ, "FRONTDESK_DATA": str(data)},
            cwd=outside,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        home = sign_in(atlas, "jenny@example.com", letters)
        assert home.status_code == 200
        assert "Jenny Rosen" in home.text
        assert httpx.get(f"{demo.ready['mailbox']}.json").json() == []
        assert pages_of(demo, nordwand, "anna.keller@example.ch") == before
    finally:
        stop(process)
