package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.Rates;
import dev.stoker.server.state.ServerRates;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.Work;
import dev.stoker.watch.ModelView;
import dev.stoker.watch.Moment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What servers themselves say: that they are down, that requests wait, that caches are full. */
final class ServerRules {
    private static final double SLACK = 0.05;
    private static final double CACHE_SLACK = 0.02;

    /** Fewer tokens of prompts than that in the whole time say nothing of a cache. */
    private static final double FEWEST_TOKENS = 1_000;

    private static final int LONGEST_REASON = 200;

    private final Thresholds marks;
    private final Windows queues;
    private final Windows caches;
    private final Windows hits;
    private final Recall<Course> courses = new Recall<>();

    ServerRules(Thresholds marks) {
        this.marks = marks;
        this.queues = new Windows(marks.time(Mark.QUEUE_FOR));
        this.caches = new Windows(marks.time(Mark.KV_CACHE_FOR));
        this.hits = new Windows(marks.time(Mark.CACHE_FOR));
    }

    /** Whose work it is: a server's as a whole, or that of one model where only that is told. */
    private record Post(
            String key, Map<String, String> labels, String subject, Work work, Rates rates) {}

    List<Finding> look(Moment now) {
        queues.turn();
        caches.turn();
        hits.turn();
        courses.turn();
        long nanos = now.machine().nanos();
        List<Finding> found = new ArrayList<>();
        for (ServerState server : now.machine().servers()) {
            down(server).ifPresent(found::add);
            hits(server, nanos).ifPresent(found::add);
        }
        for (Post post : posts(now)) {
            queue(post, nanos).ifPresent(found::add);
            full(post, nanos).ifPresent(found::add);
        }
        return found;
    }

    private static List<Post> posts(Moment now) {
        List<Post> posts = new ArrayList<>();
        for (ServerState server : now.machine().servers()) {
            posts.add(
                    new Post(
                            server.endpoint().url(),
                            Map.of("server", server.endpoint().url()),
                            Finding.subject(server),
                            server.work(),
                            now.rates(server.endpoint())));
        }
        for (ModelView model : now.models()) {
            // A server with one model tells the same of both.
            boolean told =
                    now.machine().servers().stream()
                            .filter(s -> s.endpoint().equals(model.server()))
                            .anyMatch(s ->
                                    s.work().waiting().isKnown()
                                            || s.work().kvCacheUse().isKnown());
            if (!told) {
                posts.add(
                        new Post(
                                model.server().url() + " " + model.name(),
                                Finding.labels(model.server(), model.name()),
                                Finding.name(model.name()),
                                model.state().work(),
                                model.rates()));
            }
        }
        return posts;
    }

    /**
     * Whatever else listens at a usual port is no server that is down. One that was never heard of
     * is taken for one only if the address itself can't be reached, or stays silent.
     */
    private static Optional<Finding> down(ServerState server) {
        String why = Text.plain(server.health().reason(), LONGEST_REASON);
        return switch (server.health()) {
            case Health.Up _, Health.Loading _ -> Optional.empty();
            case Health.Unknown _ -> Optional.of(down(server, Severity.WARNING, why));
            case Health.Down(ServerFailure failure) ->
                    switch (failure) {
                        case ServerFailure.BadAnswer _ when !server.identity().isKnown() ->
                                Optional.empty();
                        case ServerFailure.Refused _ ->
                                Optional.of(down(server, Severity.WARNING, why));
                        default -> Optional.of(down(server, Severity.CRITICAL, why));
                    };
        };
    }

    private static Finding down(ServerState server, Severity severity, String why) {
        return Finding.ofServer(
                Rule.SERVER_DOWN,
                severity,
                server,
                why,
                severity == Severity.CRITICAL ? "Look into its log; start it again." : "");
    }

    private Optional<Finding> queue(Post post, long nanos) {
        Reading<Long> waiting = post.work().waiting();
        if (!waiting.isKnown()) {
            return Optional.empty();
        }
        double now = waiting.value();
        double mark = marks.at(Mark.QUEUE_FROM);
        Window window = queues.add(post.key(), nanos, now);
        boolean grows =
                window.isFull()
                        && window.least() >= 1
                        && window.last() >= mark
                        && window.last() > window.first()
                        && window.laterMean() > window.earlierMean();
        return queues.speaks(post.key(), grows, now >= mark)
                ? Optional.of(
                        new Finding(
                                Rule.QUEUE_GROWING,
                                Severity.WARNING,
                                post.labels(),
                                post.subject(),
                                String.format(
                                        Locale.ROOT,
                                        "%d requests wait, %d s ago it was %d%s.",
                                        Math.round(now),
                                        window.seconds(),
                                        Math.round(window.first()),
                                        post.work().running().isKnown()
                                                ? "; "
                                                        + post.work().running().value()
                                                        + " are computed"
                                                : ""),
                                "More slots, a second server or fewer clients: 'stoker load' shows"
                                        + " what it can take."))
                : Optional.empty();
    }

    private Optional<Finding> full(Post post, long nanos) {
        Reading<Double> use = post.work().kvCacheUse();
        if (!use.isKnown()) {
            return Optional.empty();
        }
        double mark = marks.at(Mark.KV_CACHE_FROM);
        Window window = caches.add(post.key(), nanos, use.value());
        if (!caches.speaks(
                post.key(),
                window.isFull() && window.least() >= mark,
                use.value() >= mark - SLACK)) {
            return Optional.empty();
        }
        double lost = post.rates().preemptions().orElse(0.0);
        boolean hurts = lost > 0 || post.work().waiting().orElse(0L) > 0;
        return Optional.of(
                new Finding(
                        Rule.KV_CACHE_FULL,
                        hurts ? Severity.WARNING : Severity.NOTE,
                        post.labels(),
                        post.subject(),
                        String.format(
                                Locale.ROOT,
                                "%d %% of its memory for contexts are in use%s.",
                                Math.round(use.value() * 100),
                                lost > 0
                                        ? ", and requests lose their place and are computed again"
                                        : hurts ? ", and requests wait for it" : ""),
                        hurts ? "Shorter contexts, or fewer requests at once, would fit." : ""));
    }

    /** Over the whole time at once: between two looks often no prompt comes. */
    private Optional<Finding> hits(ServerState server, long nanos) {
        String key = server.endpoint().url();
        Course known = courses.of(key);
        Course course = known == null ? new Course(marks.time(Mark.CACHE_FOR)) : known;
        course.add(nanos, server);
        courses.put(key, course);
        if (course.isFull()) {
            ServerRates rates = ServerRates.between(course.first(), server);
            Reading<Double> share = rates.all().prefixHitRate();
            Reading<Double> tokens = rates.all().promptTokens();
            double seconds = rates.interval().toNanos() / 1e9;
            if (share.isKnown() && tokens.isKnown() && tokens.value() * seconds >= FEWEST_TOKENS) {
                double mark = marks.at(Mark.CACHE_BELOW);
                if (hits.speaks(key, share.value() < mark, share.value() < mark + CACHE_SLACK)) {
                    return Optional.of(low(server, share.value(), rates.interval()));
                }
            }
        }
        return Optional.empty();
    }

    private static Finding low(ServerState server, double share, Duration time) {
        return Finding.ofServer(
                Rule.CACHE_HIT_RATE_LOW,
                Severity.NOTE,
                server,
                String.format(
                        Locale.ROOT,
                        "%d %% of the prompts' tokens were found in its cache in the last %d s.",
                        Math.round(share * 100),
                        time.toSeconds()),
                "Put what all prompts share at their beginning, and what differs at the end.");
    }
}
