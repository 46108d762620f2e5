package dev.stoker.server;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.http.HttpRequest;

import java.util.Map;

/**
 * The key that a server may want, taken from an environment variable so that it stands on no
 * command line. It leaves this object only as a request's Authorization header; its text form says
 * nothing. Immutable.
 */
public final class ApiKey {
    private static final ApiKey NONE = new ApiKey("");

    private final String secret;

    private ApiKey(String secret) {
        this.secret = secret;
    }

    /** Returns the absence of a key. */
    public static ApiKey none() {
        return NONE;
    }

    /**
     * Takes the key from a variable.
     *
     * @param variable its name, as given with {@code --api-key-env}
     * @throws UserError if the variable is not set, or holds what can't be sent
     */
    public static ApiKey fromEnvironment(String variable, Map<String, String> environment) {
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty()) {
            throw UserError.wrongUse(
                    "The environment variable '"
                            + Text.plain(variable)
                            + "' is not set, so there is no API key.",
                    "Set it, or leave out --api-key-env.");
        }
        if (value.chars().anyMatch(c -> c < 0x21 || c > 0x7e)) {
            throw UserError.wrongUse(
                    "The environment variable '"
                            + Text.plain(variable)
                            + "' holds characters that no API key has.",
                    "It must be one word of printable ASCII characters.");
        }
        return new ApiKey(value);
    }

    public boolean isPresent() {
        return !secret.isEmpty();
    }

    /** Returns the request with the key, if there is one. */
    public HttpRequest authorize(HttpRequest request) {
        return isPresent() ? request.with("Authorization", "Bearer " + secret) : request;
    }

    /** Returns a server's text without the key: some servers repeat a wrong key in their answer. */
    public String redact(String text) {
        return isPresent() ? text.replace(secret, "(the API key)") : text;
    }

    @Override
    public String toString() {
        return isPresent() ? "(an API key)" : "(no API key)";
    }
}
