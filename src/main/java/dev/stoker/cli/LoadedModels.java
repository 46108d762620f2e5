package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.machine.MachineSample;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.plan.device.Box;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The models that Ollama has in memory on this host, as its scheduler sees them. */
final class LoadedModels {
    /** Ollama says "for ever" by a time centuries ahead. */
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private LoadedModels() {}

    static List<OllamaBelief.Loaded> of(MachineSample sample, Box box) {
        List<OllamaBelief.Loaded> all = new ArrayList<>();
        for (ServerState server : sample.servers()) {
            boolean ollama =
                    server.identity().map(ServerIdentity::kind).orElse(ServerKind.OPENAI)
                            == ServerKind.OLLAMA;
            if (!ollama || !server.endpoint().isLoopback()) {
                continue;
            }
            for (ModelState model : server.models().orElse(List.of())) {
                all.add(loaded(model, server.takenAt(), box));
            }
        }
        return all;
    }

    private static OllamaBelief.Loaded loaded(ModelState model, Instant now, Box box) {
        Duration left =
                model.expiresAt()
                        .map(at -> Duration.between(now, at))
                        .orElse(Duration.ofMinutes(5));
        boolean forEver = left.compareTo(FOR_EVER) > 0;
        return new OllamaBelief.Loaded(
                model.name(),
                spread(model.onGpu().orElse(Bytes.ZERO), box),
                forEver ? Duration.ofSeconds(-1) : left.isNegative() ? Duration.ZERO : left,
                model.work().running().orElse(0L) > 0,
                model.file().orElse(""));
    }

    /** Ollama does not tell on which GPU: by capacity where there are several. */
    private static Map<String, Bytes> spread(Bytes onGpu, Box box) {
        Map<String, Bytes> by = new HashMap<>();
        double all = box.gpus().stream().mapToDouble(g -> g.memory().capacity().count()).sum();
        box.gpus()
                .forEach(g ->
                        by.put(
                                g.memory().name(),
                                Bytes.of(
                                        Math.round(
                                                onGpu.count()
                                                        * (g.memory().capacity().count() / all)))));
        return by;
    }
}
