package dev.stoker.explain.probe;

import dev.stoker.base.Reading;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.Attribution.LoadParts;
import dev.stoker.explain.account.Attribution.Parts;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the time of one request was spent on, in milliseconds. What a server says itself counts; the
 * stamps of the client tell the rest. Empty is not known.
 *
 * @param total from the start to the end of the answer
 * @param queue in the server, for something else than a load, a prompt or an answer
 * @param stages what the load was spent on, where the server's log tells it
 * @param client on the way and in the client
 */
public record ProbeParts(
        double total,
        OptionalDouble connect,
        OptionalDouble queue,
        OptionalDouble load,
        LoadParts stages,
        OptionalDouble prompt,
        OptionalDouble decode,
        OptionalDouble client) {

    /**
     * Takes a request apart that was answered.
     *
     * @param log what the server's log says of it; empty where it can't be read
     */
    public static ProbeParts of(Probe.Result result, Optional<Attribution> log) {
        ProbeParts whole = of(result);
        return new ProbeParts(
                whole.total,
                whole.connect,
                whole.queue,
                whole.load,
                stages(whole.load, log.map(Attribution::parts)),
                whole.prompt,
                whole.decode,
                whole.client);
    }

    /** The log's shares are those of its own measure of the load. */
    private static LoadParts stages(OptionalDouble load, Optional<Parts> log) {
        double measured = log.map(p -> p.load().orElse(0)).orElse(0.0);
        if (load.isEmpty() || measured <= 0) {
            return LoadParts.UNKNOWN;
        }
        return log.orElseThrow().stages().times(load.getAsDouble() / measured);
    }

    private static ProbeParts of(Probe.Result result) {
        RequestTrace trace = result.trace();
        ServerTimings said = trace.timings();
        double total = trace.endNanos() / 1e6;
        double connect = Math.max(0, trace.connectedNanos()) / 1e6;
        OptionalDouble prompt = millis(said.promptTime());
        OptionalDouble decode = millis(said.decodeTime());
        OptionalDouble server = millis(said.total());
        if (server.isPresent()) {
            double all = Math.min(server.getAsDouble(), total);
            double load = millis(said.load()).orElse(0);
            double rest = all - load - prompt.orElse(0) - decode.orElse(0);
            return new ProbeParts(
                    total,
                    OptionalDouble.of(connect),
                    OptionalDouble.of(Math.max(0, rest)),
                    OptionalDouble.of(load),
                    LoadParts.UNKNOWN,
                    prompt,
                    decode,
                    OptionalDouble.of(Math.max(0, total - connect - all)));
        }
        double sent = Math.max(Math.max(0, trace.sentNanos()) / 1e6, connect);
        double first = trace.chunkNanos().length == 0 ? total : trace.chunkNanos()[0] / 1e6;
        double toFirst = Math.max(0, first - sent);
        double answer = decode.orElse(trace.decodeNanos() / 1e6);
        if (prompt.isEmpty()) {
            return new ProbeParts(
                    total,
                    OptionalDouble.of(connect),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    LoadParts.UNKNOWN,
                    OptionalDouble.of(toFirst),
                    OptionalDouble.of(answer),
                    OptionalDouble.of(Math.max(0, total - connect - toFirst - answer)));
        }
        double waited = Math.max(0, toFirst - prompt.getAsDouble());
        boolean loaded = hadToLoad(result);
        return new ProbeParts(
                total,
                OptionalDouble.of(connect),
                OptionalDouble.of(loaded ? 0 : waited),
                OptionalDouble.of(loaded ? waited : 0),
                LoadParts.UNKNOWN,
                prompt,
                OptionalDouble.of(answer),
                OptionalDouble.of(
                        Math.max(0, total - connect - waited - prompt.getAsDouble() - answer)));
    }

    /** Returns whether the model was not ready when the request came. */
    static boolean hadToLoad(Probe.Result result) {
        return result.before().models().isKnown()
                && result.wasThere()
                        .map(m -> !(m.condition() instanceof ModelCondition.Loaded))
                        .orElse(true);
    }

    private static OptionalDouble millis(Reading<Duration> time) {
        return time.isKnown()
                ? OptionalDouble.of(time.value().toNanos() / 1e6)
                : OptionalDouble.empty();
    }

    /** Returns them as shares of the whole. */
    public Parts shares() {
        return new Parts(
                share(connect),
                share(queue),
                share(load),
                stages.times(total > 0 ? 1 / total : 0),
                share(prompt),
                share(decode),
                share(client),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    OptionalDouble share(OptionalDouble millis) {
        return millis.isEmpty() || total <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.min(1, millis.getAsDouble() / total));
    }
}
