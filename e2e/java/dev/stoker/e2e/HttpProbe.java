package dev.stoker.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Questions to a server that do not go through Stoker, so that a test can compare what Stoker says
 * with what the server says. Every question has a time limit. Safe for any thread.
 */
final class HttpProbe {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();

    /** What came back. */
    record Answer(int status, String body) {}

    private final URI server;

    HttpProbe(URI server) {
        this.server = server;
    }

    Answer get(String path) {
        return get(path, Duration.ofSeconds(10));
    }

    Answer get(String path, Duration limit) {
        return ask(HttpRequest.newBuilder(server.resolve(path)).timeout(limit).build());
    }

    Answer post(String path, String json) {
        return post(path, json, Duration.ofSeconds(120));
    }

    Answer post(String path, String json, Duration limit) {
        return ask(
                HttpRequest.newBuilder(server.resolve(path))
                        .timeout(limit)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build());
    }

    /** The answer, or nothing while no server answers there. */
    Optional<Answer> tryGet(String path, Duration limit) {
        try {
            return Optional.of(get(path, limit));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static Answer ask(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at " + request.uri(), e);
        }
    }
}
