"""Short ways to write Salesforce metadata in a test."""

from __future__ import annotations

from typing import Any

from workbench.model import App, Element, Flow, Model
from workbench.platforms import salesforce
from workbench.platforms.draft import Document, Draft
from workbench.platforms.markup import decode_xml
from workbench.platforms.parcels import Folder
from workbench.platforms.secrets import mask

KEY = b"a key for tests"


def xml(tag: str, /, *parts: str, **fields: Any) -> str:
    """Return an element: `fields` are its children with text, lists for several, `parts` are children as they are."""
    listed = [(k, v) for k, values in fields.items() for v in (values if isinstance(values, list) else [values])]
    inner = "".join(f"<{key}>{_text(value)}</{key}>" for key, value in listed)
    return f"<{tag}>{inner}{''.join(parts)}</{tag}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("&", "&amp;").replace("<", "&lt;")


def to(target: str, kind: str = "connector") -> str:
    """Return a connector."""
    return xml(kind, targetReference=target)


def value(reference: str | None = None, text: str | None = None) -> str:
    """Return a value that is a reference or a text."""
    return xml("value", elementReference=reference) if reference is not None else xml("value", stringValue=text or "")


def pair(field: str, reference: str | None = None, text: str | None = None, *, kind: str = "inputAssignments") -> str:
    """Return a field or parameter with what goes into it."""
    named = {"field": field} if kind in {"inputAssignments", "filters"} else {"name": field}
    return xml(kind, value(reference, text), **named)


def action(name: str, type_: str, *parts: str, action_name: str = "x") -> str:
    """Return an action."""
    return xml("actionCalls", *parts, name=name, label=name, actionName=action_name, actionType=type_)


def parameter(name: str, reference: str | None = None, text: str | None = None) -> str:
    """Return an input parameter of an action."""
    return pair(name, reference, text, kind="inputParameters")


def variable(name: str, *, given: bool = False, back: bool = False, **fields: Any) -> str:
    """Return a variable."""
    return xml("variables", name=name, dataType="String", isInput=given, isOutput=back, **fields)


def flow(
    *parts: str, first: str | None = None, start: str = "", process: str = "AutoLaunchedFlow", **fields: Any
) -> str:
    """Return a flow whose start leads to `first`."""
    begin = xml("start", start, to(first) if first else "")
    top = {"label": "Care", "processType": process, "status": "Active", **fields}
    return xml("Flow", begin, *parts, **top)


def screen(name: str, *fields: str, then: str | None = None) -> str:
    """Return a screen with input fields of these names."""
    inputs = "".join(xml("fields", name=f, fieldText=f, fieldType="InputField") for f in fields)
    return xml("screens", inputs, to(then) if then else "", name=name, label=name)


def right(obj: str, *given: str) -> str:
    """Return the rights on an object, such as "allowRead", "viewAllRecords"."""
    return xml("objectPermissions", object=obj, **dict.fromkeys(given, True))


def profile(*parts: str, **fields: Any) -> str:
    """Return a profile for visitors who are not signed in."""
    return xml("Profile", *parts, **{"custom": True, "userLicense": "Guest User License", **fields})


def document(name: str, content: str) -> Document:
    """Return a masked document as the reading process makes it."""
    masked, secrets = mask(decode_xml(content.encode(), name), KEY)
    return Document(name, masked, "0" * 64, secrets=secrets)


def read(files: dict[str, str], name: str = "care") -> list[Draft]:
    """Return the drafts of a package with these files."""
    return salesforce.read_parcel(Folder(name, {n: document(n, content) for n, content in files.items()}))


def model(files: dict[str, str] | str) -> Model:
    """Return the model of a package, or of a flow alone as `flows/Care.flow-meta.xml`."""
    [draft] = read(files if isinstance(files, dict) else {"flows/Care.flow-meta.xml": files})
    return Model(draft.elements)


def app_of(found: Model) -> App:
    """Return the app."""
    [app] = found.of(App)
    return app


def one(found: Model, cls: type[Any], name: str) -> Any:
    """Return the one element of that class and name."""
    [element] = [e for e in found.of(cls) if e.name == name]
    return element


def ends(found: Model, kind: str = "data") -> set[tuple[str, str]]:
    """Return (source, target) of the flows of a kind, by name."""
    names: dict[str, str] = {e.id: e.name for e in found if isinstance(e, Element)}
    return {(names[f.source_id], names[f.target_id]) for f in found.of(Flow) if f.kind == kind}
