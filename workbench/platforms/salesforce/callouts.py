"""What an org talks to: named credentials, remote and trusted sites, connected apps, and its own sites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import NAME_LENGTH, Connection, EntryPoint
from workbench.platforms import boundaries
from workbench.platforms.connectors import known
from workbench.platforms.salesforce.ids import key_of
from workbench.platforms.salesforce.values import flag, nodes, plain, shown, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.platforms.salesforce.build import Build
    from workbench.platforms.salesforce.metadata import Item
    from workbench.platforms.salesforce.values import Node

_ADDRESS = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{1,15})://(?:[^/?#@\s]*@)?([^/?#\s:]*)")
_SIGN_IN = {
    "NoAuthentication": "none", "Oauth": "oauth", "Password": "basic", "Basic": "basic", "Jwt": "certificate",
    "JwtExchange": "certificate", "AwsSv4": "static_key", "Custom": "static_key",
}  # fmt: skip
_WHO = {"Anonymous": None, "NamedUser": "service", "PerUser": "invoker"}
_SCOPES = {
    "full": ("admin",), "api": ("read_all", "write"), "web": ("read",), "visualforce": ("read",), "id": ("read",),
    "profile": ("read",), "openid": ("read",), "chatter_api": ("read", "write"), "wave_api": ("read",),
    "cdp_query_api": ("read_all",), "eclair_api": ("read",), "pardot_api": ("read", "write"),
}  # fmt: skip
_CODE = "Apex code that this export does not show"


@dataclass(frozen=True)
class Address:
    """Scheme and host of an address, as far as it has them."""

    scheme: str | None
    host: str | None

    @property
    def encrypted(self) -> bool | None:
        """Tell whether what goes there is encrypted."""
        return None if self.scheme is None else self.scheme in {"https", "wss"}


def address_of(url: str | None) -> Address:
    """Return what an address says; a host of wildcards is cut down to what is fixed of it."""
    match = _ADDRESS.match(url or "")
    if match is None:
        return Address(None, None)
    host = match.group(2).lower().removeprefix("*.").strip(".")
    return Address(match.group(1).lower(), host if host and "*" not in host else None)


def add_outside(build: Build) -> dict[str, tuple[str, str | None]]:
    """Add all systems outside, and return (service, connection) by external service, in lower case, for flows."""
    external = {item.name.lower(): item for item in build.package.of("externalcredential")}
    named = {
        item.name.lower(): _named_credential(build, item, external) for item in build.package.of("namedcredential")
    }
    for item in build.package.of("remotesite"):
        _remote_site(build, item)
    for item in build.package.of("csptrustedsite"):
        _trusted_site(build, item)
    for item in build.package.of("connectedapp"):
        _connected_app(build, item)
    for item in build.package.of("site"):
        _site(build, item)
    return _external_services(build, named)


def add_unseen_callers(build: Build) -> None:
    """Let Apex code call what no flow calls: nothing else in an org could, and it is not in the export as data."""
    used = {e.id: e for e in build.elements.values() if isinstance(e, Connection)}
    taken = {fields.get("connection") for fields in build.flow_fields()}
    for connection in used.values():
        if connection.connector == "NamedCredential" and connection.id not in taken and connection.service:
            encrypted = {"http": False, "https": True}.get(str(connection.settings.get("salesforce.scheme")))
            build.flow(_apex(build), connection.service, two_way=True, connection=connection.id, encrypted=encrypted)
            name = connection.name
            build.hints.append((build.file, f"no flow uses the named credential {name}; Apex code is taken to"))


def _apex(build: Build) -> str:
    return build.process(
        "_apex",
        _CODE,
        kind="code",
        effects=("run_code", "call_http"),
        runs="apex",
        component="custom",
        runs_in="server",
    )


def _service(build: Build, item: Item, address: Address, **fields: Any) -> str:
    """Add the system at an address: one for all metadata that names the host."""
    place = boundaries.of_host(address.host)
    connector = known(address.host)
    key = key_of(address.host) if address.host else f"{item.kind}-{key_of(item.name)}"
    return build.service(
        key, address.host or plain(item.name), build.boundary(place).id if place is not None else None,
        host=address.host, vendor=connector.vendor if connector else None, kind="api",
        third_party=True if place is not None and place.kind == "third_party" else None, source=item.source(), **fields,
    )  # fmt: skip


def _named_credential(build: Build, item: Item, external: Mapping[str, Item]) -> tuple[str, str]:
    raw, parameters = item.raw, nodes(item.raw, "namedCredentialParameters")
    url = text(raw, "endpoint") or next(
        (v for p in parameters if text(p, "parameterType") == "Url" and (v := text(p, "parameterValue"))), None
    )
    address = address_of(url)
    service = _service(build, item, address)
    used = next((name for p in parameters if (name := text(p, "externalCredential"))), None)
    credential = external.get((used or "").lower())
    protocol, who = _sign_in(raw, credential.raw if credential is not None else None, separate=used is not None)
    found = {
        "salesforce.protocol": protocol, "salesforce.principal": who, "salesforce.scheme": address.scheme,
        "salesforce.external_credential": used,
        "salesforce.merge_fields_in_body": flag(raw, "allowMergeFieldsInBody"),
        "salesforce.merge_fields_in_header": flag(raw, "allowMergeFieldsInHeader"),
        "salesforce.enabled": None if text(raw, "calloutStatus") is None else text(raw, "calloutStatus") == "Enabled",
    }  # fmt: skip
    secrets = (*item.own_secrets, *(credential.own_secrets if credential is not None else ()))
    connection = Connection(
        id=build.id("connection", key_of(item.name)), name=shown(text(raw, "label"), plain(item.name)), app=build.app,
        boundary=build.place, connector="NamedCredential", service=service, source=item.source(), secrets=secrets,
        identity=_WHO.get(who or ""), authentication=_SIGN_IN.get(protocol or ""),
        settings={k: v for k, v in found.items() if v is not None},
    )  # fmt: skip
    return service, build.add(connection)


def _sign_in(raw: Node, credential: Node | None, *, separate: bool) -> tuple[str | None, str | None]:
    """Return (protocol, principal) of a named credential; where they stand apart, those of its external credential."""
    if not separate:
        return text(raw, "protocol"), text(raw, "principalType")
    if credential is None:
        return None, None
    kinds = {text(p, "parameterType") for p in nodes(credential, "externalCredentialParameters")}
    who = "PerUser" if "PerUserPrincipal" in kinds else "NamedUser" if "NamedPrincipal" in kinds else None
    protocol = text(credential, "authenticationProtocol")
    return protocol, "Anonymous" if protocol == "NoAuthentication" else who


def _external_services(build: Build, named: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for item in build.package.of("externalserviceregistration"):
        used = text(item.raw, "namedCredentialReference") or text(item.raw, "namedCredential") or ""
        target = named.get(used.lower())
        if target is not None:
            found[item.name.lower()] = target
    return found


def _remote_site(build: Build, item: Item) -> None:
    address, unprotected = address_of(text(item.raw, "url")), flag(item.raw, "disableProtocolSecurity")
    settings = {
        "salesforce.remote_site": item.name, "salesforce.disable_protocol_security": unprotected,
        "salesforce.scheme": address.scheme, "salesforce.enabled": flag(item.raw, "isActive"),
    }  # fmt: skip
    place = _service(build, item, address)
    build.tell(place, {k: v for k, v in settings.items() if v is not None}, item.own_secrets)


def _trusted_site(build: Build, item: Item) -> None:
    url = text(item.raw, "endpointUrl")
    address = address_of(url if "://" in (url or "") else f"https://{url}" if url else None)
    allowed = [name.removeprefix("isApplicableTo").removesuffix("Src").lower() for name in sorted(item.raw)
               if name.startswith("isApplicableTo") and flag(item.raw, name) is True]  # fmt: skip
    settings = {
        "salesforce.trusted_site": item.name, "salesforce.csp": ", ".join(allowed)[:500], "salesforce.scheme": address.scheme,
        "salesforce.wildcard": "*" in (url or ""), "salesforce.enabled": flag(item.raw, "isActive"),
    }  # fmt: skip
    build.tell(_service(build, item, address), {k: v for k, v in settings.items() if v is not None}, item.own_secrets)


def _connected_app(build: Build, item: Item) -> None:
    """Add an outside program that may call the org's API, with the scopes that it asks for."""
    oauth = next(iter(nodes(item.raw, "oauthConfig")), {})
    if not oauth:
        return
    name, key = shown(text(item.raw, "label"), plain(item.name)), key_of(item.name)
    host = address_of(text(oauth, "callbackUrl")).host
    service = build.service(f"app-{key}", name, None, kind="other", source=item.source(), host=host)
    scopes = tuple(sorted(set(texts(oauth, "scopes"))))
    # Scopes are written RefreshToken in files, and refresh_token elsewhere.
    spelled = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", scope).lower() for scope in scopes]
    access = tuple(sorted({right for scope in spelled for right in _SCOPES.get(scope, ())}))
    settings = _app_settings(item, oauth)
    connection = Connection(
        id=build.id("connection", f"app-{key}"), name=name, app=build.app, boundary=build.place, connector="ConnectedApp",
        service=service, authentication="oauth", scopes=scopes or None, access=access or None, source=item.source(),
        identity="service" if settings.get("salesforce.client_credentials") else "invoker", settings=settings,
        # A consumer key tells programs apart, and is no secret.
        secrets=tuple(s for s in item.own_secrets if "/consumerKey/" not in s.place),
    )  # fmt: skip
    _api(build, item, key, name, build.add(connection), access)


def _app_settings(item: Item, oauth: Node) -> dict[str, Any]:
    relaxed = (value for policy in nodes(item.raw, "oauthPolicy") if (value := text(policy, "ipRelaxation")))
    settings = {
        "salesforce.admin_approved": flag(oauth, "isAdminApproved"),
        "salesforce.callback_scheme": address_of(text(oauth, "callbackUrl")).scheme,
        "salesforce.client_credentials": flag(oauth, "isClientCredentialEnabled"),
        "salesforce.pkce": flag(oauth, "isPkceRequired"), "salesforce.ip_relaxation": next(relaxed, None),
    }  # fmt: skip
    return {k: v for k, v in settings.items() if v is not None}


def _api(build: Build, item: Item, key: str, name: str, connection: str, access: tuple[str, ...]) -> None:  # noqa: PLR0917
    """Add the way in through which a connected app calls, and what it may do there."""
    service = build.id("service", f"app-{key}")
    needed = {"read": {"read", "read_all", "admin"}, "write": {"write", "admin"}}
    effects = tuple(effect for effect, rights in needed.items() if rights & set(access))
    title = f"API for {name}"[:NAME_LENGTH]
    api = build.process(f"api-{key}", title, kind="step", effects=effects, source=item.source(), passes_input=True)
    entry = EntryPoint(
        id=build.id("entry", f"api-{key}"), name=title, app=build.app, boundary=build.place, kind="webhook", starts=api,
        authentication="token", exposure="internet", source=item.source(),
    )  # fmt: skip
    build.flow(service, build.add(entry), encrypted=True)
    build.flow(api, service, encrypted=True, connection=connection)


def _site(build: Build, item: Item) -> None:
    """Add a public site; what visitors may do there is in its guest profile, if that is in the export."""
    name = shown(text(item.raw, "masterLabel"), plain(item.name))
    key = f"site-{key_of(item.name)}"
    pages = build.process(key, f"Site {name}"[:NAME_LENGTH], kind="screen", source=item.source(), passes_input=True)
    settings = {
        "salesforce.site": item.name, "salesforce.enabled": flag(item.raw, "active"),
        "salesforce.self_registration": text(item.raw, "selfRegPage") is not None,
        "salesforce.clickjack": text(item.raw, "clickjackProtectionLevel"),
        "salesforce.guest_payments": flag(item.raw, "allowGuestPaymentsApi"),
    }  # fmt: skip
    path = text(item.raw, "urlPathPrefix")
    build.add(
        EntryPoint(
            id=build.id("entry", key),
            name=f"Site {name}"[:NAME_LENGTH],
            app=build.app,
            boundary=build.place,
            kind="portal",
            starts=pages,
            exposure="internet",
            address=f"/{path.strip('/')}"[:500] if path else None,
            source=item.source(),
            settings={k: v for k, v in settings.items() if v is not None},
        )
    )
