"""VIES over HTTP: a register on this machine answers as the Commission's does, its test numbers included."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

import frontdesk_vies
from frontdesk.errors import Unavailable
from frontdesk.plugins import PluginHost
from frontdesk.tax_id_checkers import TaxIdChecker
from frontdesk.testing.tax_id_checkers import TaxIdCheckerContract
from frontdesk_vies import Vies

FAULTS = {
    "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT",
    "400": "VAT_BLOCKED",
    "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "600": "MS_MAX_CONCURRENT_REQ",
}
"""Numbers of VIES's test service, and what is answered to them (checkVatTestService.wsdl)."""
KNOWN = {("DE", "123456789"): ("---", "---"), ("EL", "094259216"): ("ACME AE", " ATHINA 10431 ")}


class Register(BaseHTTPRequestHandler):
    """VIES's `check-vat-number`."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        number, key = asked["vatNumber"], (asked["countryCode"], asked["vatNumber"])
        if number == "html":
            self._send(502, b"<html>Bad gateway</html>")
        elif number in FAULTS or number == "201":
            error = FAULTS.get(number, "INVALID_INPUT")
            self._answer(400, {"actionSucceed": False, "errorWrappers": [{"error": error}]})
        else:
            name, address = KNOWN.get(key, ("---", "---"))
            self._answer(
                200, {**asked, "valid": key in KNOWN, "requestIdentifier": "", "name": name, "address": address}
            )

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module", autouse=True)
def register() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
    Thread(target=server.serve_forever, daemon=True).start()
    TestVies.url = f"http://127.0.0.1:{server.server_port}/rest-api/check-vat-number"
    yield TestVies.url
    server.shutdown()
    server.server_close()


class TestVies(TaxIdCheckerContract):
    valid = ("eu_vat", "DE123456789")
    invalid = ("eu_vat", "DE111111111")
    url = ""

    def make_checker(self, answers: bool) -> TaxIdChecker:
        # Nobody listens at the discard port.
        return Vies(self.url if answers else "http://127.0.0.1:9/")


async def test_it_says_whose_a_number_is_where_the_country_tells(register: str) -> None:
    found = await Vies(register).check("eu_vat", "EL094259216")
    assert (found.name, found.address) == ("ACME AE", "ATHINA 10431")
    kept = await Vies(register).check("eu_vat", "DE123456789")
    assert (kept.name, kept.address) == (None, None)


async def test_what_is_written_wrongly_is_nobody_s_number(register: str) -> None:
    assert (await Vies(register).check("eu_vat", "DE201")).status == "unverified"


@pytest.mark.parametrize("number", [*FAULTS, "html"])
async def test_whoever_could_not_be_asked_says_nothing_of_a_number(register: str, number: str) -> None:
    with pytest.raises(Unavailable):
        await Vies(register).check("eu_vat", f"DE{number}")


def test_nobody_is_asked_unless_the_operator_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRONTDESK_VIES", raising=False)
    assert PluginHost.of(vies=frontdesk_vies).tax_id_checkers() == {}
    monkeypatch.setenv("FRONTDESK_VIES", "on")
    assert PluginHost.of(vies=frontdesk_vies).tax_id_checkers() == {"vies": Vies}
