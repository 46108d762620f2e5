package dev.stoker.sim;

import dev.stoker.base.Bytes;
import dev.stoker.base.SteppingClock;
import dev.stoker.sim.engine.Ask;
import dev.stoker.sim.engine.BrokenStream;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.EngineFailure;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.engine.Job;
import dev.stoker.sim.engine.Lease;
import dev.stoker.sim.engine.TokenSink;
import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.ModelSpec;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Benchmarks five models on a box in stepped time, as {@code stoker bench} does: what S2 tells. */
final class BenchmarkStory {
    static final List<String> MODELS =
            List.of("phi4:14b", "qwen2.5-coder:32b", "qwq:32b", "llama3.3:70b", "deepseek-r1:7b");
    private static final Bytes LARGE = Bytes.gb(40);

    private final Engine engine;
    private final SteppingClock clock = new SteppingClock();
    private final int iterations;
    private int nonce;

    BenchmarkStory(Box box, int iterations) {
        this.engine = new Engine(box, clock, new Faults());
        this.iterations = iterations;
    }

    record Outcome(List<String> failed, double minutes, double peakGb) {}

    Outcome run(boolean unload, boolean restartLarge) throws Exception {
        List<String> failed = new ArrayList<>();
        long start = clock.nanos();
        for (String name : MODELS) {
            ModelSpec model = engine.box().model(name).orElseThrow();
            if (restartLarge && model.file().compareTo(LARGE) > 0) {
                engine.restart(false);
            }
            if (!benchmark(model) && !(restartLarge && again(model))) {
                failed.add(name);
            }
            if (unload) {
                engine.unload(model);
                while (!engine.residents().isEmpty()) {
                    clock.sleep(Duration.ofMillis(100));
                }
                waitForMemory();
            }
        }
        return new Outcome(failed, (clock.nanos() - start) / 60e9, engine.books().peak() / 1e9);
    }

    private boolean again(ModelSpec model) throws Exception {
        engine.restart(false);
        return benchmark(model);
    }

    /** Waits until the memory no more falls. */
    private void waitForMemory() {
        long before;
        do {
            before = engine.books().server();
            clock.sleep(Duration.ofSeconds(2));
        } while (engine.books().server() < before);
    }

    private boolean benchmark(ModelSpec model)
            throws InterruptedException, BrokenStream, IOException {
        try {
            engine.acquire(model, model.name(), Ask.DEFAULT).close();
            ask(model, 20, 16);
            for (int i = 0; i < iterations; i++) {
                ask(model, 30, 64);
                ask(model, 40, 400);
                ask(model, 2000, 64);
            }
            return true;
        } catch (EngineFailure e) {
            return false;
        }
    }

    private void ask(ModelSpec model, int promptTokens, int most)
            throws EngineFailure, InterruptedException, BrokenStream, IOException {
        String prompt = nonce++ + "x".repeat(promptTokens * 4);
        try (Lease lease = engine.acquire(model, model.name(), Ask.DEFAULT)) {
            engine.generate(lease, new Job(prompt, 12, most, true, 7, true, false), new Silent());
        }
    }

    private static final class Silent implements TokenSink {
        @Override
        public void token(String text, boolean thinking) {}

        @Override
        public void flush() {}
    }
}
