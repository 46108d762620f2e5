package dev.stoker.history;

import dev.stoker.json.Json;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterators;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Runs as lines of JSON, to carry them from one store to another: a line for the run, then one for
 * each line of its journal. The trace of a request is base64 of {@link TraceBytes}. A file may hold
 * several runs. Stateless.
 */
public final class Export {
    private Export() {}

    /** Writes a run and its journal. */
    public static void write(Run run, RunStore store, PrintWriter out) {
        out.println(Json.write(RunJson.write(run)));
        store.journal(run.id(), line -> out.println(Json.write(line(line))));
    }

    private static ObjectNode line(JournalLine line) {
        return switch (line) {
            case StoredEvent(String json) -> Json.object().put("run_event", json);
            case StoredRequest r -> request(r);
        };
    }

    private static ObjectNode request(StoredRequest r) {
        ObjectNode o = Json.object();
        o.put("run_request", r.subject()).put("prompt", r.prompt());
        o.put("iteration", r.iteration()).put("alone", r.alone()).put("at", r.at());
        return o.put("trace", Base64.getEncoder().encodeToString(TraceBytes.write(r.trace())));
    }

    /**
     * Reads a file of runs, and hands out each with its journal, which is read while it is taken: a
     * run of a million requests is never in memory as a whole.
     *
     * @throws IllegalArgumentException with the number of the line that is no part of an export
     */
    public static void read(BufferedReader in, BiConsumer<Run, Stream<JournalLine>> each)
            throws IOException {
        try {
            Lines lines = new Lines(in);
            if (lines.next == null) {
                throw new IllegalArgumentException("it holds no run");
            }
            while (lines.next != null) {
                Run run = lines.run();
                each.accept(run, lines.journal());
                lines.journal().forEach(skipped -> {});
            }
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The lines of a file, the next one parsed already. */
    private static final class Lines implements Iterator<JournalLine> {
        private final BufferedReader in;
        private @Nullable JsonNode next;
        private int number;

        Lines(BufferedReader in) {
            this.in = in;
            advance();
        }

        private void advance() {
            try {
                String line = in.readLine();
                number++;
                while (line != null && line.isBlank()) {
                    line = in.readLine();
                    number++;
                }
                next = line == null ? null : Json.parse(line).orElseThrow(() -> wrong("no JSON"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private IllegalArgumentException wrong(@Nullable String why) {
            return new IllegalArgumentException("line " + number + ": " + why);
        }

        private JsonNode taken() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            return next;
        }

        Run run() {
            Run run;
            try {
                run = RunJson.read(taken());
            } catch (IllegalArgumentException e) {
                throw wrong(e.getMessage());
            }
            advance();
            return run;
        }

        Stream<JournalLine> journal() {
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, 0), false);
        }

        @Override
        public boolean hasNext() {
            return next != null && (next.has("run_request") || next.has("run_event"));
        }

        @Override
        public JournalLine next() {
            JsonNode o = taken();
            JournalLine line;
            try {
                line =
                        o.has("run_event")
                                ? new StoredEvent(RunJson.text(o, "run_event"))
                                : request(o);
            } catch (IllegalArgumentException e) {
                throw wrong(e.getMessage());
            }
            advance();
            return line;
        }
    }

    private static StoredRequest request(JsonNode o) {
        return new StoredRequest(
                RunJson.text(o, "run_request"),
                RunJson.text(o, "prompt"),
                (int) RunJson.integer(o, "iteration"),
                RunJson.truth(o, "alone"),
                Json.integer(o, "at").orElse(-1L),
                TraceBytes.read(Base64.getDecoder().decode(RunJson.text(o, "trace"))));
    }
}
