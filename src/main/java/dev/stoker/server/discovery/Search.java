package dev.stoker.server.discovery;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerFailure;

import java.util.List;
import java.util.Optional;

/**
 * What came of looking for a server.
 *
 * @param server the first one that answered
 * @param attempts every address that was tried, in order
 * @param warnings what was odd about the settings, for the user
 */
public record Search(
        Optional<InferenceServer> server, List<Attempt> attempts, List<String> warnings) {
    public Search {
        attempts = List.copyOf(attempts);
        warnings = List.copyOf(warnings);
    }

    /**
     * Returns the server that was found.
     *
     * @throws UserError that lists what was tried, if there is none
     */
    public InferenceServer require() {
        return server.orElseThrow(this::nothing);
    }

    private UserError nothing() {
        if (attempts.size() == 1) {
            Attempt only = attempts.getFirst();
            String said =
                    only.failure().map(ServerFailure::sentence).orElse("No server was found.");
            String url = only.endpoint().url();
            String sentence = said.contains(url) ? said : url + ": " + said;
            return new UserError(ExitCode.SERVER_FAILED, sentence, hint(only));
        }
        StringBuilder tried = new StringBuilder("No model server answers on this machine. Tried:");
        for (Attempt attempt : attempts) {
            tried.append("\n  ").append(attempt.endpoint().url()).append("  ");
            attempt.failure()
                    .ifPresent(f ->
                            tried.append(
                                    f instanceof ServerFailure.Unreachable u
                                            ? u.reason()
                                            : f.sentence()));
        }
        return new UserError(
                ExitCode.SERVER_FAILED,
                tried.toString(),
                "Start one (ollama serve), or say where it is with --server http://HOST:PORT.");
    }

    private static String hint(Attempt only) {
        return only.source().equals("OLLAMA_HOST")
                ? "The address comes from the variable OLLAMA_HOST; --server http://HOST:PORT"
                        + " overrides it."
                : "Check that the server runs there and that the address is right.";
    }
}
