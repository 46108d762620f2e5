package dev.stoker.plan.source;

import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.model.GgufModels;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.OllamaStore;
import dev.stoker.plan.Engine;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerKind;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the model that a user names: a file or a folder, an address, a name in Ollama's store, a
 * model of a running server; in this order, unless a server is named, which is then asked alone.
 * Loads nothing. Used by one thread.
 */
public final class ModelFinder {
    private static final int CANDIDATES = 8;

    private final Map<String, String> env;
    private final Supplier<Optional<InferenceServer>> server;
    private final boolean serverNamed;
    private final ApiKey key;

    /**
     * What was found.
     *
     * @param engine which server would run it, as far as that follows from where it was found
     * @param arguments with which a llama-server starts it, where it tells them; see {@link
     *     LaunchedSettings}
     */
    public record Found(ModelDescription model, Engine engine, List<String> arguments) {
        public Found {
            arguments = List.copyOf(arguments);
        }

        /** A model of which nothing says how it is started. */
        public Found(ModelDescription model, Engine engine) {
            this(model, engine, List.of());
        }
    }

    /**
     * @param server finds the server that was named, or one that answers; asked at most once and
     *     only where nothing else has the model
     * @param serverNamed whether the user named one
     */
    public ModelFinder(
            Map<String, String> env,
            Supplier<Optional<InferenceServer>> server,
            boolean serverNamed,
            ApiKey key) {
        this.env = Map.copyOf(env);
        this.server = server;
        this.serverNamed = serverNamed;
        this.key = key;
    }

    /**
     * @throws UserError where nothing has it, with what may be meant; or where it can't be read
     */
    public Found find(String model) {
        if (model.startsWith("http://") || model.startsWith("https://")) {
            return new Found(fromAddress(model), Engine.LLAMA_SERVER);
        }
        List<String> tried = new ArrayList<>();
        List<String> candidates = new ArrayList<>();
        if (!serverNamed) {
            Optional<Found> here = fromDisk(model).or(() -> fromStores(model, tried, candidates));
            if (here.isPresent()) {
                return here.get();
            }
        }
        return fromServer(model, tried, candidates)
                .orElseThrow(() -> missing(model, tried, candidates));
    }

    private static ModelDescription fromAddress(String model) {
        URI address;
        try {
            address = new URI(model);
        } catch (URISyntaxException e) {
            throw UserError.wrongUse(
                    "'" + Text.plain(model, 200) + "' is no address.", "Check it.");
        }
        String path = address.getPath() == null ? "" : address.getPath();
        String file = path.substring(path.lastIndexOf('/') + 1);
        String name = file.endsWith(".gguf") ? file.substring(0, file.length() - 5) : file;
        return GgufModels.read(
                Text.plain(name, 100),
                model.replaceFirst("[?#].*", ""),
                part -> HttpRangeSource.open(part.isEmpty() ? address : sibling(address, part)));
    }

    private static URI sibling(URI address, String part) {
        return address.resolve(part);
    }

    private Optional<Found> fromDisk(String model) {
        Path path;
        try {
            path = Path.of(model);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
        if (Files.isDirectory(path)) {
            return Optional.of(fromFolder(path));
        }
        boolean meansFile =
                Files.exists(path)
                        || model.endsWith(".gguf")
                        || model.startsWith("/")
                        || model.startsWith("./")
                        || model.startsWith("../");
        return meansFile
                ? Optional.of(new Found(fromFile(path), Engine.LLAMA_SERVER))
                : cached(model);
    }

    /** What lies beside a file is only told: whether it belongs to the model, the user knows. */
    private static ModelDescription fromFile(Path path) {
        ModelDescription model = GgufModels.read(path);
        List<Path> beside = GgufModels.beside(path);
        if (beside.isEmpty()) {
            return model;
        }
        List<String> remarks = new ArrayList<>(model.remarks());
        remarks.add(
                "Beside it lies "
                        + beside.stream()
                                .limit(CANDIDATES)
                                .map(p -> Text.plain(String.valueOf(p.getFileName()), 80))
                                .collect(Collectors.joining(", "))
                        + ": counted only where it is named (--mmproj, --draft).");
        return model.withRemarks(remarks);
    }

    private static Found fromFolder(Path folder) {
        if (Safetensors.is(folder)) {
            return new Found(Safetensors.read(folder), Engine.VLLM);
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files =
                    all.filter(p -> p.toString().endsWith(".gguf"))
                            .filter(p -> !String.valueOf(p.getFileName()).startsWith("mmproj"))
                            .filter(p ->
                                    !p.toString()
                                            .matches(".*-0000[2-9]-of-.*|.*-000[1-9][0-9]-of-.*"))
                            .sorted()
                            .limit(CANDIDATES + 1L)
                            .toList();
        } catch (IOException e) {
            throw UserError.wrongUse("The folder " + folder + " can't be listed.", "Check it.");
        }
        if (files.size() == 1) {
            return new Found(GgufModels.read(files.getFirst()), Engine.LLAMA_SERVER);
        }
        throw UserError.wrongUse(
                "The folder "
                        + folder
                        + (files.isEmpty()
                                ? " has neither a config.json nor a .gguf file."
                                : " has several .gguf files."),
                files.isEmpty()
                        ? "Name a model's file or folder."
                        : "Name one, such as " + files.getFirst() + ".");
    }

    /** A name as Hugging Face has it, where its tools keep what they fetched. */
    private Optional<Found> cached(String model) {
        if (!model.matches("[A-Za-z0-9_.-]{1,96}/[A-Za-z0-9_.-]{1,96}")) {
            return Optional.empty();
        }
        String home =
                env.getOrDefault("HF_HOME", env.getOrDefault("HOME", "") + "/.cache/huggingface");
        Path snapshots = Path.of(home, "hub", "models--" + model.replace("/", "--"), "snapshots");
        try (Stream<Path> all = Files.list(snapshots)) {
            return all.filter(Safetensors::is)
                    .findFirst()
                    .map(folder -> {
                        ModelDescription read = Safetensors.read(folder);
                        return new Found(named(read, model), Engine.VLLM);
                    });
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static ModelDescription named(ModelDescription m, String name) {
        return new ModelDescription(
                name,
                m.origin(),
                m.format(),
                m.architecture(),
                m.parameters(),
                m.quantization(),
                m.shape(),
                m.tensors(),
                m.fileSize(),
                m.sidecars(),
                m.defaults(),
                m.remarks());
    }

    private Optional<Found> fromStores(String model, List<String> tried, List<String> candidates) {
        for (OllamaStore store : OllamaStore.found(env)) {
            tried.add(store.root().toString());
            Optional<ModelDescription> described = store.describe(model);
            if (described.isPresent()) {
                return Optional.of(new Found(described.get(), Engine.OLLAMA));
            }
            candidates.addAll(store.names());
        }
        return Optional.empty();
    }

    private Optional<Found> fromServer(String model, List<String> tried, List<String> candidates) {
        Optional<InferenceServer> found = server.get();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Endpoint endpoint = found.get().identity().endpoint();
        ServerKind kind = found.get().identity().kind();
        tried.add(endpoint.url());
        ServerConnection connection = new ServerConnection(kind, endpoint, Clock.system(), key);
        Optional<Found> described =
                switch (kind) {
                    case OLLAMA ->
                            new OllamaHttp(connection)
                                    .describe(model)
                                    .map(m -> new Found(m, Engine.OLLAMA));
                    case LLAMA_SERVER, LLAMA_ROUTER ->
                            new LlamaServerModels(connection, endpoint.isLoopback())
                                    .describe(model)
                                    .map(s ->
                                            new Found(
                                                    s.model(), Engine.LLAMA_SERVER, s.arguments()));
                    case VLLM ->
                            new VllmModels(
                                            connection,
                                            endpoint.isLoopback(),
                                            name -> cached(name).map(Found::model))
                                    .describe(model)
                                    .map(m -> new Found(named(m, model), Engine.VLLM));
                    default -> Optional.empty();
                };
        if (described.isEmpty()) {
            try {
                found.get().models().stream().map(ModelInfo::name).forEach(candidates::add);
            } catch (ServerException e) {
                tried.add(e.failure().sentence());
            }
        }
        return described;
    }

    private static UserError missing(String model, List<String> tried, List<String> candidates) {
        String wanted = model.toLowerCase(Locale.ROOT).replaceAll(":.*", "");
        List<String> near =
                candidates.stream()
                        .distinct()
                        .filter(c -> c.toLowerCase(Locale.ROOT).contains(wanted))
                        .limit(CANDIDATES)
                        .toList();
        List<String> shown =
                near.isEmpty() ? candidates.stream().distinct().limit(CANDIDATES).toList() : near;
        return UserError.wrongUse(
                "No model '"
                        + Text.plain(model, 100)
                        + "' was found: it is no file"
                        + (tried.isEmpty() ? "" : ", nor in " + String.join(", ", tried))
                        + ".",
                shown.isEmpty()
                        ? "Name a .gguf file, a folder, an address, or a model of a running server."
                        : "There are: " + String.join(", ", shown) + ".");
    }
}
