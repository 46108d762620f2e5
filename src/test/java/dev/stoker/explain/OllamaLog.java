package dev.stoker.explain;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes a log as Ollama 0.33 would. Mutable; for tests. */
public final class OllamaLog {
    private static final DateTimeFormatter GIN =
            DateTimeFormatter.ofPattern("yyyy/MM/dd - HH:mm:ss").withZone(ZoneOffset.UTC);

    private final StringBuilder text = new StringBuilder();
    private Instant now = Instant.parse("2026-11-22T08:00:00Z");

    /** Begins with a server that has one GPU. */
    public static OllamaLog ofServer(String settings, String gpuMemory) {
        OllamaLog log = new OllamaLog();
        log.slog("server config", "env=\"map[" + settings + "]\"");
        log.slog("Listening on 127.0.0.1:11434 (version 0.33.0)", "");
        log.slog("inference compute", "id=0 library=CUDA total=\"" + gpuMemory + "\"");
        return log;
    }

    public OllamaLog pass(double seconds) {
        now = now.plusNanos(Math.round(seconds * 1e9));
        return this;
    }

    public OllamaLog slog(String message, String fields) {
        text.append("time=")
                .append(DateTimeFormatter.ISO_INSTANT.format(now.plusMillis(1)))
                .append(" level=INFO source=any.go:1 msg=\"")
                .append(message)
                .append("\" ")
                .append(fields)
                .append('\n');
        return this;
    }

    public OllamaLog raw(String line) {
        text.append(line).append('\n');
        return this;
    }

    /** A request for a loaded model. */
    public OllamaLog request(double promptSeconds, double answerSeconds) {
        pass(promptSeconds + answerSeconds);
        slot(promptSeconds, answerSeconds);
        return gin(200, promptSeconds + answerSeconds);
    }

    /** The same, whose slot tells its times just after the request's own line. */
    public OllamaLog timedLate(double promptSeconds, double answerSeconds) {
        pass(promptSeconds + answerSeconds);
        gin(200, promptSeconds + answerSeconds);
        slot(promptSeconds, answerSeconds);
        return this;
    }

    /** A request that waits for a load. */
    public OllamaLog loading(Load load, double promptSeconds, double answerSeconds) {
        return loading(load, 0, promptSeconds, answerSeconds);
    }

    /**
     * A request that waits until there is room, and then for a load.
     *
     * @param roomSeconds of which the log tells nothing
     */
    public OllamaLog loading(
            Load load, double roomSeconds, double promptSeconds, double answerSeconds) {
        pass(roomSeconds);
        slog(
                "starting llama-server",
                "cmd=\"/usr/lib/ollama/llama-server --model /models/blobs/"
                        + load.blob()
                        + " --port 40001 -c "
                        + load.context()
                        + " -np 1\"");
        raw(
                String.format(
                        Locale.ROOT,
                        "load_tensors:        CUDA0 model buffer size = %8.2f MiB",
                        load.mebibytes()));
        pass(load.seconds());
        slog("llama-server started in " + load.seconds() + " seconds", "");
        slog("template selection", "model=registry.ollama.ai/library/" + load.name());
        slog("loaded runners", "count=" + load.loadedAfter());
        pass(promptSeconds + answerSeconds);
        slot(promptSeconds, answerSeconds);
        return gin(200, roomSeconds + load.seconds() + promptSeconds + answerSeconds);
    }

    /**
     * A load.
     *
     * @param loadedAfter how many models are in memory then
     */
    public record Load(
            String name,
            String blob,
            double mebibytes,
            long context,
            double seconds,
            int loadedAfter) {}

    private void slot(double promptSeconds, double answerSeconds) {
        raw(
                String.format(
                        Locale.ROOT,
                        "slot print_timing: id  0 | task 0 | prompt eval time = %10.2f ms /  "
                                + "  20 tokens",
                        promptSeconds * 1000));
        raw(
                String.format(
                        Locale.ROOT,
                        "slot print_timing: id  0 | task 0 |        eval time = %10.2f ms /   "
                                + " 50 tokens",
                        answerSeconds * 1000));
        raw(
                String.format(
                        Locale.ROOT,
                        "slot print_timing: id  0 | task 0 |       total time = %10.2f ms",
                        (promptSeconds + answerSeconds) * 1000));
    }

    public OllamaLog gin(int status, double seconds) {
        return raw(
                "[GIN] "
                        + GIN.format(now)
                        + " | "
                        + status
                        + " |  "
                        + String.format(Locale.ROOT, "%.6f", seconds)
                        + "s |       127.0.0.1 | POST     \"/api/chat\"");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
