package dev.stoker.report.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchEvent.Answered;
import dev.stoker.bench.BenchEvent.Loaded;
import dev.stoker.bench.BenchEvent.MemoryMarked;
import dev.stoker.bench.BenchEvent.MemorySampled;
import dev.stoker.bench.BenchEvent.ModelEnded;
import dev.stoker.bench.BenchEvent.ModelStarted;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.bench.BenchEvent.Restarted;
import dev.stoker.bench.BenchEvent.RunEnded;
import dev.stoker.bench.BenchEvent.RunStarted;
import dev.stoker.bench.BenchEvent.StepFailed;
import dev.stoker.bench.BenchEvent.TaskSkipped;
import dev.stoker.bench.BenchEvent.Unloaded;
import dev.stoker.report.draw.Figure;
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What happened in a run, in words and in order; requests that ended well are in the figures and
 * are not told one by one. Pure.
 */
final class Happenings {
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Happenings() {}

    /**
     * Something that happened.
     *
     * @param time of day in universal time, for a label only
     * @param bad whether it is a failure
     */
    record Happening(String time, boolean bad, String sentence) {}

    static List<Happening> of(List<BenchEvent> events) {
        return events.stream().flatMap(e -> of(e).stream()).toList();
    }

    private static Optional<Happening> of(BenchEvent event) {
        String time = SECOND.format(Instant.ofEpochMilli(event.at()));
        return sentence(event).map(s -> new Happening(time, isBad(event), s));
    }

    private static boolean isBad(BenchEvent event) {
        return switch (event) {
            case RequestEnded r -> !r.trace().isOk();
            case StepFailed _ -> true;
            case Restarted r -> !r.ok();
            case Unloaded u -> !u.gone();
            case ModelEnded m -> m.outcome() == BenchEvent.Outcome.FAILED;
            case RunEnded r -> r.interrupted();
            case RunStarted _,
                    ModelStarted _,
                    Loaded _,
                    MemoryMarked _,
                    MemorySampled _,
                    Answered _,
                    TaskSkipped _ ->
                    false;
        };
    }

    private static Optional<String> sentence(BenchEvent event) {
        return switch (event) {
            case RunStarted r -> Optional.of(r.resumed() ? "The run goes on." : "The run starts.");
            case ModelStarted m ->
                    m.attempt() == 1
                            ? Optional.empty()
                            : Optional.of(m.model() + ": try " + m.attempt() + " begins.");
            case Restarted r ->
                    Optional.of(
                            r.model()
                                    + (r.ok()
                                            ? ": the server was restarted by "
                                            : ": the server could not be restarted by ")
                                    + r.means()
                                    + " ("
                                    + seconds(r.time())
                                    + ")"
                                    + detail(r.detail()));
            case Loaded l ->
                    Optional.of(
                            l.model()
                                    + (l.alreadyLoaded()
                                            ? " was in memory already."
                                            : " was loaded in " + seconds(l.clientTime()) + "."));
            case MemoryMarked _, MemorySampled _, Answered _ -> Optional.empty();
            case TaskSkipped t ->
                    Optional.of(
                            t.model() + ": " + t.task() + " was not asked, as " + t.reason() + ".");
            case RequestEnded r -> request(r);
            case StepFailed s ->
                    Optional.of(
                            s.model()
                                    + ": "
                                    + s.step()
                                    + " failed ("
                                    + s.code()
                                    + "): "
                                    + s.sentence());
            case Unloaded u -> Optional.of(unloaded(u));
            case ModelEnded m ->
                    Optional.of(
                            m.model()
                                    + " "
                                    + m.outcome().name().toLowerCase(Locale.ROOT)
                                    + detail(m.reason()));
            case RunEnded r ->
                    Optional.of(
                            (r.interrupted()
                                            ? "The run was interrupted after "
                                            : "The run ended after ")
                                    + seconds(r.time())
                                    + ".");
        };
    }

    private static Optional<String> request(RequestEnded r) {
        return r.trace().outcome() instanceof RequestTrace.Outcome.Failed(String kind, String what)
                ? Optional.of(
                        r.model()
                                + ": the request '"
                                + r.prompt()
                                + "' of "
                                + (r.iteration() == 0
                                        ? "the warm-up"
                                        : "iteration " + r.iteration())
                                + " failed ("
                                + kind
                                + "): "
                                + what)
                : Optional.empty();
    }

    private static String unloaded(Unloaded u) {
        if (!u.gone()) {
            return u.model() + " was not let go by the server.";
        }
        String kept =
                u.retained() instanceof Reading.Known<Bytes> known
                        ? "memory that did not come back: " + known.value().binary()
                        : "whether its memory came back is not known: " + u.retained().reason();
        return u.model() + " was unloaded in " + seconds(u.time()) + "; " + kept + ".";
    }

    private static String seconds(Duration time) {
        return Figure.text(time.toNanos() / 1e9) + " s";
    }

    private static String detail(String text) {
        return text.isBlank() ? "." : ": " + text;
    }
}
