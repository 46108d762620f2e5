package dev.stoker.server.discovery;

import dev.stoker.base.Clock;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the server to work with and the dialect that it speaks. It only asks questions that load
 * nothing and wake nothing. Stateless.
 */
public final class Discovery {
    /**
     * Ollama, llama-server (and llama-swap), llama-server's announced port, vLLM, LM Studio,
     * SGLang.
     */
    private static final List<Integer> DEFAULT_PORTS =
            List.of(11434, 8080, 9931, 8000, 1234, 30000);

    private Discovery() {}

    /**
     * Finds out what answers at an address. A server that accepts the connection and stays silent
     * (Ollama does while it looks for GPUs at its start) is waited for within the limits of a short
     * question.
     *
     * @param clock the machine's; a simulated box brings its own, see {@link InferenceServer#clock}
     */
    public static InferenceServer open(Endpoint endpoint, Clock clock, ApiKey key)
            throws ServerException {
        return new Fingerprint(endpoint, clock, key).server();
    }

    /**
     * Looks for a server: at the given addresses; if none is given where OLLAMA_HOST says; if that
     * isn't set at the usual ports of this machine. The first that answers is taken.
     *
     * @param given the values of {@code --server}: URLs, or what OLLAMA_HOST may hold
     * @throws UserError if a given address can't be read
     */
    public static Search find(
            List<String> given, Map<String, String> environment, Clock clock, ApiKey key) {
        List<String> warnings = new ArrayList<>();
        List<Attempt> attempts = new ArrayList<>();
        for (Attempt candidate : candidates(given, environment, warnings)) {
            try {
                InferenceServer server = open(candidate.endpoint(), clock, key);
                attempts.add(candidate);
                return new Search(Optional.of(server), attempts, warnings);
            } catch (ServerException e) {
                attempts.add(
                        new Attempt(
                                candidate.endpoint(),
                                candidate.source(),
                                Optional.of(e.failure())));
            }
        }
        return new Search(Optional.empty(), attempts, warnings);
    }

    /**
     * Returns where a server would be looked for, in that order: for whoever watches all that
     * answer.
     *
     * @param given the values of {@code --server}
     * @throws UserError if a given address can't be read
     */
    public static List<Endpoint> addresses(List<String> given, Map<String, String> environment) {
        return candidates(given, environment, new ArrayList<>()).stream()
                .map(Attempt::endpoint)
                .toList();
    }

    private static List<Attempt> candidates(
            List<String> given, Map<String, String> environment, List<String> warnings) {
        if (!given.isEmpty()) {
            return given.stream().map(s -> candidate(address(s), "--server")).toList();
        }
        String host = environment.getOrDefault("OLLAMA_HOST", "");
        if (!host.isBlank()) {
            OllamaHost read = OllamaHost.parse(host);
            read.warning().ifPresent(warnings::add);
            return List.of(candidate(read.endpoint(), "OLLAMA_HOST"));
        }
        return DEFAULT_PORTS.stream()
                .map(port -> candidate(new Endpoint(false, "localhost", port, ""), "default"))
                .toList();
    }

    private static Endpoint address(String text) {
        if (text.contains("://")) {
            return Endpoint.parse(text);
        }
        OllamaHost read = OllamaHost.parse(text);
        return read.warning().isEmpty() && !text.isBlank() ? read.endpoint() : Endpoint.parse(text);
    }

    private static Attempt candidate(Endpoint endpoint, String source) {
        return new Attempt(endpoint, source, Optional.empty());
    }
}
