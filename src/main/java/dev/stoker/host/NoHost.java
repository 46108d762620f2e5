package dev.stoker.host;

import dev.stoker.base.Reading;

import java.util.List;

/**
 * The host of a server that can't be looked into: another machine, or a system that this program
 * can't read. Every reading is unsupported, with the one reason given. Immutable.
 *
 * @param reason why nothing can be read, a short phrase for a person
 */
public record NoHost(String reason) implements HostSource {

    @Override
    public HostMemory memory() {
        return new HostMemory(none(), none(), none(), none(), none(), none());
    }

    @Override
    public Reading<HostProcess> listener(int port) {
        return none();
    }

    @Override
    public Reading<Supervisor> supervisor(long pid) {
        return none();
    }

    @Override
    public Machine machine() {
        return Machine.unknown(reason);
    }

    @Override
    public Reading<String> launchOptions(long pid) {
        return none();
    }

    @Override
    public Reading<Launch> launch(long pid) {
        return none();
    }

    @Override
    public Reading<List<HostProcess>> children(long pid) {
        return none();
    }

    @Override
    public Reading<List<Long>> freeBlocks() {
        return none();
    }

    @Override
    public Reading<Double> memoryPressure() {
        return none();
    }

    @Override
    public TreeMemory tree(long rootPid) {
        return new TreeMemory(List.of(), none(), "", none());
    }

    @Override
    public List<MemoryUser> largestUsers(int count) {
        return List.of();
    }

    @Override
    public Reading<Throttling> throttling() {
        return none();
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    private <T> Reading<T> none() {
        return Reading.unsupported(reason);
    }
}
