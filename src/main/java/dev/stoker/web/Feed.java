package dev.stoker.web;

import dev.stoker.base.Clock;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.wire.SampleJson;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * The newest sample, for whoever asks and whoever waits for the next. Who is slow misses some and
 * gets the newest; nothing is queued. Thread-safe.
 */
public final class Feed {
    private final Clock clock;
    private final Duration patience;
    private long heardAt;
    private @Nullable Published latest;

    /**
     * @param patience after so long without a sample something is wrong
     */
    public Feed(Clock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
        this.heardAt = clock.nanos();
    }

    /** A sample, and its JSON once somebody wants it. Thread-safe. */
    static final class Published {
        private final MachineSample sample;
        private byte @Nullable [] json;

        private Published(MachineSample sample) {
            this.sample = sample;
        }

        synchronized byte[] json() {
            byte[] made = json;
            if (made == null) {
                made = Json.write(SampleJson.write(sample)).getBytes(StandardCharsets.UTF_8);
                json = made;
            }
            return made;
        }
    }

    /** Takes the next sample. */
    public synchronized void publish(MachineSample sample) {
        latest = new Published(sample);
        heardAt = clock.nanos();
        notifyAll();
    }

    /** Returns what is wrong with the sampling, in words; empty if nothing is. */
    public synchronized Optional<String> trouble() {
        Duration silence = Duration.ofNanos(clock.nanos() - heardAt);
        if (silence.compareTo(patience) > 0) {
            return Optional.of(
                    "The machine was not looked at for "
                            + silence.toSeconds()
                            + " s: a driver or the kernel does not answer.");
        }
        return latest == null
                ? Optional.of("The first look at the machine is not finished yet.")
                : Optional.empty();
    }

    synchronized Optional<Published> latest() {
        return Optional.ofNullable(latest);
    }

    /** Waits for another sample than this one; empty when none came in time. */
    synchronized Optional<Published> after(@Nullable Published seen, Duration most)
            throws InterruptedException {
        long end = clock.nanos() + most.toNanos();
        while (latest == seen) {
            long left = end - clock.nanos();
            if (left <= 0) {
                return Optional.empty();
            }
            wait(Math.max(1, left / 1_000_000));
        }
        return Optional.ofNullable(latest);
    }
}
