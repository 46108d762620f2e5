package dev.stoker.machine.wire;

import dev.stoker.json.Json;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.SlotState;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The form of a model that a server has. Pure. */
final class ModelForm {
    private ModelForm() {}

    static JsonNode write(ModelState model) {
        ObjectNode o = Json.object();
        o.put("name", model.name());
        o.set("other_names", Form.array(model.otherNames(), JsonNodeFactory.instance::stringNode));
        o.set("condition", condition(model.condition()));
        Form.putText(o, "digest", model.digest());
        Form.putBytes(o, "total_bytes", model.total());
        Form.putBytes(o, "on_gpu_bytes", model.onGpu());
        Form.putWhole(o, "context_length", model.contextLength());
        Form.putText(o, "expires_at", model.expiresAt().map(Object::toString));
        Form.putText(o, "file", model.file());
        Form.putWhole(o, "runner_pid", model.runnerPid());
        Form.put(o, "slots", model.slots(), all -> Form.array(all, ModelForm::slot));
        o.set("work", ServerForm.work(model.work()));
        o.set("counters", ServerForm.counters(model.counters()));
        return o;
    }

    static ModelState read(JsonNode o) {
        return new ModelState(
                Form.text(o, "name"),
                Form.list(o, "other_names", Form::asText),
                readCondition(o.path("condition")),
                Form.texts(o, "digest"),
                Form.bytes(o, "total_bytes"),
                Form.bytes(o, "on_gpu_bytes"),
                Form.wholes(o, "context_length"),
                Form.times(o, "expires_at"),
                Form.texts(o, "file"),
                Form.wholes(o, "runner_pid"),
                Form.reading(o, "slots", at -> Form.asList(at, ModelForm::readSlot)),
                ServerForm.readWork(o.path("work")),
                ServerForm.readCounters(o.path("counters")));
    }

    private static JsonNode condition(ModelCondition condition) {
        ObjectNode o = Json.object().put("state", condition.code());
        switch (condition) {
            case ModelCondition.Loading(String detail) -> o.put("detail", detail);
            case ModelCondition.Silent(String detail) -> o.put("detail", detail);
            case ModelCondition.Failed failed -> Form.putWhole(o, "exit_code", failed.exitCode());
            case ModelCondition.Loaded _,
                    ModelCondition.Sleeping _,
                    ModelCondition.RunnerGone _ -> {}
        }
        return o;
    }

    private static ModelCondition readCondition(JsonNode o) {
        return switch (Form.text(o, "state")) {
            case "loaded" -> new ModelCondition.Loaded();
            case "loading" -> new ModelCondition.Loading(Form.text(o, "detail"));
            case "sleeping" -> new ModelCondition.Sleeping();
            case "failed" -> new ModelCondition.Failed(Form.wholes(o, "exit_code"));
            case "runner-gone" -> new ModelCondition.RunnerGone();
            case "silent" -> new ModelCondition.Silent(Form.text(o, "detail"));
            default ->
                    throw Form.bad(
                            "state", "loaded, loading, sleeping, failed, runner-gone or silent");
        };
    }

    private static JsonNode slot(SlotState slot) {
        ObjectNode o = Json.object();
        o.put("id", slot.id()).put("busy", slot.busy());
        slot.task().ifPresent(task -> o.put("task", task.longValue()));
        Form.putWhole(o, "context_length", slot.contextLength());
        Form.putWhole(o, "prompt_tokens", slot.promptTokens());
        Form.putWhole(o, "decoded_tokens", slot.decodedTokens());
        Form.putWhole(o, "remaining_tokens", slot.remainingTokens());
        return o;
    }

    private static SlotState readSlot(JsonNode o) {
        return new SlotState(
                Form.whole(o, "id"),
                Form.truth(o, "busy"),
                Form.optional(o, "task", _ -> Form.whole(o, "task")),
                Form.wholes(o, "context_length"),
                Form.wholes(o, "prompt_tokens"),
                Form.wholes(o, "decoded_tokens"),
                Form.wholes(o, "remaining_tokens"));
    }
}
