package dev.stoker.plan.source;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.model.ModelDescription;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;

import tools.jackson.databind.JsonNode;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * The models of a running vLLM. It tells from where it loaded one: a folder of its host, or a name
 * as Hugging Face has it; both are read here, where the server runs on this host.
 */
public final class VllmModels {
    private final ServerConnection connection;
    private final boolean sameHost;
    private final Function<String, Optional<ModelDescription>> cache;

    /**
     * @param sameHost whether the server runs on this host, so that its folders are those here
     * @param cache finds a model by its Hugging Face name on this host
     */
    public VllmModels(
            ServerConnection connection,
            boolean sameHost,
            Function<String, Optional<ModelDescription>> cache) {
        this.connection = connection;
        this.sameHost = sameHost;
        this.cache = cache;
    }

    /** Describes one; empty where it is not served, or can't be read here. */
    public Optional<ModelDescription> describe(String model) {
        if (!sameHost) {
            return Optional.empty();
        }
        try {
            for (JsonNode entry : connection.get("/v1/models").path("data")) {
                boolean adapter = entry.path("parent").isString();
                if (entry.path("id").asString("").equals(model) && !adapter) {
                    return read(entry.path("root").asString(""));
                }
            }
            return Optional.empty();
        } catch (ServerException e) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    e.failure().sentence(),
                    "Name the model's folder instead.",
                    e);
        }
    }

    private Optional<ModelDescription> read(String root) {
        try {
            if (root.startsWith("/") && Safetensors.is(Path.of(root))) {
                return Optional.of(Safetensors.read(Path.of(root)));
            }
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
        return root.isEmpty() ? Optional.empty() : cache.apply(root);
    }
}
