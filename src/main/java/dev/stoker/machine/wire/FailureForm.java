package dev.stoker.machine.wire;

import dev.stoker.json.Json;
import dev.stoker.server.ServerFailure;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The form of what went wrong with a server. Pure. */
final class FailureForm {
    private FailureForm() {}

    static ObjectNode write(ServerFailure failure) {
        ObjectNode o = Json.object().put("code", failure.code());
        return switch (failure) {
            case ServerFailure.Unreachable f -> o.put("url", f.url()).put("detail", f.reason());
            case ServerFailure.Refused f -> o.put("status", f.status()).put("detail", f.reason());
            case ServerFailure.ModelMissing f -> model(o, f.model(), f.detail());
            case ServerFailure.LoadFailed f -> model(o, f.model(), f.detail());
            case ServerFailure.OutOfMemory f -> model(o, f.model(), f.detail());
            case ServerFailure.StreamCut f -> o.put("detail", f.detail());
            case ServerFailure.StreamError f -> o.put("detail", f.detail());
            case ServerFailure.ServerDied f -> o.put("detail", f.detail());
            case ServerFailure.Stalled f ->
                    o.put("silence_nanos", f.silence().toNanos()).put("detail", f.when());
            case ServerFailure.Busy f -> o.put("status", f.status()).put("detail", f.detail());
            case ServerFailure.BadRequest f ->
                    o.put("status", f.status()).put("detail", f.detail());
            case ServerFailure.BadAnswer f -> o.put("status", f.status()).put("detail", f.detail());
            case ServerFailure.Cancelled _ -> o;
        };
    }

    private static ObjectNode model(ObjectNode o, String model, String detail) {
        return o.put("model", model).put("detail", detail);
    }

    static ServerFailure read(JsonNode o) {
        String code = Form.text(o, "code");
        return switch (code) {
            case "unreachable" ->
                    new ServerFailure.Unreachable(Form.text(o, "url"), Form.text(o, "detail"));
            case "refused" ->
                    new ServerFailure.Refused(Form.count(o, "status"), Form.text(o, "detail"));
            case "model-missing" ->
                    new ServerFailure.ModelMissing(Form.text(o, "model"), Form.text(o, "detail"));
            case "load-failed" ->
                    new ServerFailure.LoadFailed(Form.text(o, "model"), Form.text(o, "detail"));
            case "out-of-memory" ->
                    new ServerFailure.OutOfMemory(Form.text(o, "model"), Form.text(o, "detail"));
            case "stream-cut" -> new ServerFailure.StreamCut(Form.text(o, "detail"));
            case "stream-error" -> new ServerFailure.StreamError(Form.text(o, "detail"));
            case "server-died" -> new ServerFailure.ServerDied(Form.text(o, "detail"));
            case "stalled" ->
                    new ServerFailure.Stalled(
                            Form.duration(o, "silence_nanos"), Form.text(o, "detail"));
            case "busy" -> new ServerFailure.Busy(Form.count(o, "status"), Form.text(o, "detail"));
            case "bad-request" ->
                    new ServerFailure.BadRequest(Form.count(o, "status"), Form.text(o, "detail"));
            case "bad-answer" ->
                    new ServerFailure.BadAnswer(Form.count(o, "status"), Form.text(o, "detail"));
            case "cancelled" -> new ServerFailure.Cancelled();
            default -> throw Form.bad("code", "the code of a failure that this version knows");
        };
    }
}
