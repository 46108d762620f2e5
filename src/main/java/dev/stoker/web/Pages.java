package dev.stoker.web;

import dev.stoker.web.Feed.Published;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * The pages that are whole when they are asked for. Thread-safe as its parts are.
 *
 * @param feed the samples
 * @param metrics makes the exporter's page for an Accept header
 */
record Pages(Feed feed, Function<String, Body> metrics) {
    private static final String TEXT = "text/plain; charset=utf-8";

    private static final byte[] INDEX =
            """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Stoker</title></head>
            <body>
            <h1>Stoker</h1>
            <ul>
            <li><a href="metrics">metrics</a>: for Prometheus</li>
            <li><a href="api/sample">api/sample</a>: the newest sample of this machine, as JSON</li>
            <li><a href="api/samples">api/samples</a>: each sample as it comes, as server-sent
            events</li>
            <li><a href="healthz">healthz</a>: whether all is well</li>
            </ul>
            </body>
            </html>
            """
                    .getBytes(StandardCharsets.UTF_8);

    static Body text(int status, String sentence) {
        return new Body(status, TEXT, (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    Body index() {
        return new Body(200, "text/html; charset=utf-8", INDEX);
    }

    Body health() {
        return feed.trouble().map(why -> text(503, why)).orElseGet(() -> text(200, "ok"));
    }

    Body sample() {
        Optional<Published> latest = feed.latest();
        return latest.isPresent()
                ? new Body(200, "application/json", latest.get().json())
                : text(503, "The first look at the machine is not finished yet.");
    }
}
