package dev.stoker.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import dev.stoker.base.Clock;
import dev.stoker.web.Feed.Published;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Serves {@code /metrics}, {@code /healthz}, {@code /api/sample} and {@code /api/samples}. Every
 * client is bounded: in the size of its request, in the time it takes to send it and to read the
 * answer, and in number. Requests are answered in virtual threads of their own; the methods may be
 * called by any thread.
 *
 * <p>It is the JDK's own server: with Helidon this process took 16 MiB more and started in twice
 * the time, for the same answers.
 */
public final class WebServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 128;
    private static final int MOST_FOLLOWERS = 32;
    private static final int BACKLOG = 64;
    private static final Duration WRITE = Duration.ofSeconds(10);
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final int GOODBYE_SECONDS = 2;

    static {
        // The JDK's server reads its bounds from here alone, when it is used first.
        bound("jdk.httpserver.maxConnections", MOST_CONNECTIONS);
        bound("sun.net.httpserver.maxReqTime", 10); // seconds
        bound("sun.net.httpserver.idleInterval", 30); // seconds
        bound("sun.net.httpserver.maxIdleConnections", MOST_CONNECTIONS / 2);
        bound("sun.net.httpserver.maxReqHeaders", 64);
        bound("sun.net.httpserver.maxReqHeaderSize", 16 << 10);
        bound("sun.net.httpserver.drainAmount", 16 << 10);
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Gate gate;
    private final Pages pages;
    private final Zipped zipped = new Zipped();
    private final Semaphore followers = new Semaphore(MOST_FOLLOWERS);
    private final Deadlines deadlines;

    private static void bound(String property, int value) {
        System.setProperty(property, Integer.toString(value));
    }

    private WebServer(HttpServer server, Gate gate, Pages pages, Clock clock) {
        this.server = server;
        this.gate = gate;
        this.pages = pages;
        this.deadlines = new Deadlines(clock);
    }

    /**
     * Starts serving.
     *
     * @param address where; port 0 takes a free one
     * @param metrics makes the exporter's page for an Accept header
     * @throws IOException if the address can not be used
     */
    public static WebServer start(
            InetSocketAddress address,
            Gate gate,
            Feed feed,
            Function<String, Body> metrics,
            Clock clock)
            throws IOException {
        HttpServer http = HttpServer.create(address, BACKLOG);
        WebServer web = new WebServer(http, gate, new Pages(feed, metrics), clock);
        http.setExecutor(web.threads);
        http.createContext("/", web.handler());
        http.start();
        return web;
    }

    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Returns whether somebody follows the samples now. */
    public boolean isFollowed() {
        return followers.availablePermits() < MOST_FOLLOWERS;
    }

    /** Lets go of clients that do not read what they asked for; to be called now and then. */
    public void enforce() {
        deadlines.enforce();
    }

    private HttpHandler handler() {
        return exchange -> {
            try (exchange) {
                handle(exchange);
            }
        };
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        Optional<Body> objection =
                gate.objection(exchange.getRequestHeaders(), !"/healthz".equals(path));
        if (objection.isPresent()) {
            send(exchange, objection.get());
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            send(exchange, Pages.text(405, "There is nothing to change here: use GET."));
        } else if ("/api/samples".equals(path) && method.equals("GET")) {
            follow(exchange);
        } else {
            send(exchange, page(exchange, path == null ? "" : path));
        }
    }

    private Body page(HttpExchange exchange, String path) {
        return switch (path) {
            case "/" -> pages.index();
            case "/metrics" -> pages.metrics().apply(header(exchange, "Accept"));
            case "/healthz" -> pages.health();
            case "/api/sample" -> pages.sample();
            case "/api/samples" -> new Body(200, "text/event-stream", new byte[0]);
            default ->
                    Pages.text(
                            404,
                            "There is no such page. There are: / /metrics /healthz /api/sample"
                                    + " /api/samples");
        };
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    private void send(HttpExchange exchange, Body body) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", body.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        if (body.status() == 401) {
            headers.set("WWW-Authenticate", "Bearer");
        }
        byte[] bytes = body.bytes();
        boolean large = bytes.length > 1024;
        if (large) {
            headers.set("Vary", "Accept, Accept-Encoding");
            if (Zipped.isWanted(header(exchange, "Accept-Encoding"))) {
                headers.set("Content-Encoding", "gzip");
                bytes = zipped.of(bytes);
            }
        }
        try (Deadlines.Write _ = deadlines.within(WRITE)) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                headers.set("Content-Length", Integer.toString(bytes.length));
                exchange.sendResponseHeaders(body.status(), -1);
                return;
            }
            exchange.sendResponseHeaders(body.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.getResponseBody().close();
        }
    }

    /** Sends the newest sample at once, and each further one as an event. */
    private void follow(HttpExchange exchange) throws IOException {
        if (!followers.tryAcquire()) {
            send(
                    exchange,
                    Pages.text(
                            503, MOST_FOLLOWERS + " clients follow already, which is the most."));
            return;
        }
        try {
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", "text/event-stream");
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            OutputStream out;
            try (Deadlines.Write _ = deadlines.within(WRITE)) {
                exchange.sendResponseHeaders(200, 0);
                out = exchange.getResponseBody();
                out.flush();
            }
            Optional<Published> seen = Optional.empty();
            while (true) {
                Optional<Published> next = pages.feed().after(seen.orElse(null), WAIT);
                try (Deadlines.Write _ = deadlines.within(WRITE)) {
                    out.write(next.isPresent() ? event(next.get()) : STILL_HERE);
                    out.flush();
                }
                seen = next.isPresent() ? next : seen;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The server ends.
        } finally {
            followers.release();
        }
    }

    /** A comment, so that a client that has gone is noticed also while no sample comes. */
    private static final byte[] STILL_HERE = ": no sample yet\n\n".getBytes(StandardCharsets.UTF_8);

    private static byte[] event(Published sample) {
        byte[] json = sample.json();
        byte[] begin = "event: sample\ndata: ".getBytes(StandardCharsets.UTF_8);
        byte[] event = new byte[begin.length + json.length + 2];
        System.arraycopy(begin, 0, event, 0, begin.length);
        System.arraycopy(json, 0, event, begin.length, json.length);
        event[event.length - 2] = '\n';
        event[event.length - 1] = '\n';
        return event;
    }

    /** Ends all connections. */
    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
        try {
            if (!threads.awaitTermination(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                return; // Virtual threads do not keep a process.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
