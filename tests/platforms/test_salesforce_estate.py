"""Salesforce around its flows: rights, named credentials, sites, connected apps; the samples, and anything at all."""

from __future__ import annotations

import json
import random
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from salesforce_files import KEY, action, app_of, ends, flow, model, one, read, right, xml

from workbench import platforms
from workbench.model import Actor, Connection, EntryPoint, Flow, Model, Process, Service, diff
from workbench.places import share
from workbench.platforms import salesforce
from workbench.platforms.documents import Limits
from workbench.platforms.draft import Document
from workbench.platforms.markup import decode_xml
from workbench.platforms.parcels import Folder
from workbench.platforms.secrets import mask
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = share("data", "samples", "salesforce")
PORTAL = SAMPLES / "volunteer-portal"
CHECKS = {
    "SF-SYSMODE-NOSHARE", "SF-SYSMODE-UNKNOWN", "SF-GUEST-FLOW", "SF-MODIFYALL", "SF-NAMEDCRED-NOAUTH",
    "SF-REMOTE-INSECURE", "SF-NO-FAULT", "SF-HARDCODED",
}  # fmt: skip

# --- rights ---


def test_a_permission_set_is_people_with_rights() -> None:
    """Who was given it reaches the objects it names; rights over all records are counted apart from seeing them."""
    content = xml(
        "PermissionSet", right("Pet__c", "allowRead", "viewAllRecords"),
        right("Case", "allowRead", "allowEdit", "modifyAllRecords"), right("Lead"),
        xml("fieldPermissions", field="Pet__c.Phone__c", readable=True, editable=False), label="Vets",
    )  # fmt: skip
    found = model({"permissionsets/Vets.permissionset-meta.xml": content})
    vets = one(found, Actor, "Permission set Vets")
    told = {k: vets.settings[f"salesforce.{k}"] for k in ("view_all_objects", "modify_all_objects", "edits_of")}
    assert told == {"view_all_objects": 1, "modify_all_objects": 1, "edits_of": "Case"}
    assert ends(found) == {(vets.name, "Pet"), (vets.name, "Case")}
    assert (vets.inside, vets.role) == (True, "user")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"userLicense": "Salesforce"}, (True, "user")),
        ({"userLicense": "Partner Community"}, (False, "user")),
        ({"userLicense": "Salesforce", "right": "ModifyAllData"}, (True, "admin")),
    ],
)
def test_licence_and_rights_tell_who_the_people_are(fields: dict[str, str], expected: tuple[bool, str]) -> None:
    """Licences of communities are for people outside; rights over everything are an administrator's."""
    given_ = xml("userPermissions", enabled=True, name=fields.pop("right", "RunReports"))
    actor = one(model({"profiles/P.profile": xml("Profile", given_, custom=True, **fields)}), Actor, "Profile P")
    assert (actor.inside, actor.role) == expected


# --- named credentials and others ---


def credential(**fields: Any) -> str:
    return xml("NamedCredential", **{"endpoint": "https://api.example.org/x", "label": "Api", **fields})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"protocol": "NoAuthentication", "principalType": "Anonymous"}, ("none", None)),
        ({"protocol": "Password", "principalType": "NamedUser"}, ("basic", "service")),
        ({"protocol": "Oauth", "principalType": "PerUser"}, ("oauth", "invoker")),
        ({"protocol": "NewOne"}, (None, None)),
    ],
)
def test_named_credential_tells_how_it_signs_in(fields: dict[str, str], expected: tuple[Any, Any]) -> None:
    """Protocol and principal are the connection's way to prove itself and whose account it is."""
    found = model({"namedCredentials/Api.namedCredential-meta.xml": credential(**fields)})
    connection = one(found, Connection, "Api")
    assert (connection.authentication, connection.identity) == expected
    assert connection.service == one(found, Service, "api.example.org").id


@pytest.mark.parametrize(("given_", "expected"), [(True, ("oauth", "service")), (False, (None, None))])
def test_external_credential_signs_in_for_the_named_one(*, given_: bool, expected: tuple[Any, Any]) -> None:
    """Newer named credentials leave the sign-in to another file; without that it is unknown."""
    url = xml("namedCredentialParameters", parameterType="Url", parameterValue="https://api.example.org")
    used = xml("namedCredentialParameters", parameterType="Authentication", externalCredential="Gate")
    files = {"namedCredentials/Api.namedCredential-meta.xml": xml("NamedCredential", url, used, label="Api")}
    if given_:
        person = xml("externalCredentialParameters", parameterType="NamedPrincipal", parameterName="All")
        content = xml("ExternalCredential", person, authenticationProtocol="Oauth")
        files["externalCredentials/Gate.externalCredential-meta.xml"] = content
    connection = one(model(files), Connection, "Api")
    assert (connection.authentication, connection.identity) == expected


def test_a_flow_calls_through_an_external_service() -> None:
    """The action's service names the credential; the traffic is open where the address begins with http."""
    files = {
        "namedCredentials/Api.namedCredential-meta.xml": credential(
            endpoint="http://api.example.org", protocol="Oauth"
        ),
        "externalServiceRegistrations/Svc.externalServiceRegistration-meta.xml": xml(
            "ExternalServiceRegistration", namedCredentialReference="Api"
        ),
        "flows/Care.flow-meta.xml": flow(action("Call", "externalService", action_name="Svc.find"), first="Call"),
    }
    found = model(files)
    [call] = [f for f in found.of(Flow) if f.name == "Call → api.example.org"]
    assert (call.encrypted, call.connection, call.two_way) == (False, one(found, Connection, "Api").id, True)


def test_what_no_flow_calls_is_for_code() -> None:
    """A named credential that no flow uses can only be there for Apex code, which is said in a note."""
    [draft] = read({"namedCredentials/Api.namedCredential-meta.xml": credential(protocol="Oauth")})
    found = Model(draft.elements)
    assert ("Apex code that this export does not show", "api.example.org") in ends(found)
    assert [n.text for n in draft.notes] == ["no flow uses the named credential Api; Apex code is taken to"]


def test_remote_and_trusted_sites_are_services() -> None:
    """Sites that pages and code may talk to are systems; one host is one system, whoever names it."""
    files = {
        "remoteSiteSettings/A.remoteSite-meta.xml": xml(
            "RemoteSiteSetting", url="http://old.example.org", isActive=True, disableProtocolSecurity=True
        ),
        "cspTrustedSites/B.cspTrustedSite-meta.xml": xml(
            "CspTrustedSite", endpointUrl="https://*.old.example.org", isApplicableToConnectSrc=True
        ),
    }
    [service] = model(files).of(Service)
    told = {k: service.settings[f"salesforce.{k}"] for k in ("scheme", "disable_protocol_security", "csp", "wildcard")}
    assert (service.host, told) == (
        "old.example.org", {"scheme": "http", "disable_protocol_security": True, "csp": "connect", "wildcard": True},
    )  # fmt: skip


def test_a_connected_app_comes_in_through_the_api() -> None:
    """A program that was let in has a connection with its scopes; its consumer key is no secret, its secret is."""
    oauth = xml(
        "oauthConfig", scopes=["Full", "RefreshToken"], callbackUrl="https://board.example.org/back",
        consumerKey="3MVG9lKcPoNINVBIPJjdw1J9LLM82HnFVVX19KY1uA5mu0QqEWhqKpoW3svG3", consumerSecret="1955279925675241571",
    )  # fmt: skip
    found = model(
        {
            "connectedApps/Board.connectedApp-meta.xml": xml(
                "ConnectedApp", oauth, label="Board", contactEmail="a@example.org"
            )
        }
    )
    connection = one(found, Connection, "Board")
    assert (connection.access, connection.scopes, connection.identity) == (
        ("admin",),
        ("Full", "RefreshToken"),
        "invoker",
    )
    assert [s.kind for s in connection.secrets] == ["secret"]
    assert one(found, EntryPoint, "API for Board").authentication == "token"


def test_a_site_is_open_to_the_internet() -> None:
    """Whether visitors must sign in is not in the site's own file, so it is asked."""
    site = xml("CustomSite", masterLabel="Care", urlPathPrefix="care", active=True, selfRegPage="CommunitiesSelfReg")
    found = model({"sites/Care.site-meta.xml": site})
    entry = one(found, EntryPoint, "Site Care")
    assert (entry.exposure, entry.authentication, entry.address, app_of(found).registration) == (
        "internet",
        None,
        "/care",
        "open",
    )


# --- samples, sameness, anything ---


def texts() -> dict[str, str]:
    return {p.relative_to(PORTAL).as_posix(): p.read_text("utf-8") for p in sorted(PORTAL.rglob("*.xml"))}


def drafts() -> dict[str, Model]:
    found = platforms.read_files([SAMPLES], key=KEY)
    assert (found.refused, found.unrecognised) == ([], [])
    return {draft.app: Model(draft.elements) for draft in found.drafts}


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        ("salesforce-volunteer-portal", "volunteer-portal.json"),
        ("salesforce-flow-refund-over-limit", "Refund_Over_Limit.flow-meta.xml.json"),
    ],
)
def test_samples_give_their_expected_model(app: str, expected: str) -> None:
    """The sample exports read as the models in data/expected say."""
    path = share("data", "expected", "salesforce", expected)
    assert drafts()[app].to_json() == json.loads(path.read_text("utf-8"))


def test_an_archive_is_read_like_the_folder(tmp_path: Path) -> None:
    """The same package packed as a zip, with its manifest, gives the same elements."""
    with zipfile.ZipFile(tmp_path / "volunteer-portal.zip", "w") as archive:
        for name, content in texts().items():
            archive.writestr(name, content)
        archive.writestr("package.xml", "<Package/>")
    found = platforms.read_files([tmp_path / "volunteer-portal.zip"], key=KEY)
    assert (found.refused, found.unrecognised) == ([], [])
    [draft] = found.drafts
    assert {e.id for e in draft.elements} == {e.id for e in drafts()["salesforce-volunteer-portal"]}


def test_checks_find_what_the_samples_hide() -> None:
    """The careless sample has each weakness but a misspelled run mode, the careful one has none."""
    declared = {key: setting.kind for key, setting in platforms.settings().items()}
    library = load_library([share("data")], settings=declared)
    found = {}
    for app, drawn in drafts().items():
        rules = evaluate(facts(drawn, today=date(2026, 1, 1), settings=declared), library).findings["rule"]
        found[app] = {rule for rule in rules if rule.startswith("SF-")}
    assert found == {
        "salesforce-volunteer-portal": CHECKS - {"SF-SYSMODE-UNKNOWN"},
        "salesforce-flow-refund-over-limit": set(),
    }
    assert {rule.id for rule in library if rule.id.startswith("SF-")} == CHECKS


def test_order_of_elements_does_not_matter() -> None:
    """Elements the other way round, and moved on the canvas, give the same model."""
    contents = {n: decode_xml(t.encode(), n) for n, t in texts().items()}
    turned = {n: _turned(c) for n, c in reversed(contents.items())}
    first, second = (
        Model(salesforce.read_parcel(Folder("care", {n: Document(n, c, "") for n, c in them.items()}))[0].elements)
        for them in (contents, turned)
    )
    assert diff(first, second) == []


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: [_turned(v) for v in reversed(inner)] if isinstance(inner, list) else inner
            for k, inner in reversed(value.items())
        }
    return value


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        "",
        "x",
        "Create_Contact",
        "«",
        "$Record",
        "true",
        "{!a}",
        None,
        7,
        [],
        {},
        [{}],
        {"name": ["x"]},
        ["a", {"b": []}],
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.lists(JUNK, min_size=1, max_size=6))
def test_broken_metadata_never_stops_the_reader(seed: int, junk: list[Any]) -> None:
    """Whatever stands in place of parts of the sample, there is a model without loose ends, or nothing."""
    rng = random.Random(seed)  # noqa: S311 - no secret hangs on it
    contents = {n: decode_xml(t.encode(), n, limits=Limits()) for n, t in texts().items()}
    for broken in junk:
        _break(rng, contents[rng.choice(sorted(contents))], broken)
    documents = {}
    for name, content in contents.items():
        masked, secrets = mask(content, KEY)
        documents[name] = Document(name, masked, "", secrets=secrets)
        if salesforce.matches(masked):
            assert Model(salesforce.read(documents[name])[0].elements).dangling() == []
    for draft in salesforce.read_parcel(Folder("care", documents)):
        assert Model(draft.elements).dangling() == []
        assert all(isinstance(e.name, str) for e in draft.elements if isinstance(e, Process))


def _break(rng: random.Random, content: Any, junk: Any) -> None:
    """Put junk in place of a part, double a part, or take one away, at any depth."""
    here = content
    while isinstance(here, (dict, list)) and here:
        key = rng.choice(sorted(here)) if isinstance(here, dict) else rng.randrange(len(here))
        inner = here[key]
        if not isinstance(inner, (dict, list)) or not inner or rng.random() < 0.2:
            what = rng.randrange(3)
            if what == 0:
                here[key] = junk
            elif what == 1 and isinstance(here, list):
                here.append(inner)
            else:
                del here[key]
            return
        here = inner
