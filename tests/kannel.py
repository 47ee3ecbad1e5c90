"""A real SMS gateway: Kannel's bearerbox and smsbox, and its `fakesmsc` as the carrier, which says what phones get.

Nothing of Python's packages is such a gateway. Where Kannel is not installed, Debian's and Ubuntu's packages are
fetched by apt-get and unpacked into `.kannel` once; that takes neither root nor an installation.
"""

import contextlib
import fcntl
import os
import queue
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import unquote_to_bytes

import pytest
from msgspec import Struct

UNPACKED = Path(__file__).parents[1] / ".kannel"
ACCOUNT, PASSWORD = "shop", "correct-horse"
_PACKAGES = ("kannel", "kannel-extras")
_LIBRARIES = re.compile(r"^\s*Depends: (lib(?:ct|hiredis|mariadb|pcre|pq|xml2?|sqlite3-0|ssl)[\w.+-]*)$", re.MULTILINE)
_PLACES = ("usr/sbin", "usr/bin", "usr/lib/kannel/test")
_PROGRAMS = ("bearerbox", "smsbox", "fakesmsc")
_SECONDS = 20
_GOT = re.compile(r"DEBUG: Got message \d+: <(?:(?P<from>\S+) (?P<to>\S+) (?P<kind>text|ucs-2) )?(?P<said>.*)>$")


class NotToBeHad(Exception):
    """Kannel is not installed, and its packages cannot be fetched."""


class Text(Struct, frozen=True, kw_only=True):
    """A text message as a phone gets it. `ucs` says that it was written in UCS-2 and not in GSM-7."""

    to: str
    originator: str
    text: str
    ucs: bool


class Kannel:
    """A gateway that runs. `url` is that of its sendsms; `connected` whether a carrier is there to take texts."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/cgi-bin/sendsms"
        self._texts: queue.Queue[Text] = queue.Queue()
        self._open: Text | None = None

    def next_text(self) -> Text:
        """The next text that arrives with a code as its last word. Blocks."""
        return self._texts.get(timeout=_SECONDS)

    def forget(self) -> None:
        """Forget what has arrived."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._texts.get_nowait()

    def read(self, output: IO[str]) -> None:
        """Follow what the carrier prints. A line break of a GSM text ends its line there."""
        for line in output:
            found = _GOT.search(line.rstrip("\n"))
            if found is None:
                continue
            if found["to"] is None:
                before = self._open or Text(to="", originator="", text="", ucs=False)
                text = Text(
                    to=before.to, originator=before.originator, text=f"{before.text}\n{found['said']}", ucs=False
                )
            else:
                ucs = found["kind"] == "ucs-2"
                said = _from_ucs(found["said"]) if ucs else found["said"]
                text = Text(to=found["to"], originator=found["from"], text=said, ucs=ucs)
            self._open = text
            if re.search(r"\d{6,10}\.?$", text.text):
                self._texts.put(text)


@contextlib.contextmanager
def run_kannel(folder: Path) -> Iterator[Kannel]:
    """Start a gateway with its carrier; its files lie in `folder`."""
    programs, environment = _programs()
    admin, boxes, sending, carrier = _free_ports(4)
    configuration = folder / "kannel.conf"
    configuration.write_text(_CONFIGURATION.format(admin=admin, boxes=boxes, sending=sending, carrier=carrier))
    gateway = Kannel(sending)
    with contextlib.ExitStack() as stack:
        for program, ready in (("bearerbox", "Start-up done"), ("smsbox", "Connected to bearerbox")):
            process = _start([programs[program], str(configuration)], environment, stack)
            _until(process.stderr, ready, program)
            # Whoever does not read stops the program once the pipe is full.
            threading.Thread(target=_drain, args=(process.stderr,), daemon=True).start()
        to = ["-H", "127.0.0.1", "-r", str(carrier), "-m", "0", "1 2 text unused"]
        phone = _start([programs["fakesmsc"], *to], environment, stack)
        _until(phone.stderr, "fakesmsc starting", "fakesmsc")
        threading.Thread(target=gateway.read, args=(phone.stderr,), daemon=True).start()
        yield gateway


@pytest.fixture(scope="session")
def kannel_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kannel]:
    """The gateway of all tests of a worker. Where it is not installed and cannot be fetched, they are left out."""
    try:
        _programs()
    except NotToBeHad as error:
        pytest.skip(str(error))
    with run_kannel(tmp_path_factory.mktemp("kannel")) as gateway:
        yield gateway


@pytest.fixture
def kannel(kannel_gateway: Kannel) -> Kannel:
    """The gateway, without texts of other tests."""
    kannel_gateway.forget()
    return kannel_gateway


def _start(command: list[str], environment: dict[str, str], stack: contextlib.ExitStack) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    stack.callback(_stop, process)
    return process


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _until(output: IO[str] | None, words: str, program: str) -> None:
    assert output is not None
    said = []
    for line in output:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"{program} did not start:\n{''.join(said)}")


def _drain(output: IO[str]) -> None:
    for _ in output:
        pass


def _from_ucs(said: str) -> str:
    return unquote_to_bytes(said.replace("+", " ")).decode("utf-16-be")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in taken]


def _programs() -> tuple[dict[str, str], dict[str, str]]:
    """Where the programs are, and the environment that they run in."""
    search = os.pathsep.join([os.environ.get("PATH", ""), *(f"/{each}" for each in _PLACES)])
    installed = {each: shutil.which(each, path=search) for each in _PROGRAMS}
    if all(installed.values()):
        return {name: str(path) for name, path in installed.items()}, dict(os.environ)
    _unpack()
    search = os.pathsep.join(str(UNPACKED / each) for each in _PLACES)
    programs = {each: shutil.which(each, path=search) for each in _PROGRAMS}
    assert all(programs.values()), "install Kannel (bearerbox, smsbox, fakesmsc): its packages could not be unpacked"
    folders = {str(each.parent) for each in UNPACKED.rglob("*.so*")}
    environment = {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(sorted(folders))}
    return {name: str(path) for name, path in programs.items()}, environment


def _unpack() -> None:
    UNPACKED.mkdir(exist_ok=True)
    with (UNPACKED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = UNPACKED / "done"
        if done.exists():
            return
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise NotToBeHad("install Kannel (bearerbox, smsbox, fakesmsc): the SMS tests run it")
        # Lists of packages may be missing, or so old that what they name is gone.
        if (said := _fetch()) and (said := _update()) is None:
            said = _fetch()
        if said:
            raise NotToBeHad(f"Kannel's packages cannot be fetched: {said.strip()}")
        for package in UNPACKED.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(UNPACKED)], check=True)
            package.unlink()
        done.touch()


def _fetch() -> str | None:
    """Fetch the packages; what apt says if that fails."""
    wanted = subprocess.run(["apt-cache", "depends", *_PACKAGES], capture_output=True, text=True)
    if wanted.returncode:
        return wanted.stderr
    libraries = sorted(set(_LIBRARIES.findall(wanted.stdout)))
    fetched = subprocess.run(
        ["apt-get", "download", *_PACKAGES, *libraries], cwd=UNPACKED, capture_output=True, text=True, timeout=120
    )
    return fetched.stderr if fetched.returncode else None


def _update() -> str | None:
    """Renew the lists of packages, as far as we may; what apt says if that fails."""
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    try:
        done = subprocess.run([*may, "apt-get", "update"], capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr if done.returncode else None


_CONFIGURATION = f"""
group = core
admin-port = {{admin}}
admin-interface = 127.0.0.1
admin-password = unused
smsbox-port = {{boxes}}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {{sending}}
sendsms-interface = 127.0.0.1
global-sender = 13013

group = sendsms-user
username = {ACCOUNT}
password = {PASSWORD}
max-messages = 1

group = smsc
smsc = fake
smsc-id = carrier
port = {{carrier}}
connect-allow-ip = 127.0.0.1
"""
