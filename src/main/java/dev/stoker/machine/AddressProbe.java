package dev.stoker.machine;

import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds out at which addresses something listens, by opening a connection and closing it: that
 * costs a hundredth of a question. At first it tries at every look, then seldom; a round goes on in
 * a thread of its own, since an address behind a filter says nothing at all. Used by one thread.
 */
final class AddressProbe {
    private static final int CONNECT_MILLIS = 200;
    private static final int EAGER_ROUNDS = 3;
    private static final Duration SELDOM = Duration.ofSeconds(5);

    private final Clock clock;
    private CompletableFuture<Set<Endpoint>> round = CompletableFuture.completedFuture(Set.of());
    private int rounds;
    private long begun;

    AddressProbe(Clock clock) {
        this.clock = clock;
    }

    /** Begins a round over these addresses, unless one is under way or none is due. */
    void begin(Collection<Endpoint> addresses) {
        boolean due = rounds < EAGER_ROUNDS || clock.nanos() - begun >= SELDOM.toNanos();
        if (addresses.isEmpty() || !due || !round.isDone()) {
            return;
        }
        rounds++;
        begun = clock.nanos();
        List<Endpoint> all = List.copyOf(addresses);
        CompletableFuture<Set<Endpoint>> next = new CompletableFuture<>();
        round = next;
        Thread.ofPlatform()
                .daemon()
                .name("addresses")
                .start(() -> {
                    try {
                        Set<Endpoint> found = new LinkedHashSet<>();
                        all.stream().filter(AddressProbe::listens).forEach(found::add);
                        next.complete(found);
                    } catch (RuntimeException | Error e) {
                        next.completeExceptionally(e);
                    }
                });
    }

    /**
     * Returns the addresses at which the round found that something listens, once; none while it
     * goes on longer than the patience.
     */
    Set<Endpoint> found(Duration patience) throws InterruptedException {
        try {
            Set<Endpoint> found = round.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            round = CompletableFuture.completedFuture(Set.of());
            return found;
        } catch (TimeoutException e) {
            return Set.of();
        } catch (ExecutionException e) {
            throw new IllegalStateException("trying addresses broke", e.getCause());
        }
    }

    private static boolean listens(Endpoint address) {
        if (!address.host().equals("localhost")) {
            return listens(new InetSocketAddress(address.host(), address.port()));
        }
        // Both are known; to look a name up takes longer than all of a short start.
        return listens(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), address.port()))
                || listens(new InetSocketAddress(InetAddress.ofLiteral("::1"), address.port()));
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(address, CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
