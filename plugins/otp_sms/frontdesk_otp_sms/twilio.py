"""Gateways with Twilio's interface (its Programmable Messaging API, 2010-04-01)."""

import base64
import hmac
from typing import TypeVar

import msgspec

from frontdesk import Delivery, Letter, Misconfigured, Report
from frontdesk_otp_sms.gateway import Answer, Gateway, quoted

_BOUNCED = frozenset({21211, 21214, 21217, 21610, 21612, 21614})
"""No number, none that texts can go to, or one whose owner has answered STOP."""
_ORIGINATOR = frozenset({21212, 21603, 21606, 21607, 21611, 21659, 21660, 21701, 21703})
"""The number or service that texts come from is not ours to use."""
_REGION = 21408
Kind = TypeVar("Kind", bound=msgspec.Struct)


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Message(msgspec.Struct):
    sid: str = ""


class Twilio(Gateway):
    """Twilio, or who speaks like it."""

    async def check(self) -> None:
        """Read the account."""
        answer = await self.ask(f"{self._account}.json", method="GET", sign_in=self._sign_in)
        self._refuse_strangers(answer)

    async def hand_over(self, letter: Letter, number: str) -> Delivery:
        """Hand one text over."""
        form = {"To": number, "Body": letter.text.strip(), **self._origin}
        if letter.report_url is not None:
            form["StatusCallback"] = letter.report_url
        answer = await self.ask(f"{self._account}/Messages.json", form=form, sign_in=self._sign_in)
        self._refuse_strangers(answer)
        if answer.status in (200, 201):
            return Delivery(outcome="accepted", reference=quoted(_read(answer, _Message).sid, letter) or None)
        error = _read(answer, _Error)
        if error.code in _ORIGINATOR:
            raise Misconfigured(f"The gateway does not let texts come from this sender ({error.code}).", "originator")
        said = f"{error.code or answer.status} {quoted(error.message, letter)}".strip()
        if error.code == _REGION:
            raise Misconfigured(f"The gateway's account may not send to this country ({error.code}).", "countries")
        return Delivery(outcome="bounced" if error.code in _BOUNCED else "rejected", detail=said)

    def read_report(self, report: Report) -> Delivery | None:
        """A report counts only with a signature by the auth token over its address and fields."""
        signed = report.url + "".join(name + report.form[name] for name in sorted(report.form))
        secret = self.settings.secret.reveal().encode()
        expected = base64.b64encode(hmac.digest(secret, signed.encode("utf-8", "surrogatepass"), "sha1"))
        if not hmac.compare_digest(expected, report.headers.get("x-twilio-signature", "").encode("utf-8", "replace")):
            return None
        match report.form.get("MessageStatus"):
            case "delivered" | "read":
                return Delivery(outcome="accepted", detail="The phone has it.")
            case "undelivered" | "failed":
                code = report.form.get("ErrorCode", "")
                reason = f" ({code})" if code.isascii() and code.isdigit() and len(code) < 8 else ""
                return Delivery(outcome="bounced", detail=f"It could not be delivered to the phone{reason}.")
        return None

    @property
    def _account(self) -> str:
        return f"{self.settings.url.rstrip('/')}/2010-04-01/Accounts/{self.settings.account}"

    @property
    def _sign_in(self) -> tuple[str, str]:
        return self.settings.account, self.settings.secret.reveal()

    @property
    def _origin(self) -> dict[str, str]:
        name = "MessagingServiceSid" if self.settings.originator.startswith("MG") else "From"
        return {name: self.settings.originator} if self.settings.originator else {}

    def _refuse_strangers(self, answer: Answer) -> None:
        if answer.status in (401, 403) and _read(answer, _Error).code != _REGION:
            raise Misconfigured(f"The gateway refused the account or its token ({answer.status}).", "secret")


def _read(answer: Answer, kind: type[Kind]) -> Kind:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.DecodeError:
        return kind()
