package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.host.HostProcess;
import dev.stoker.host.MemorySampler;
import dev.stoker.host.TreeMemory;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/**
 * Looks at the memory of the server under test: its host, its process tree, and its own word. The
 * server's process is found once by its port and again when it is gone. Thread-safe.
 */
final class ServerMemory {
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(250);
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(10);
    private static final Duration SETTLE_STEP = Duration.ofMillis(250);

    private final BenchContext context;
    private @Nullable HostProcess root;

    ServerMemory(BenchContext context) {
        this.context = context;
    }

    /** Returns the memory of the server's process tree. */
    synchronized TreeReading tree() {
        if (root != null) {
            TreeMemory tree = context.host().tree(root.pid());
            if (!tree.processes().isEmpty()) {
                return new TreeReading(tree.resident(), tree.cgroup());
            }
        }
        Reading<HostProcess> found =
                context.host().listener(context.server().identity().endpoint().port());
        if (!(found instanceof Reading.Known<HostProcess>(HostProcess process))) {
            root = null;
            return new TreeReading(
                    Reading.unsupported(found.reason()), Reading.unsupported(found.reason()));
        }
        root = process;
        TreeMemory tree = context.host().tree(process.pid());
        return new TreeReading(tree.resident(), tree.cgroup());
    }

    /** Returns the process at the root of the server's tree. */
    synchronized Reading<HostProcess> process() {
        TreeReading tree = tree();
        return root == null ? Reading.unsupported(tree.resident().reason()) : Reading.known(root);
    }

    /** Starts to watch the extremes; to be closed. */
    MemorySampler watch() {
        return MemorySampler.start(context.host(), process(), WATCH_INTERVAL, context.clock());
    }

    /** Forgets the process: after a restart it is another one. */
    synchronized void forget() {
        root = null;
    }

    record TreeReading(Reading<Bytes> resident, Reading<Bytes> cgroup) {}

    /**
     * Returns whether every model that the server lists as loaded is a ghost. Ollama goes on
     * listing a model whose runner was killed; each living one is a child process of the server, so
     * a server without any child serves none. Other servers, and servers whose processes can't be
     * seen, are taken at their word.
     */
    static boolean onlyGhosts(BenchContext context, int listed) {
        ServerIdentity identity = context.server().identity();
        if (listed == 0
                || identity.kind() != ServerKind.OLLAMA
                || identity.simulated().isPresent()
                || !(context.host().listener(identity.endpoint().port())
                        instanceof Reading.Known<HostProcess>(HostProcess server))) {
            return false;
        }
        return context.host().tree(server.pid()).processes().size() == 1;
    }

    /** Returns what new programs could have, or what the limit of the server's container leaves. */
    synchronized Reading<Bytes> available() {
        return root == null
                ? context.host().memory().available()
                : context.host().memoryFor(root.pid()).available();
    }

    /** Returns a mark of this moment. The server is asked only what it says of the model. */
    MemoryMark mark(String model) {
        TreeReading tree = tree();
        Optional<LoadedModel> entry;
        String why = "the model is not listed as loaded";
        try {
            entry = loaded(model);
            if (entry.isPresent() && onlyGhosts(context, 1)) {
                entry = Optional.empty();
                why = "the server lists it, but its runner is dead";
            }
        } catch (ServerException e) {
            entry = Optional.empty();
            why = "the server did not tell: " + e.failure().code();
        }
        Reading<Bytes> none = Reading.unsupported(why);
        return new MemoryMark(
                available(),
                tree.resident(),
                tree.cgroup(),
                entry.map(LoadedModel::total).orElse(none),
                entry.map(LoadedModel::onGpu).orElse(none));
    }

    /** Returns the server's entry of a loaded model. */
    Optional<LoadedModel> loaded(String model) throws ServerException {
        return context.server().loaded().stream()
                .filter(l -> sameModel(l.name(), model))
                .findFirst();
    }

    /** Returns whether two names mean one model: Ollama lists {@code x} as {@code x:latest}. */
    static boolean sameModel(String listed, String asked) {
        return listed.equals(asked)
                || listed.equals(asked + ":latest")
                || asked.equals(listed + ":latest");
    }

    /**
     * Waits until the memory of the server's tree (else of the host) is back at a level, at most
     * ten seconds, and returns how much more than that level is still in use; never below zero.
     *
     * @param before the mark to come back to
     * @param size what the model took; a tenth of it (at least 64 MiB) counts as come back
     */
    Reading<Bytes> retainedSince(MemoryMark before, Bytes size, Cancellation cancellation)
            throws InterruptedException {
        Bytes tolerance = Bytes.mib(64).max(Bytes.of(size.count() / 10));
        long deadline = context.clock().nanos() + SETTLE_LIMIT.toNanos();
        while (true) {
            Reading<Bytes> more = moreThan(before);
            if (!(more instanceof Reading.Known<Bytes>(Bytes bytes))
                    || bytes.compareTo(tolerance) <= 0
                    || cancellation.isCancelled()
                    || context.clock().nanos() > deadline) {
                return more;
            }
            context.clock().sleep(SETTLE_STEP);
        }
    }

    private Reading<Bytes> moreThan(MemoryMark before) {
        Reading<Bytes> now = tree().resident();
        if (now instanceof Reading.Known<Bytes>(Bytes n)
                && before.serverResident() instanceof Reading.Known<Bytes>(Bytes b)) {
            return Reading.known(n.minus(b).max(Bytes.ZERO));
        }
        if (before.hostAvailable() instanceof Reading.Known<Bytes>(Bytes b)
                && available() instanceof Reading.Known<Bytes>(Bytes n)) {
            return Reading.known(b.minus(n).max(Bytes.ZERO));
        }
        return Reading.unsupported(now.isKnown() ? before.serverResident().reason() : now.reason());
    }
}
