"""Intents, checkout and files as a program in Node meets them, with Stripe's own library."""

import asyncio
import base64
import json
from pathlib import Path

from api_server import ApiServer
from node_runtime import run_node
from pictures import gradient, saved
from sides import Tenant

STORIES = Path(__file__).parents[1] / "node_stories.mjs"
NODE_SDK = "stripe@23.1.0"


async def test_intents_checkout_and_files_in_node(api_server: ApiServer, tenant: Tenant) -> None:
    host, _, port = api_server.url.removeprefix("http://").partition(":")
    logo = base64.b64encode(saved(gradient(256, 256), "PNG")).decode()
    asked = {"HOST": host, "PORT": port, "KEY": tenant.sandbox.secret_key.reveal(), "LOGO": logo}
    told = await asyncio.to_thread(run_node, STORIES.read_text(), (NODE_SDK,), **asked)
    assert json.loads(told) == ["setupIntents", "paymentIntents", "checkout", "files"]
