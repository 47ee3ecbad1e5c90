"""Gateways with Kannel's interface (user guide, "sendsms"): the text as the body, all else in `X-Kannel-` headers."""

from urllib.parse import urlencode

from frontdesk import Delivery, Letter, Misconfigured, Report
from frontdesk.short_texts import is_gsm
from frontdesk_otp_sms.gateway import Answer, Gateway, quoted

_MASK = str(1 | 2 | 16)
"""Reports that are asked for: the phone has it, it could not be delivered, the carrier refused it."""
_GSM, _UCS2 = "0", "2"
REPORT = "type"
"""What we call the type of a report in its address."""


class Kannel(Gateway):
    """Kannel's smsbox, or who speaks like it."""

    async def check(self) -> None:
        """Send a text to nobody: the gateway says no to that, after it has looked at the password."""
        answer = await self.ask(self.settings.url, headers=self._headers(), content=b"")
        self._refuse_strangers(answer)

    async def hand_over(self, letter: Letter, number: str) -> Delivery:
        """Hand one text over."""
        text = letter.text.strip()
        headers = self._headers() | {"X-Kannel-To": number, "X-Kannel-Coding": _GSM if is_gsm(text) else _UCS2}
        if letter.report_url is not None:
            headers["X-Kannel-DLR-Mask"] = _MASK
            headers["X-Kannel-DLR-Url"] = f"{letter.report_url}?{urlencode({REPORT: '%d'}, safe='%')}"
        answer = await self.ask(self.settings.url, headers=headers, content=text.encode())
        self._refuse_strangers(answer)
        said = quoted(answer.body, letter)
        if answer.status in (200, 201, 202):
            return Delivery(outcome="accepted", reference=said or None)
        about_number = "receiver" in answer.body.lower() or "number" in answer.body.lower()
        return Delivery(outcome="bounced" if about_number else "rejected", detail=f"{answer.status} {said}")

    def read_report(self, report: Report) -> Delivery | None:
        """Kannel signs nothing: who knows the address of a report is believed."""
        match report.query.get(REPORT):
            case "1":
                return Delivery(outcome="accepted", detail="The phone has it.")
            case "2":
                return Delivery(outcome="bounced", detail="It could not be delivered to the phone.")
            case "16":
                return Delivery(outcome="bounced", detail="The carrier did not take it.")
        return None

    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": self.settings.account,
            "X-Kannel-Password": self.settings.secret.reveal(),
        }
        if self.settings.originator:
            headers["X-Kannel-From"] = self.settings.originator
        return headers

    def _refuse_strangers(self, answer: Answer) -> None:
        if answer.status in (401, 403):
            raise Misconfigured(f"The gateway refused the user name or the password ({answer.status}).", "secret")
