package dev.stoker.model;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models that Ollama keeps on this host's disk: a manifest a name, and blobs. Reads only.
 * Thread-safe.
 */
public final class OllamaStore {
    private static final Pattern DIGEST = Pattern.compile("sha256[:-]([0-9a-fA-F]{64})");

    /** Host, namespace, model and tag, as {@code types/model/name.go} of Ollama allows them. */
    private static final List<Pattern> PARTS =
            List.of(
                    Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}"),
                    Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,79}"),
                    Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}"),
                    Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}"));

    private static final long MOST_MANIFEST = 4L << 20;
    private static final int MOST_LISTED = 10_000;
    private static final String PREFIX = "application/vnd.ollama.image.";

    private final Path root;

    /** The store in one folder, which holds {@code manifests} and {@code blobs}. */
    public OllamaStore(Path root) {
        this.root = root;
    }

    /**
     * Returns the stores that there are on this host: {@code OLLAMA_MODELS}, the user's own, that
     * of the service.
     */
    public static List<OllamaStore> found(Map<String, String> env) {
        List<Path> places = new ArrayList<>();
        try {
            String told =
                    env.getOrDefault("OLLAMA_MODELS", "").strip().replaceAll("^[\"']|[\"']$", "");
            if (!told.isBlank()) {
                places.add(Path.of(told));
            }
            String home = env.getOrDefault("HOME", "");
            if (!home.isBlank()) {
                places.add(Path.of(home, ".ollama", "models"));
            }
            places.add(Path.of("/usr/share/ollama/.ollama/models"));
            places.add(Path.of("/var/lib/ollama/.ollama/models"));
            places.add(Path.of("/root/.ollama/models"));
        } catch (InvalidPathException e) {
            // A variable that is no path names no store.
        }
        return places.stream()
                .distinct()
                .filter(p -> Files.isReadable(p.resolve("manifests")))
                .map(OllamaStore::new)
                .toList();
    }

    public Path root() {
        return root;
    }

    /** Returns the names of all models, as requests would name them, in order. */
    public List<String> names() {
        Path manifests = root.resolve("manifests");
        try (Stream<Path> files = Files.walk(manifests, PARTS.size())) {
            return files.filter(Files::isRegularFile)
                    .limit(MOST_LISTED)
                    .map(manifests::relativize)
                    .map(OllamaStore::parts)
                    .filter(OllamaStore::isName)
                    .map(OllamaStore::shortName)
                    .sorted()
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }

    private static List<String> parts(Path manifest) {
        List<String> parts = new ArrayList<>();
        manifest.forEach(p -> parts.add(p.toString()));
        return parts;
    }

    private static boolean isName(List<String> parts) {
        if (parts.size() != PARTS.size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            if (!PARTS.get(i).matcher(parts.get(i)).matches()) {
                return false;
            }
        }
        return true;
    }

    private static String shortName(List<String> parts) {
        boolean own = parts.getFirst().equals("registry.ollama.ai");
        int from = own ? parts.get(1).equals("library") ? 2 : 1 : 0;
        return String.join("/", parts.subList(from, 3)) + ":" + parts.getLast();
    }

    /** Returns the manifest of a name, or empty where there is none. */
    public Optional<Path> manifest(String name) {
        String left = name.strip().replaceFirst("^https?://", "");
        String tag = "latest";
        int colon = left.lastIndexOf(':');
        if (colon > left.lastIndexOf('/')) {
            tag = left.substring(colon + 1);
            left = left.substring(0, colon);
        }
        List<String> parts = new ArrayList<>(List.of(left.split("/", -1)));
        if (parts.size() == 1) {
            parts.addFirst("library");
        }
        if (parts.size() == 2) {
            parts.addFirst("registry.ollama.ai");
        }
        parts.add(tag);
        if (!isName(parts)) {
            return Optional.empty();
        }
        Path at = root.resolve("manifests");
        for (String part : parts) {
            Optional<Path> next = child(at, part);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get();
        }
        return Files.isRegularFile(at) ? Optional.of(at) : Optional.empty();
    }

    /** Names are the same in small letters and in capitals. */
    private static Optional<Path> child(Path folder, String name) {
        Path exact = folder.resolve(name);
        if (Files.exists(exact)) {
            return Optional.of(exact);
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(c -> String.valueOf(c.getFileName()).equalsIgnoreCase(name))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Describes a model of this store; empty where it has none of this name.
     *
     * @throws UserError where its manifest or a file of it is broken or missing
     */
    public Optional<ModelDescription> describe(String name) {
        return manifest(name).map(manifest -> describe(name, manifest));
    }

    private ModelDescription describe(String name, Path manifest) {
        JsonNode json = read(manifest);
        Optional<Path> weights = Optional.empty();
        List<Sidecar> sidecars = new ArrayList<>();
        Map<String, String> defaults = new LinkedHashMap<>();
        for (JsonNode layer : json.path("layers")) {
            String type = layer.path("mediaType").asString("");
            if (!type.startsWith(PREFIX)) {
                continue;
            }
            switch (type.substring(PREFIX.length())) {
                case "model" -> weights = Optional.of(blob(layer, name));
                case "projector" ->
                        sidecars.add(GgufModels.sidecar(Sidecar.Kind.PROJECTOR, blob(layer, name)));
                case "adapter" ->
                        sidecars.add(GgufModels.sidecar(Sidecar.Kind.ADAPTER, blob(layer, name)));
                case "draft" ->
                        sidecars.add(GgufModels.sidecar(Sidecar.Kind.DRAFT, blob(layer, name)));
                case "params" -> addDefaults(read(blob(layer, name)), defaults);
                default -> {}
            }
        }
        if (weights.isEmpty()) {
            throw noWeights(name, json);
        }
        ModelDescription file = GgufModels.read(weights.get());
        return new ModelDescription(
                name,
                weights.get().toString(),
                file.format(),
                file.architecture(),
                file.parameters(),
                file.quantization(),
                file.shape(),
                file.tensors(),
                file.fileSize(),
                sidecars,
                defaults,
                file.remarks());
    }

    private UserError noWeights(String name, JsonNode manifest) {
        JsonNode config = manifest.path("config");
        boolean cloud = false;
        if (config.path("digest").isString()) {
            cloud = !read(blob(config, name)).path("remote_host").asString("").isEmpty();
        }
        return UserError.wrongUse(
                cloud
                        ? Text.plain(name, 100) + " runs in the cloud: it takes no memory here."
                        : Text.plain(name, 100)
                                + " has no GGUF file: its weights are stored "
                                + (isSafetensors(manifest) ? "as safetensors." : "in another way."),
                cloud ? "" : "Name a model that Ollama runs with llama-server.");
    }

    private static boolean isSafetensors(JsonNode manifest) {
        for (JsonNode layer : manifest.path("layers")) {
            if (layer.path("mediaType").asString("").equals(PREFIX + "tensor")) {
                return true;
            }
        }
        return false;
    }

    private static void addDefaults(JsonNode params, Map<String, String> defaults) {
        params.properties()
                .forEach(entry -> {
                    if (entry.getValue().isNumber() || entry.getValue().isBoolean()) {
                        defaults.put(entry.getKey(), entry.getValue().asString());
                    }
                });
    }

    private Path blob(JsonNode layer, String name) {
        String digest = layer.path("digest").asString("");
        var matcher = DIGEST.matcher(digest);
        if (!matcher.matches()) {
            throw broken(name, "it names '" + Text.plain(digest, 80) + "', which is no digest");
        }
        Path blob = root.resolve("blobs").resolve("sha256-" + matcher.group(1));
        if (!Files.isRegularFile(blob)) {
            throw broken(name, "its file " + blob + " is missing");
        }
        return blob;
    }

    private JsonNode read(Path file) {
        try {
            if (Files.size(file) > MOST_MANIFEST) {
                throw broken(file.toString(), "it has more than " + (MOST_MANIFEST >> 20) + " MiB");
            }
            return Json.parse(Files.readString(file))
                    .orElseThrow(() -> broken(file.toString(), "it is no JSON"));
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The file " + file + " of Ollama's store can't be read.",
                    "Check who may read it.",
                    e);
        }
    }

    private static UserError broken(String name, String why) {
        return new UserError(
                ExitCode.WRONG_USE,
                "Ollama's files of " + Text.plain(name, 200) + " are broken: " + why + ".",
                "Pull the model again.");
    }

    /** Returns how much a model's files take on disk, where its manifest tells. */
    public Reading<Bytes> size(String name) {
        return manifest(name)
                .map(manifest -> {
                    long sum = 0;
                    for (JsonNode layer : read(manifest).path("layers")) {
                        sum += Math.max(0, layer.path("size").asLong(0));
                    }
                    return Reading.known(Bytes.of(sum));
                })
                .orElse(Reading.unsupported("the store has no model of this name"));
    }
}
