"""The Apps Script reader: projects small enough to see through, as folders, manifests and answers of the API."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from small_exports import KEY, damaged, document, drafts, fired

from workbench import platforms
from workbench.model import App, Connection, EntryPoint, Flow, Model, Process, Secret, Service, Store, diff
from workbench.places import share
from workbench.platforms import apps_script
from workbench.platforms.draft import Draft, RefusedError
from workbench.platforms.parcels import Folder

TODAY = date(2026, 1, 1)
SAMPLES = ("timesheet-reminder", "visitor-log")
ID = "apps-script-desk"
OPEN = {"webapp": {"access": "ANYONE_ANONYMOUS", "executeAs": "USER_DEPLOYING"}}
AUTH = "https://www.googleapis.com/auth"
SHEET = "https://docs.google.com/spreadsheets/d/1vRt8LkPq3XzWc6NbYs0DfJ5hGa2EmUoTi9Kx7QwZr4C"
POST = "function doPost(e) { const d = JSON.parse(e.postData.contents);"


def manifest(**fields: Any) -> dict[str, Any]:
    """Return a manifest."""
    return {"timeZone": "Etc/UTC", "runtimeVersion": "V8", "exceptionLogging": "STACKDRIVER"} | fields


def folder(files: dict[str, Any], name: str = "desk") -> Folder:
    """Return a folder of files, decoded and masked."""
    return Folder(name, {file: document(content, file) for file, content in files.items()})


def project(code: str, page: str | None = None, /, **fields: Any) -> Draft:
    """Return the draft of a project with one file of code, perhaps one page, and a manifest with these fields."""
    files: dict[str, Any] = {"appsscript.json": manifest(**fields), "Code.gs": code}
    (draft,) = apps_script.read_parcel(folder(files | ({"Page.html": page} if page is not None else {})))
    return draft


def read(code: str, page: str | None = None, /, **fields: Any) -> Model:
    """Return the model of a project."""
    return Model(project(code, page, **fields).elements)


def step(found: Model, name: str) -> Process:
    """Return the step that a function or page is."""
    element = found[f"{ID}/process:{name}"]
    assert isinstance(element, Process)
    return element


def ways(found: Model) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Return (kind, authentication, exposure) of each way in, by the step that it starts."""
    return {str(e.starts).rpartition(":")[2]: (e.kind, e.authentication, e.exposure) for e in found.of(EntryPoint)}


def sample(name: str) -> Folder:
    """Return one of our own projects."""
    root = share("data", "samples", "apps-script", name)
    files = {p.name: p.read_text() for p in sorted(root.iterdir())}
    return folder({n: json.loads(text) if n.endswith(".json") else text for n, text in files.items()}, name)


def sample_model(name: str) -> Model:
    """Return the model of one of our own projects."""
    (draft,) = apps_script.read_parcel(sample(name))
    return Model(draft.elements)


# --- what is a project ---


def test_files_of_a_project_are_taken_together() -> None:
    """Code, pages and clasp's file belong to the nearest manifest above them; notes and settings lie aside."""
    names = [
        "a/.clasp.json", "a/src/appsscript.json", "a/src/Code.js", "a/src/ui/Page.html", "a/README.md", "a/src/types.d.ts",
        "b/appsscript.json", "b/Main.gs", "b/inner/appsscript.json", "b/inner/Own.gs", "c/lone.gs",
    ]  # fmt: skip
    found = {parcel.root: parcel for parcel in apps_script.gather(names)}
    assert {root: parcel.files for root, parcel in found.items()} == {
        "a": ("a/.clasp.json", "a/src/Code.js", "a/src/appsscript.json", "a/src/ui/Page.html"),
        "b": ("b/Main.gs", "b/appsscript.json"),
        "b/inner": ("b/inner/Own.gs", "b/inner/appsscript.json"),
    }
    assert found["a"].aside == ("a/README.md",)


def test_folder_with_another_manifest_is_left_alone() -> None:
    """A file of the same name that is no manifest of a script makes no project."""
    assert apps_script.read_parcel(folder({"appsscript.json": {"name": "x"}, "a.gs": "function doGet() {}"})) == []
    assert apps_script.read_parcel(folder({"appsscript.json": [1], "a.gs": ""})) == []


@pytest.mark.parametrize(
    "content",
    [None, [], {}, {"timeZone": "x"}, {"timeZone": 1, "webapp": {}}, {"files": []}, {"files": [{"type": "SERVER_JS"}]},
     {"files": [{"type": "x", "source": "y"}]}, {"webapp": {}}],
)  # fmt: skip
def test_other_content_is_left_alone(content: Any) -> None:
    """What is neither a manifest nor a script is not taken for one, and asking for it is refused."""
    assert not apps_script.matches(content)
    with pytest.raises(RefusedError, match="no script"):
        apps_script.read(document(content))


def test_manifest_alone_says_who_may_open_it() -> None:
    """Without code, the web app is there with who may open it, and a note says what is missing."""
    (draft,) = drafts(apps_script, manifest(**OPEN), "appsscript.json")
    found = Model(draft.elements)
    assert ways(found) == {"code": ("webhook", "none", "internet")}
    assert "only the manifest is there" in draft.notes[0].text
    assert ("GAS-ANON-AS-OWNER", "entry:code-webhook") in fired(found, TODAY)


def test_answer_of_the_api_is_a_project() -> None:
    """All files in one answer are read like those of a folder."""
    files = [
        {"name": "appsscript", "type": "JSON", "source": json.dumps(manifest(**OPEN))},
        {
            "name": "Code",
            "type": "SERVER_JS",
            "source": "function doGet(e) { return MailApp.sendEmail('a@example.org', 'x', 'y'); }",
        },
        {"name": "Page", "type": "HTML", "source": "<p>Hello</p>"},
    ]
    (draft,) = drafts(apps_script, {"scriptId": "1abc", "files": files})
    found = Model(draft.elements)
    assert {p.name for p in found.of(Process)} == {"doGet", "Page.html"}
    (app,) = found.of(App)
    assert (app.known_as, app.shared_with, app.runs_as) == (("1abc", "export"), "public", "maker")


# --- ways in ---


@pytest.mark.parametrize(
    ("access", "execute", "expected"),
    [
        ("ANYONE_ANONYMOUS", "USER_DEPLOYING", ("none", "internet", "maker")),
        ("ANYONE", "USER_ACCESSING", ("sso", "internet", "invoker")),
        ("DOMAIN", "USER_DEPLOYING", ("sso", "organisation", "maker")),
        ("MYSELF", "USER_DEPLOYING", ("sso", "owner", "maker")),
        ("ELSE", None, (None, None, None)),
    ],
)
def test_web_app_says_who_may_open_it_and_whose_rights_it_has(
    access: str, execute: Any, expected: tuple[Any, ...]
) -> None:
    """Access and execution of the web app are those of its entry point and of its app."""
    found = read("function doPost(e) {}", webapp={"access": access, "executeAs": execute})
    (entry,), (app,) = found.of(EntryPoint), found.of(App)
    assert (entry.authentication, entry.exposure, app.runs_as) == expected


def test_ways_in_of_code_and_manifest() -> None:
    """Web functions, events, clocks that code sets, menus and add-ons start functions; the rest is run by hand."""
    code = """
    function doGet() { return HtmlService.createHtmlOutput('x'); }
    function onEdit(e) { tidy(); }
    function onFormSubmit(e) { MailApp.sendEmail('a@example.org', 'x', e.values[0]); }
    function setUp() { ScriptApp.newTrigger('nightly').timeBased().everyDays(1).create(); }
    function nightly() { DriveApp.createFile('a', 'b'); }
    function onOpen() { SpreadsheetApp.getUi().createMenu('M').addItem('Go', 'go').addToUi(); }
    function go() { GmailApp.search('x'); }
    function card() { return UrlFetchApp.fetch('https://example.org'); }
    function byHand() { CalendarApp.getDefaultCalendar().createEvent('x', a, b); }
    function tidy() { SpreadsheetApp.getActiveSheet().clearContents(); }
    """
    add_on = {"common": {"homepageTrigger": {"runFunction": "card"}}}
    assert ways(read(code, webapp=OPEN["webapp"], addOns=add_on)) == {
        "doGet": ("portal", "none", "internet"), "onEdit": ("app_event", "platform", None), "onFormSubmit": ("form", None, None),
        "nightly": ("schedule", "platform", "owner"),
        "onOpen": ("app_event", "platform", None), "go": ("button", "platform", None),
        "card": ("button", "platform", None), "byHand": ("manual", "platform", "owner"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if (e.parameter.token !== KEY) { return; }", "token"),
        ("if (KEY === e.parameter['api_key']) { go(); }", "token"),
        ("const d = JSON.parse(e.postData.contents); if (d.secret != KEY) throw new Error('no');", "token"),
        ("if (e.parameter.name === 'x') { return; }", "none"),
        ("// if (e.parameter.token !== KEY) return", "none"),
        ("const s = 'e.parameter.token === 1';", "none"),
        ("if (other.token === KEY) { return; }", "none"),
    ],
)
def test_secret_that_code_compares_is_the_proof(body: str, expected: str) -> None:
    """Only a secret of the call that is really compared counts, not one in a comment or a text."""
    assert ways(read(f"function doPost(e) {{ {body} }}", **OPEN))["doPost"][1] == expected


def test_signature_check_is_seen() -> None:
    """A web function that computes a keyed hash is not reported as open."""
    code = f"{POST} const h = Utilities.computeHmacSha256Signature(d.a, KEY); MailApp.sendEmail('a@b.example', 'x', 'y'); }}"
    found = read(code, **OPEN)
    assert step(found, "doPost").settings["apps_script.signature"] is True
    assert not any(rule == "GAS-ANON-AS-OWNER" for rule, _ in fired(found, TODAY))


# --- services ---


@pytest.mark.parametrize(
    ("call", "vendor", "effects"),
    [
        ("SpreadsheetApp.getActiveSheet().appendRow([1])", "Google Sheets", ("write",)),
        ("SpreadsheetApp.openById(X).getDataRange().getValues()", "Google Sheets", ("read",)),
        ("GmailApp.search('x')", "Gmail", ("read",)),
        ("MailApp.sendEmail('a@example.org', 'x', 'y')", "Gmail", ("send_mail",)),
        ("DriveApp.getFileById(X).setSharing(A, B)", "Google Drive", ("read", "grant_permission")),
        ("Drive.Files.remove(X)", "Google Drive", ("delete",)),
        ("CalendarApp.getDefaultCalendar().createEvent('x', a, b)", "Google Calendar", ("write",)),
        ("DocumentApp.openById(X).getBody().replaceText('a', 'b')", "Google Docs", ("write",)),
        ("AdminDirectory.Members.insert(a, b)", "Google Workspace Admin", ("grant_permission",)),
    ],
)
def test_services_and_what_is_done_there(call: str, vendor: str, effects: tuple[str, ...]) -> None:
    """A call of a Google service is a system with what the function does to it."""
    found = read(f"function run() {{ {call}; }}")
    assert step(found, "run").effects == ("run_code", *effects)
    systems = [e.name for noun in (Service, Store) for e in found.of(noun)]
    (name,) = systems
    assert name.partition(":")[0] == vendor


def test_code_without_effects_is_not_shown() -> None:
    """Functions that only compute and that nothing starts are left out; those on the way to an effect stay."""
    code = """
    function doGet() { return a(); }
    function a() { return b(1); }
    function b(x) { MailApp.sendEmail(x, 'y', 'z'); }
    function c() { return 1; }
    """
    assert {p.name for p in read(code).of(Process)} == {"doGet", "a", "b"}


def test_googles_own_method_is_no_function_of_the_project() -> None:
    """A function called like one of Google's methods is not called by those who use that method."""
    code = "function sendEmail(to) { DriveApp.createFile(to, 'x'); } function run() { MailApp.sendEmail('a@b.example', 'x'); }"
    ends = {(f.source_id.rpartition(":")[2], f.target_id.rpartition(":")[2]) for f in read(code).of(Flow)}
    assert ("run", "sendEmail") not in ends


@pytest.mark.parametrize(
    "code",
    [
        "var DeskApp = (function () { function save(e) { MAIL } return { save: save }; })(); POST DeskApp.save(e); }",
        "class Desk { static save(e) { MAIL } } POST Desk.save(e); }",
        "const Desk = { save: function (e) { MAIL } }; POST Desk.save(e); }",
        "const save = (e) => { MAIL }; POST if (e) { save(e); } }",
    ],
    ids=["module", "class", "object", "arrow"],
)
def test_functions_of_modules_and_classes_are_followed(code: str) -> None:
    """A function that a module, a class or an object holds is one like others."""
    mail = "MailApp.sendEmail(e.parameter.to, 'x', 'y');"
    found = read(code.replace("MAIL", mail).replace("POST", "function doPost(e) {"), **OPEN)
    assert {p.name for p in found.of(Process)} == {"doPost", "save"}
    assert ("recipient", f"{ID}/process:doPost") in {(u.into, u.origin) for u in step(found, "save").uses}


@pytest.mark.parametrize(
    ("code", "identity"),
    [
        ("const ID = '1vRt8LkPq3XzWc6NbYs0'; function run() { SpreadsheetApp.openById(ID).appendRow([1]); }",
         "google-sheets:1vrt8lkpq3xzwc6nbys0"),
        (f"function run() {{ SpreadsheetApp.openByUrl('{SHEET}/edit').appendRow([1]); }}",
         "google-sheets:1vrt8lkpq3xzwc6nbys0dfj5hga2emuoti9kx7qwzr4c"),
        ("function s_() { return SpreadsheetApp.openById('1vRt8LkPq3XzWc6NbYs0'); } function run() { s_().appendRow([1]); }",
         "google-sheets:1vrt8lkpq3xzwc6nbys0"),
        ("function run(id) { SpreadsheetApp.openById(id).appendRow([1]); }", None),
    ],
)  # fmt: skip
def test_sheets_are_named_as_on_their_own_system(code: str, identity: str | None) -> None:
    """A sheet that the code fixes has the name that other apps' models give it too."""
    (store,) = read(code).of(Store)
    assert store.identity == identity


@pytest.mark.parametrize(
    ("body", "hosts"),
    [
        ("UrlFetchApp.fetch('https://a.example/x')", ["a.example"]),
        ("UrlFetchApp.fetch(API + '/x')", ["b.example"]),
        ("UrlFetchApp.fetch(`${API}/x`)", ["b.example"]),
        ("const url = 'https://c.example/' + id; UrlFetchApp.fetch(url)", ["c.example"]),
        ("UrlFetchApp.fetch(url)", [None]),
    ],
)
def test_addresses_that_code_calls(body: str, hosts: list[str | None]) -> None:
    """An address is known where it is written out, in place or by name; else it is open, and told as that."""
    found = read(f"const API = 'https://b.example/v1'; function run(url, id) {{ {body}; }}")
    assert [s.host for s in found.of(Service)] == hosts
    assert step(found, "run").endpoint_allow_list is (False if hosts == [None] else None)


def test_calls_to_other_scripts_are_kept() -> None:
    """The address of another script's web app is what joins the two."""
    found = read("function run() { UrlFetchApp.fetch('https://script.google.com/macros/s/AKfy/exec?x=1'); }")
    assert step(found, "run").calls == ("https://script.google.com/macros/s/AKfy/exec",)


# --- what goes where ---


@pytest.mark.parametrize(
    ("body", "sink", "safe"),
    [
        ("UrlFetchApp.fetch(d.url);", "url", False),
        ("MailApp.sendEmail(d.to, 'x', 'y');", "recipient", False),
        ("MailApp.sendEmail('a@example.org', 'x', `Hi ${d.name}`);", "mail", False),
        ("SpreadsheetApp.getActiveSheet().appendRow([d.name]);", "table_file", None),
        ("return HtmlService.createHtmlOutput('<b>' + d.name);", "html", False),
        ("return HtmlService.createHtmlOutput(escapeHtml(d.name));", "html", True),
        ("conn.createStatement().executeQuery('select ' + d.id);", "sql", False),
        ("eval(d.code);", "code", False),
        ("const name = d.name; const text = 'x' + name; eval(text);", "code", False),
    ],
)
def test_what_callers_send_is_followed(body: str, sink: str, safe: bool | None) -> None:
    """A value of the call that enters a dangerous place is told with its way in as origin."""
    found = read(f"{POST} {body} }}", **OPEN)
    assert (sink, safe) in {(u.into, u.safe) for u in step(found, "doPost").uses if u.origin.startswith(f"{ID}/entry:")}


@pytest.mark.parametrize(
    "body",
    ["UrlFetchApp.fetch('https://a.example/' + d.id);", "eval(fixed);", "MailApp.sendEmail('a@b.example', 'x', 'y');"],
)
def test_what_callers_do_not_choose_is_no_danger(body: str) -> None:
    """Behind a fixed host, and where nothing of the call enters, nothing is told."""
    assert {u.into for u in step(read(f"{POST} {body} }}", **OPEN), "doPost").uses} == {"parameter"}


def test_values_are_followed_into_functions_that_get_them() -> None:
    """A called function takes from the one that hands it something of the call; the fields are named at the way in."""
    code = f"{POST} save(d); other(1); }} function save(v) {{ MailApp.sendEmail('a@b.example', 'x', v.story); }}"
    found = read(f"{code} function other(x) {{ MailApp.sendEmail(x, 'y', 'z'); }}", **OPEN)
    (entry,) = found.of(EntryPoint)
    assert entry.data == (f"{ID}/data:story",)
    assert ("mail", False) in {(u.into, u.safe) for u in step(found, "save").uses if u.origin == f"{ID}/process:doPost"}
    assert step(found, "other").uses == ()


def test_pages_call_functions_and_may_put_out_raw_values() -> None:
    """A page is a screen that calls functions of the script; a value that it puts out unescaped comes from its maker."""
    page = "<?!= name ?><script>google.script.run.withSuccessHandler((r) => show(r)).rows();</script>"
    code = """
    function doGet(e) { const t = HtmlService.createTemplateFromFile('Page'); t.name = e.parameter.name; return t.evaluate(); }
    function rows() { return SpreadsheetApp.getActiveSheet().getDataRange().getValues(); }
    """
    found = read(code, page, **OPEN)
    ends = {(f.source_id.rpartition(":")[2], f.target_id.rpartition(":")[2]) for f in found.of(Flow)}
    assert {("doGet", "Page.html"), ("Page.html", "rows")} <= ends
    assert ("NC-044", "process:Page.html") in fired(found, TODAY)


# --- rights ---


@pytest.mark.parametrize(
    ("code", "fields", "expected"),
    [
        ("function run() { GmailApp.search('x'); }", {}, True),
        ("function run() { MailApp.sendEmail('a@b.example', 'x', 'y'); }", {}, False),
        ("function run() { GmailApp.search('x'); }", {"oauthScopes": [f"{AUTH}/gmail.readonly"]}, False),
        ("function run() { MailApp.sendEmail('a', 'x', 'y'); }", {"oauthScopes": ["https://mail.google.com/"]}, True),
        ("function run() { MailApp.sendEmail('a', 'x'); }", {"oauthScopes": [f"{AUTH}/drive.file"]}, False),
    ],
)  # fmt: skip
def test_rights_to_all_mail_or_files(code: str, fields: dict[str, Any], expected: bool) -> None:
    """Rights are those that the manifest lists, else those that Google asks for because of the code."""
    found = read(code, **fields)
    (account,) = found.of(Connection)
    assert account.settings["apps_script.broad_scope"] is expected
    assert account.scopes == (tuple(fields["oauthScopes"]) if fields else None)
    assert (("GAS-BROAD-SCOPE", "connection:google-account-of-desk") in fired(found, TODAY)) is expected


def test_list_of_addresses_is_seen() -> None:
    """A script that calls out without a list of addresses is told; one with a list is not."""
    code = "function run() { UrlFetchApp.fetch('https://a.example/x'); }"
    for fields, expected in (({}, True), ({"urlFetchWhitelist": ["https://a.example/"]}, False)):
        assert (("GAS-NO-FETCH-ALLOWLIST", "") in fired(read(code, **fields), TODAY)) is expected


def test_secrets_lie_where_they_stand() -> None:
    """A key within a function is that step's, one with a name of its own is the app's; no value is kept."""
    key, other = "q7TfW2nK9vRb4XsLm8PzYc3HdJ6gNe1A", "Z9yXw8vUt7sRq6pOn5mLk4jIh3gFe2Dc"
    code = f"const API_KEY = '{key}'; function run() {{ const token = '{other}'; UrlFetchApp.fetch('https://a.example'); }}"
    found = read(code)
    held: dict[str, tuple[Secret, ...]] = {e.id: e.secrets for e in found if e.secrets}
    assert {element: [s.place for s in secrets] for element, secrets in held.items()} == {
        ID: ["/Code.gs"], f"{ID}/process:run": ["/Code.gs"]
    }  # fmt: skip
    assert not any(value in json.dumps(found.to_json()) for value in (key, other))


def test_functions_of_one_name_are_told() -> None:
    """Of two functions with one name, the last one runs; people are told."""
    files = {
        "appsscript.json": manifest(),
        "A.gs": "function go() { GmailApp.search('x'); }",
        "B.gs": "function go() {}",
    }
    (draft,) = apps_script.read_parcel(folder(files))
    assert [n.text for n in draft.notes] == [
        "there are several functions called go; the last file's is the one that runs"
    ]


# --- samples ---


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_give_their_expected_model(name: str) -> None:
    """The sample projects read as the models in data/expected say."""
    expected = json.loads(share("data", "expected", "apps-script", f"{name}.json").read_text())
    assert sample_model(name).to_json() == expected


def test_samples_are_read_as_folders() -> None:
    """Imported as they lie on disk, each project is one app, and no file of it is told as unknown."""
    outcome = platforms.read_files([share("data", "samples", "apps-script")], key=KEY, platform="apps-script")
    assert (len(outcome.drafts), outcome.refused, outcome.unrecognised) == (2, [], [])


def test_the_weak_sample_shows_all_checks_and_the_good_one_none() -> None:
    """Every check of Apps Script fires on the sample that has its weakness, and on no other."""
    found = {name: {r for r, _ in fired(sample_model(name), TODAY) if r.startswith("GAS-")} for name in SAMPLES}
    assert found == {
        "timesheet-reminder": set(), "visitor-log": {"GAS-ANON-AS-OWNER", "GAS-BROAD-SCOPE", "GAS-NO-FETCH-ALLOWLIST"}
    }  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_order_of_files_changes_nothing(name: str) -> None:
    """Files in another order give the same model, and nothing in it is left loose."""
    whole = sample(name)
    (turned,) = apps_script.read_parcel(
        Folder(whole.name, {n: whole.documents[n] for n in sorted(whole.documents, reverse=True)})
    )
    assert diff(sample_model(name), Model(turned.elements)) == []
    assert sample_model(name).dangling() == []


@pytest.mark.parametrize("seed", range(60))
def test_damaged_projects_are_read_or_left_alone(seed: int) -> None:
    """Whatever stands in the manifest, and wherever code is cut off, nothing in the model is loose."""
    whole = sample("visitor-log").documents
    cut = {
        n: d.content[: seed * 17] if isinstance(d.content, str) else damaged(d.content, seed) for n, d in whole.items()
    }
    for draft in apps_script.read_parcel(folder(cut)):
        assert Model(draft.elements).dangling() == []


@pytest.mark.parametrize(
    "text",
    ["}" * 5000 + "function a( {" * 3000, "function a(){" + "f(" * 20_000, "`${" * 20_000, "'" * 9999, "§1§" * 9999],
)
def test_hostile_code_is_read(text: str) -> None:
    """Brackets that never close, strings that never end and marks of our own give a model all the same."""
    assert read(text + " function doGet(e) { MailApp.sendEmail(e.parameter.a, 'x', 'y'); }").dangling() == []
