"""What a task calls, told by its resource: an integration of Step Functions, any call of the AWS SDK, a function."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.platforms.values import words

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTEGRATION = re.compile(r"arn:aws[\w-]*:states:[^:]*:[^:]*:(?:(aws-sdk):)?([\w-]+):(\w+)(?:\.([\w:.]+))?$")
_FUNCTION = re.compile(r"arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:([\w$-]+)")
_PLACEHOLDER = re.compile(r"\$\{(?:AWS::)?([\w.:-]{1,120})\}")
_READS = words("get list describe query scan select head batch search lookup read receive count")
_WRITES = words(
    "put create update copy start write tag add register upload complete modify set enable associate execute run"
)
_GRANTS = re.compile(
    r"(?:put|attach|create|add|set|update)\w*(?:Policy|Permission|AccessKey|LoginProfile|UserToGroup|Grant|Acl)"
)
_AI = words(
    "bedrock bedrockruntime bedrockagentruntime sagemakerruntime comprehend rekognition transcribe textract translate polly"
)


@dataclass(frozen=True)
class Kind:
    """A service: what stands for it, and where the parts of a call go."""

    noun: str
    kind: str
    label: str
    part: str = ""
    """Parameter that names the table, bucket, topic or function."""
    sinks: Mapping[str, str] = field(default_factory=dict)
    """Sink by name of a parameter."""


_NAMES = {
    "bedrock": "Amazon Bedrock", "bedrockruntime": "Amazon Bedrock", "transcribe": "Amazon Transcribe", "polly": "Amazon Polly",
    "comprehend": "Amazon Comprehend", "rekognition": "Amazon Rekognition", "textract": "Amazon Textract",
    "translate": "Amazon Translate", "sagemakerruntime": "Amazon SageMaker", "iam": "AWS IAM", "kms": "AWS KMS",
    "secretsmanager": "AWS Secrets Manager", "fis": "AWS Fault Injection Service", "mediaconvert": "AWS MediaConvert",
    "appflow": "Amazon AppFlow",
}  # fmt: skip
_TOPIC = {"Message": "message", "Subject": "message", "PhoneNumber": "recipient"}
_SERVICES: Mapping[str, Kind] = {
    "dynamodb": Kind("store", "table", "DynamoDB table", "TableName", {"Statement": "nosql", "FilterExpression": "nosql"}),
    "s3": Kind("store", "file", "S3 bucket", "Bucket", {"Key": "path", "CopySource": "path"}),
    "athena": Kind("store", "database", "Athena", "", {"QueryString": "sql"}),
    "redshiftdata": Kind("store", "database", "Redshift", "Database", {"Sql": "sql", "Sqls": "sql"}),
    "rdsdata": Kind("store", "database", "RDS database", "Database", {"Sql": "sql", "SqlStatements": "sql"}),
    "glue": Kind("store", "database", "Glue Data Catalog"),
    "sqs": Kind("store", "queue", "SQS queue", "QueueUrl", {"MessageBody": "message"}),
    "sns": Kind("service", "broker", "SNS topic", "TopicArn", _TOPIC),
    "events": Kind("service", "broker", "EventBridge bus", "EventBusName", {"Detail": "message"}),
    "eventbridge": Kind("service", "broker", "EventBridge bus", "EventBusName", {"Detail": "message"}),
    "ses": Kind("service", "mail", "Amazon SES", "", {"Destination": "recipient", "Message": "mail", "Content": "mail"}),
    "sesv2": Kind("service", "mail", "Amazon SES", "", {"Destination": "recipient", "Message": "mail", "Content": "mail"}),
    "lambda": Kind("service", "api", "Lambda function", "FunctionName"),
    "states": Kind("service", "api", "State machine", "StateMachineArn"),
    "ssm": Kind("service", "api", "Systems Manager", "", {"Parameters": "command"}),
    "ecs": Kind("service", "api", "ECS task", "TaskDefinition", {"Command": "command"}),
    "batch": Kind("service", "api", "Batch job", "JobDefinition", {"Command": "command"}),
}  # fmt: skip


_RUNS_CODE, _POSTS = ("run_code",), ("send_message",)
_EFFECTS: Mapping[str, tuple[str, ...]] = {
    "lambda:invoke": _RUNS_CODE, "glue:startJobRun": _RUNS_CODE, "ecs:runTask": _RUNS_CODE, "batch:submitJob": _RUNS_CODE,
    "codebuild:startBuild": _RUNS_CODE, "eks:runJob": _RUNS_CODE, "elasticmapreduce:addStep": _RUNS_CODE,
    "ssm:sendCommand": ("run_command",), "sqs:sendMessage": _POSTS, "events:putEvents": _POSTS, "eventbridge:putEvents": _POSTS,
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """What a task does."""

    service: str
    """Name of the service in lower case; `http` for addresses outside, "" where the resource does not say."""
    api: str
    pattern: str
    """How it waits: "", sync, sync:2 or waitForTaskToken."""
    process: str
    effects: tuple[str, ...]
    system: Kind | None
    runs: str | None = None
    part: str | None = None
    """Name of the table, bucket or function, if the resource itself says it."""


def call_of(resource: str, parameters: Mapping[str, Any]) -> Call:
    """Return what a task's resource stands for."""
    match = _INTEGRATION.match(resource)
    if match is None or match.group(2) == "activity":
        return _function(resource)
    _, service, api, pattern = match.groups(default="")
    service = service.lower().replace("-", "")
    if service == "http":
        return Call("http", api, pattern, "http", ("call_http",), None)
    system = _SERVICES.get(
        service, Kind("service", "ai" if service in _AI else "api", _NAMES.get(service, f"AWS {service}"))
    )
    effects = _effects(service, api, parameters)
    return Call(service, api, pattern, _process(service, effects), effects, system, _language(service, effects))


def _function(resource: str) -> Call:
    """Return the call of a function by its own name; a placeholder as a resource is one too."""
    match = _FUNCTION.match(resource)
    name = match.group(1) if match else plain(resource) if resource.startswith("${") else None
    if name is None:
        activity = ":activity:" in resource
        part = resource.rpartition(":")[2] or None
        system = Kind("service", "other", "Activity" if activity else "Resource")
        return Call(
            "activity" if activity else "", "", "waitForTaskToken" if activity else "", "step", (), system, None, part
        )
    return Call("lambda", "invoke", "", "code", ("run_code",), _SERVICES["lambda"], "lambda", name)


def _effects(service: str, api: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    told = _EFFECTS.get(f"{service}:{api}")
    if told is not None:
        return told
    if service == "sns" and api == "publish":
        return ("send_sms",) if {"PhoneNumber", "PhoneNumber.$"} & set(parameters) else ("send_message",)
    if service in {"ses", "sesv2"} and api.startswith("send"):
        return ("send_mail",)
    if service in {"states", *_AI}:
        return ("call_model",) if service in _AI else ()
    if _GRANTS.match(api) and service in {"iam", "lambda", "s3", "kms", "sqs", "sns"}:
        return ("write", "grant_permission")
    return _by_verb(service, api)


def _by_verb(service: str, api: str) -> tuple[str, ...]:
    verb = re.match(r"[a-z]+", api)
    word = verb.group() if verb else ""
    if service in {"athena", "redshiftdata", "rdsdata"} and word in {"start", "execute", "batch"}:
        return ("read", "write")
    if word in _READS or word.startswith("detect"):
        return ("read", "write", "delete") if api == "batchWriteItem" else ("read",)
    if word in {"delete", "remove", "terminate", "purge"}:
        return ("delete",)
    if word == "stop" or word in _WRITES:
        return ("write",)
    return ("write",) if word else ()


def _process(service: str, effects: tuple[str, ...]) -> str:
    if "run_code" in effects:
        return "code"
    if "run_command" in effects:
        return "command"
    if "send_mail" in effects:
        return "mail"
    if {"send_message", "send_sms"} & set(effects):
        return "message"
    if service == "states":
        return "subflow"
    return "query" if effects == ("read",) or service in {"athena", "redshiftdata", "rdsdata"} else "step"


def _language(service: str, effects: tuple[str, ...]) -> str | None:
    if service in {"athena", "redshiftdata", "rdsdata"} and "write" in effects:
        return "sql"
    if service.startswith("bedrock") and "call_model" in effects:
        return "prompt"
    return "lambda" if "run_code" in effects else "shell" if "run_command" in effects else None


def plain(name: str) -> str:
    """Return a name as people read it: the last part of an ARN or address, placeholders without their braces."""
    bare = _PLACEHOLDER.sub(r"\1", name.strip())
    return (re.split(r"[:/]", bare.rstrip("/"))[-1] if re.match(r"arn:|https?://", bare) else bare)[:500]
