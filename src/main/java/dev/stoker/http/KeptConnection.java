package dev.stoker.http;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks an endpoint short questions one after the other over a connection that stays open in
 * between: to open one costs several times as much as a short question, in threads and in the
 * system. A server may give up a connection that is idle: a GET that finds it so is asked again,
 * once, on a new one, as long as nothing of an answer has come (RFC 9112, 9.3.1); anything else
 * gets a new one from the start.
 *
 * <p>Blocks the caller's thread, for as long as it is told at most, and never throws for what a
 * server does. One thread at a time.
 */
public final class KeptConnection implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final byte[] NOTHING = new byte[0];

    private final Endpoint endpoint;
    private final Clock clock;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final Body body = new Body();
    private @Nullable Socket socket;
    private @Nullable Pending pending;

    /** A question that was asked and has no whole answer yet. */
    private static final class Pending {
        final HttpRequest request;
        final boolean keep;
        final int largest;
        final long limit;
        ResponseParser parser;
        boolean mayRetry;

        Pending(HttpRequest request, boolean keep, int largest, long limit, ResponseParser parser) {
            this.request = request;
            this.keep = keep;
            this.largest = largest;
            this.limit = limit;
            this.parser = parser;
        }
    }

    /** Keeps its array from one answer to the next. */
    private static final class Body implements ResponseSink {
        private byte[] bytes = new byte[1 << 10];
        private int length;
        private int largest;
        private Optional<ResponseHead> head = Optional.empty();

        void begin(int most) {
            length = 0;
            largest = most;
            head = Optional.empty();
        }

        @Override
        public void head(ResponseHead response, long nanos) {
            head = Optional.of(response);
        }

        @Override
        public void body(byte[] from, int offset, int count, long nanos) {
            int sum = length + count;
            if (sum <= largest && sum > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(largest, Math.max(sum, 2 * bytes.length)));
            }
            if (sum <= largest) {
                System.arraycopy(from, offset, bytes, length, count);
            }
            length = sum;
        }

        boolean isTooLarge() {
            return length > largest;
        }

        HttpAnswer answer(ExchangeEnd end) {
            int most = Math.min(length, largest);
            return new HttpAnswer(
                    head,
                    most == 0 ? NOTHING : Arrays.copyOf(bytes, Math.min(most, bytes.length)),
                    end);
        }
    }

    /**
     * @param clock of limits: that of the machine
     */
    public KeptConnection(Endpoint endpoint, Clock clock) {
        this.endpoint = endpoint;
        this.clock = clock;
    }

    /**
     * Sends a question; {@link #await} brings the answer. One that is still open is given up.
     *
     * @param keep whether the connection is wanted after the answer; a server that gives a thread
     *     to each connection should not have to keep one
     * @param largest the most bytes of an answer's body
     * @param limit the clock's reading until which the connection has to stand
     */
    public Optional<HttpAnswer> send(HttpRequest request, boolean keep, int largest, long limit) {
        if (pending != null) {
            drop();
        }
        boolean repeatable = request.method().equals("GET");
        if (!repeatable || hasSpokenUnasked()) {
            drop();
        }
        Pending next =
                new Pending(
                        request, keep, largest, limit, new ResponseParser(request.method(), body));
        next.mayRetry = repeatable && socket != null;
        body.begin(largest);
        try {
            transmit(next);
            pending = next;
            return Optional.empty();
        } catch (IOException e) {
            return ended(unreachable(e, limit));
        }
    }

    /**
     * Returns the answer, or how the exchange ended instead; empty if neither has come by then, and
     * the question stays open.
     *
     * @param until a reading of the clock
     */
    public Optional<HttpAnswer> await(long until) {
        Pending now = pending;
        if (now == null) {
            throw new IllegalStateException("nothing was asked");
        }
        try {
            while (true) {
                int n;
                try {
                    n = read(until);
                } catch (SocketTimeoutException e) {
                    return Optional.empty();
                } catch (IOException e) {
                    if (!retried(now)) {
                        return ended(cut(now, ConnectFailure.reset(e)));
                    }
                    continue;
                }
                if (n < 0) {
                    if (now.parser.mayEndByClose() && now.parser.headSeen()) {
                        return ended(
                                new ExchangeEnd.Complete(
                                        clock.nanos(), ExchangeEnd.Framing.CLOSED));
                    }
                    if (!retried(now)) {
                        return ended(cut(now, "the server closed the connection"));
                    }
                    continue;
                }
                Optional<HttpAnswer> answer = took(now, n);
                if (answer.isPresent() || clock.nanos() - until >= 0) {
                    return answer;
                }
            }
        } catch (MalformedResponse e) {
            return ended(new ExchangeEnd.Malformed(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return ended(unreachable(e, now.limit));
        }
    }

    /** Gives up an open question, and the connection with it. */
    public HttpAnswer giveUp(ExchangeEnd end) {
        HttpAnswer answer = body.answer(end);
        drop();
        return answer;
    }

    /** Returns whether a status has come to the open question. */
    public boolean headSeen() {
        return pending != null && pending.parser.headSeen();
    }

    private Optional<HttpAnswer> took(Pending now, int n) throws MalformedResponse {
        long nanos = clock.nanos();
        int used = now.parser.feed(buffer, 0, n, nanos);
        if (body.isTooLarge()) {
            return ended(
                    new ExchangeEnd.Malformed("an answer of more than " + now.largest + " bytes"));
        }
        if (!now.parser.isDone()) {
            return Optional.empty();
        }
        ExchangeEnd end = new ExchangeEnd.Complete(nanos, now.parser.framing());
        if (!now.keep || !now.parser.isReusable() || used < n) {
            return ended(end);
        }
        pending = null;
        return Optional.of(body.answer(end));
    }

    private Optional<HttpAnswer> ended(ExchangeEnd end) {
        return Optional.of(giveUp(end));
    }

    private ExchangeEnd cut(Pending now, String reason) {
        return Thread.currentThread().isInterrupted()
                ? new ExchangeEnd.Cancelled()
                : new ExchangeEnd.Cut(clock.nanos(), now.parser.headSeen(), reason);
    }

    /**
     * Asks again on a new connection if the kept one was given up before it brought anything.
     *
     * @throws IOException if there is no new one
     */
    private boolean retried(Pending now) throws IOException {
        if (!now.mayRetry || now.parser.isBegun() || Thread.currentThread().isInterrupted()) {
            return false;
        }
        now.mayRetry = false;
        drop();
        transmit(now);
        pending = now;
        return true;
    }

    private void transmit(Pending next) throws IOException {
        Socket to = socket;
        if (to == null) {
            to = dial(next.limit);
            socket = to;
        }
        try {
            to.getOutputStream().write(next.request.encoded(endpoint, next.keep));
        } catch (IOException e) {
            if (to.isClosed()) {
                throw e;
            }
            // A server that has closed may have answered before: the read tells.
        }
    }

    /** Some servers say that they have waited for too long, and close. */
    private boolean hasSpokenUnasked() {
        Socket kept = socket;
        try {
            return kept != null && kept.getInputStream().available() > 0;
        } catch (IOException e) {
            return true;
        }
    }

    private int read(long until) throws IOException {
        Socket from = socket;
        if (from == null) {
            throw new IllegalStateException("no connection");
        }
        from.setSoTimeout(millis(until));
        InputStream in = from.getInputStream();
        return in.read(buffer);
    }

    /** Another machine's name may take long to be looked up, and TLS is several exchanges. */
    private Socket dial(long limit) throws IOException {
        Dial dial = new Dial(endpoint);
        int wait = millis(limit);
        AtomicReference<Socket> open = new AtomicReference<>();
        if (endpoint.isLoopback() && !endpoint.tls()) {
            // Each address of localhost, of which there may be two, has the whole wait.
            int each = endpoint.host().equals("localhost") ? Math.max(1, wait / 2) : wait;
            return dial.connect(open, each, Cancellation.never());
        }
        CompletableFuture<Socket> made = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("connect " + endpoint.port())
                .start(() -> {
                    try {
                        Socket there = dial.connect(open, wait, Cancellation.never());
                        if (!made.complete(there)) {
                            Dial.closeQuietly(there);
                        }
                    } catch (IOException | RuntimeException | Error e) {
                        made.completeExceptionally(e);
                    }
                });
        try {
            return made.get(wait, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("connecting broke", e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            made.cancel(false);
            Dial.closeQuietly(made.isCancelled() ? open.get() : made.resultNow());
            throw new SocketTimeoutException("not in time");
        }
    }

    private ExchangeEnd unreachable(IOException e, long limit) {
        Duration past = Duration.ofNanos(Math.max(0, limit - clock.nanos()));
        return Thread.currentThread().isInterrupted()
                ? new ExchangeEnd.Cancelled()
                : new ExchangeEnd.Unreachable(
                        ConnectFailure.why(e, new Timeouts(past, past, past)));
    }

    private int millis(long until) {
        Duration left = Duration.ofNanos(Math.max(0, until - clock.nanos()));
        return Math.clamp(clock.toWall(left).plusNanos(999_999).toMillis(), 1, Integer.MAX_VALUE);
    }

    private void drop() {
        Dial.closeQuietly(socket);
        socket = null;
        pending = null;
    }

    @Override
    public void close() {
        drop();
    }
}
