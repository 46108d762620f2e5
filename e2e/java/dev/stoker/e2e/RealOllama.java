package dev.stoker.e2e;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A private {@code ollama serve} on a free loopback port with a model store of its own, so that a
 * test may kill, stop and restart it at will. For try-with-resources: when it is closed the server
 * and every runner that came from it are gone, also those that outlived a killed server.
 *
 * <p>Safe for one thread. Source of the program and the models: {@link Parts}.
 */
final class RealOllama implements AutoCloseable {
    /**
     * SmolLM2 with 135 million parameters, Q4_1, 98 MB: the chat template is inside the model file.
     */
    static final String SMOLLM2 = "smollm2:135m";

    /**
     * Gemma 3 with 270 million parameters, Q4_K_M, 253 MB: sliding-window attention; the base
     * model, so its answers make no sense; the chat template is a layer of the store.
     */
    static final String GEMMA3 = "gemma3:270m";

    /** A model whose file is cut short; only there when asked for. */
    static final String BROKEN = "broken:latest";

    private final ServerProgram server;

    private RealOllama(ServerProgram server) {
        this.server = server;
    }

    /** What the server will be like; {@link #start()} starts it. */
    static final class Setup {
        private final Map<String, String> environment = new LinkedHashMap<>();
        private boolean brokenModel;

        private Setup() {}

        /** One variable of the server's environment, such as OLLAMA_NUM_PARALLEL. */
        Setup environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Adds {@link RealOllama#BROKEN} to the models. */
        Setup brokenModel() {
            brokenModel = true;
            return this;
        }

        RealOllama start() {
            Path program = Parts.require(Parts.OLLAMA);
            Path models = Parts.require(Parts.OLLAMA_MODELS);
            List<Path> stores = new ArrayList<>(List.of(models));
            if (brokenModel) {
                stores.add(Parts.require(Parts.OLLAMA_BROKEN_MODEL));
            }
            RunFolder folder = new RunFolder("ollama");
            Path store = folder.folder("models");
            stores.forEach(source -> RunFolder.linkTree(source, store));
            Map<String, String> all = new LinkedHashMap<>(environment);
            all.put("OLLAMA_MODELS", store.toString());
            return new RealOllama(
                    new ServerProgram(
                            folder,
                            "/api/version",
                            port -> {
                                all.put("OLLAMA_HOST", "127.0.0.1:" + port);
                                return new ServerProgram.Launch(
                                        List.of(program.toString(), "serve"), all);
                            }));
        }
    }

    static Setup setup() {
        return new Setup();
    }

    /** A server with default settings and both models. */
    static RealOllama start() {
        return setup().start();
    }

    URI url() {
        return server.url();
    }

    HttpProbe http() {
        return server.http();
    }

    /** The process of {@code ollama serve}. */
    long pid() {
        return server.pid();
    }

    boolean isRunning() {
        return server.isRunning();
    }

    /**
     * The llama-server processes that hold or load a model, orphans of a killed server included.
     */
    List<Long> runnerPids() {
        return server.others("llama-server");
    }

    /** SIGKILL to the server alone: its runners live on as orphans. */
    void kill() {
        server.end(Signal.KILL);
    }

    /** SIGTERM to the server, which takes its runners with it. */
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
