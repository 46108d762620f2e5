package dev.stoker.explain.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.explain.Logs;
import dev.stoker.explain.OllamaLog;
import dev.stoker.explain.OllamaLog.Load;
import dev.stoker.explain.account.Attribution.LoadParts;
import dev.stoker.explain.log.LogParser;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalDouble;

/** What of a load was making room, what reading, what making ready. */
class LoadStagesTest {
    private static final String ROUTER =
            """
            0.10.000.000 I srv  get_or_load: model name=b is not loaded, loading...
            0.10.000.100 I srv  unload_lru: evicting idle LRU name=a to make room for name=b
            0.11.000.000 I srv  load: spawning server instance with name=b on port 40001
            [40001] 0.00.100.000 I srv    load_model: loading model 'b.gguf'
            [40001] 0.01.000.000 I load_tensors: loading model tensors, this can take a while...
            [40001] 0.03.000.000 I llama_context: constructing llama_context
            [40001] 0.04.000.000 I srv    load_model: initializing, n_slots = 1, n_ctx_slot = 2048
            0.15.000.000 I srv  proxy_reques: proxying request to model b on port 40001
            """;

    private static Load load(char blob, double seconds) {
        String file = "sha256-" + String.valueOf(blob).repeat(64);
        return new Load("model-" + blob, file, 1024, 4096, seconds, 1);
    }

    private static OllamaLog log() {
        return OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s OLLAMA_MAX_LOADED_MODELS:1", "8.0 GiB");
    }

    private static double of(OptionalDouble share) {
        return share.orElseThrow();
    }

    @Test
    void stages_requestThatMadeAnotherModelLeave_waitedForRoomBeforeTheLoadBegan() {
        OllamaLog log = log();
        log.loading(load('a', 4), 0, 0.5, 0.5).pass(9).loading(load('b', 4), 3, 0.5, 1.5);

        Attribution told = Logs.of(log.toString());

        // 14 seconds in all: 4 and 1, then 3 for room, 4 and 2.
        assertThat(of(told.parts().load())).isCloseTo(11.0 / 14, within(0.02));
        assertThat(of(told.parts().stages().evict())).isCloseTo(3.0 / 14, within(0.02));
    }

    @Test
    void stages_nobodyHadToLeave_noneOfTheTimeIsMakingRoom() {
        Attribution told = Logs.of(log().loading(load('a', 4), 0.5, 0.5).toString());
        assertThat(told.parts().stages().evict()).hasValue(0);
    }

    @Test
    void stages_logWithoutTimesOfReading_areNotGuessed() {
        LoadParts told = Logs.ofOllama("evict-max1").parts().stages();
        assertThat(told.read()).isEmpty();
        assertThat(told.initialise()).isEmpty();
    }

    @Test
    void stages_logThatTellsWhenRoomIsMade_countFromThere() {
        OllamaLog log = log();
        log.loading(load('a', 4), 0.5, 0.5).pass(9);
        log.slog("max runners achieved, unloading one to make room", "runner_count=1");
        log.loading(load('b', 4), 3, 0.5, 1.5);

        Attribution told = Logs.of(log.toString());

        assertThat(of(told.parts().stages().evict())).isCloseTo(3.0 / 14, within(0.001));
    }

    @Test
    void stages_linesReadAsTheyAreWritten_tellReadingAndMakingReady() {
        LogAccount account = new LogAccount();
        Instant[] now = {Instant.parse("2026-11-22T08:00:00.001Z")};
        account.live(() -> ChronoUnit.MICROS.between(Instant.EPOCH, now[0]));
        LogParser parser = new LogParser(account);
        String[] lines = log().loading(load('a', 4), 0.5, 0.5).toString().split("\n");
        for (String line : lines) {
            feed(parser, line);
            if (line.contains("starting llama-server")) {
                now[0] = now[0].plusSeconds(1);
                feed(parser, "load_tensors: loading model tensors, this can take a while...");
                now[0] = now[0].plusSeconds(2);
                feed(parser, "llama_context: constructing llama_context");
            }
        }

        LoadParts told = account.attribution().parts().stages();

        assertThat(of(told.evict())).isZero();
        assertThat(of(told.read())).isCloseTo(2.0 / 5, within(0.01));
        assertThat(of(told.initialise())).isCloseTo(2.0 / 5, within(0.01));
    }

    @Test
    void stages_router_areToldByItsInstance() {
        Attribution told = Logs.of(ROUTER);

        assertThat(told.totalMillis()).isCloseTo(5000, within(1.0));
        assertThat(of(told.parts().stages().evict())).isCloseTo(0.2, within(0.01));
        assertThat(of(told.parts().stages().read())).isCloseTo(0.4, within(0.01));
        assertThat(of(told.parts().stages().initialise())).isCloseTo(0.4, within(0.01));
    }

    @Test
    void stages_routerWhoseInstanceTellsLess_areNotGuessed() {
        LoadParts told = Logs.ofLlamaServer("router").parts().stages();
        assertThat(told.evict()).isPresent();
        assertThat(told.read()).isEmpty();
    }

    private static void feed(LogParser parser, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        parser.line(bytes, 0, bytes.length);
    }
}
