package dev.stoker.suite;

import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerException;
import dev.stoker.suite.check.CodeCheck;
import dev.stoker.suite.check.Means;

import java.util.Optional;
import java.util.function.BiFunction;

/** Means of checks that ask a server and may run code. Thread-safe. */
public final class ServerMeans implements Means {
    private final InferenceServer server;
    private final BiFunction<CodeCheck, String, CodeRun> code;

    /**
     * @param code runs code, or says why it does not
     */
    public ServerMeans(InferenceServer server, BiFunction<CodeCheck, String, CodeRun> code) {
        this.server = server;
        this.code = code;
    }

    @Override
    public Optional<String> serverFault() {
        try {
            server.ping();
            return Optional.empty();
        } catch (ServerException e) {
            return Optional.of(e.failure().sentence());
        }
    }

    @Override
    public Optional<String> modelFault(String model) {
        try {
            return server.models().stream().anyMatch(m -> m.name().equals(model))
                    ? Optional.empty()
                    : Optional.of("the server does not list " + model);
        } catch (ServerException e) {
            return Optional.of(e.failure().sentence());
        }
    }

    @Override
    public CodeRun run(CodeCheck check, String text) {
        return code.apply(check, text);
    }
}
