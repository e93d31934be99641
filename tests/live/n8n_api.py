"""Answers as n8n's public API gives them: a key in a header, pages with cursors, keys that file exports do not have."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from live.server import Answer

from workbench.places import share

if TYPE_CHECKING:
    from collections.abc import Callable

    from live.server import Asked

KEY = "n8n_api_" + "a1b2c3d4e5" * 4
PATH = "/api/v1/workflows"


def workflow(number: int) -> dict[str, Any]:
    """Return our own sample as the API gives it, as one of several."""
    content = json.loads(share("data", "samples", "n8n", "order-intake.json").read_text())
    more = {
        "active": number % 2 == 0, "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-02-01T00:00:00.000Z",
        "isArchived": False, "versionId": "6a1d9c1e-0000-4000-8000-000000000000", "triggerCount": 1,
        "shared": [{"role": "workflow:owner", "workflowId": f"wf{number:04}", "projectId": "Qx1"}], "staticData": None,
        "tags": [], "meta": None,
    }  # fmt: skip
    return {**content, **more, "id": f"wf{number:04}", "name": f"Orders {number}"}


@dataclass
class N8n:
    """An n8n with some workflows."""

    workflows: list[Any] = field(default_factory=lambda: [workflow(n) for n in range(5)])
    page: int = 2
    """How many it gives at once, whatever is asked for."""
    before: Callable[[Asked, int], Answer | None] = lambda _asked, _times: None
    """Called with each request and how many there were before it: what it gives is answered."""
    times: int = 0

    def __call__(self, asked: Asked) -> Answer:
        """Answer a request."""
        self.times += 1
        if (own := self.before(asked, self.times - 1)) is not None:
            return own
        if asked.headers.get("x-n8n-api-key") != KEY:
            return Answer({"message": "'X-N8N-API-KEY' header required"}, 401)
        if asked.path != PATH:
            return Answer({"message": "not found"}, 404)
        return self._page(asked)

    def _page(self, asked: Asked) -> Answer:
        start = 0
        if "cursor" in asked.parameters:
            try:
                start = json.loads(base64.b64decode(asked.parameters["cursor"][0], validate=True))["offset"]
            except ValueError:
                return Answer({"message": "An invalid cursor was provided"}, 400)
        end = start + self.page
        following = base64.b64encode(json.dumps({"limit": self.page, "offset": end}).encode()).decode()
        more = end < len(self.workflows)
        return Answer({"data": self.workflows[start:end], "nextCursor": following if more else None})
