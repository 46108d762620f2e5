package dev.stoker.degrade;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run was asked to do and of which server.
 *
 * @param id the run's id and its folder's name
 * @param serverKind the code of the kind of server
 * @param box the simulated box; empty for a real server
 * @param cycles how often the model is reloaded
 * @param tokens of each answer
 * @param tolerancePercent a smaller drop is none
 * @param remedies whether remedies are tried after a drop
 */
public record DegradeHeader(
        String id,
        long startedEpochMillis,
        String stokerVersion,
        String serverKind,
        String serverTitle,
        String serverUrl,
        String box,
        double speed,
        String model,
        int cycles,
        int tokens,
        double tolerancePercent,
        boolean remedies) {

    public ObjectNode json() {
        return Json.object()
                .put("schema", "stoker.degrade-run")
                .put("version", 1)
                .put("id", id)
                .put("started_ms", startedEpochMillis)
                .put("stoker_version", stokerVersion)
                .put("server_kind", serverKind)
                .put("server_title", serverTitle)
                .put("server_url", serverUrl)
                .put("simulated_box", box)
                .put("simulated_speed", speed)
                .put("model", model)
                .put("cycles", cycles)
                .put("tokens", tokens)
                .put("tolerance_percent", tolerancePercent)
                .put("remedies", remedies);
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static DegradeHeader read(JsonNode o) {
        if (!o.path("schema").asString("").equals("stoker.degrade-run")) {
            throw new IllegalArgumentException("it is no header of a degrade run");
        }
        if (o.path("version").asInt(0) != 1) {
            throw new IllegalArgumentException("it is of another version of Stoker");
        }
        return new DegradeHeader(
                text(o, "id"),
                o.path("started_ms").asLong(0),
                text(o, "stoker_version"),
                text(o, "server_kind"),
                text(o, "server_title"),
                text(o, "server_url"),
                text(o, "simulated_box"),
                o.path("simulated_speed").asDouble(1),
                text(o, "model"),
                Math.clamp(o.path("cycles").asInt(0), 1, Design.MOST_CYCLES),
                Math.clamp(o.path("tokens").asInt(0), 2, 100_000),
                Math.clamp(o.path("tolerance_percent").asDouble(Design.TOLERANCE), 0, 100),
                o.path("remedies").asBoolean(false));
    }

    private static String text(JsonNode o, String key) {
        return o.path(key).asString("");
    }

    DegradeHeader withRemedies(boolean wanted) {
        return new DegradeHeader(
                id,
                startedEpochMillis,
                stokerVersion,
                serverKind,
                serverTitle,
                serverUrl,
                box,
                speed,
                model,
                cycles,
                tokens,
                tolerancePercent,
                remedies || wanted);
    }
}
