package dev.stoker.plan.source;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.host.Launch;
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
     * A model of the server.
     *
     * @param arguments with which the server starts it, where it tells them: a router does
     */
    public record Served(ModelDescription model, List<String> arguments) {
        public Served {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * Describes a model of it, or of those that it is a router for; empty where it has none of this
     * name. An empty name means the only one. Nothing is loaded.
     */
    public Optional<Served> describe(String model) {
        try {
            JsonNode props = connection.get("/props");
            JsonNode all = connection.get("/v1/models").path("data");
            if (props.path("role").asString("").equals("router")) {
                return routed(model, all);
            }
            String path = props.path("model_path").asString("");
            JsonNode listed = all.path(0);
            String id = listed.path("id").asString("");
            String alias = props.path("model_alias").asString("");
            boolean same =
                    model.isEmpty()
                            || model.equals(id)
                            || model.equals(alias)
                            || model.equals(path)
                            || path.endsWith("/" + model)
                            || path.endsWith("/" + model + ".gguf");
            if (!same || (path.isEmpty() && id.isEmpty())) {
                return Optional.empty();
            }
            return Optional.of(new Served(read(path, id, listed), List.of()));
        } catch (ServerException e) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    e.failure().sentence(),
                    "Name the model's file instead.",
                    e);
        }
    }

    /** A router shows how it starts each model, loaded or not. */
    private Optional<Served> routed(String model, JsonNode all) {
        for (JsonNode entry : all) {
            String id = entry.path("id").asString("");
            boolean same =
                    id.equals(model)
                            || (model.isEmpty() && all.size() == 1)
                            || entry.path("aliases")
                                    .valueStream()
                                    .anyMatch(a -> a.asString("").equals(model));
            if (same) {
                List<String> arguments =
                        entry.path("status")
                                .path("args")
                                .valueStream()
                                .filter(JsonNode::isString)
                                .map(JsonNode::stringValue)
                                .toList();
                String path = Launch.option(arguments, "--model", "-m").orElse("");
                return Optional.of(new Served(read(path, id, entry), arguments));
            }
        }
        return Optional.empty();
    }

    private ModelDescription read(String path, String id, JsonNode entry) {
        return file(path).map(GgufModels::read).orElseGet(() -> told(id, entry.path("meta")));
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
