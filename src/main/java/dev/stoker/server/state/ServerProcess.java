package dev.stoker.server.state;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.Launch;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The process behind a server's port, and how it was started. Finding it means looking through all
 * processes, so it is remembered for as long as that very process lives; what could not be found is
 * looked for again after a while. One thread at a time.
 */
final class ServerProcess {
    private static final Duration RETRY = Duration.ofSeconds(15);

    /** Where a source can't tell one life of a process from the next. */
    private static final Duration TRUST = Duration.ofSeconds(5);

    private final HostSource host;
    private final int port;
    private final Clock wall;
    private Reading<Found> last = Reading.failed("not looked for yet");
    private long lookedAt;
    private boolean looked;

    /**
     * @param mark when it began; empty where the host does not tell
     */
    record Found(HostProcess process, OptionalLong mark, Reading<Launch> launch) {}

    ServerProcess(HostSource host, int port, Clock wall) {
        this.host = host;
        this.port = port;
        this.wall = wall;
    }

    HostSource host() {
        return host;
    }

    /** Returns the process, or why it can't be known. */
    Reading<Found> find() {
        if (!looked || !isFresh(Duration.ofNanos(wall.nanos() - lookedAt))) {
            looked = true;
            lookedAt = wall.nanos();
            last =
                    host.listener(port)
                            .map(process ->
                                    new Found(
                                            process,
                                            host.startMark(process.pid()),
                                            host.launch(process.pid())));
        }
        return last;
    }

    private boolean isFresh(Duration age) {
        if (!(last instanceof Reading.Known<Found>(Found found))) {
            return age.compareTo(RETRY) < 0;
        }
        return found.mark().isPresent()
                ? host.startMark(found.process().pid()).equals(found.mark())
                : age.compareTo(TRUST) < 0;
    }

    /** Forgets the process: the server was not there. */
    void forget() {
        looked = false;
    }
}
