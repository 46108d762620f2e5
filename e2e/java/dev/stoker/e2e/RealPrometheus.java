package dev.stoker.e2e;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A private Prometheus on a free loopback port that scrapes one address every second as the job
 * {@code stoker}. For try-with-resources.
 */
final class RealPrometheus implements AutoCloseable {
    private final ServerProgram server;

    private RealPrometheus(ServerProgram server) {
        this.server = server;
    }

    static RealPrometheus scraping(URI exporter) {
        Path program = Parts.require(Parts.PROMETHEUS);
        RunFolder folder = new RunFolder("prometheus");
        Path config = folder.path().resolve("prometheus.yml");
        String text =
                """
                global:
                  scrape_interval: 1s
                  scrape_timeout: 1s
                scrape_configs:
                  - job_name: stoker
                    static_configs:
                      - targets: ['%s:%d']
                """
                        .formatted(exporter.getHost(), exporter.getPort());
        try {
            Files.writeString(config, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + config, e);
        }
        return new RealPrometheus(
                new ServerProgram(
                        folder,
                        "/-/ready",
                        port ->
                                new ServerProgram.Launch(
                                        List.of(
                                                program.toString(),
                                                "--config.file=" + config,
                                                "--storage.tsdb.path=" + folder.folder("data"),
                                                "--web.listen-address=127.0.0.1:" + port),
                                        Map.of())));
    }

    /** Returns the values that a query gives, by their labels as JSON. */
    Map<String, Double> query(String promql) {
        JsonNode answer =
                json("/api/v1/query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8));
        Map<String, Double> values = new TreeMap<>();
        for (JsonNode one : answer.path("data").path("result")) {
            values.put(
                    Json.write(one.path("metric")),
                    Double.parseDouble(one.path("value").path(1).stringValue()));
        }
        return values;
    }

    /** Returns the only value that a query gives. */
    double number(String promql) {
        Map<String, Double> values = query(promql);
        if (values.size() != 1) {
            throw new AssertionError(promql + " gives " + values);
        }
        return values.values().iterator().next();
    }

    /** Returns the names of all metrics. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        json("/api/v1/label/__name__/values")
                .path("data")
                .forEach(name -> names.add(name.stringValue()));
        return names;
    }

    private JsonNode json(String path) {
        HttpProbe.Answer answer = server.http().get(path);
        if (answer.status() != 200) {
            throw new AssertionError(path + " answers " + answer);
        }
        return Json.parse(answer.body()).orElseThrow();
    }

    @Override
    public void close() {
        server.close();
    }
}
