package dev.stoker.server.state;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostSource;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.discovery.Discovery;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Watches one address: each look gives a sample of the server there, whatever it is. Looking loads
 * nothing, wakes nothing and resets nothing, as far as the policy does not allow it. A server that
 * is not there costs the policy's bound at most, and is found out anew when it is back: it may be
 * another one then. Its connections are kept from one look to the next.
 *
 * <p>Thread-safe; looks at one address follow each other. Never throws for what a server does.
 */
public final class ServerWatch implements AutoCloseable {
    private final Endpoint endpoint;
    private final ApiKey key;
    private final HostSource host;
    private final AskPolicy policy;
    private final Clock wall;
    private final Connections connections;
    private @Nullable Known known;
    private boolean suspect;

    /** What was known of its health last; also what is said while a search goes on. */
    private Health lastHealth;

    private @Nullable CompletableFuture<InferenceServer> search;

    private record Known(ServerIdentity identity, Clock clock, StateReader reader) {}

    /**
     * @param host the server's host, where what only it knows is looked for
     * @param wall the machine's clock
     */
    public ServerWatch(
            Endpoint endpoint, ApiKey key, HostSource host, AskPolicy policy, Clock wall) {
        this.endpoint = endpoint;
        this.key = key;
        this.host = host;
        this.policy = policy;
        this.wall = wall;
        this.connections = new Connections(wall);
        this.lastHealth =
                new Health.Unknown(
                        "It was not known within "
                                + policy.bound().toMillis() / 1000.0
                                + " s what answers there.");
    }

    /** Returns a watch of a server that was found already. */
    public static ServerWatch of(
            InferenceServer server, ApiKey key, HostSource host, AskPolicy policy, Clock wall) {
        ServerWatch watch = new ServerWatch(server.identity().endpoint(), key, host, policy, wall);
        watch.known = watch.known(server);
        return watch;
    }

    /** Looks at several addresses side by side, and returns the samples in the same order. */
    public static List<ServerState> look(List<ServerWatch> watches) {
        List<CompletableFuture<ServerState>> looks = new ArrayList<>();
        for (ServerWatch watch : watches) {
            CompletableFuture<ServerState> look = new CompletableFuture<>();
            looks.add(look);
            Thread.ofVirtual()
                    .name("watch " + watch.endpoint.port())
                    .start(() -> {
                        try {
                            look.complete(watch.look());
                        } catch (RuntimeException | Error e) {
                            look.completeExceptionally(e);
                        }
                    });
        }
        return looks.stream().map(CompletableFuture::join).toList();
    }

    /**
     * Takes a sample; takes the policy's bound at most, and twice that where it has to be found out
     * first what answers there, and something does.
     */
    public synchronized ServerState look() {
        Known now = known;
        if (now == null || suspect) {
            try {
                now = find();
            } catch (ServerException e) {
                return absent(new Health.Down(e.failure()));
            }
            if (now == null) {
                return absent(lastHealth);
            }
            known = now;
        }
        Session session = new Session(wall, key, policy.bound(), connections);
        ServerState state =
                now.reader().read(session, new Draft(now.identity(), wall, now.clock().nanos()));
        connections.closeUnused();
        // A server that is loading does not tell all of what it is.
        lastHealth = state.health();
        suspect = !(state.health() instanceof Health.Up);
        return state;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Closes the connections; a look after that opens new ones. */
    @Override
    public synchronized void close() {
        connections.close();
    }

    /** Finds out who answers, within the bound; one search at a time goes on beyond it. */
    private @Nullable Known find() throws ServerException {
        CompletableFuture<InferenceServer> running = search;
        if (running == null) {
            running = new CompletableFuture<>();
            search = running;
            start(running);
        }
        try {
            InferenceServer server = running.get(policy.bound().toNanos(), TimeUnit.NANOSECONDS);
            search = null;
            suspect = false;
            return known(server);
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException(new ServerFailure.Cancelled());
        } catch (ExecutionException e) {
            search = null;
            if (e.getCause() instanceof ServerException failure) {
                throw failure;
            }
            throw new IllegalStateException("the search for a server broke", e.getCause());
        }
    }

    private void start(CompletableFuture<InferenceServer> result) {
        Thread.ofVirtual()
                .name("find " + endpoint.port())
                .start(() -> {
                    try {
                        result.complete(Discovery.open(endpoint, wall, key));
                    } catch (ServerException | RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                });
    }

    private Known known(InferenceServer server) {
        ServerIdentity identity = server.identity();
        ServerProcess process = new ServerProcess(host, endpoint.port(), wall);
        StateReader reader =
                switch (identity.kind()) {
                    case OLLAMA ->
                            new OllamaReader(process, new OllamaRunners(process, wall), policy);
                    case LLAMA_SERVER -> new LlamaServerReader(process, policy);
                    case LLAMA_ROUTER -> new LlamaRouterReader(process, policy);
                    case VLLM, SGLANG, TGI -> new EngineReader(identity.kind(), process);
                    case LM_STUDIO, LLAMA_SWAP, OPENAI -> new ListReader(identity.kind());
                };
        return new Known(identity, server.clock(), reader);
    }

    private ServerState absent(Health health) {
        Known last = known;
        lastHealth = health;
        return ServerState.without(
                endpoint,
                last == null ? Reading.failed(health.reason()) : Reading.known(last.identity()),
                wall.now(),
                last == null ? wall.nanos() : last.clock().nanos(),
                health);
    }
}
