package dev.stoker.machine;

import dev.stoker.base.Clock;
import dev.stoker.host.HostSource;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.state.AskPolicy;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ServerWatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at the servers that may be at some addresses, again and again. Where nothing was ever heard
 * and nothing listens, nothing is asked. The first look waits for each server as long as its policy
 * allows; a later one only a moment, so that one that hangs does not slow a screen: its last sample
 * stands for it for twice the policy's bound, and then one that says for how long it is silent.
 * Used by one thread.
 */
public final class ServerLook implements AutoCloseable {
    private static final Duration MOMENT = Duration.ofMillis(300);

    private final List<Endpoint> addresses;
    private final boolean named;
    private final ApiKey key;
    private final HostSource host;
    private final AskPolicy policy;
    private final Clock clock;
    private final AddressProbe probe;
    private final Map<Endpoint, ServerWorker> workers = new LinkedHashMap<>();
    private boolean looked;

    /**
     * @param addresses where to look
     * @param named whether the user named them: then they are reported also where nothing answers
     * @param host this machine
     */
    public ServerLook(
            List<Endpoint> addresses,
            boolean named,
            ApiKey key,
            HostSource host,
            AskPolicy policy,
            Clock clock) {
        this.addresses = List.copyOf(addresses);
        this.named = named;
        this.key = key;
        this.host = host;
        this.policy = policy;
        this.clock = clock;
        this.probe = new AddressProbe(clock);
    }

    /** Returns the servers in the order of their addresses. */
    public List<ServerState> look() throws InterruptedException {
        request();
        return collect();
    }

    /** Asks every server for a new sample, and does not wait for it. */
    void request() throws InterruptedException {
        if (named) {
            watch(addresses);
        } else {
            watch(probe.found(Duration.ZERO));
            probe.begin(
                    addresses.stream().filter(address -> !workers.containsKey(address)).toList());
        }
        workers.values().forEach(ServerWorker::ask);
    }

    private void watch(Collection<Endpoint> found) {
        for (Endpoint address : found) {
            if (!workers.containsKey(address)) {
                ServerWatch watch = new ServerWatch(address, key, host, policy, clock);
                workers.put(
                        address, new ServerWorker(watch, policy.bound().multipliedBy(2), clock));
            }
        }
    }

    /** Returns the samples that were asked for, or what stands for them. */
    List<ServerState> collect() throws InterruptedException {
        // A server is found out first, and then looked at: each may take the bound.
        Duration patience = looked ? MOMENT : policy.bound().multipliedBy(3);
        if (!looked && !named) {
            watch(probe.found(patience));
            workers.values().forEach(ServerWorker::ask);
        }
        looked = true;
        long deadline = clock.nanos() + patience.toNanos();
        List<ServerState> states = new ArrayList<>();
        for (Endpoint address : addresses) {
            ServerWorker worker = workers.get(address);
            if (worker != null) {
                Duration left = Duration.ofNanos(Math.max(0, deadline - clock.nanos()));
                Optional<ServerState> state = worker.await(left);
                state.ifPresent(states::add);
            }
        }
        return states;
    }

    @Override
    public void close() {
        workers.values().forEach(ServerWorker::stop);
    }
}
