package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which model of which server a process computes, or a file of weights is, as far as the servers
 * themselves know: for whoever sees processes and files and wants names. Immutable.
 *
 * @param models in the order of the servers
 */
public record ServedModels(List<Served> models) {
    private static final Pattern BLOB = Pattern.compile("sha256[-:][0-9a-f]{64}");

    public ServedModels {
        models = List.copyOf(models);
    }

    /**
     * One model of one server.
     *
     * @param server where it is served
     * @param state the model
     */
    public record Served(Endpoint server, ModelState state) {
        public String name() {
            return state.name();
        }
    }

    public static ServedModels of(List<ServerState> servers) {
        List<Served> served = new ArrayList<>();
        for (ServerState server : servers) {
            server.models()
                    .orElse(List.of())
                    .forEach(model -> served.add(new Served(server.endpoint(), model)));
        }
        return new ServedModels(served);
    }

    /** Returns the model that a process of this host computes. */
    public Optional<Served> ofProcess(long pid) {
        return models.stream()
                .filter(m -> m.state().runnerPid().equals(Reading.known(pid)))
                .findFirst();
    }

    /** Returns the models whose weights are that file; two servers may have one file open. */
    public List<Served> ofFile(String path) {
        return models.stream()
                .filter(m -> m.state().file().isKnown())
                .filter(m -> isSameFile(m.state().file().value(), path))
                .toList();
    }

    /**
     * Returns whether two paths name the same weights: a blob is known by its digest, wherever a
     * container sees the store; other files by their whole path.
     */
    static boolean isSameFile(String one, String other) {
        String blob = one.substring(one.lastIndexOf('/') + 1);
        return BLOB.matcher(blob).matches()
                ? blob.replace(':', '-')
                        .equals(other.substring(other.lastIndexOf('/') + 1).replace(':', '-'))
                : one.equals(other);
    }
}
