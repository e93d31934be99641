"""The settings that state machines give, and how each is read."""

from __future__ import annotations

from workbench.platforms.draft import Setting

SETTINGS: dict[str, Setting] = {
    # states
    "step_functions.type": Setting("string", "Type of the state, such as Task or Choice"),
    "step_functions.service": Setting("string", "Service that a task calls, in lower case, such as dynamodb or http"),
    "step_functions.api": Setting("string", "What it calls there, such as putItem"),
    "step_functions.pattern": Setting("string", "How it waits for the answer: sync, sync:2, waitForTaskToken"),
    "step_functions.retries": Setting("integer", "Rules by which it is tried again"),
    "step_functions.scheme": Setting("string", "http or https, for calls of addresses outside"),
    "step_functions.time_limit": Setting("boolean", "A task that takes too long is stopped"),
    # machine
    "step_functions.states": Setting("integer", "States of the machine"),
    "step_functions.loose_states": Setting("integer", "States that nothing leads to"),
    "step_functions.placeholders": Setting("integer", "Values that are only put in when it is deployed"),
    "step_functions.machine_type": Setting("string", "STANDARD or EXPRESS"),
    "step_functions.log_level": Setting("string", "What is logged: ALL, ERROR, FATAL, OFF"),
    "step_functions.log_data": Setting("boolean", "Logs hold the data that went through"),
    "step_functions.tracing": Setting("boolean", "Runs are traced"),
}
