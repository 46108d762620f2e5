package dev.stoker.metrics;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.http.Endpoint;
import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.Pace;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.ModelView;
import dev.stoker.watch.Moment;

import io.prometheus.metrics.model.snapshots.Labels;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The series of inference servers and their models. Stateless. */
final class ServerMetrics {
    /** A keep-alive that ends after that means never. */
    private static final Instant NEVER = Instant.parse("2200-01-01T00:00:00Z");

    private static final List<String> HEALTH = List.of("up", "loading", "unknown", "down");
    private static final List<String> CONDITIONS =
            List.of("loaded", "loading", "sleeping", "failed", "runner-gone", "silent");

    private ServerMetrics() {}

    /**
     * What was counted of one server so far.
     *
     * @param server by the server itself
     * @param models by its models' runners
     */
    record Counted(Map<Counter, Double> server, Map<String, Map<Counter, Double>> models) {}

    static void put(Families to, Moment moment, Map<Endpoint, Counted> counted) {
        for (ServerState server : moment.machine().servers()) {
            put(to, moment, server);
        }
        Map<Endpoint, Integer> shown = new HashMap<>();
        for (ModelView model : moment.models()) {
            if (shown.merge(model.server(), 1, Integer::sum) <= Shown.MOST_MODELS) {
                put(to, model);
            }
        }
        // Also of servers that are down now, and of models that are not loaded: no counter
        // vanishes.
        counted.forEach((endpoint, totals) -> {
            Labels server = labels(endpoint);
            WorkMetrics.put(to, "stoker_server", server, totals.server());
            totals.models().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .limit(Shown.MOST_MODELS)
                    .forEach(model ->
                            WorkMetrics.put(
                                    to,
                                    "stoker_model",
                                    server.add("model", name(model.getKey())),
                                    model.getValue()));
        });
    }

    private static Labels labels(Endpoint server) {
        return Labels.of("server", server.url());
    }

    private static String name(String model) {
        return Text.plain(model, Shown.LONGEST);
    }

    private static void put(Families to, Moment moment, ServerState server) {
        Labels labels = labels(server.endpoint());
        to.flag(
                "stoker_server_up",
                "Whether the server answers and is ready (1) or not (0).",
                labels,
                server.health() instanceof Health.Up);
        for (String state : HEALTH) {
            to.flag(
                    "stoker_server_state",
                    "What the server is: 1 for the state that holds now.",
                    labels.add("state", state),
                    server.health().code().equals(state));
        }
        if (server.identity().isKnown()) {
            to.info(
                    "stoker_server",
                    "Who answers there, or answered last.",
                    labels.merge(
                            Labels.of(
                                    "kind",
                                    server.identity().value().kind().code(),
                                    "version",
                                    Text.plain(
                                            server.identity().value().version().orElse(""),
                                            Shown.LONGEST),
                                    "simulated",
                                    Boolean.toString(
                                            server.identity().value().simulated().isPresent()))));
        }
        to.gauge(
                "stoker_server_answer_seconds",
                "How long the server's simplest answer took.",
                labels,
                server.answerTime().map(time -> time.toNanos() / 1e9));
        to.gauge(
                "stoker_server_models",
                "Models that the server has in memory, loads, or failed to load.",
                labels,
                server.models().map(List::size));
        WorkMetrics.put(to, "stoker_server", labels, server.work());
        to.gauge(
                "stoker_server_generated_tokens_per_second",
                "Tokens generated a second between the last two samples, at least.",
                labels,
                moment.rates(server.endpoint()).generatedTokens().map(Pace::perSecond));
    }

    private static void put(Families to, ModelView view) {
        ModelState model = view.state();
        Labels labels = labels(view.server()).add("model", name(model.name()));
        for (String condition : CONDITIONS) {
            to.flag(
                    "stoker_model_state",
                    "What the model is doing: 1 for the state that holds now.",
                    labels.add("state", condition),
                    model.condition().code().equals(condition));
        }
        to.info(
                "stoker_model",
                "What the model is.",
                labels.merge(
                        Labels.of(
                                "digest",
                                Text.plain(model.digest().orElse(""), Shown.LONGEST),
                                "file",
                                Text.plain(model.file().orElse(""), Shown.LONGEST))));
        memory(to, view, labels);
        to.gauge(
                "stoker_model_context_tokens",
                "Tokens that fit into a slot.",
                labels,
                model.contextLength());
        if (model.expiresAt() instanceof Reading.Known<Instant>(Instant expires)
                && expires.isBefore(NEVER)) {
            to.gauge(
                    "stoker_model_expires_timestamp_seconds",
                    "When the server will unload the model by itself.",
                    labels,
                    (double) expires.getEpochSecond());
        }
        WorkMetrics.put(to, "stoker_model", labels, model.work());
        if (model.condition() instanceof ModelCondition.Loaded) {
            to.gauge(
                    "stoker_model_generated_tokens_per_second",
                    "Tokens generated a second between the last two samples, at least.",
                    labels,
                    view.rates().generatedTokens().map(Pace::perSecond));
        }
    }

    private static void memory(Families to, ModelView view, Labels labels) {
        String resident = "Memory that the model's processes hold, as driver and kernel tell.";
        if (view.gpuMemory().isKnown()) {
            view.gpuMemory()
                    .value()
                    .forEach((gpu, held) ->
                            to.gauge(
                                    "stoker_model_resident_bytes",
                                    resident,
                                    labels.add("device", "gpu" + gpu),
                                    (double) held.count()));
        }
        if (view.process().isKnown()) {
            to.bytes(
                    "stoker_model_resident_bytes",
                    resident,
                    labels.add("device", "host"),
                    view.process().value().resident());
        }
        String claimed = "Memory of the model by the server's own reckoning.";
        Reading<Bytes> total = view.state().total();
        Reading<Bytes> onGpu = view.state().onGpu();
        to.bytes("stoker_model_claimed_bytes", claimed, labels.add("place", "anywhere"), total);
        to.bytes("stoker_model_claimed_bytes", claimed, labels.add("place", "gpu"), onGpu);
    }
}
