package dev.stoker.load;

import dev.stoker.base.Clock;
import dev.stoker.json.Fields;
import dev.stoker.json.Json;
import dev.stoker.server.ServerIdentity;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a load test was asked and where: written before its first request, so that it can be
 * reported from its files alone.
 *
 * @param id the run's name, also that of its folder; sorts by time
 * @param startedEpochMillis wall time
 * @param stokerVersion of the program
 * @param serverKind stable name of the server's kind
 * @param serverTitle kind and version for people
 * @param serverVersion empty if unknown
 * @param serverUrl where
 * @param simulatedBox the simulated box's name, when it is one
 * @param model as the server names it
 * @param options what was asked, one field an option, with defaults filled in
 */
public record LoadHeader(
        String id,
        long startedEpochMillis,
        String stokerVersion,
        String serverKind,
        String serverTitle,
        String serverVersion,
        String serverUrl,
        Optional<String> simulatedBox,
        String model,
        ObjectNode options) {
    static final String SCHEMA = "stoker.load.run";
    static final int VERSION = 1;
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /** Returns the header of a run that starts now. */
    public static LoadHeader of(
            ServerIdentity server, Clock clock, String version, String model, ObjectNode options) {
        Instant now = clock.now();
        return new LoadHeader(
                ID.format(now) + "-%04x".formatted(ThreadLocalRandom.current().nextInt(1 << 16)),
                now.toEpochMilli(),
                version,
                server.kind().code(),
                server.title(),
                server.version().orElse(""),
                server.endpoint().url(),
                server.simulated().map(ServerIdentity.SimulatedBox::box),
                model,
                options);
    }

    /** Returns what users were promised; empty without objectives. */
    public List<Objective> objectives() {
        List<Objective> objectives = new ArrayList<>();
        for (JsonNode text : options.path("objectives")) {
            objectives.addAll(Objective.parse(text.asString()));
        }
        return objectives;
    }

    ObjectNode json() {
        ObjectNode o = Json.object().put("schema", SCHEMA).put("version", VERSION);
        o.put("id", id).put("started", startedEpochMillis).put("stoker", stokerVersion);
        ObjectNode s = o.putObject("server");
        s.put("kind", serverKind).put("title", serverTitle);
        s.put("version", serverVersion).put("url", serverUrl);
        simulatedBox.ifPresent(box -> s.put("box", box));
        o.put("model", model).set("options", options);
        return o;
    }

    /**
     * @throws IllegalArgumentException if the node is no header of a version that is known
     */
    static LoadHeader read(JsonNode o) {
        if (!Fields.text(o, "schema").equals(SCHEMA) || Fields.integer(o, "version") != VERSION) {
            throw new IllegalArgumentException("another schema or version");
        }
        JsonNode s = o.path("server");
        return new LoadHeader(
                Fields.text(o, "id"),
                Fields.integer(o, "started"),
                Fields.text(o, "stoker"),
                Fields.text(s, "kind"),
                Fields.text(s, "title"),
                Fields.text(s, "version"),
                Fields.text(s, "url"),
                Json.text(s, "box"),
                Fields.text(o, "model"),
                o.path("options") instanceof ObjectNode options ? options : Json.object());
    }
}
