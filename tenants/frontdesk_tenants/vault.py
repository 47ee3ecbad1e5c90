"""Secrets at rest: AES-256-GCM, with the place where a secret lies bound in as associated data.

A ciphertext that is moved to another tenant, table, column or row does not open (trust.md §B4). The key's id stands
in front, so that keys can be rotated: the first key seals, all of them open.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from frontdesk.errors import Misconfigured
from frontdesk.secret import Secret

if TYPE_CHECKING:
    from sqlalchemy import Column

NONCE_BYTES = 12
KEY_ID_BYTES = 4


class SecretUnreadable(Exception):
    """A ciphertext that none of the keys opens at this place: moved, damaged, or sealed with a lost key."""


class Vault:
    """Seals and opens. `keys` are 32-byte master keys as hex or longer passphrases, the one in use first."""

    def __init__(self, keys: tuple[Secret, ...]) -> None:
        if not keys or any(len(each.reveal()) < 32 for each in keys):
            raise Misconfigured(
                "Set FRONTDESK_MASTER_KEY to at least 32 characters, for example from `openssl rand -hex 32`. "
                "Put a new key in front of the old one, separated by a comma, to rotate.",
                "FRONTDESK_MASTER_KEY",
            )
        self._keys = {_key_id(each): each for each in keys}
        if len(self._keys) < len(keys):
            raise Misconfigured("FRONTDESK_MASTER_KEY names the same key twice.", "FRONTDESK_MASTER_KEY")
        self._ciphers = {id_: AESGCM(_derived(each, b"seal")) for id_, each in self._keys.items()}
        self._current = _key_id(keys[0])
        self._token_keys: dict[str, tuple[bytes, ...]] = {}

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        """The public ids of the keys, the one that seals first. Every ciphertext begins with its key's."""
        return tuple(self._keys)

    def seal(self, plain: bytes, tenant_id: UUID, place: str) -> bytes:
        """Encrypt. `place` is `table.column.row` and must be the same when it is opened."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plain, _bound(tenant_id, place, self._current))
        return self._current + nonce + sealed

    def open(self, sealed: bytes, tenant_id: UUID, place: str) -> bytes:
        """Decrypt what was sealed for this side and place. Raises SecretUnreadable."""
        key_id, nonce = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SecretUnreadable("no key opens this secret")
        try:
            return cipher.decrypt(nonce, sealed[KEY_ID_BYTES + NONCE_BYTES :], _bound(tenant_id, place, key_id))
        # A nonce that was cut short is a ValueError.
        except (InvalidTag, ValueError) as error:
            raise SecretUnreadable("this secret does not belong here") from error

    def reseal(self, sealed: bytes, tenant_id: UUID, place: str) -> bytes:
        """The same secret under the key in use. Raises SecretUnreadable."""
        return self.seal(self.open(sealed, tenant_id, place), tenant_id, place)

    def seal_settings(self, settings: Mapping[str, Any], tenant_id: UUID, plugin: str) -> bytes:
        """Encrypt a plugin's settings, secrets among them, for `tenant_plugins`."""
        return self.seal(msgspec.json.encode(settings), tenant_id, f"tenant_plugins.settings_sealed.{plugin}")

    def open_settings(self, sealed: bytes, tenant_id: UUID, plugin: str) -> dict[str, Any]:
        """What `seal_settings` was given. Raises Misconfigured where they cannot be read any more."""
        try:
            plain = self.open(sealed, tenant_id, f"tenant_plugins.settings_sealed.{plugin}")
        except SecretUnreadable as error:
            raise Misconfigured(
                f"The settings of {plugin} cannot be read any more. Enter them again.", plugin
            ) from error
        return msgspec.json.decode(plain, type=dict[str, Any])

    def pepper(self) -> tuple[str, Secret]:
        """The key for passcode digests and its id: outside the database, so that a dump alone guesses nothing."""
        return self._current.hex(), self.pepper_of(self._current.hex())

    def pepper_of(self, pepper_id: str) -> Secret:
        """The pepper that an earlier digest was made with. Raises SecretUnreadable when its key is gone."""
        key = self._keys.get(bytes.fromhex(pepper_id))
        if key is None:
            raise SecretUnreadable("no key made this digest")
        return Secret(_derived(key, b"passcode").hex())

    def token_keys(self, purpose: str) -> tuple[bytes, ...]:
        """32 bytes for signing what only we read again soon, such as a form's token: one for each key.

        The first signs; all are good for checking, so that a page outlives a change of keys. What is signed for long
        needs a key that lasts: `lasting_keys`.
        """
        if purpose not in self._token_keys:
            self._token_keys[purpose] = tuple(_derived(each, purpose.encode()) for each in self._keys.values())
        return self._token_keys[purpose]

    def token_key(self, purpose: str) -> bytes:
        """The first of `token_keys`, which signs."""
        return self.token_keys(purpose)[0]


def hashed(secret: str) -> bytes:
    """How a random secret of 128 bits or more is stored: SHA-256. It cannot be guessed, so it needs no salt."""
    return hashlib.sha256(secret.encode()).digest()


def place_of(column: "Column[Any]", row: str) -> str:
    """How seal and open are told where a secret lies: `table.column.row`."""
    return f"{column.table.name}.{column.name}.{row}"


def _derived(key: Secret, purpose: bytes) -> bytes:
    return hmac.digest(key.reveal().encode(), b"frontdesk " + purpose, "sha256")


def _key_id(key: Secret) -> bytes:
    return _derived(key, b"id")[:KEY_ID_BYTES]


def _bound(tenant_id: UUID, place: str, key_id: bytes) -> bytes:
    return b"\x1f".join((tenant_id.bytes, place.encode(), key_id))
