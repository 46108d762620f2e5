package dev.stoker.plan.source;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.model.GgufModels;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The model of a running llama-server. It tells the path of the file and few figures; where the
 * file can be read here it is read. Loads and wakes nothing.
 */
public final class LlamaServerModels {
    private final ServerConnection connection;
    private final boolean sameHost;

    /**
     * @param sameHost whether the server runs on this host, so that its paths are those here
     */
    public LlamaServerModels(ServerConnection connection, boolean sameHost) {
        this.connection = connection;
        this.sameHost = sameHost;
    }

    /**
     * Describes its model; empty where it has none of this name. An empty name means the only one.
     */
    public Optional<ModelDescription> describe(String model) {
        try {
            JsonNode props = connection.get("/props");
            String path = props.path("model_path").asString("");
            JsonNode listed = connection.get("/v1/models").path("data").path(0);
            String id = listed.path("id").asString("");
            String alias = props.path("model_alias").asString("");
            boolean same =
                    model.isEmpty()
                            || model.equals(id)
                            || model.equals(alias)
                            || model.equals(path)
                            || path.endsWith("/" + model);
            if (!same || (path.isEmpty() && id.isEmpty())) {
                return Optional.empty();
            }
            Optional<Path> file = file(path);
            if (file.isPresent()) {
                return Optional.of(GgufModels.read(file.get()));
            }
            return Optional.of(told(id, listed.path("meta")));
        } catch (ServerException e) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    e.failure().sentence(),
                    "Name the model's file instead.",
                    e);
        }
    }

    private Optional<Path> file(String path) {
        if (!sameHost || path.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path file = Path.of(path);
            return file.isAbsolute() && Files.isReadable(file) && Files.isRegularFile(file)
                    ? Optional.of(file)
                    : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private ModelDescription told(String id, JsonNode meta) {
        return new ModelDescription(
                Text.plain(id, 100),
                connection.endpoint() + "/v1/models",
                ModelFormat.GGUF,
                "",
                positive(meta, "n_params"),
                Reading.unsupported("llama-server does not tell it"),
                Reading.failed(
                        "llama-server does not tell a model's layers, and its file can't be read"
                                + " here"),
                List.of(),
                positive(meta, "size").map(Bytes::of),
                List.of(),
                Map.of(),
                List.of());
    }

    private static Reading<Long> positive(JsonNode meta, String name) {
        long number = meta.path(name).asLong(0);
        return number > 0
                ? Reading.known(number)
                : Reading.unsupported("the server does not tell it");
    }
}
