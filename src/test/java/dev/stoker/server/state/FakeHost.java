package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.Launch;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.NoHost;
import dev.stoker.host.Throttling;
import dev.stoker.host.TreeMemory;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A host with one listener and processes that can be put and taken. Counts how often it is asked.
 */
final class FakeHost implements HostSource {
    private final HostSource nothing = new NoHost("nothing is known");
    private final Map<Long, HostProcess> processes = new ConcurrentHashMap<>();
    private final Map<Long, Launch> launches = new ConcurrentHashMap<>();
    private final Map<Long, Long> marks = new ConcurrentHashMap<>();
    private long listener;
    int listenerLooks;
    int childLooks;

    FakeHost listening(long pid, String name, Launch launch) {
        listener = pid;
        return put(pid, 1, name, launch);
    }

    FakeHost put(long pid, long parent, String name, Launch launch) {
        processes.put(pid, States.process(pid, parent, name));
        launches.put(pid, launch);
        marks.merge(pid, 1000 + pid, (old, _) -> old + 1);
        return this;
    }

    void end(long pid) {
        processes.remove(pid);
        launches.remove(pid);
    }

    @Override
    public Reading<HostProcess> listener(int port) {
        listenerLooks++;
        HostProcess found = processes.get(listener);
        return found == null
                ? Reading.unsupported("the server's process belongs to another user")
                : Reading.known(found);
    }

    @Override
    public Reading<Launch> launch(long pid) {
        Launch launch = launches.get(pid);
        return launch == null ? Reading.failed("it is gone") : Reading.known(launch);
    }

    @Override
    public Reading<List<HostProcess>> children(long pid) {
        childLooks++;
        return Reading.known(processes.values().stream().filter(p -> p.parent() == pid).toList());
    }

    @Override
    public OptionalLong startMark(long pid) {
        return processes.containsKey(pid)
                ? OptionalLong.of(marks.getOrDefault(pid, 0L))
                : OptionalLong.empty();
    }

    @Override
    public HostMemory memory() {
        return nothing.memory();
    }

    @Override
    public TreeMemory tree(long rootPid) {
        return nothing.tree(rootPid);
    }

    @Override
    public List<MemoryUser> largestUsers(int count) {
        return List.of();
    }

    @Override
    public Reading<Throttling> throttling() {
        return nothing.throttling();
    }

    @Override
    public boolean isLocal() {
        return true;
    }
}
