package dev.stoker.server.discovery;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.ResponseHead;
import dev.stoker.json.Json;
import dev.stoker.server.ApiKey;
import dev.stoker.server.Failures;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerIdentity.SimulatedBox;
import dev.stoker.server.ServerKind;
import dev.stoker.server.llamacpp.LlamaRouter;
import dev.stoker.server.llamacpp.LlamaServer;
import dev.stoker.server.ollama.OllamaServer;
import dev.stoker.server.openai.LlamaSwapServer;
import dev.stoker.server.openai.LmStudioServer;
import dev.stoker.server.openai.OpenAiServer;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/**
 * Tells servers apart by what they answer to harmless questions, the surest signs first. One
 * address, one use. A llama-server is recognised before anything is asked that could wake it
 * ({@code /metrics}).
 */
final class Fingerprint {
    private static final int LONGEST_METRICS_LOOK = 64 << 10;

    private final Endpoint endpoint;
    private final ApiKey key;
    private final Clock wall;
    private final ServerConnection probe;
    private Optional<SimulatedBox> simulated = Optional.empty();

    Fingerprint(Endpoint endpoint, Clock clock, ApiKey key) {
        this.endpoint = endpoint;
        this.key = key;
        this.wall = clock;
        this.probe = new ServerConnection(ServerKind.OPENAI, endpoint, clock, key);
    }

    InferenceServer server() throws ServerException {
        HttpAnswer root = probe.ask(HttpRequest.get("/"));
        if (!(root.end() instanceof ExchangeEnd.Complete)) {
            throw new ServerException(probe.failures().ofEnd(root.end()));
        }
        simulated = root.head().flatMap(Fingerprint::box);
        if (root.text().strip().equals("Ollama is running")) {
            return ollama();
        }
        boolean llama = root.head().flatMap(h -> h.header("Server")).orElse("").equals("llama.cpp");
        Optional<InferenceServer> known = llama(llama);
        if (known.isPresent()) {
            return known.get();
        }
        if (root.status() == 401 || root.status() == 403) {
            throw new ServerException(
                    probe.failures().ofStatus(root.status(), root.text(), "", false));
        }
        return swap().or(this::lmStudio)
                .or(this::byMetrics)
                .or(this::byInfo)
                .or(this::byModels)
                .orElseThrow(() -> new ServerException(stranger(root)));
    }

    private InferenceServer ollama() throws ServerException {
        HttpAnswer answer = probe.ask(HttpRequest.get("/api/version"));
        if (!answer.isSuccess()) {
            throw new ServerException(
                    answer.end() instanceof ExchangeEnd.Complete
                            ? new Failures(ServerKind.OLLAMA, endpoint, key)
                                    .ofStatus(answer.status(), answer.text(), "", false)
                            : probe.failures().ofEnd(answer.end()));
        }
        String version = json(answer).flatMap(v -> Json.text(v, "version")).orElse("");
        Reading<String> reading =
                version.isEmpty()
                        ? Reading.failed("the server gave no version")
                        : version.equals("0.0.0")
                                ? Reading.unsupported(
                                        "this build carries no version stamp (it says 0.0.0)")
                                : Reading.known(Text.plain(version));
        return new OllamaServer(
                identity(ServerKind.OLLAMA, reading), connection(ServerKind.OLLAMA));
    }

    /**
     * @param named whether the server calls itself llama.cpp: then it may still be loading, and
     *     tell nothing yet
     */
    private Optional<InferenceServer> llama(boolean named) throws ServerException {
        HttpAnswer answer = probe.ask(HttpRequest.get("/props"));
        Optional<JsonNode> props =
                json(answer).filter(p -> p.has("total_slots") || p.has("build_info"));
        if (props.isEmpty() && !named) {
            return Optional.empty();
        }
        if (answer.status() == 401 || answer.status() == 403) {
            throw new ServerException(
                    probe.failures().ofStatus(answer.status(), answer.text(), "", false));
        }
        boolean router = props.flatMap(p -> Json.text(p, "role")).orElse("").equals("router");
        ServerKind kind = router ? ServerKind.LLAMA_ROUTER : ServerKind.LLAMA_SERVER;
        ServerIdentity identity = identity(kind, LlamaServer.version(props));
        return Optional.of(
                router
                        ? new LlamaRouter(identity, connection(kind))
                        : new LlamaServer(identity, connection(kind)));
    }

    private Optional<InferenceServer> swap() {
        return ask("/running")
                .filter(r -> r.path("running").isArray())
                .flatMap(r -> ask("/api/version"))
                .map(v ->
                        new LlamaSwapServer(
                                identity(ServerKind.LLAMA_SWAP, version(v)),
                                connection(ServerKind.LLAMA_SWAP)));
    }

    private Optional<InferenceServer> lmStudio() {
        boolean current = ask("/api/v1/models").filter(m -> m.path("models").isArray()).isPresent();
        if (!current && ask("/api/v0/models").filter(m -> m.path("data").isArray()).isEmpty()) {
            return Optional.empty();
        }
        Reading<String> version = Reading.unsupported("LM Studio's API does not tell its version");
        return Optional.of(
                new LmStudioServer(
                        identity(ServerKind.LM_STUDIO, version),
                        connection(ServerKind.LM_STUDIO),
                        current));
    }

    private Optional<InferenceServer> byMetrics() {
        HttpAnswer answer = probe.ask(HttpRequest.get("/metrics"));
        if (!answer.isSuccess()) {
            return Optional.empty();
        }
        String text = answer.text();
        String head = text.substring(0, Math.min(text.length(), LONGEST_METRICS_LOOK));
        if (head.contains("vllm:")) {
            return Optional.of(openAi(ServerKind.VLLM));
        }
        if (head.contains("sglang:")) {
            return Optional.of(openAi(ServerKind.SGLANG));
        }
        return head.contains("tgi_") ? Optional.of(openAi(ServerKind.TGI)) : Optional.empty();
    }

    private Optional<InferenceServer> byInfo() {
        if (ask("/info").filter(i -> i.has("model_id")).isPresent()) {
            return Optional.of(openAi(ServerKind.TGI));
        }
        if (ask("/get_model_info").filter(i -> i.has("model_path")).isPresent()) {
            return Optional.of(openAi(ServerKind.SGLANG));
        }
        return ask("/version").filter(v -> v.has("version")).map(v -> openAi(ServerKind.VLLM));
    }

    private Optional<InferenceServer> byModels() {
        return ask("/v1/models")
                .filter(m -> m.path("data").isArray())
                .map(m -> {
                    String owner = Json.text(m.path("data").path(0), "owned_by").orElse("");
                    return openAi(
                            owner.equals("vllm")
                                    ? ServerKind.VLLM
                                    : owner.equals("sglang")
                                            ? ServerKind.SGLANG
                                            : ServerKind.OPENAI);
                });
    }

    private InferenceServer openAi(ServerKind kind) {
        Optional<JsonNode> told =
                switch (kind) {
                    case VLLM -> ask("/version");
                    case SGLANG -> ask("/get_server_info");
                    case TGI -> ask("/info");
                    default -> Optional.empty();
                };
        return new OpenAiServer(
                identity(kind, told.map(Fingerprint::version).orElse(version(Json.object()))),
                connection(kind));
    }

    private static Reading<String> version(JsonNode node) {
        return Json.text(node, "version")
                .filter(v -> !v.isBlank())
                .<Reading<String>>map(v -> Reading.known(Text.plain(v)))
                .orElse(Reading.unsupported("the server does not tell its version"));
    }

    private ServerFailure stranger(HttpAnswer root) {
        return new ServerFailure.BadAnswer(
                root.status() < 500 ? root.status() : 0,
                "something else than a model server answers at "
                        + endpoint.url()
                        + ", with '"
                        + Text.plain(key.redact(root.text()), 80)
                        + "'");
    }

    private ServerIdentity identity(ServerKind kind, Reading<String> version) {
        return new ServerIdentity(kind, version, endpoint, simulated);
    }

    private ServerConnection connection(ServerKind kind) {
        Clock clock = simulated.map(box -> Clock.scaled(box.speed())).orElse(wall);
        return new ServerConnection(kind, endpoint, clock, key);
    }

    private Optional<JsonNode> ask(String path) {
        HttpAnswer answer = probe.ask(HttpRequest.get(path));
        return answer.isSuccess() ? json(answer) : Optional.empty();
    }

    private static Optional<JsonNode> json(HttpAnswer answer) {
        return answer.isSuccess()
                ? Json.parse(answer.body(), 0, answer.body().length).filter(JsonNode::isObject)
                : Optional.empty();
    }

    /** Reads {@code X-Stoker-Sim: thor;speed=60}. */
    private static Optional<SimulatedBox> box(ResponseHead head) {
        return head.header("X-Stoker-Sim")
                .map(value -> {
                    String[] parts = value.split(";", 2);
                    double speed = 1;
                    if (parts.length == 2 && parts[1].strip().startsWith("speed=")) {
                        try {
                            speed =
                                    Double.parseDouble(
                                            parts[1].strip().substring("speed=".length()));
                        } catch (NumberFormatException e) {
                            speed = 1;
                        }
                    }
                    boolean sane = speed > 0 && speed <= 1e6;
                    return new SimulatedBox(Text.plain(parts[0], 80), sane ? speed : 1);
                });
    }
}
