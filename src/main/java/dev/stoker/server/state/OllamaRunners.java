package dev.stoker.server.state;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.Launch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The processes with which an Ollama on this host computes: one llama-server a model since 0.30,
 * one {@code ollama runner} before. Each names its port and its model's file on its command line,
 * which every user may read. Looking for them is remembered for as long as the same ones live. One
 * thread at a time.
 */
final class OllamaRunners {
    private static final Duration KEEP = Duration.ofSeconds(5);

    private final ServerProcess server;
    private final Clock wall;
    private Reading<List<Runner>> last = Reading.failed("not looked for yet");
    private Set<String> lastModels = Set.of();
    private long lookedAt;
    private boolean looked;

    /**
     * One of them.
     *
     * @param mark when it began
     * @param port where it listens, on loopback
     * @param file its model's path, as it names it
     * @param isLlamaServer whether it speaks as a llama-server does
     */
    record Runner(
            long pid,
            OptionalLong mark,
            int port,
            String file,
            boolean isLlamaServer,
            IdleSleep sleep) {}

    OllamaRunners(ServerProcess server, Clock wall) {
        this.server = server;
        this.wall = wall;
    }

    /**
     * Returns them, or why they can't be known.
     *
     * @param models names and digests of the listed models: with others the runners are others too
     */
    Reading<List<Runner>> find(Set<String> models) {
        boolean fresh =
                looked
                        && wall.nanos() - lookedAt < KEEP.toNanos()
                        && models.equals(lastModels)
                        && last.orElse(List.of()).stream().allMatch(this::lives);
        return fresh ? last : look(models);
    }

    /** Looks anew. */
    Reading<List<Runner>> look(Set<String> models) {
        looked = true;
        lookedAt = wall.nanos();
        lastModels = Set.copyOf(models);
        last =
                switch (server.find()) {
                    case Reading.Known<ServerProcess.Found>(ServerProcess.Found found) ->
                            below(found.process());
                    case Reading.Unsupported<ServerProcess.Found>(String why) ->
                            Reading.unsupported(why);
                    case Reading.Failed<ServerProcess.Found>(String why) -> Reading.failed(why);
                };
        return last;
    }

    private boolean lives(Runner runner) {
        return server.host().startMark(runner.pid()).equals(runner.mark());
    }

    private Reading<List<Runner>> below(HostProcess ollama) {
        HostSource host = server.host();
        return host.children(ollama.pid())
                .map(children -> {
                    List<Runner> runners = new ArrayList<>();
                    for (HostProcess child : children) {
                        host.launch(child.pid())
                                .map(launch -> runner(child, launch))
                                .orElse(Optional.empty())
                                .ifPresent(runners::add);
                    }
                    return runners;
                });
    }

    private Optional<Runner> runner(HostProcess child, Launch launch) {
        Optional<Integer> port = launch.option("--port").flatMap(OllamaRunners::port);
        Optional<String> file = launch.option("--model", "-m");
        if (port.isEmpty() || file.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Runner(
                        child.pid(),
                        server.host().startMark(child.pid()),
                        port.get(),
                        file.get(),
                        !launch.arguments().getFirst().equals("runner"),
                        IdleSleep.of(Reading.known(launch))));
    }

    /** Returns the port that a text is. */
    static Optional<Integer> port(String text) {
        try {
            int port = Integer.parseInt(text.strip());
            return port > 0 && port < 65536 ? Optional.of(port) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
