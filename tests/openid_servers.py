"""Two OpenID Connect providers on this machine: a certified one, and one that tells whatever a test wants it to.

The certified one is npm's `oidc-provider` in a process of its own; it signs everybody in at once as the account that
the test has set. The other one answers as a provider does, and lies where it is told to.
"""

import base64
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from node_runtime import node_program

OIDC_PROVIDER = "oidc-provider@9.13.3"
CLIENT_ID, CLIENT_SECRET = "frontdesk", "a-secret-of-the-tests-0123456789"
_SCRIPT = """
import http from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [issuer, redirect, port] = process.argv.slice(2);
let account = {};
let provider;

function key() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomUUID() };
}

function begin() {
  provider = new Provider(issuer, {
    clients: [{ client_id: 'frontdesk', client_secret: 'a-secret-of-the-tests-0123456789', redirect_uris: [redirect] }],
    jwks: { keys: [key()] },
    cookies: { keys: ['test'] },
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    async findAccount(_, id) { return { accountId: id, claims: async () => ({ sub: id, ...account }) }; },
  });
}

async function signIn(req, res) {
  const details = await provider.interactionDetails(req, res);
  const accountId = details.session?.accountId ?? account.sub;
  if (details.prompt.name === 'login') {
    return provider.interactionFinished(req, res, { login: { accountId: account.sub } });
  }
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
}

begin();
http.createServer(async (req, res) => {
  if (req.url === '/control') {
    let body = '';
    for await (const part of req) body += part;
    const wish = JSON.parse(body);
    if (wish.account) account = wish.account;
    if (wish.rotate) begin();
    return res.end('ok');
  }
  if (req.url.startsWith('/interaction/')) return signIn(req, res);
  return provider.callback()(req, res);
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
"""


class CertifiedProvider:
    """npm's oidc-provider. `issuer` is its address."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def be(self, **account: Any) -> None:
        """Sign everybody in as this account from now on: `sub`, `email`, `email_verified`, `name`."""
        self._control(account=account)

    def change_keys(self) -> None:
        """Sign with another key from now on; the old one is gone."""
        self._control(rotate=True)

    def _control(self, **wish: Any) -> None:
        httpx.post(f"{self.issuer}/control", json=wish, trust_env=False, timeout=10).raise_for_status()


@contextmanager
def certified_provider(redirect_uri: str) -> Iterator[CertifiedProvider]:
    """Start it, for clients that come back to this address."""
    port = _free_port()
    issuer = f"http://127.0.0.1:{port}"
    command, folder = node_program((OIDC_PROVIDER,))
    script = Path(folder) / f"provider-{port}.mjs"
    script.write_text(_SCRIPT)
    process = subprocess.Popen(
        [*command, str(script), issuer, redirect_uri, str(port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if b"ready" in line:
                break
        yield CertifiedProvider(issuer)
    finally:
        process.kill()
        process.wait()
        script.unlink()


class LyingProvider:
    """Answers as a provider does. `claims` and `header` replace what it would say in an id token; `key` signs it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})
        self.published = self.key
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.unsigned = False
        self.verifiers: list[str] = []
        self.nonce = ""
        self.down = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, as ASGI."""
        if scope["type"] != "http":
            return
        message = await receive()
        status, body = (503, {}) if self.down else self._answer(scope["path"], message.get("body", b""))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def _answer(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.discovery,
            }
        if path == "/keys":
            return 200, KeySet([self.published]).as_dict(private=False)
        if path == "/token":
            self.verifiers += parse_qs(body.decode()).get("code_verifier", [])
            return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token()}
        return 404, {}

    def id_token(self) -> str:
        """What it says of whoever signed in."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "sub-1",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self.nonce,
            "email": "robin@example.com",
            "email_verified": True,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.unsigned:
            return _unsigned(claims)
        algorithm = {"RSA": "RS256", "EC": "ES256", "oct": "HS256"}[self.key.key_type]
        header = {"alg": algorithm, "kid": "one", **self.header}
        return jwt.encode(header, claims, self.key, algorithms=[algorithm])

    def sign_with_our_secret(self) -> None:
        """Use the client's secret as a key: whoever takes HS256 for granted would believe it."""
        self.key = OctKey.import_key(CLIENT_SECRET)

    def sign_with_another_key(self) -> None:
        """Use a key that is published nowhere."""
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})

    def change_keys(self) -> None:
        """Sign with a new key and publish it in place of the old one."""
        self.key = self.published = ECKey.generate_key("P-256", parameters={"kid": "two", "use": "sig", "alg": "ES256"})
        self.header = {"kid": "two"}


@contextmanager
def lying_provider() -> Iterator[LyingProvider]:
    """Start it in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        provider = LyingProvider(f"http://127.0.0.1:{listener.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(provider, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        httpx.get(provider.issuer, trust_env=False, timeout=30)
        yield provider
        server.should_exit = True
        thread.join(timeout=20)


def _unsigned(claims: dict[str, Any]) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}."


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
