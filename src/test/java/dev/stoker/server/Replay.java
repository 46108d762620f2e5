package dev.stoker.server;

import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.MalformedResponse;
import dev.stoker.http.ResponseParser;
import dev.stoker.json.LineShapes;
import dev.stoker.server.ollama.OllamaDecoder;
import dev.stoker.server.openai.SseDecoder;
import dev.stoker.trace.ServerTimings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Gives a captured answer to the decoder of its protocol, without a socket and without a clock. */
public final class Replay {
    private static final Endpoint HERE = new Endpoint(false, "127.0.0.1", 11434, "");
    private static final Set<String> OLLAMA = Set.of("/api/chat", "/api/generate");
    private static final Set<String> EVENTS =
            Set.of("/v1/chat/completions", "/v1/completions", "/completion");

    private Replay() {}

    public static boolean isGeneration(Fixture fixture) {
        return fixture.method().equals("POST")
                && (OLLAMA.contains(fixture.path()) || EVENTS.contains(fixture.path()));
    }

    public static Failures failures(Fixture fixture) {
        ServerKind kind =
                fixture.name().startsWith("ollama")
                        ? ServerKind.OLLAMA
                        : fixture.name().startsWith("vllm")
                                ? ServerKind.VLLM
                                : ServerKind.LLAMA_SERVER;
        return new Failures(kind, HERE, ApiKey.none());
    }

    public static StreamDecoder decoder(Fixture fixture, StreamEvents events) {
        return decoder(fixture, events, new LineShapes());
    }

    public static StreamDecoder decoder(Fixture fixture, StreamEvents events, LineShapes shapes) {
        return OLLAMA.contains(fixture.path())
                ? new OllamaDecoder(events, failures(fixture), "m", shapes)
                : new SseDecoder(events, failures(fixture), "m", "not told", shapes);
    }

    /** Returns the events of an answer that arrives in pieces of so many bytes. */
    public static List<StreamEvent> events(Fixture fixture, int pieceBytes) {
        List<StreamEvent> events = new ArrayList<>();
        StreamDecoder decoder = decoder(fixture, events::add);
        ResponseParser parser = new ResponseParser(fixture.method(), decoder);
        byte[] wire = fixture.wire();
        ExchangeEnd end = fixture.end();
        try {
            for (int at = 0; at < wire.length; at += pieceBytes) {
                byte[] piece = Arrays.copyOfRange(wire, at, Math.min(wire.length, at + pieceBytes));
                parser.feed(piece, 0, piece.length, 0);
            }
        } catch (MalformedResponse e) {
            end = new ExchangeEnd.Malformed(String.valueOf(e.getMessage()));
        }
        decoder.end(end, 0);
        return events;
    }

    /** Returns what an answer comes to, in one line. */
    public static String outcome(List<StreamEvent> events) {
        String timings =
                events.stream()
                        .filter(StreamEvent.Usage.class::isInstance)
                        .map(e -> figures(((StreamEvent.Usage) e).timings()))
                        .reduce((a, b) -> b)
                        .orElse("no figures");
        long tokens = events.stream().filter(StreamEvent.Token.class::isInstance).count();
        return switch (events.getLast()) {
            case StreamEvent.End(long _, String reason) ->
                    "end " + reason + "; " + tokens + " chunks; " + timings;
            case StreamEvent.Fault(long _, ServerFailure failure) ->
                    "fault " + failure.code() + "; " + tokens + " chunks";
            default -> "not over";
        };
    }

    private static String figures(ServerTimings t) {
        return "prompt "
                + shown(t.promptTokens())
                + " cached "
                + shown(t.cachedTokens())
                + " in "
                + shown(t.promptTime())
                + ", output "
                + shown(t.outputTokens())
                + " in "
                + shown(t.decodeTime());
    }

    private static String shown(Reading<?> reading) {
        return reading.isKnown() ? reading.value().toString() : "?";
    }
}
