"""The server that the scripts talk to: SCIM_URL and SCIM_TOKEN."""

import os

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient


def client() -> SyncSCIMClient:
    """A client that knows nothing of the server but its address."""
    headers = {"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"}
    return SyncSCIMClient(Client(base_url=os.environ["SCIM_URL"], headers=headers))
