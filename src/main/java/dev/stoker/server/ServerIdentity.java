package dev.stoker.server;

import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;

import java.util.Optional;

/**
 * Who answers at an address.
 *
 * @param kind decides the dialect
 * @param version the server's own word; unknown where it does not tell (an unstamped Ollama says
 *     0.0.0: that is reported as unsupported, with the reason)
 * @param endpoint where
 * @param simulated set when a simulated box answers, so that no simulated figure can pass for a
 *     real one
 */
public record ServerIdentity(
        ServerKind kind,
        Reading<String> version,
        Endpoint endpoint,
        Optional<SimulatedBox> simulated) {

    /**
     * A box of {@code stoker sim}.
     *
     * @param box its name
     * @param speed simulated seconds a wall second
     */
    public record SimulatedBox(String box, double speed) {}

    /** Returns kind and version for people: {@code Ollama 0.33.0}. */
    public String title() {
        return version.isKnown() ? kind.title() + " " + version.value() : kind.title();
    }
}
