package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.Hosts;
import dev.stoker.host.NoHost;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.AskPolicy;
import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.MonotoneTotals;
import dev.stoker.server.state.OllamaManifests;
import dev.stoker.server.state.Pace;
import dev.stoker.server.state.ServedModels;
import dev.stoker.server.state.ServerRates;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ServerWatch;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What real servers are doing, as samples; and that taking samples changes nothing on them. */
final class ServerStateE2e {
    private static final Duration STEP = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:[0-9]+");
    private static final String LONG_REQUEST =
            """
            {"model":"%s","prompt":"Tell a long story about a lighthouse.","stream":false,
            "max_tokens":400,"ignore_eos":true,"options":{"num_predict":400}}
            """;

    /** Harmless, and patient: the first look has to load its classes on a machine that is busy. */
    private static final AskPolicy HARMLESS = new AskPolicy(Duration.ofSeconds(15), false, false);

    private static ServerWatch watch(URI url) {
        return watch(url, HARMLESS);
    }

    private static ServerWatch watch(URI url, AskPolicy policy) {
        return new ServerWatch(
                Endpoint.parse(url.toString()),
                ApiKey.none(),
                Hosts.of(url.getHost()),
                policy,
                Clock.system());
    }

    private static ModelState only(ServerState state) {
        assertThat(state.health()).isEqualTo(new Health.Up());
        assertThat(state.models().value()).as(state.toString()).hasSize(1);
        return state.models().value().getFirst();
    }

    /**
     * Sends a request that takes a while, and returns once it is over by itself or by the server.
     */
    private static Thread inBackground(Runnable request) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        request.run();
                    } catch (RuntimeException e) {
                        // A test may end its server while this runs.
                    }
                });
    }

    /** Looks until two samples lie inside one running request, and returns what lies between. */
    private static ServerRates whileRunning(ServerWatch watch) {
        ServerState[] before = {watch.look()};
        ServerRates[] rates = new ServerRates[1];
        Waiting.until(
                "tokens are seen to come",
                STEP,
                () -> {
                    Waiting.pause(PAUSE);
                    ServerState now = watch.look();
                    rates[0] = ServerRates.between(before[0], now);
                    before[0] = now;
                    return now.work().running().orElse(0L) > 0
                            && rates[0].all()
                                            .generatedTokens()
                                            .orElse(new Pace(0, true))
                                            .perSecond()
                                    > 0;
                });
        return rates[0];
    }

    @Test
    void ollama_whileItWorks_tellsSlotsAndPaceOfItsRunner() {
        try (RealOllama real = RealOllama.start()) {
            ServerWatch watch = watch(real.url());
            assertThat(watch.look().models().value()).isEmpty();
            load(real);
            ModelState idle = only(watch.look());
            assertThat(idle.name()).isEqualTo(RealOllama.SMOLLM2);
            assertThat(idle.runnerPid()).isEqualTo(Reading.known(real.runnerPids().getFirst()));
            assertThat(idle.slots().value()).hasSize(1);
            assertThat(OllamaManifests.namesOf(idle.file().value())).contains(RealOllama.SMOLLM2);
            for (int i = 0; i < 8; i++) {
                assertThat(only(watch.look()).expiresAt()).isEqualTo(idle.expiresAt());
                Waiting.pause(PAUSE);
            }

            inBackground(() ->
                    real.http().post("/api/generate", LONG_REQUEST.formatted(RealOllama.SMOLLM2)));
            ServerRates rates = whileRunning(watch);
            assertThat(rates.models()).containsKey(RealOllama.SMOLLM2);
            ServerState busy = watch.look();
            assertThat(ServedModels.of(List.of(busy)).ofProcess(real.runnerPids().getFirst()))
                    .isPresent();
        }
    }

    @Test
    void ollama_whoseRunnerWasKilled_isNotSaidToHaveTheModel() {
        try (RealOllama real = RealOllama.start()) {
            load(real);
            ServerWatch watch = watch(real.url());
            assertThat(only(watch.look()).condition()).isEqualTo(new ModelCondition.Loaded());
            real.runnerPids().forEach(Signal.KILL::sendTo);
            Waiting.until("the runner ends", STEP, () -> real.runnerPids().isEmpty());
            assertThat(real.http().get("/api/ps").body()).contains(RealOllama.SMOLLM2);
            // A killed process has no command line any more while the system still clears its
            // memory.
            Waiting.until(
                    "the runner is seen to be gone",
                    STEP,
                    () -> only(watch.look()).condition() instanceof ModelCondition.RunnerGone);

            real.stop();
            assertThat(watch.look().health()).isInstanceOf(Health.Down.class);
            real.restart();
            ServerState back = watch.look();
            assertThat(back.health()).isEqualTo(new Health.Up());
            assertThat(back.models().value()).isEmpty();
        }
    }

    private static void load(RealOllama real) {
        String body = "{\"model\":\"" + RealOllama.SMOLLM2 + "\",\"options\":{\"num_ctx\":1024}}";
        assertThat(real.http().post("/api/generate", body).status()).isEqualTo(200);
    }

    @Test
    void llamaServer_whileItWorks_tellsSlotsAndDoesNotTouchTheGaugesOfOthers() {
        try (RealLlamaServer real =
                RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                        .flags("-c", "1024", "-np", "2", "--metrics")
                        .start()) {
            ServerWatch watch = watch(real.url());
            ModelState idle = only(watch.look());
            assertThat(idle.slots().value()).hasSize(2);
            assertThat(idle.runnerPid()).isEqualTo(Reading.known(real.pid()));
            Thread request = inBackground(() -> real.http().post("/v1/completions", LONG_REQUEST));
            whileRunning(watch);
            join(request);
            for (int i = 0; i < 4; i++) {
                watch.look();
            }
            // The gauge is that of the time since the last scrape, and a scrape sets it back.
            assertThat(gauge(real, "predicted_tokens_seconds")).isPositive();
            assertThat(gauge(real, "predicted_tokens_seconds")).isZero();
        }
    }

    @Test
    void llamaServer_withMetricsAllowed_countsMonotonouslyOverARestart() {
        AskPolicy metrics = new AskPolicy(Duration.ofSeconds(15), false, true);
        try (RealLlamaServer real =
                RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                        .flags("-c", "1024", "-np", "1", "--metrics")
                        .start()) {
            ServerWatch watch = watch(real.url(), metrics);
            MonotoneTotals totals = new MonotoneTotals();
            complete(real, 8);
            ServerState before = watch.look();
            totals.add(before);
            assertThat(before.counters().get(Counter.GENERATED_TOKENS))
                    .isEqualTo(Reading.known(8.0));
            assertThat(before.work().waiting()).isEqualTo(Reading.known(0L));
            real.restart();
            complete(real, 12);
            ServerState after = watch.look();
            totals.add(after);
            assertThat(after.counters().get(Counter.GENERATED_TOKENS))
                    .isEqualTo(Reading.known(12.0));
            assertThat(ServerRates.between(before, after).all().generatedTokens().reason())
                    .contains("anew");
            assertThat(totals.ofServer()).containsEntry(Counter.GENERATED_TOKENS, 20.0);
        }
    }

    /** The trap: a look that asked for slots would keep it awake for ever, and wake it again. */
    @Test
    void llamaServer_withIdleSleep_fallsAsleepAndStaysAsleepWhileItIsWatched() {
        try (RealLlamaServer real =
                RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2)
                        .flags("-c", "512", "-np", "1", "--metrics", "--sleep-idle-seconds", "3")
                        .start()) {
            ServerWatch here = watch(real.url());
            ServerWatch fromAfar =
                    new ServerWatch(
                            Endpoint.parse(real.url().toString()),
                            ApiKey.none(),
                            new NoHost("the server runs on another machine"),
                            HARMLESS,
                            Clock.system());
            complete(real, 4);
            Waiting.until(
                    "the watched server falls asleep",
                    STEP,
                    () -> {
                        fromAfar.look();
                        Waiting.pause(PAUSE);
                        return only(here.look()).condition() instanceof ModelCondition.Sleeping;
                    });
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (System.nanoTime() < end) {
                assertThat(only(here.look()).condition()).isEqualTo(new ModelCondition.Sleeping());
                assertThat(only(fromAfar.look()).condition())
                        .isEqualTo(new ModelCondition.Sleeping());
                Waiting.pause(PAUSE);
            }
            assertThat(real.log()).doesNotContain("exiting sleeping state");
            assertThat(only(here.look()).slots().reason()).contains("sleeps");
        }
    }

    @Test
    void router_whileItIsWatched_loadsNothingAndTellsTheSlotsOfWhatIsLoaded() {
        try (RealLlamaServer real =
                RealLlamaServer.router().flags("-c", "512", "-np", "2").brokenModel().start()) {
            ServerWatch watch = watch(real.url());
            assertThat(watch.look().identity().value().kind()).isEqualTo(ServerKind.LLAMA_ROUTER);
            assertThat(watch.look().models().value()).isEmpty();
            loadInRouter(real, RealLlamaServer.SMOLLM2);
            Waiting.until(
                    "the model is loaded",
                    STEP,
                    () -> only(watch.look()).condition() instanceof ModelCondition.Loaded);
            ModelState model = only(watch.look());
            assertThat(model.name()).isEqualTo(RealLlamaServer.SMOLLM2);
            assertThat(model.slots().value()).hasSize(2);
            assertThat(real.runnerPids()).containsExactly(model.runnerPid().value());
            inBackground(() ->
                    real.http()
                            .post(
                                    "/v1/completions",
                                    LONG_REQUEST.formatted(RealLlamaServer.SMOLLM2)));
            assertThat(whileRunning(watch).models()).containsKey(RealLlamaServer.SMOLLM2);
            loadInRouter(real, RealLlamaServer.BROKEN);
            Waiting.until(
                    "the broken model has failed",
                    STEP,
                    () ->
                            watch.look().models().value().stream()
                                    .anyMatch(m ->
                                            m.condition()
                                                            instanceof
                                                            ModelCondition.Failed(
                                                                    Reading<Long> code)
                                                    && code.isKnown()));
            assertThat(real.runnerPids()).hasSize(1);
        }
    }

    @Test
    void router_whoseModelSleeps_doesNotWakeItWhenItIsWatched() {
        try (RealLlamaServer real =
                RealLlamaServer.router()
                        .flags("-c", "512", "-np", "1", "--sleep-idle-seconds", "3")
                        .start()) {
            ServerWatch watch = watch(real.url());
            loadInRouter(real, RealLlamaServer.SMOLLM2);
            Waiting.until(
                    "the watched model falls asleep",
                    STEP,
                    () -> {
                        Waiting.pause(PAUSE);
                        return only(watch.look()).condition() instanceof ModelCondition.Sleeping;
                    });
            for (int i = 0; i < 20; i++) {
                assertThat(only(watch.look()).condition()).isEqualTo(new ModelCondition.Sleeping());
                Waiting.pause(PAUSE);
            }
            assertThat(real.log()).doesNotContain("exiting sleeping state");
        }
    }

    @Test
    void simulatedVllm_whileItWorks_tellsItsRates() {
        try (StokerCli box = new StokerCli()) {
            StokerCli.Running sim =
                    box.start("sim", "--box", "rtx5080", "--port", "0", "--speed", "1");
            sim.awaitOutput("Ctrl-C ends it", STEP);
            Matcher url = URL.matcher(sim.stdout());
            assertThat(url.find()).as(sim.stdout()).isTrue();
            URI server = URI.create(url.group());
            ServerWatch watch = watch(server);
            Waiting.until(
                    "the box has loaded its model",
                    STEP,
                    () -> watch.look().health() instanceof Health.Up);
            ServerState before = watch.look();
            assertThat(before.identity().value().simulated()).isPresent();
            assertThat(before.identity().value().kind()).isEqualTo(ServerKind.VLLM);
            String model = only(before).name();
            String body =
                    "{\"model\":\"%s\",\"max_tokens\":50,\"ignore_eos\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"
                            .formatted(model);
            assertThat(new HttpProbe(server).post("/v1/chat/completions", body).status())
                    .isEqualTo(200);
            ServerState after = watch.look();
            ServerRates rates = ServerRates.between(before, after);
            assertThat(rates.all().generatedTokens().value().perSecond()).isPositive();
            assertThat(rates.all().meanTtft().isKnown()).isTrue();
            assertThat(after.counters().get(Counter.FINISHED_REQUESTS))
                    .isEqualTo(Reading.known(1.0));
            assertThat(after.work().running()).isEqualTo(Reading.known(0L));
        }
    }

    private static void complete(RealLlamaServer real, int tokens) {
        String body = "{\"prompt\":\"Once\",\"n_predict\":" + tokens + ",\"ignore_eos\":true}";
        assertThat(real.http().post("/completion", body).status()).isEqualTo(200);
    }

    private static void loadInRouter(RealLlamaServer real, String model) {
        assertThat(real.http().post("/models/load", "{\"model\":\"" + model + "\"}").status())
                .isEqualTo(200);
    }

    private static double gauge(RealLlamaServer real, String name) {
        return real.http()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("llamacpp:" + name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(STEP)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}
