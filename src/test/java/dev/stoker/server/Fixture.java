package dev.stoker.server;

import dev.stoker.http.ExchangeEnd;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One captured exchange of {@code src/test/resources/fixtures}: the question, and the answer as the
 * real server sent it, chunk by chunk.
 *
 * @param name the file's path without its ending
 * @param statusLine empty when the client left before anything came
 * @param how how the answer ended, in the words of the capture
 */
public record Fixture(
        String name,
        String method,
        String target,
        String requestBody,
        String statusLine,
        int status,
        List<Map.Entry<String, String>> headers,
        List<byte[]> chunks,
        String how) {
    private static final Path ROOT = Path.of("src/test/resources/fixtures");

    /** Returns the names of all captures. */
    public static List<String> names() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.map(f -> ROOT.relativize(f).toString())
                    .filter(f -> f.endsWith(".jsonl"))
                    .map(f -> f.substring(0, f.length() - ".jsonl".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Fixture read(String name) {
        JsonNode request = Json.object();
        JsonNode response = Json.object();
        List<byte[]> chunks = new ArrayList<>();
        String how = "";
        try {
            for (String line : Files.readAllLines(ROOT.resolve(name + ".jsonl"))) {
                JsonNode node = Json.parse(line).orElseThrow();
                switch (Json.text(node, "type").orElseThrow()) {
                    case "request" -> request = node;
                    case "response" -> response = node;
                    case "chunk" ->
                            chunks.add(
                                    Json.text(node, "data")
                                            .orElseThrow()
                                            .getBytes(StandardCharsets.UTF_8));
                    case "end" -> how = Json.text(node, "how").orElseThrow();
                    default -> {}
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (JsonNode header : response.path("headers")) {
            headers.add(Map.entry(header.get(0).stringValue(), header.get(1).stringValue()));
        }
        return new Fixture(
                name,
                Json.text(request, "method").orElse(""),
                Json.text(request, "target").orElse(""),
                Json.text(request, "body").orElse(""),
                Json.text(response, "line").orElse(""),
                Json.integer(response, "status").orElse(0L).intValue(),
                headers,
                chunks,
                how);
    }

    public String path() {
        return target.replaceFirst("\\?.*", "");
    }

    public String body() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        chunks.forEach(all::writeBytes);
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Returns the answer as it was on the wire. */
    public byte[] wire() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (statusLine.isEmpty()) {
            return out.toByteArray();
        }
        StringBuilder head = new StringBuilder(statusLine).append("\r\n");
        headers.forEach(
                h -> head.append(h.getKey()).append(": ").append(h.getValue()).append("\r\n"));
        out.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        boolean chunked = headers.stream().anyMatch(h -> h.getValue().equals("chunked"));
        for (byte[] chunk : chunks) {
            if (chunked) {
                out.writeBytes(
                        (Integer.toHexString(chunk.length) + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            out.writeBytes(chunk);
            if (chunked) {
                out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
        if (how.equals("last-chunk")) {
            out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    /** Returns how an exchange ends that gets these bytes, and silence after a client's leaving. */
    public ExchangeEnd end() {
        return switch (how) {
            case "last-chunk" -> new ExchangeEnd.Complete(0, ExchangeEnd.Framing.LAST_CHUNK);
            case "content-length" ->
                    new ExchangeEnd.Complete(0, ExchangeEnd.Framing.CONTENT_LENGTH);
            case "no-body" -> new ExchangeEnd.Complete(0, ExchangeEnd.Framing.NO_BODY);
            case "eof-without-last-chunk" ->
                    new ExchangeEnd.Cut(0, true, "the server closed the connection");
            case "client-closed" ->
                    new ExchangeEnd.Stalled(Duration.ofSeconds(40), !statusLine.isEmpty());
            default -> throw new IllegalStateException(name + " ends by " + how);
        };
    }
}
