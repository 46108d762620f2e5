package dev.stoker.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A private llama-server on a free loopback port: with one model, or as a router over a folder of
 * models. For try-with-resources: when it is closed the server and the instances that a router
 * started are gone.
 *
 * <p>Safe for one thread. Source of the program and the models: {@link Parts}.
 */
final class RealLlamaServer implements AutoCloseable {
    /** The names that a router gives to the models, after their files. */
    static final String SMOLLM2 = "smollm2-135m-q4_1";

    static final String GEMMA3 = "gemma3-270m-q4_k_m";

    /** A model whose file is cut short; only there when asked for. */
    static final String BROKEN = "broken";

    private static final long BROKEN_BYTES = 60_000_000;

    private final ServerProgram server;
    private final boolean router;

    private RealLlamaServer(ServerProgram server, boolean router) {
        this.server = server;
        this.router = router;
    }

    /** What the server will be like; {@link #start()} starts it. */
    static final class Setup {
        private final boolean router;
        private final List<String> modelParts;
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> flags = new ArrayList<>();
        private boolean brokenModel;

        private Setup(boolean router, String... modelParts) {
            this.router = router;
            this.modelParts = List.of(modelParts);
        }

        /** Further arguments, such as {@code "-np", "1"}. */
        Setup flags(String... more) {
            flags.addAll(List.of(more));
            return this;
        }

        /** One variable of the server's environment. */
        Setup environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Adds {@link RealLlamaServer#BROKEN} to the models of a router. */
        Setup brokenModel() {
            brokenModel = true;
            return this;
        }

        RealLlamaServer start() {
            Path program = Parts.require(Parts.LLAMA_SERVER);
            Path libraries = Parts.require(Parts.LLAMA_SERVER_LIBRARIES);
            List<Path> sources = modelParts.stream().map(Parts::require).toList();
            Map<String, String> all = new LinkedHashMap<>(environment);
            all.put("LD_LIBRARY_PATH", libraries.toString());
            RunFolder folder = new RunFolder(router ? "router" : "llama-server");
            Path models = folder.folder("models");
            for (Path source : sources) {
                RunFolder.linkFile(source, models.resolve(source.getFileName()));
            }
            if (brokenModel) {
                copyCutShort(sources.getFirst(), models.resolve(BROKEN + ".gguf"));
            }
            List<String> command = new ArrayList<>(List.of(program.toString()));
            command.addAll(
                    router
                            ? List.of("--models-dir", models.toString())
                            : List.of(
                                    "-m",
                                    models.resolve(sources.getFirst().getFileName()).toString()));
            command.addAll(flags);
            return new RealLlamaServer(
                    new ServerProgram(
                            folder,
                            "/health",
                            port -> {
                                List<String> words = new ArrayList<>(command);
                                words.addAll(List.of("--host", "127.0.0.1"));
                                words.addAll(List.of("--port", Integer.toString(port)));
                                return new ServerProgram.Launch(words, all);
                            }),
                    router);
        }

        private static void copyCutShort(Path source, Path target) {
            try {
                Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
                try (RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw")) {
                    file.setLength(BROKEN_BYTES);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + target, e);
            }
        }
    }

    /** A server with the one model of that part, such as {@link Parts#MODEL_SMOLLM2}. */
    static Setup ofModel(String modelPart) {
        return new Setup(false, modelPart);
    }

    /** A router over both models. */
    static Setup router() {
        return new Setup(true, Parts.MODEL_SMOLLM2, Parts.MODEL_GEMMA3);
    }

    URI url() {
        return server.url();
    }

    HttpProbe http() {
        return server.http();
    }

    /** The process that listens on the port. */
    long pid() {
        return server.pid();
    }

    boolean isRunning() {
        return server.isRunning();
    }

    /**
     * The processes that hold or load a model: the instances of a router, else the server itself.
     */
    List<Long> runnerPids() {
        return router ? server.others("llama-server") : List.of(server.pid());
    }

    /** SIGKILL to the server alone. */
    void kill() {
        server.end(Signal.KILL);
    }

    /** SIGTERM to the server. */
    void stop() {
        server.end(Signal.TERM);
    }

    /** Ends the server if it runs, starts it again on the same port, and waits until it answers. */
    void restart() {
        server.restart();
    }

    /** A command that restarts the server as an operator's own script would, for Stoker to call. */
    Path restartScript() {
        return server.restartScript();
    }

    Path logFile() {
        return server.logFile();
    }

    String log() {
        return server.log();
    }

    @Override
    public void close() {
        server.close();
    }
}
