"""Canvas apps: what their formulas do, what they are connected to, and whose words enter where."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from power_apps_files import CALLBACK, archive, control, msapp, reference, service, table, with_files

from workbench import platforms
from workbench.model import App, Connection, Element, EntryPoint, Flow, Model, Process, Service, Store
from workbench.places import share
from workbench.platforms import power_apps
from workbench.platforms.documents import Limits
from workbench.platforms.joining import joined
from workbench.platforms.power_apps.formula import parse
from workbench.platforms.power_apps.systems import short_id
from workbench.platforms.reading import Held, Job, read_file

if TYPE_CHECKING:
    from workbench.platforms.draft import Draft

KEY = b"a key for tests"
REFERENCES = {
    "guid-1": reference("shared_sharepointonline", "SharePoint", "Visits", dependents=["guid-3"]),
    "guid-2": reference("shared_office365", "Office 365 Outlook", "Office365Outlook"),
    "guid-3": reference(
        "shared_logicflows", "Logic flows", "TellHost",
        connectionParameters={"workFlowCallbackUri": CALLBACK, "workflowName": "5B0F7C9E-0000-4000-8000-000000000000"},
    ),
}  # fmt: skip
SOURCES = [
    table("Visits", "Visitor", "Host mail", "Badge"),
    service("Office365Outlook", "shared_office365"),
    service("TellHost", "shared_logicflows"),
    {"Name": "colVisits", "Type": "CollectionDataSourceInfo"},
]


def screen(*children: dict[str, Any], **rules: str) -> list[dict[str, Any]]:
    """Return the controls of an app with one screen."""
    return [control("App", "appinfo", {"OnStart": "Set(varMe, User())"}), control("Desk", "screen", rules, *children)]


def read(tmp_path: Path, *children: dict[str, Any], sources: list[Any] = SOURCES, references: Any = None) -> Model:
    """Return the model of an .msapp with these controls on its screen."""
    data = msapp(screen(*children), sources, REFERENCES if references is None else references)
    (tmp_path / "desk.msapp").write_bytes(data)
    drafts = of_file(tmp_path / "desk.msapp")
    assert len(drafts) == 1
    return Model(drafts[0].elements)


def of_file(path: Path) -> list[Draft]:
    """Return the drafts of an archive, read in this process."""
    replies = read_file(path.name, Held({path.name: path.read_bytes()}), Job(KEY, Limits(), [power_apps]))
    assert [str(reply.refused) for reply in replies if reply.refused] == []
    return joined(replace(draft, file=reply.where) for reply in replies for draft in reply.drafts)


def button(formula: str, name: str = "btn") -> dict[str, Any]:
    """Return a button that does something."""
    return control(name, "button", {"OnSelect": formula})


def step(model: Model, name: str = "btn") -> Process:
    """Return the step of a control."""
    return next(p for p in model.of(Process) if p.name == name)


def named(model: Model, cls: type[Element], name: str) -> Any:
    """Return the element of a class and name."""
    return next(e for e in model.of(cls) if e.name == name)


@pytest.mark.parametrize(
    ("formula", "effects"),
    [
        ("Patch(Visits, Defaults(Visits), {Visitor: txt.Text})", ("write",)),
        ("Remove(Visits, ThisItem)", ("delete",)),
        ("UpdateIf(Visits, Badge = 1, {Badge: 2})", ("write",)),
        ('Office365Outlook.SendEmailV2(txt.Text, "Hi", "x")', ("send_mail",)),
        ("If(true, ForAll(Visits, Patch(Visits, ThisRecord, {Badge: 1})))", ("write", "read")),
        ('Collect(Visits, {Visitor: "x"}) // Remove(Visits, ThisItem)', ("write",)),
        ("Notify(\"Remove(Visits, x)\"); Patch('Visits', Defaults(Visits), {})", ("write",)),
    ],
)  # fmt: skip
def test_formulas_have_effects(tmp_path: Path, formula: str, effects: tuple[str, ...]) -> None:
    """What a formula writes, deletes or sends is told by its calls, not by what stands in comments and texts."""
    assert set(step(read(tmp_path, button(formula), control("txt", "text", {}))).effects) == set(effects)


def test_what_only_touches_the_app_itself_is_no_step(tmp_path: Path) -> None:
    """Collections, navigation and notices stay within the app."""
    model = read(
        tmp_path, button("ClearCollect(colVisits, {a: 1}); Patch(colVisits, First(colVisits), {a: 2}); Back()")
    )
    assert {p.name for p in model.of(Process)} == {"Start of the app", "Desk"}


def test_a_form_writes_to_its_data_source(tmp_path: Path) -> None:
    """SubmitForm names the form, and the form names the table."""
    form = control("frm", "form", {"DataSource": "Visits", "Item": "ThisItem"})
    model = read(tmp_path, form, button("SubmitForm(frm)"))
    assert step(model).effects == ("write",)
    flow = next(f for f in model.of(Flow) if f.source_id == step(model).id and f.kind == "data")
    assert flow.target_id == named(model, Store, "Visits").id


def test_a_flow_is_called_by_its_name_and_ids(tmp_path: Path) -> None:
    """The estate finds the flow by them; the address that starts it is a secret of the connection, masked."""
    model = read(tmp_path, button("TellHost.Run(txt.Text)"), control("txt", "text", {}))
    assert step(model).calls == ("5b0f7c9e-0000-4000-8000-000000000000", "TellHost")
    connection = named(model, Connection, "Flow TellHost")
    assert [s.kind for s in connection.secrets] == ["signed_url"]
    assert "Qw8rTz3L" not in json.dumps(model.to_json())


def test_what_a_flow_opens_for_its_user_is_in_the_picture(tmp_path: Path) -> None:
    """A connection that only a flow needs is handed over by the app."""
    references = REFERENCES | {"guid-2": reference("shared_office365", "Office 365 Outlook", dependents=["guid-3"])}
    model = read(tmp_path, button("TellHost.Run()"), sources=[*SOURCES[:1], *SOURCES[2:]], references=references)
    assert any(f.connection == named(model, Connection, "Office 365 Outlook").id for f in model.of(Flow))


def test_words_are_followed_through_variables_and_galleries(tmp_path: Path) -> None:
    """What a mail says comes from the table behind the gallery, to whom from what somebody typed."""
    gallery = control("gal", "gallery", {"Items": "Sort(Visits, Visitor)", "OnSelect": "Set(varOne, ThisItem)"})
    mail = button('Office365Outlook.SendEmailV2(txtTo.Text, "Visit", $"Badge {varOne.Badge}")')
    model = read(tmp_path, gallery, control("txtTo", "text", {}), mail)
    found = {(u.origin.rpartition("/")[2], u.field, u.into) for u in step(model).uses}
    assert found == {("process:screen:desk", "txtTo.Text", "recipient"), ("store:visits", "Badge", "mail")}
    sent = next(f for f in model.of(Flow) if f.target_id.endswith("service:office365"))
    assert [i.rpartition(":")[2] for i in sent.data] == ["badge"]


def test_variables_in_a_circle_end(tmp_path: Path) -> None:
    """Two variables that are set from each other give nothing and take no time."""
    model = read(tmp_path, button("Set(a, b); Set(b, a); Launch(a)"))
    assert step(model).uses == ()


@pytest.mark.parametrize(
    ("formula", "open_"),
    [
        ("Launch(ThisItem.Badge)", True),
        ("Launch(First(Visits).Badge)", True),
        ('Launch("https://rowan.example/help")', False),
        ('Launch("https://rowan.example/" & First(Visits).Badge)', False),
        ('Launch("https://" & First(Visits).Badge)', True),
        ('Launch($"https://rowan.example/{First(Visits).Badge}")', False),
        ('Launch("mailto:desk@rowan.example")', False),
    ],
)
def test_launch_is_open_where_data_choose_the_host(tmp_path: Path, formula: str, open_: bool) -> None:
    """A fixed beginning with a whole host keeps the click on a known site."""
    assert step(read(tmp_path, button(formula))).settings["power_apps.launch_open"] is open_


@pytest.mark.parametrize(
    ("child", "guarded"),
    [
        (control("gal", "gallery", {"Items": "Filter(Visits, 'Host mail' = varMe.Email)"}), True),
        (control("gal", "gallery", {"Items": "Filter(Visits, Badge = 1)"}), False),
        (control("ico", "icon", {"OnSelect": "Remove(Visits, ThisItem)", "Visible": 'varMe.Email = "a"'}), True),
        (control("ico", "icon", {"OnSelect": "Remove(Visits, ThisItem)", "Visible": "varDark"}), False),
    ],
)  # fmt: skip
def test_rules_of_the_app_are_told_at_the_store(tmp_path: Path, child: dict[str, Any], guarded: bool) -> None:
    """Filters by who is signed in, and buttons that only some see, leave the store itself open."""
    store = named(read(tmp_path, child), Store, "Visits")
    assert store.settings.get("power_apps.app_rules", False) is guarded


def test_a_variable_that_is_set_under_an_if_depends_on_it(tmp_path: Path) -> None:
    """Set(varAdmin, true) tells who is signed in where the If around it asks."""
    start = control("lbl", "label", {"OnSelect": 'If(User().Email in ["a"], Set(varAdmin, true))'})  # fmt: skip
    delete = control("ico", "icon", {"OnSelect": "Remove(Visits, ThisItem)", "Visible": "varAdmin"})
    assert named(read(tmp_path, start, delete), Store, "Visits").settings["power_apps.app_rules"] is True


def test_tables_are_named_as_everywhere(tmp_path: Path) -> None:
    """Identity and columns of a list; columns that SharePoint keeps by itself are left out."""
    model = read(tmp_path, button("Refresh(Visits)"))
    store = named(model, Store, "Visits")
    assert store.identity == "sharepoint:https://rowan.sharepoint.com/sites/desk:id-of-visits"
    assert {model[i].name for i in store.data} == {"Visitor", "Host mail", "Badge"}
    assert store.boundary == "boundary:tenant:microsoft"


def test_connections_tell_whose_account_it_is(tmp_path: Path) -> None:
    """Microsoft's own are of whoever uses the app; a shared one of its maker; gateways lead on premises."""
    references = {
        "a": reference("shared_sharepointonline", "SharePoint", "Visits", bypassConsent=True),
        "b": reference("shared_sql", "SQL", "Badges", sharedConnectionId="/x", isOnPremiseConnection=True),
        "c": reference("shared_omdb-5f15604e617fbb29a6-5f46e134578db90099", "OMDb", "OMDb", isCustomApiConnection=True),
    }
    sources = [
        SOURCES[0],
        table("Badges", "No", connector="shared_sql", dataset="srv,db"),
        service("OMDb", "shared_omdb-5f15604e617fbb29a6-5f46e134578db90099"),
    ]
    formula = button('Refresh(Badges); OMDb.GetSearchResults("x")')
    model = read(tmp_path, formula, sources=sources, references=references)
    by_name = {c.name: c for c in model.of(Connection)}
    assert [by_name[n].identity for n in ("SharePoint", "SQL", "OMDb")] == ["invoker", "shared", None]
    assert by_name["SharePoint"].settings["power_apps.bypass_consent"] is True
    assert named(model, Store, "Badges").boundary == "boundary:on-premises"
    assert step(model).calls == ("shared_omdb",)


def test_ids_of_custom_connectors_lose_their_numbers() -> None:
    """The part that differs in each environment says nothing; other ids stay."""
    assert (
        short_id("shared_openweather-20connector-5f0f321de3082a67e9-5fe1fd9d61a58e062d")
        == "shared_openweatherconnector"
    )
    assert short_id("shared_office365users") == "shared_office365users"


def test_people_open_the_app_signed_in(tmp_path: Path) -> None:
    """The way in asks for the organisation's sign-in; an app that writes is a form."""
    entry = read(tmp_path, button('Patch(Visits, Defaults(Visits), {Visitor: "x"})')).of(EntryPoint)[0]  # fmt: skip
    assert (entry.kind, entry.authentication, entry.exposure) == ("form", "sso", "organisation")
    assert [i.rpartition(":")[2] for i in entry.data] == ["visitor"]


PA_YAML = """\
App:
  Properties:
    OnStart: =Set(varMe, User())
Screens:
  Desk:
    Children:
      - btn:
          Control: Button@0.0.45
          Properties:
            OnSelect: |-
              =Patch(Visits, Defaults(Visits), {Visitor: "x"})
"""
FX_APP = "App As appinfo:\n    OnStart: =Set(varMe, User())\n"
FX_DESK = """\
Desk As screen:

    btn As button:
        OnSelect: |-
            =Patch(Visits, Defaults(Visits), {Visitor: "x"})
"""


def test_three_formats_give_one_model(tmp_path: Path) -> None:
    """Controls of an .msapp, newer YAML and unpacked sources say the same."""
    packed = read(tmp_path, button('Patch(Visits, Defaults(Visits), {Visitor: "x"})'))  # fmt: skip
    given = json.loads(json.dumps(REFERENCES))
    properties = {
        "Name": "Front desk", "Id": "a1b2c3d4-0000-4000-8000-0123456789ab", "AppCreationSource": "AppFromScratch",
        "LocalConnectionReferences": json.dumps(given), "LocalDatabaseReferences": "{}",
    }  # fmt: skip
    newer = {
        "newer/Header.json": "{}", "newer/Properties.json": json.dumps(properties),
        "newer/References/DataSources.json": json.dumps({"DataSources": SOURCES}), "newer/Src/Desk.pa.yaml": PA_YAML,
    }  # fmt: skip
    older = {
        "older/CanvasManifest.json": json.dumps({"Properties": properties}),
        "older/Connections/Connections.json": json.dumps(given),
        "older/DataSources/All.json": json.dumps(SOURCES),
        "older/Src/App.fx.yaml": FX_APP, "older/Src/Desk.fx.yaml": FX_DESK,
    }  # fmt: skip
    for name, content in (newer | older).items():
        (tmp_path / "trees" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "trees" / name).write_text(content)
    for form in ("newer", "older"):
        found = platforms.read_files([tmp_path / "trees" / form], key=KEY)
        assert (found.refused, found.unrecognised) == ([], []), form
        assert without_places(Model(found.drafts[0].elements)) == without_places(packed), form


def without_places(model: Model) -> list[Element]:
    """Return the elements without the files that they came from."""
    return [e.model_copy(update={"source": None}) for e in model]


def test_order_and_renewed_ids_change_nothing(tmp_path: Path) -> None:
    """Connections under other ids, controls and keys in another order: the same model."""
    first = read(tmp_path, button("TellHost.Run()"), button("Remove(Visits, ThisItem)", "del"))
    turned = {f"new-{k}": v for k, v in reversed(REFERENCES.items())}
    turned["new-guid-1"] = turned["new-guid-1"] | {"dependents": ["new-guid-3"]}
    again = read(
        tmp_path, button("Remove(Visits, ThisItem)", "del"), button("TellHost.Run()"),
        sources=list(reversed(SOURCES)), references=turned,
    )  # fmt: skip
    assert again == first


META = """<?xml version="1.0" encoding="utf-8"?>
<ImportExportXml xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><CanvasApps><CanvasApp>
<Name>rowan_desk_1a2b3</Name><DisplayName>Front desk</DisplayName><Description>Who comes when.</Description>
<ConnectionReferences>{references}</ConnectionReferences><DatabaseReferences>{{}}</DatabaseReferences>
<BypassConsent>1</BypassConsent></CanvasApp></CanvasApps></ImportExportXml>"""


def test_a_solution_tells_more_of_the_app_in_it(tmp_path: Path) -> None:
    """One app comes out of a solution: formulas from the .msapp, the switch for consent from customizations.xml."""
    inner = msapp(screen(button("Remove(Visits, ThisItem)")), SOURCES, REFERENCES)
    meta = META.format(references=json.dumps({"guid-9": reference("shared_teams", "Teams", "Teams")}))
    files = {"customizations.xml": meta, "CanvasApps/rowan_desk_1a2b3_DocumentUri.msapp": inner}
    (tmp_path / "solution.zip").write_bytes(archive(files))
    drafts = of_file(tmp_path / "solution.zip")
    assert [d.app for d in drafts] == ["power-apps-rowan-desk-1a2b3"]
    model = Model(drafts[0].elements)
    app = model.of(App)[0]
    assert (app.purpose, app.settings["power_apps.bypass_consent"]) == ("Who comes when.", True)
    assert {c.connector for c in model.of(Connection)} >= {"shared_teams", "shared_sharepointonline"}
    assert (step(model).effects, model.dangling()) == (("delete",), [])


def test_metadata_alone_give_an_app(tmp_path: Path) -> None:
    """Where a solution lacks the app's own file, its connections are there all the same, and none is called unused."""
    files = {"customizations.xml": META.format(references="{}"), "CanvasApps/rowan_desk_1a2b3_BackgroundImageUri": "x"}
    (tmp_path / "solution.zip").write_bytes(archive(files))
    assert [d.app for d in of_file(tmp_path / "solution.zip")] == ["power-apps-rowan-desk-1a2b3"]


def test_a_package_tells_the_environment(tmp_path: Path) -> None:
    """An exported package names where the app came from; policies hold by environment."""
    inner = msapp(screen(), SOURCES, REFERENCES)
    described = {
        "appDefinitionTemplate": {"properties": {
            "displayName": "Front desk", "description": "Who comes when.",
            "appUris": {"documentUri": {"value": "/139/N5f-document.msapp"}},
            "connectionReferences": {"guid-1": {"id": "r1", "dataSources": ["Visits"], "bypassConsent": True}},
        }},
    }  # fmt: skip
    manifest = {
        "details": {"sourceEnvironment": "Rowan (default)"},
        "resources": {"r1": {"id": "/providers/Microsoft.PowerApps/apis/shared_sharepointonline"}},
    }
    folder = "Microsoft.PowerApps/apps/139"
    files = {"manifest.json": manifest, f"{folder}/139.json": described, f"{folder}/N5f-document.msapp": inner}
    (tmp_path / "package.zip").write_bytes(archive(files))
    drafts = of_file(tmp_path / "package.zip")
    model = Model(drafts[0].elements)
    assert (len(drafts), model.of(App)[0].environment_name) == (1, "Rowan (default)")
    assert named(model, Connection, "SharePoint").settings["power_apps.bypass_consent"] is True


def test_one_file_of_an_app_is_no_app(tmp_path: Path) -> None:
    """An app has several files; one of them alone is taken for nothing."""
    (tmp_path / "Properties.json").write_text('{"Name": "Rowan"}', encoding="utf-8")
    assert of_file(tmp_path / "Properties.json") == []


def test_a_formula_that_is_cut_off_still_tells_its_words() -> None:
    """Brackets and quotes that never close are closed at the end."""
    formula = parse('=Patch(Visits, Defaults(Visits), {Visitor: "x')
    assert [call.path for call in formula.calls] == [("Defaults",), ("Patch",)]
    assert parse("") == parse("= // nothing")


@pytest.mark.parametrize("name", ["expense-claims", "site-visits"])
def test_samples_give_their_expected_model(name: str) -> None:
    """The sample apps read as the models in data/expected say."""
    found = platforms.read_files([share("data", "samples", "power-apps", name)], key=KEY)
    expected = json.loads(share("data", "expected", "power-apps", f"{name}.json").read_text())
    assert Model(found.drafts[0].elements).to_json() == expected


def test_services_behind_connectors_are_known(tmp_path: Path) -> None:
    """A connector of the table is told by its vendor; one that nobody knows is a service of its name."""
    sources = [service("Dropbox", "shared_dropbox"), service("Odd", "shared_oddthing")]
    references = {
        "a": reference("shared_dropbox", "Dropbox", "Dropbox"),
        "b": reference("shared_oddthing", "Odd", "Odd"),
    }
    model = read(tmp_path, button('Dropbox.CreateFile("/", "a", "b")'), sources=sources, references=references)
    assert {s.name: s.third_party for s in [*model.of(Service), *model.of(Store)]} == {"Dropbox": True, "Odd": None}


def test_metadata_beside_an_app_that_is_not_unpacked_join_it(tmp_path: Path) -> None:
    """A solution that was unpacked, its apps not: one app comes out of both files."""
    folder = tmp_path / "src" / "CanvasApps"
    folder.mkdir(parents=True)
    inner = META.format(references="{}").partition("<CanvasApps>")[2].partition("</CanvasApps>")[0]
    (folder / "rowan_desk_1a2b3.meta.xml").write_text(f'<?xml version="1.0" encoding="utf-8"?>{inner}')
    packed = msapp(screen(button("Remove(Visits, ThisItem)")), SOURCES, REFERENCES)
    (folder / "rowan_desk_1a2b3_DocumentUri.msapp").write_bytes(packed)
    found = platforms.read_files([tmp_path / "src"], key=KEY)
    assert (found.refused, found.unrecognised, [d.app for d in found.drafts]) == (
        [],
        [],
        ["power-apps-rowan-desk-1a2b3"],
    )
    model = Model(found.drafts[0].elements)
    assert model.of(App)[0].settings["power_apps.bypass_consent"] is True
    assert step(model).effects == ("delete",)


def test_addresses_in_formulas_and_files_are_told_where_they_lie(tmp_path: Path) -> None:
    """One in a label's text lies on the screen, one in a file of the app at the app; a picture's is none of its secrets."""
    picture = f"https://x.blob.core.windows.net/a/one.png?sv=2018&sig={'aB3' * 14}c"
    label = control("lbl", "label", {"Text": f'"{CALLBACK}"', "OnSelect": f'Set(varAddress, "{CALLBACK}")'})
    odd = service("Office365Outlook", "shared_office365", WadlMetadata={"WadlXml": CALLBACK.replace("Qw8", "Zx9")})
    data = msapp(screen(label), [odd], {}, AppDescription="x")
    files = {"References\\Resources.json": {"Resources": [{"Name": "one", "RootPath": picture}]}}
    (tmp_path / "desk.msapp").write_bytes(with_files(data, files))
    (draft,) = of_file(tmp_path / "desk.msapp")
    model = Model(draft.elements)
    assert [s.place for s in named(model, Process, "Desk").secrets] == ["/lbl/OnSelect", "/lbl/Text"]
    assert [s.place for s in model.of(App)[0].secrets] == ["/References/DataSources.json"]
    assert ["pictures" in note.text for note in draft.notes] == [True]
