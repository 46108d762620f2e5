package dev.stoker.plan.source;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.gguf.GgmlType;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpRequest;
import dev.stoker.json.Json;
import dev.stoker.model.GgufModels;
import dev.stoker.model.JsonHeader;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.Sidecar;
import dev.stoker.model.Tensor;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models as a running Ollama tells them over HTTP: metadata and tensors, without the files. Loads
 * nothing. What it tells is checked, since another server may stand behind the address.
 */
public final class OllamaHttp {
    private static final int MOST_TENSORS = 1 << 20;
    private static final long ALIGNMENT = 32;

    private final ServerConnection connection;

    public OllamaHttp(ServerConnection connection) {
        this.connection = connection;
    }

    /**
     * Describes a model; empty where the server has none of this name.
     *
     * @throws UserError where the server fails, or tells what can't be true
     */
    public Optional<ModelDescription> describe(String model) {
        try {
            Optional<JsonNode> listed = listed(model);
            if (listed.isEmpty()) {
                return Optional.empty();
            }
            String name = listed.get().path("name").asString(model);
            if (!listed.get().path("remote_host").asString("").isEmpty()) {
                throw UserError.wrongUse(
                        Text.plain(name, 100) + " runs in the cloud: it takes no memory here.", "");
            }
            JsonNode show = connection.post("/api/show", ask(name, false), name);
            JsonNode info = show.path("model_info");
            if (!info.isObject()) {
                throw lies("its /api/show has no model_info");
            }
            JsonHeader header = new JsonHeader(needsMore(info) ? verbose(name, info) : info);
            List<Tensor> tensors = tensors(show.path("tensors"));
            Reading<Bytes> size = size(listed.get(), tensors);
            ModelDescription described =
                    GgufModels.describe(
                            name,
                            connection.endpoint() + "/api/show",
                            header,
                            tensors,
                            size,
                            sidecars(show, listed.get(), tensors),
                            defaults(show.path("parameters").asString("")));
            return Optional.of(described);
        } catch (ServerException e) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    e.failure().sentence(),
                    "Name the model's file instead.",
                    e);
        }
    }

    private static ObjectNode ask(String model, boolean verbose) {
        ObjectNode body = Json.object().put("model", model);
        return verbose ? body.put("verbose", true) : body;
    }

    private Optional<JsonNode> listed(String model) throws ServerException {
        String wanted = model.contains(":") ? model : model + ":latest";
        for (JsonNode entry : connection.get("/api/tags").path("models")) {
            String name = entry.path("name").asString("");
            if (name.equalsIgnoreCase(wanted) || name.equalsIgnoreCase(model)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** Without asking for all of it, Ollama leaves out arrays: also those of heads by layer. */
    private static boolean needsMore(JsonNode info) {
        String architecture = info.path("general.architecture").asString("");
        for (Map.Entry<String, JsonNode> entry : info.properties()) {
            JsonNode value = entry.getValue();
            boolean leftOut = value.isNull() || (value.isArray() && value.isEmpty());
            if (leftOut && entry.getKey().startsWith(architecture + ".")) {
                return true;
            }
        }
        return false;
    }

    /** Reads the whole answer token by token: the vocabulary in it is stepped over. */
    private JsonNode verbose(String model, JsonNode info) {
        HttpAnswer answer =
                connection.ask(HttpRequest.post("/api/show", Json.write(ask(model, true))));
        if (!answer.isSuccess()) {
            return info;
        }
        ObjectNode all = Json.object();
        try (JsonParser parser = Json.parser(answer.body())) {
            int depth = 0;
            while (parser.nextToken() != null) {
                JsonToken token = parser.currentToken();
                if (token == JsonToken.START_OBJECT) {
                    depth++;
                } else if (token == JsonToken.END_OBJECT) {
                    depth--;
                } else if (token == JsonToken.PROPERTY_NAME && depth == 1) {
                    boolean wanted = parser.currentName().equals("model_info");
                    parser.nextToken();
                    if (wanted && parser.currentToken() == JsonToken.START_OBJECT) {
                        modelInfo(parser, all);
                        return all;
                    }
                    parser.skipChildren();
                }
            }
        } catch (tools.jackson.core.JacksonException e) {
            throw lies("its /api/show is no sound JSON");
        }
        return all.isEmpty() ? info : all;
    }

    private static void modelInfo(JsonParser parser, ObjectNode into) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            if (key.startsWith("tokenizer.") && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (parser.currentToken() == null) {
                        return;
                    }
                    parser.skipChildren();
                }
            } else {
                into.set(key, parser.readValueAsTree());
            }
        }
    }

    private List<Tensor> tensors(JsonNode told) {
        List<Tensor> tensors = new ArrayList<>();
        long offset = 0;
        for (JsonNode entry : told) {
            if (tensors.size() >= MOST_TENSORS) {
                throw lies("it tells more than " + MOST_TENSORS + " tensors");
            }
            String name = entry.path("name").asString("");
            Optional<GgmlType> type = GgmlType.named(entry.path("type").asString(""));
            if (type.isEmpty() || name.isEmpty()) {
                throw lies(
                        "the type '"
                                + Text.plain(entry.path("type").asString(""), 40)
                                + "' of its tensor '"
                                + Text.plain(name, 60)
                                + "' is unknown");
            }
            List<Long> shape = new ArrayList<>();
            for (JsonNode length : entry.path("shape")) {
                shape.add(length.asLong(-1));
            }
            long bytes = bytes(name, type.get(), shape);
            tensors.add(new Tensor(name, type.get().name(), shape, Bytes.of(bytes), 0, offset));
            offset += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
        }
        return tensors;
    }

    private long bytes(String name, GgmlType type, List<Long> shape) {
        try {
            if (shape.isEmpty() || shape.size() > 4 || shape.stream().anyMatch(n -> n < 0)) {
                throw lies("the shape of its tensor '" + Text.plain(name, 60) + "' is none");
            }
            long bytes = type.rowBytes(shape.getFirst());
            long elements = shape.getFirst();
            for (long length : shape.subList(1, shape.size())) {
                bytes = Math.multiplyExact(bytes, length);
                elements = Math.multiplyExact(elements, length);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw lies("the size of its tensor '" + Text.plain(name, 60) + "' is beyond 63 bits");
        }
    }

    private Reading<Bytes> size(JsonNode listed, List<Tensor> tensors) {
        long all = listed.path("size").asLong(-1);
        if (all < 0) {
            return Reading.unsupported("the server does not tell it");
        }
        long sum = 0;
        for (Tensor tensor : tensors) {
            sum = Math.addExact(sum, tensor.bytes().count());
        }
        if (sum > all) {
            throw lies(
                    "its tensors have "
                            + Bytes.of(sum).decimal()
                            + ", and all files of the model "
                            + Bytes.of(all).decimal());
        }
        return Reading.known(Bytes.of(all));
    }

    /** Ollama tells a projector's metadata, not its tensors: its size is what is left over. */
    private static List<Sidecar> sidecars(JsonNode show, JsonNode listed, List<Tensor> tensors) {
        JsonNode projector = show.path("projector_info");
        if (!projector.isObject() || projector.isEmpty() || tensors.isEmpty()) {
            return List.of();
        }
        long left = listed.path("size").asLong(0);
        for (Tensor tensor : tensors) {
            left -= tensor.bytes().count();
        }
        return List.of(
                GgufModels.sidecar(
                        Sidecar.Kind.PROJECTOR,
                        "projector",
                        Bytes.of(Math.max(0, left)),
                        new JsonHeader(projector),
                        List.of()));
    }

    private static Map<String, String> defaults(String parameters) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String line : parameters.split("\n", 1000)) {
            String[] words = line.strip().split("\\s+", 2);
            if (words.length == 2 && words[1].matches("-?[0-9.]+|true|false")) {
                all.put(words[0], words[1]);
            }
        }
        return all;
    }

    private UserError lies(String why) {
        return new UserError(
                ExitCode.SERVER_FAILED,
                "What " + connection.endpoint() + " tells of the model can't be true: " + why + ".",
                "Name the model's file instead.");
    }
}
