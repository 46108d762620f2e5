package dev.stoker.server.state;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.KeptConnection;
import dev.stoker.http.Timeouts;
import dev.stoker.server.ApiKey;
import dev.stoker.server.Failures;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The questions of one sample. They share one limit of wall time: whoever has not answered by then
 * counts as silent, and the question is taken back. They are asked one after the other, over
 * connections that are kept, in the caller's thread. Where an answer is late, the questions behind
 * it are asked side by side, each over a connection of its own and by a virtual thread of its own,
 * so that one that hangs costs the others nothing. One sample, one thread.
 */
final class Session {
    private static final int LARGEST_ANSWER = 16 << 20;

    /** An answer is late when the other questions do not wait for it any longer. */
    private static final long LATE_NANOS = 50_000_000;

    private final Clock wall;
    private final ApiKey key;
    private final Connections connections;
    private final long start;
    private final Duration bound;

    /** Asks over new connections. */
    Session(Clock wall, ApiKey key, Duration bound) {
        this(wall, key, bound, new Connections(wall));
    }

    /**
     * @param wall the machine's own clock, also for a simulated box: limits are wall time
     * @param connections those that are kept
     */
    Session(Clock wall, ApiKey key, Duration bound, Connections connections) {
        this.wall = wall;
        this.key = key;
        this.connections = connections;
        this.bound = bound;
        this.start = wall.nanos();
    }

    private record Asked(
            Question question, CompletableFuture<Answer> answer, Cancellation cancellation) {}

    /** Asks all of these, and returns the answers in the same order. */
    List<Answer> ask(List<Question> questions) {
        return ask(questions, 1);
    }

    /**
     * Asks all of these within that share of the time that is left, so that another question can
     * follow where no answer comes.
     */
    List<Answer> ask(List<Question> questions, double share) {
        long end = wall.nanos() + (long) (left().toNanos() * share);
        List<Answer> answers = new ArrayList<>();
        List<Asked> aside = List.of();
        for (int i = 0; i < questions.size() && aside.isEmpty(); i++) {
            Question question = questions.get(i);
            List<Question> rest = questions.subList(i + 1, questions.size());
            long asked = wall.nanos();
            KeptConnection connection = connections.to(question.endpoint());
            Optional<HttpAnswer> got = begin(connection, question, rest, end);
            if (got.isEmpty()) {
                got = connection.await(Math.min(end, asked + LATE_NANOS));
            }
            if (got.isEmpty()) {
                aside = rest.stream().map(one -> aside(one, end)).toList();
                got = connection.await(end);
            }
            boolean seen = connection.headSeen();
            HttpAnswer http =
                    got.orElseGet(() -> connection.giveUp(new ExchangeEnd.Stalled(bound, seen)));
            Duration took = Duration.ofNanos(wall.nanos() - asked);
            Body body = connections.body(question, http.body());
            answers.add(new Answer(http, body, took, failures(question)));
        }
        aside.forEach(one -> answers.add(await(one, end)));
        return answers;
    }

    /** Sends a question; there is an answer at once where it could not be sent. */
    private Optional<HttpAnswer> begin(
            KeptConnection connection, Question question, List<Question> behind, long end) {
        if (wall.nanos() - end >= 0) {
            return Optional.of(silent());
        }
        // llama-server gives one of its few threads to each connection for as long as it is open.
        boolean threadEach =
                question.kind() == ServerKind.LLAMA_SERVER
                        || question.kind() == ServerKind.LLAMA_ROUTER;
        boolean keep =
                !threadEach
                        || behind.stream()
                                .anyMatch(next -> next.endpoint().equals(question.endpoint()));
        return connection.send(authorized(question), keep, LARGEST_ANSWER, end);
    }

    private HttpRequest authorized(Question question) {
        return question.withKey() ? key.authorize(question.request()) : question.request();
    }

    private Asked aside(Question question, long end) {
        Asked one = new Asked(question, new CompletableFuture<>(), new Cancellation());
        Thread.ofVirtual()
                .name("state " + question.request().path())
                .start(() -> {
                    try {
                        one.answer().complete(fetch(question, end, one.cancellation()));
                    } catch (RuntimeException | Error e) {
                        one.answer().completeExceptionally(e);
                    }
                });
        return one;
    }

    /** Asks one server several paths, and returns the answers by path. */
    Answers get(ServerIdentity who, List<String> paths) {
        return get(who, paths, 1);
    }

    /** Asks one server several paths within that share of the time that is left. */
    Answers get(ServerIdentity who, List<String> paths, double share) {
        List<Answer> answers =
                ask(
                        paths.stream()
                                .map(path ->
                                        new Question(
                                                who.endpoint(),
                                                who.kind(),
                                                HttpRequest.get(path),
                                                true))
                                .toList(),
                        share);
        Map<String, Answer> byPath = new HashMap<>();
        for (int i = 0; i < paths.size(); i++) {
            byPath.put(paths.get(i), answers.get(i));
        }
        return new Answers(byPath);
    }

    private Answer fetch(Question question, long end, Cancellation cancellation) {
        long asked = wall.nanos();
        Duration left = Duration.ofNanos(Math.max(0, end - asked));
        HttpAnswer http =
                left.isZero()
                        ? silent()
                        : new HttpExchange(question.endpoint(), wall)
                                .fetch(
                                        authorized(question),
                                        new Timeouts(left, left, left),
                                        LARGEST_ANSWER,
                                        cancellation);
        return new Answer(http, Duration.ofNanos(wall.nanos() - asked), failures(question));
    }

    /** Looking a name up has no limit of its own, and a host's addresses are tried in turn. */
    private Answer await(Asked asked, long end) {
        try {
            return asked.answer().get(Math.max(1, end - wall.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            asked.cancellation().cancel();
            return new Answer(silent(), bound, failures(asked.question()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a question broke", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            asked.cancellation().cancel();
            return new Answer(
                    new HttpAnswer(Optional.empty(), new byte[0], new ExchangeEnd.Cancelled()),
                    Duration.ZERO,
                    failures(asked.question()));
        }
    }

    private HttpAnswer silent() {
        return new HttpAnswer(Optional.empty(), new byte[0], new ExchangeEnd.Stalled(bound, false));
    }

    private Failures failures(Question question) {
        return new Failures(question.kind(), question.endpoint(), key);
    }

    /** Returns what is left of the sample's time; zero when it is over. */
    private Duration left() {
        return Duration.ofNanos(Math.max(0, bound.toNanos() - (wall.nanos() - start)));
    }
}
