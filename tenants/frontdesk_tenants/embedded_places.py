"""Where embedded servers live, and the account that they run under.

PostgreSQL refuses to run as root. Started by root it runs as the account `pgserver`, which is created if it is missing.
Where that account cannot enter the data directory (below /root, say), the servers live in a new directory under
/var/lib/frontdesk-embedded, which `outside` in the data directory points to. No permission of a directory that was
there before is changed, but for leave to pass through the data directory itself.
"""

import os
import pwd
import subprocess
import tempfile
from pathlib import Path
from typing import Any

ACCOUNT = "pgserver"
OUTSIDE = Path("/var/lib/frontdesk-embedded")
# A socket's whole path: 103 bytes on macOS, 107 on Linux.
SOCKET_PATH_BYTES = 103
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


def find_home(data_dir: Path) -> Path:
    """Where the servers of `data_dir` live: there, or outside if the account of the servers cannot enter it."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    data_dir = data_dir.resolve()
    if os.geteuid() != 0:
        return data_dir
    outside = data_dir / "outside"
    if not outside.exists():
        if data_dir.stat().st_uid == 0:
            data_dir.chmod(data_dir.stat().st_mode | 0o001)
        if account_may(["-x", data_dir]):
            return data_dir
        outside.unlink(missing_ok=True)
        OUTSIDE.mkdir(mode=0o711, parents=True, exist_ok=True)
        directory = Path(tempfile.mkdtemp(dir=OUTSIDE))
        directory.chmod(0o711)
        outside.symlink_to(directory)
    return outside.resolve()


def find_socket_dir(home: Path) -> Path:
    """The private directory of the sockets: `home`/run, or a short temporary one that `run.short` points to."""
    run = home / "run"
    if len(os.fsencode(run / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_BYTES:
        make_private(run)
        return run
    short = home / "run.short"
    # The name of a temporary directory is no secret: whoever finds it free may take it, so ask whose it is.
    if not (short.exists() and short.stat().st_uid == account_id() and short.stat().st_mode & 0o777 == 0o700):
        short.unlink(missing_ok=True)
        directory = Path(tempfile.mkdtemp(prefix="frontdesk-", dir="/tmp"))
        make_private(directory)
        short.symlink_to(directory)
    return short.resolve()


def make_private(directory: Path) -> None:
    """Create it if it is missing; only the servers' account (and root) may enter it."""
    directory.mkdir(mode=0o700, exist_ok=True)
    directory.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(directory, account_id(), -1)


def account_id() -> int:
    """The user id that PostgreSQL runs under: ours, or `pgserver`'s if ours is root's."""
    if os.geteuid() != 0:
        return os.geteuid()
    try:
        return pwd.getpwnam(ACCOUNT).pw_uid
    except KeyError:
        # Nobody signs in to it and it has no home, so no other account gains anything by it.
        subprocess.run(  # noqa: S603 (no shell, and every word is ours)
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],  # noqa: S607
            check=True,
            capture_output=True,
        )
    return pwd.getpwnam(ACCOUNT).pw_uid


def as_account() -> dict[str, Any]:
    """What `subprocess` is told so that a program runs under that account."""
    if os.geteuid() != 0:
        return {}
    account = account_id()
    return {"user": account, "group": pwd.getpwuid(account).pw_gid, "extra_groups": []}


def account_may(*tests: list[str | Path]) -> bool:
    """Whether that account passes these `test` expressions; asked of the system, which knows of more than modes."""
    return all(run_as_account(["test", *test]).returncode == 0 for test in tests)


def run_as_account(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a short `command` to its end under that account, in a directory that every account may enter."""
    return subprocess.run(  # noqa: S603 (no shell, and every word is ours)
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", **as_account()
    )
