package dev.stoker.warm;

import dev.stoker.json.Json;
import dev.stoker.server.RunnerOptions;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The notes as JSON, and back: what is damaged is as if it had not been noted. Pure. */
final class NotesJson {
    private NotesJson() {}

    static ObjectNode write(Notes notes) {
        ObjectNode root = Json.object();
        root.put("schema", "stoker.warm-notes").put("version", 1);
        root.put("life", notes.life).put("was_away", notes.wasAway);
        time(root, "down_at", notes.downAt);
        time(root, "starting_at", notes.startingAt);
        texts(root.putArray("conflicts"), notes.conflicts);
        texts(root.putArray("listed"), notes.listed);
        ObjectNode models = root.putObject("models");
        notes.models.forEach((name, note) -> models.set(name, write(note)));
        return root;
    }

    private static ObjectNode write(ModelNote note) {
        ObjectNode o = Json.object();
        o.put("resident", note.resident)
                .put("runner", note.runner)
                .put("own", note.own)
                .put("held", note.held)
                .put("lost", note.lost)
                .put("untold", note.untold)
                .put("lost_to_others", note.lostToOthers)
                .put("failures", note.failures)
                .put("failure", note.failure)
                .put("intent", note.intent)
                .put("no_ticks", note.noTicks)
                .put("said", note.said);
        note.context.ifPresent(n -> o.put("context", n));
        time(o, "seen_at", note.seenAt);
        time(o, "expires_at", note.expiresAt);
        time(o, "lost_at", note.lostAt);
        time(o, "retry_at", note.retryAt);
        time(o, "loaded_at", note.loadedAt);
        time(o, "respawned_at", note.respawnedAt);
        time(o, "reconfigured_at", note.reconfiguredAt);
        time(o, "ticked_at", note.tickedAt);
        time(o, "slow_since", note.slowSince);
        texts(o.putArray("evictions"), note.evictions);
        texts(o.putArray("tick_loads"), note.tickLoads);
        note.inEffect.contextLength().ifPresent(n -> o.put("num_ctx", n));
        ObjectNode options = o.putObject("options");
        note.inEffect.extra().forEach((name, value) -> options.set(name, Json.tree(value)));
        ArrayNode rates = o.putArray("rates");
        note.baseline.rates().forEach(rates::add);
        o.put("tokens_per_second", note.baseline.tokensPerSecond())
                .put("gpu_share", note.baseline.gpuShare());
        TickResult tick = note.tick;
        if (tick != null) {
            ObjectNode t = o.putObject("tick");
            t.put("ttft_ms", tick.ttftMillis())
                    .put("load_ms", tick.load().toMillis())
                    .put("failure", tick.failure())
                    .put("computed", tick.computed());
            tick.tokensPerSecond().ifPresent(r -> t.put("tokens_per_second", r));
        }
        return o;
    }

    private static void time(ObjectNode to, String name, @Nullable Instant at) {
        if (at != null) {
            to.put(name, at.toString());
        }
    }

    private static void texts(ArrayNode to, Collection<?> values) {
        values.forEach(v -> to.add(v.toString()));
    }

    static Notes read(JsonNode root) {
        Notes notes = new Notes();
        notes.life = text(root, "life");
        notes.wasAway = truth(root, "was_away");
        notes.downAt = time(root.path("down_at"));
        notes.startingAt = time(root.path("starting_at"));
        root.path("conflicts").forEach(c -> notes.conflicts.add(c.asString("")));
        root.path("listed").forEach(c -> notes.listed.add(c.asString("")));
        root.path("models")
                .properties()
                .forEach(e -> notes.models.put(e.getKey(), note(e.getValue())));
        return notes;
    }

    private static ModelNote note(JsonNode o) {
        ModelNote note = new ModelNote();
        note.resident = truth(o, "resident");
        note.runner = text(o, "runner");
        note.own = truth(o, "own");
        note.held = truth(o, "held");
        note.lost = text(o, "lost");
        note.untold = text(o, "untold");
        note.lostToOthers = truth(o, "lost_to_others");
        note.failures = (int) Math.clamp(Json.integer(o, "failures").orElse(0L), 0, 1000);
        note.failure = text(o, "failure");
        note.intent = text(o, "intent");
        note.noTicks = text(o, "no_ticks");
        note.said = text(o, "said");
        note.context = whole(o, "context");
        note.seenAt = time(o.path("seen_at"));
        note.expiresAt = time(o.path("expires_at"));
        note.lostAt = time(o.path("lost_at"));
        note.retryAt = time(o.path("retry_at"));
        note.loadedAt = time(o.path("loaded_at"));
        note.respawnedAt = time(o.path("respawned_at"));
        note.reconfiguredAt = time(o.path("reconfigured_at"));
        note.tickedAt = time(o.path("ticked_at"));
        note.slowSince = time(o.path("slow_since"));
        note.evictions.addAll(times(o.path("evictions")));
        note.tickLoads.addAll(times(o.path("tick_loads")));
        Map<String, Object> extra = new HashMap<>();
        for (Map.Entry<String, JsonNode> option : o.path("options").properties()) {
            JsonNode value = option.getValue();
            if (value.isIntegralNumber()) {
                extra.put(option.getKey(), value.longValue());
            } else if (value.isBoolean()) {
                extra.put(option.getKey(), value.booleanValue());
            }
        }
        note.inEffect = new RunnerOptions(whole(o, "num_ctx"), Optional.empty(), extra);
        List<Double> rates = new ArrayList<>();
        o.path("rates").forEach(r -> rates.add(r.asDouble(0)));
        note.baseline =
                new Baseline(
                        rates,
                        Json.number(o, "tokens_per_second").orElse(0.0),
                        Json.number(o, "gpu_share").orElse(-1.0));
        JsonNode tick = o.path("tick");
        if (tick.isObject()) {
            note.tick =
                    new TickResult(
                            Json.number(tick, "ttft_ms").orElse(-1.0),
                            Json.number(tick, "tokens_per_second")
                                    .map(OptionalDouble::of)
                                    .orElse(OptionalDouble.empty()),
                            Duration.ofMillis(Json.integer(tick, "load_ms").orElse(0L)),
                            text(tick, "failure"),
                            truth(tick, "computed"));
        }
        return note;
    }

    private static String text(JsonNode o, String name) {
        return Json.text(o, name).orElse("");
    }

    private static boolean truth(JsonNode o, String name) {
        return Json.truth(o, name).orElse(false);
    }

    private static OptionalLong whole(JsonNode o, String name) {
        return Json.integer(o, name).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    private static List<Instant> times(JsonNode array) {
        List<Instant> times = new ArrayList<>();
        for (JsonNode item : array) {
            Instant at = time(item);
            if (at != null) {
                times.add(at);
            }
        }
        return times;
    }

    private static @Nullable Instant time(JsonNode node) {
        try {
            return node.isString() ? Instant.parse(node.stringValue()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
