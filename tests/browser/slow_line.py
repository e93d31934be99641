"""A slow line between page and Python: WORKBENCH_LINE_MS=400 lets each answer come 400 ms late.

On a quick machine a test that does not wait for what a person would wait for passes; here it fails each time.
"""

from __future__ import annotations

import os

MILLISECONDS = int(os.environ.get("WORKBENCH_LINE_MS", "0"))
SCRIPT = f"""(() => {{
    const own = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
    Object.defineProperty(WebSocket.prototype, "onmessage", {{
        configurable: true,
        get() {{ return own.get.call(this); }},
        set(heard) {{ own.set.call(this, heard && (event => setTimeout(() => heard.call(this, event), {MILLISECONDS}))); }},
    }});
}})();"""
