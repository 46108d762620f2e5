package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.Throttling;
import dev.stoker.host.TreeMemory;

import java.util.ArrayList;
import java.util.List;

/** The host of a {@link FakeServer}: 64 GiB, of which the server holds what it says. */
public final class FakeHost implements HostSource {
    static final HostProcess SERVER = new HostProcess(100, 1, "ollama", "ollama serve");

    Bytes total = Bytes.gib(64);
    public Bytes usedByOthers = Bytes.gib(4);
    Bytes base = Bytes.mib(200);
    Reading<Bytes> swapTotal = Reading.known(Bytes.gib(8));
    Reading<Bytes> swapUsed = Reading.known(Bytes.ZERO);
    Reading<Throttling> throttling = Reading.known(new Throttling(false, "no zone is hot"));
    final List<MemoryUser> others = new ArrayList<>();
    boolean runnersLive = true;
    private final FakeServer server;

    public FakeHost(FakeServer server) {
        this.server = server;
        others.add(new MemoryUser(new HostProcess(1, 0, "init", "init"), Bytes.mib(10)));
    }

    @Override
    public HostMemory memory() {
        Bytes available = total.minus(usedByOthers).minus(base).minus(server.memory());
        return new HostMemory(
                Reading.known(total),
                Reading.known(available),
                Reading.known(available),
                Reading.known(Bytes.ZERO),
                swapTotal,
                swapUsed);
    }

    @Override
    public Reading<HostProcess> listener(int port) {
        return Reading.known(SERVER);
    }

    @Override
    public TreeMemory tree(long rootPid) {
        List<HostProcess> tree = new ArrayList<>(List.of(SERVER));
        if (runnersLive) {
            server.inMemory()
                    .forEach(name ->
                            tree.add(
                                    new HostProcess(200 + tree.size(), 100, "llama-server", name)));
        }
        return new TreeMemory(
                tree,
                Reading.known(base.plus(server.memory())),
                "pss",
                Reading.unsupported("it has no control group of its own"));
    }

    @Override
    public List<MemoryUser> largestUsers(int count) {
        return List.copyOf(others);
    }

    @Override
    public Reading<Throttling> throttling() {
        return throttling;
    }

    @Override
    public boolean isLocal() {
        return true;
    }
}
