package dev.stoker.tui.feed;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.machine.MachineSample;
import dev.stoker.rules.Alert;
import dev.stoker.server.ApiKey;
import dev.stoker.watch.MachineCourse;
import dev.stoker.watch.Moment;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Asks another machine's Stoker for its newest sample, again and again. When that machine does not
 * answer, it is asked ever more rarely, and what it told last stays.
 */
public final class RemoteFeed implements Feed {
    private static final Timeouts TIMEOUTS =
            new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(8));
    private static final int LARGEST = 16 << 20;
    private static final int MOST_WAITS = 10;

    private final Endpoint endpoint;
    private final HttpExchange exchange;
    private final HttpRequest question;
    private final Function<String, MachineSample> form;
    private final Function<Moment, List<Alert>> judge;
    private final Clock clock;
    private final Cancellation cancellation = new Cancellation();
    private final Thread thread;
    private volatile Consumer<Update> sink = _ -> {};
    private volatile Duration interval;

    /**
     * @param token that the other side wants
     * @param form reads a sample; throws {@link IllegalArgumentException}, with a sentence, where
     *     it is none
     * @param judge says what is wrong; called by one thread
     */
    public RemoteFeed(
            Endpoint endpoint,
            ApiKey token,
            Function<String, MachineSample> form,
            Function<Moment, List<Alert>> judge,
            Duration interval,
            Clock clock) {
        this.endpoint = endpoint;
        this.exchange = new HttpExchange(endpoint, clock);
        this.question = token.authorize(HttpRequest.get("/api/sample"));
        this.form = form;
        this.judge = judge;
        this.interval = interval;
        this.clock = clock;
        this.thread =
                Thread.ofPlatform().daemon().name("host " + endpoint.host()).unstarted(this::ask);
    }

    @Override
    public String host() {
        return endpoint.hostHeader();
    }

    @Override
    public void start(Consumer<Update> news) {
        sink = news;
        thread.start();
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public void interval(Duration next) {
        interval = next;
    }

    private void ask() {
        MachineCourse course = new MachineCourse();
        long seen = Long.MIN_VALUE;
        int failures = 0;
        try {
            while (!cancellation.isCancelled()) {
                long begun = clock.nanos();
                HttpAnswer answer = exchange.fetch(question, TIMEOUTS, LARGEST, cancellation);
                String trouble = trouble(answer);
                if (trouble.isEmpty()) {
                    try {
                        MachineSample sample = form.apply(answer.text());
                        failures = 0;
                        if (sample.nanos() != seen) {
                            seen = sample.nanos();
                            Moment moment = course.next(sample);
                            sink.accept(
                                    new Update(
                                            Optional.of(moment),
                                            judge.apply(moment),
                                            "live",
                                            "",
                                            false));
                        }
                    } catch (IllegalArgumentException e) {
                        trouble =
                                "What "
                                        + endpoint.url()
                                        + " tells is no sample of this version: "
                                        + Text.plain(String.valueOf(e.getMessage()), 200);
                    }
                }
                if (!trouble.isEmpty()) {
                    failures = Math.min(failures + 1, MOST_WAITS);
                    sink.accept(new Update(Optional.empty(), List.of(), "gone", trouble, false));
                }
                long wait = interval.toNanos() * Math.max(1, failures);
                clock.sleep(Duration.ofNanos(Math.max(0, begun + wait - clock.nanos())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String trouble(HttpAnswer answer) {
        if (answer.isSuccess()) {
            return "";
        }
        String what =
                switch (answer.end()) {
                    case ExchangeEnd.Unreachable(String reason) -> reason;
                    case ExchangeEnd.Cut(long _, boolean _, String reason) -> reason;
                    case ExchangeEnd.Stalled(Duration silence, boolean _) ->
                            "no answer for " + silence.toSeconds() + " s";
                    case ExchangeEnd.Malformed(String reason) -> "it answered " + reason;
                    case ExchangeEnd.Cancelled _ -> "it was not waited for";
                    case ExchangeEnd.Complete _ ->
                            answer.status() == 401 || answer.status() == 403
                                    ? "it wants a token; name the variable that holds it with"
                                            + " --token-env"
                                    : "it answered with status " + answer.status();
                };
        return endpoint.url() + " does not tell: " + Text.plain(what, 200) + ".";
    }

    @Override
    public void close() {
        cancellation.cancel();
        thread.interrupt();
    }
}
