"""OpenID Connect with any provider: authorization code with PKCE, state and nonce; the id token is checked whole.

Servers are asked through `outside`, since a tenant names them. What is read of a provider is kept for ten minutes; for
a key that is not known it is asked anew, so that a provider can change its keys at any time. Loaded when first needed.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk_tenants.identities import Attempt, Client, Identity, NotTrusted
from frontdesk_tenants.outside import Outside

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures alone: neither `none` nor a key that both sides know."""
SCOPE = "openid email profile"
LEEWAY_SECONDS = 60
KEPT_SECONDS = 600.0
GOOD_FOR = timedelta(minutes=10)
_STATE_LENGTH = 43


class Provider(Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0 §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class OpenId:
    """Asks providers. Made once per process."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._providers: dict[str, tuple[float, Provider]] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}

    async def discover(self, issuer: str) -> Provider:
        """What the provider of an issuer says of itself.

        Raises:
            Misconfigured: this is no provider, or it calls itself otherwise.
            Unavailable: it does not answer now.
        """
        kept = self._providers.get(issuer)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        self._outside.check(issuer, "issuer")
        answer = await self._fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
        try:
            provider = msgspec.json.decode(answer, type=Provider)
        except msgspec.MsgspecError as error:
            raise Misconfigured("There is no OpenID Connect provider at this address.", "issuer") from error
        if provider.issuer != issuer:
            raise Misconfigured(f"The provider calls itself {provider.issuer[:200]}. Enter exactly that.", "issuer")
        for endpoint in (provider.authorization_endpoint, provider.token_endpoint, provider.jwks_uri):
            self._outside.check(endpoint, "issuer")
        self._providers[issuer] = (time.monotonic() + KEPT_SECONDS, provider)
        return provider

    async def begin(
        self,
        client: Client,
        *,
        provider_id: str,
        tenant: str,
        redirect_uri: str,
        now: datetime,
        next: str | None = None,
        session: str | None = None,
    ) -> tuple[str, Attempt]:
        """The address to send a browser to, and what to remember until it comes back. Raises as `discover` does.

        With a `session` the provider is told to ask for a sign-in even of somebody who is signed in there.
        """
        provider = await self.discover(client.issuer)
        attempt = Attempt(
            provider=provider_id,
            tenant=tenant,
            state=generate_token(_STATE_LENGTH),
            nonce=generate_token(_STATE_LENGTH),
            verifier=generate_token(64),
            expires_at=now + GOOD_FOR,
            next=next,
            session=session,
        )
        again = {"prompt": "login", "max_age": "0"} if session is not None else {}
        async with self._client(client, provider, redirect_uri) as http:
            url, _ = http.create_authorization_url(
                provider.authorization_endpoint,
                state=attempt.state,
                code_verifier=attempt.verifier,
                nonce=attempt.nonce,
                **again,
            )
        return str(url), attempt

    async def finish(
        self, client: Client, attempt: Attempt, query: Mapping[str, str], *, redirect_uri: str, now: datetime
    ) -> Identity:
        """Who somebody is, from what their browser brought back.

        Raises:
            NotTrusted: something does not fit: state, issuer, code, signature, audience, nonce, time.
            Misconfigured: the provider is not set up as it was.
            Unavailable: it does not answer now.
        """
        if now >= attempt.expires_at:
            raise NotTrusted("too late")
        if query.get("state") != attempt.state:
            raise NotTrusted("another state")
        provider = await self.discover(client.issuer)
        told = query.get("iss")
        if told != provider.issuer and (told is not None or provider.authorization_response_iss_parameter_supported):
            raise NotTrusted("the answer is another issuer's")
        if "error" in query or not query.get("code"):
            raise NotTrusted(f"the provider says {query.get('error', 'nothing')[:60]}")
        try:
            async with self._client(client, provider, redirect_uri) as http:
                token = await http.fetch_token(
                    provider.token_endpoint, code=query["code"], code_verifier=attempt.verifier
                )
        except httpx2.HTTPStatusError as error:
            raise Unavailable("The identity provider does not answer as it should.") from error
        except (OAuthError, ValueError) as error:
            raise NotTrusted(f"the code was not taken: {type(error).__name__}") from error
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise NotTrusted("no id token")
        return _identity(await self._claims(client, provider, id_token, attempt, now))

    async def _claims(
        self, client: Client, provider: Provider, id_token: str, attempt: Attempt, now: datetime
    ) -> Mapping[str, Any]:
        try:
            decoded = await self._decoded(provider, id_token)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": provider.issuer},
                    "aud": {"essential": True, "value": client.client_id},
                    "nonce": {"essential": True, "value": attempt.nonce},
                },
                {"nonce": attempt.nonce, "client_id": client.client_id},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotTrusted(f"the id token does not hold: {type(error).__name__}: {str(error)[:100]}") from error
        audience = claims["aud"]
        others = isinstance(audience, list) and len(audience) > 1
        if others and claims.get("azp") != client.client_id:
            raise NotTrusted("the id token was made for several, and not for us")
        return dict(claims)

    async def _decoded(self, provider: Provider, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, await self._key_set(provider.jwks_uri), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            # The provider may have changed its keys since we looked.
            fresh = await self._key_set(provider.jwks_uri, anew=True)
            return jwt.decode(id_token, fresh, algorithms=list(ALGORITHMS))

    async def _key_set(self, url: str, *, anew: bool = False) -> KeySet:
        kept = self._keys.get(url)
        if kept is not None and not anew and time.monotonic() < kept[0]:
            return kept[1]
        keys = KeySet.import_key_set(msgspec.json.decode(await self._fetch(url)))
        self._keys[url] = (time.monotonic() + KEPT_SECONDS, keys)
        return keys

    async def _fetch(self, url: str) -> bytes:
        async with self._outside.client(headers={"Accept": "application/json"}) as http:
            answer = await http.get(url)
        if answer.status_code >= 500:
            raise Unavailable("The identity provider does not answer as it should.")
        if answer.status_code != 200:
            raise Misconfigured("There is no OpenID Connect provider at this address.", "issuer")
        return answer.content

    def _client(self, client: Client, provider: Provider, redirect_uri: str) -> AsyncOAuth2Client:
        basic = "client_secret_basic" in provider.token_endpoint_auth_methods_supported
        return AsyncOAuth2Client(
            client_id=client.client_id,
            client_secret=client.client_secret.reveal(),
            scope=SCOPE,
            redirect_uri=redirect_uri,
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            code_challenge_method="S256",
            transport=self._outside.transport(),
            trust_env=False,
            follow_redirects=False,
        )


def _identity(claims: Mapping[str, Any]) -> Identity:
    email = claims.get("email") if claims.get("email_verified") is True else None
    at = claims.get("auth_time")
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=email if isinstance(email, str) else None,
        name=str(claims.get("name") or ""),
        authenticated_at=datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None,
    )
