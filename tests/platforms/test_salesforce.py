"""Salesforce flows: steps, lineage, how they start and with whose rights they run."""

from __future__ import annotations

from typing import Any

import pytest
from salesforce_files import (
    action,
    app_of,
    document,
    ends,
    flow,
    model,
    one,
    pair,
    parameter,
    profile,
    read,
    right,
    screen,
    to,
    value,
    variable,
    xml,
)

from workbench.model import App, DataField, EntryPoint, Flow, Process, Service, Store
from workbench.platforms import salesforce
from workbench.platforms.draft import Document, RefusedError
from workbench.platforms.salesforce.steps import is_record_id

# --- what a file is ---


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"Flow": {"start": [""], "processType": ["Flow"]}}, True),
        ({"Profile": {"userLicense": ["x"]}}, True),
        ({"Flow": {"nodes": []}}, False),
        ({"Flow": "text"}, False),
        ({"Flow": {"processType": ["Flow"]}, "other": 1}, False),
        ({"flows": []}, False),
        ([{"Flow": {"status": ["Active"]}}], False),
        ("Flow", False),
        (None, False),
    ],
)
def test_a_file_is_told_by_its_root_and_a_child(content: Any, *, expected: bool) -> None:
    """Only the root element of a kind that is read, with a child that such a file has, is Salesforce metadata."""
    assert salesforce.matches(content) is expected


def test_what_is_no_metadata_is_refused() -> None:
    """A reader that is given something else says what it expected."""
    with pytest.raises(RefusedError, match="expected the XML of a flow"):
        salesforce.read(Document("a.json", {"Flow": 1}, ""))


def test_a_flow_alone_is_an_app() -> None:
    """A single file is an app of its own, called as the flow is; its description is what the app is for."""
    [draft] = salesforce.read(document("Care_Request.flow-meta.xml", flow(description="Asks for care.", label="Ask")))
    [app] = [e for e in draft.elements if isinstance(e, App)]
    assert (app.id, app.name, app.purpose, app.known_as) == (
        "salesforce-flow-care-request", "Ask", "Asks for care.", ("Care_Request",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("flows/A.flow-meta.xml", ""),
        ("repo/force-app/main/default/flows/deep/A.flow-meta.xml", "repo"),
        ("repo/billing/flows/A.flow", "repo/billing"),
        ("repo/billing/objects/A__c/fields/B__c.field-meta.xml", "repo/billing"),
        ("src/profiles/Admin.profile", ""),
    ],
)
def test_the_package_is_the_folder_around_the_type_folders(name: str, root: str) -> None:
    """Folders that every project has, such as force-app/main/default, name no package: the one around them does."""
    [parcel] = salesforce.gather([name])
    assert (parcel.root, parcel.files) == (root, (name,))


def test_files_that_say_nothing_go_along() -> None:
    """Layouts and the like belong to the package; classes are left for others to be told of."""
    names = ["flows/A.flow-meta.xml", "layouts/A.layout-meta.xml", "package.xml", "classes/A.cls", "readme.md"]
    [parcel] = salesforce.gather(names)
    assert (parcel.files, parcel.aside) == (("flows/A.flow-meta.xml",), ("layouts/A.layout-meta.xml", "package.xml"))


def test_loose_flow_files_make_no_package() -> None:
    """Flow files in a folder of any name are apps one by one."""
    assert salesforce.gather(["exports/A.flow-meta.xml", "B.flow"]) == []


def test_a_folder_of_other_xml_is_nobodys() -> None:
    """Files that are only called like metadata give no draft."""
    assert read({"flows/A.flow": "<Flow><nodes/></Flow>"}) == []


# --- steps and wires ---

ORDER = flow(
    xml(
        "recordCreates",
        pair("Email", "mail"),
        to("Tell"),
        to("Log", "faultConnector"),
        name="Save",
        label="Save it",
        object="Contact",
    ),
    action("Tell", "emailSimple", parameter("emailBody", "body"), parameter("emailAddresses", "mail")),
    xml("assignments", name="Log", label="Log"),
    xml("formulas", name="body", expression='"Dear " & {!who.FirstName}'),
    variable("mail", given=True),
    variable("who", given=True, objectType="Contact"),
    first="Save",
)


def test_elements_are_steps_with_effects() -> None:
    """Creating writes, mailing sends; a fault path is a branch, and none means that the flow stops."""
    found = model(ORDER)
    save, tell = one(found, Process, "Save it"), one(found, Process, "Tell")
    assert (save.effects, save.on_error, save.kind) == (("write",), "branch", "step")
    assert (tell.effects, tell.on_error, tell.kind) == (("send_mail",), "stop", "mail")
    assert save.source.pointer == "/Flow/recordCreates[name='Save']"


def test_connectors_are_flows_that_carry_what_later_steps_take() -> None:
    """The wire to the mail step carries what it takes; a fault connector is an error; the rest only leads on."""
    found = model(ORDER)
    [wire] = [f for f in found.of(Flow) if f.name == "Save it → Tell"]
    assert {found[i].name for i in wire.data} == {"mail", "FirstName"}
    assert ends(found, "error") == {("Save it", "Log")}


def test_lineage_goes_through_formulas() -> None:
    """The mail's text comes from a formula, which names a field of what the caller gave: that is the origin."""
    uses = {(u.origin.rpartition(".")[2], u.field, u.into, u.safe) for u in one(model(ORDER), Process, "Tell").uses}
    assert uses == {("_start", "mail", "recipient", False), ("_start", "who.FirstName", "mail", False)}


CARE = flow(
    screen("Ask", "Ask_Name", "Ask_Mail", then="Find"),
    xml(
        "recordLookups", pair("Email", "Ask_Mail", kind="filters"), to("Each"), name="Find", label="Find", object="Contact",
        queriedFields=["Id", "Email", "Phone"], storeOutputAutomatically=True,
    ),
    xml(
        "loops", to("Fill", "nextValueConnector"), to("Save", "noMoreValuesConnector"), name="Each", label="Each",
        collectionReference="Find",
    ),
    xml(
        "assignments",
        xml("assignmentItems", value("Ask_Name"), assignToReference="Each.LastName", operator="Assign"),
        xml("assignmentItems", value("Each"), assignToReference="all", operator="Add"),
        to("Each"), name="Fill", label="Fill",
    ),
    xml("recordUpdates", name="Save", label="Save", inputReference="all"),
    variable("all", objectType="Contact"),
    first="Ask", process="Flow", runInMode="SystemModeWithoutSharing",
)  # fmt: skip


def test_lineage_goes_through_loops_and_assignments() -> None:
    """What is saved was looked up and changed in a loop: it comes from the lookup and from what people entered."""
    origins = {u.origin.rpartition(".")[2] for u in one(model(CARE), Process, "Save").uses}
    assert origins == {"ask", "find"}


def test_what_people_enter_comes_in_at_the_entry_point() -> None:
    """A screen takes its fields from the flow's entry point, which lists them as data."""
    found = model(CARE)
    entry = one(found, EntryPoint, "Care")
    ask = one(found, Process, "Ask")
    assert {(u.origin, u.field) for u in ask.uses} == {(entry.id, "Ask_Name"), (entry.id, "Ask_Mail")}
    assert {found[i].name for i in entry.data} == {"Ask Name", "Ask Mail"}


def test_a_lookup_reads_the_object_and_a_filter_is_bound() -> None:
    """The object is a store with the fields that are asked for; a filter cannot change the query."""
    found = model(CARE)
    contact = one(found, Store, "Contact")
    assert (contact.identity, contact.kind) == ("salesforce:contact", "crm")
    assert {found[i].name for i in contact.data} == {"Email", "Phone", "LastName"}
    assert ("Contact", "Find") in ends(found)
    assert ("Save", "Contact") in ends(found)
    assert [u.safe for u in one(found, Process, "Find").uses] == [True]


def test_a_loop_is_no_circle_without_end() -> None:
    """A loop element decides when to stop, so nobody is warned of it."""
    assert one(model(CARE), Process, "Each").kind == "decision"


def test_fields_suggest_their_class() -> None:
    """A contact's e-mail is personal data by its name."""
    email = next(d for d in model(CARE).of(DataField) if d.name == "Email")
    assert (email.suggested, email.personal_suggested) == ("confidential", True)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"securityClassification": "Restricted"}, ("restricted", None)),
        ({"securityClassification": "Public", "complianceGroup": "PII"}, ("public", True)),
        ({"type": "Email"}, ("confidential", True)),
        ({"type": "Text"}, (None, None)),
    ],
)
def test_metadata_of_a_field_tells_its_class(fields: dict[str, str], expected: tuple[Any, Any]) -> None:
    """Salesforce's own data classification counts, and the type where there is none."""
    files = {"objects/Pet__c/fields/Marker__c.field-meta.xml": xml("CustomField", fullName="Marker__c", **fields)}
    field = next(iter(model(files).of(DataField)))
    assert (field.name, field.suggested, field.personal_suggested) == ("Marker", *expected)


@pytest.mark.parametrize(
    ("model_", "rows"), [("Private", "enforced"), ("ReadWrite", "none"), ("Read", "none"), ("ControlledByParent", None)]
)
def test_sharing_says_who_sees_rows(model_: str, rows: str | None) -> None:
    """An object that is private keeps rows apart; a public one does not."""
    files = {"objects/Pet__c/Pet__c.object-meta.xml": xml("CustomObject", sharingModel=model_, label="Pet")}
    assert one(model(files), Store, "Pet").row_security == rows


# --- how it starts and runs ---


@pytest.mark.parametrize(
    ("start", "fields", "expected"),
    [
        ("", {}, ("subflow", "platform", "organisation", None)),
        ("", {"process": "Flow"}, ("form", "platform", None, "invoker")),
        (xml("triggerType") + "<triggerType>Scheduled</triggerType>", {}, ("schedule", None, None, "service")),
        (
            "<triggerType>RecordAfterSave</triggerType><object>Case</object>",
            {},
            ("app_event", "platform", None, "service"),
        ),
        (
            "<triggerType>PlatformEvent</triggerType><object>Done__e</object>",
            {},
            ("app_event", "platform", None, "service"),
        ),
        ("", {"process": "Flow", "runInMode": "SystemModeWithSharing"}, ("form", "platform", None, "service")),
        ("", {"runInMode": "SystemModeWitSharing"}, ("subflow", "platform", "organisation", None)),
    ],
)
def test_start_tells_kind_and_rights(start: str, fields: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """What starts a flow, who has to prove who they are, and with whose rights it runs."""
    found = model(flow(start=start, **fields))
    entry, step = one(found, EntryPoint, "Care"), one(found, Process, "Start of Care")
    assert (entry.kind, entry.authentication, entry.exposure, step.runs_as) == expected
    assert (entry.starts, app_of(found).runs_as) == (step.id, expected[-1])


def test_a_changed_record_starts_a_flow() -> None:
    """The object hands the fields that the flow reads to its entry point."""
    start = "<triggerType>RecordAfterSave</triggerType><object>Case</object>"
    tell = action("Tell", "chatterPost", parameter("text", "$Record.SuppliedEmail"))
    found = model(flow(tell, start=start, first="Tell"))
    assert ("Case", "Care") in ends(found)
    [use] = one(found, Process, "Tell").uses
    assert (use.field, use.into, one(found, Store, "Case").data != ()) == ("$Record.SuppliedEmail", "message", True)


def test_older_flows_name_only_their_first_step() -> None:
    """Before there was a start element, a text named the first step; their names had a version at the end."""
    old = xml(
        "Flow", xml("assignments", name="A", label="A"), processType="Flow", startElementReference="A", label="Old"
    )
    found = model({"flows/Care-12.flow": old})
    assert ("Start of Old", "A") in ends(found, "control")
    assert app_of(found).known_as == ("Care",)


def test_subflows_of_the_package_are_called() -> None:
    """A subflow step leads to the entry point of the flow it names, in any spelling, and names it for other apps."""
    outer = flow(
        xml("subflows", pair("who", "x", kind="inputAssignments"), name="Call", label="Call", flowName="inner"),
        first="Call",
        label="Outer",
    )
    inner = flow(variable("who", given=True), variable("done", back=True), label="Inner")
    found = model({"flows/Outer.flow-meta.xml": outer, "flows/Inner.flow-meta.xml": inner})
    [call] = [f for f in found.of(Flow) if f.name == "Call → Inner"]
    assert (call.two_way, one(found, Process, "Call").calls) == (True, ("inner",))


@pytest.mark.parametrize(
    ("type_", "effects", "kind"),
    [
        ("apex", ("run_code",), "code"),
        ("generatePromptResponse", ("call_model",), "step"),
        ("activateSessionPermSet", ("grant_permission",), "step"),
        ("submit", ("write",), "approval"),
        ("slackPostMessage", ("send_message",), "message"),
        ("createDraftFromOnlineKnowledgeArticle", ("write",), "step"),
        ("neverHeardOf", (), "step"),
    ],
)
def test_actions_by_type(type_: str, effects: tuple[str, ...], kind: str) -> None:
    """What an action does is told by its type; types that nobody knows do nothing that we could name, and are noted."""
    [draft] = read({"flows/Care.flow-meta.xml": flow(action("Do", type_), first="Do")})
    step = next(e for e in draft.elements if isinstance(e, Process) and e.name == "Do")
    assert (step.effects, step.kind) == (effects, kind)
    assert [n.text for n in draft.notes if "is not known" in n.text] != [] or type_ != "neverHeardOf"


def test_giving_a_permission_set_is_giving_rights() -> None:
    """Records of some objects are rights."""
    made = model(flow(xml("recordCreates", name="A", label="A", object="PermissionSetAssignment"), first="A"))
    assert one(made, Process, "A").effects == ("write", "grant_permission")


def test_a_prompt_goes_to_a_model() -> None:
    """A prompt template is a service for AI; what goes into it is a prompt."""
    prompt = action("Ask", "generatePromptResponse", parameter("Input:text", "text"), action_name="Sum_Up")
    found = model(flow(prompt, variable("text", given=True), first="Ask"))
    assert one(found, Service, "Prompt template Sum_Up").kind == "ai"
    assert [u.into for u in one(found, Process, "Ask").uses] == ["prompt"]


# --- what checks need ---


def test_writes_by_what_people_give() -> None:
    """Changing records by what people enter or a caller hands in is told from changing them by other records."""
    lookup = xml("recordLookups", to("Save"), name="Find", label="Find", object="Case")
    by_lookup = flow(lookup, xml("recordUpdates", name="Save", label="Save", inputReference="Find"), first="Find")
    told = [one(model(f), EntryPoint, "Care").settings["salesforce.writes_input"] for f in (CARE, ORDER, by_lookup)]
    assert told == [True, True, False]


def test_steps_without_fault_path() -> None:
    """Changes and calls without a fault path are counted, but not those that are on one, nor lookups."""
    assert one(model(ORDER), EntryPoint, "Care").settings["salesforce.steps_without_fault"] == 1
    handled = flow(
        xml("recordDeletes", to("Tell", "faultConnector"), name="A", label="A", object="Case"),
        action("Tell", "chatterPost"),
        first="A",
    )
    assert one(model(handled), EntryPoint, "Care").settings["salesforce.steps_without_fault"] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0015g00000XyZabAAG", (False, False)),
        ("0012o00002KBkQLAA1", (True, False)),
        ("00G5g000004TqKd", (True, False)),
        ("Thankyou0forcoming", (False, False)),
        ("https://care.my.salesforce.com/x", (False, True)),
        ("https://help.salesforce.com/x", (False, False)),
    ],
)
def test_fixed_values(text: str, expected: tuple[bool, bool]) -> None:
    """Ids of records and addresses of orgs in values are seen; what only looks so is not."""
    step = one(
        model(flow(xml("recordCreates", pair("OwnerId", text=text), name="A", label="A", object="Case"), first="A")),
        Process,
        "A",
    )
    assert (step.settings["salesforce.record_ids"], step.settings["salesforce.own_addresses"]) == expected


def test_the_check_of_a_record_id() -> None:
    """The last three signs of the long form say which of the others are capitals."""
    assert [is_record_id(text) for text in ("0012o00002KBkQLAA1", "0012o00002KBkQLAA2")] == [True, False]


def test_secrets_lie_with_their_step() -> None:
    """A key in a parameter is the step's; its place names the step; one in a constant is the start's."""
    parts = (
        action("Call", "apex", parameter("apiKey", text="q8Zk2Lx0pV7sT1uW9rYb3nM5")),
        xml("constants", value(text="q8Zk2Lx0pV7sT1uW9rYb3nM6"), name="clientSecret"),
    )
    found = model(flow(*parts, first="Call"))
    assert [s.place for s in one(found, Process, "Call").secrets] == [
        "flows/Care.flow-meta.xml#/Flow/actionCalls[name='Call']/inputParameters/0/value/0/stringValue/0"
    ]
    assert len(one(found, Process, "Start of Care").secrets) == 1


# --- visitors ---


def test_visitors_may_run_a_flow_that_their_profile_opens() -> None:
    """A screen flow in a guest profile is a form without sign-in, on the internet, and the app is public."""
    opened = profile(xml("flowAccesses", enabled=True, flow="care"))
    found = model({"flows/Care.flow-meta.xml": CARE, "profiles/Site.profile": opened})
    entry = one(found, EntryPoint, "Care")
    assert (entry.kind, entry.authentication, entry.exposure) == ("form", "none", "internet")
    assert (app_of(found).shared_with, ("Visitors who are not signed in", "Care") in ends(found)) == ("public", True)


@pytest.mark.parametrize(("needs", "expected"), [(True, "platform"), (False, "none")])
def test_the_right_to_run_flows_opens_those_that_need_no_more(needs: bool, expected: str) -> None:
    """Visitors with "Run Flows" run every flow but those that need a permission of their own."""
    files = {
        "flows/Care.flow-meta.xml": flow(process="Flow", isAdditionalPermissionRequiredToRun=needs),
        "profiles/Site.profile": profile(xml("userPermissions", enabled=True, name="RunFlow")),
    }
    assert one(model(files), EntryPoint, "Care").authentication == expected


def test_what_visitors_read_goes_out_to_them() -> None:
    """An object that a guest profile opens with all records has no row rules for them; others Salesforce keeps back."""
    opened = profile(right("Pet__c", "allowRead", "viewAllRecords"), right("Case", "allowRead", "allowCreate"))
    found = model({"profiles/Site.profile": opened})
    pages = "Pages for visitors (Site)"
    assert {("Pet", pages), ("Case", pages), (pages, "Case"), (pages, "Visitors who are not signed in")} <= ends(found)
    assert (one(found, Store, "Pet").row_security, one(found, Store, "Case").row_security) == ("none", "enforced")


def test_rules_may_share_records_with_visitors() -> None:
    """What Salesforce would keep back from visitors is theirs where a guest sharing rule says so."""
    files = {
        "profiles/Site.profile": profile(right("Case", "allowRead")),
        "sharingRules/Case.sharingRules-meta.xml": xml("SharingRules", xml("sharingGuestRules", fullName="All")),
    }
    case = one(model(files), Store, "Case")
    assert (case.row_security, case.settings["salesforce.guest_rules"]) == ("none", 1)
