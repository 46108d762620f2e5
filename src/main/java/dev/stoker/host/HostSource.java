package dev.stoker.host;

import dev.stoker.base.Reading;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads the state of the host that a server runs on. Every call reads anew, takes milliseconds,
 * changes nothing, and never throws: what can't be read is a {@link Reading} with its reason.
 * Thread-safe.
 */
public interface HostSource {

    HostMemory memory();

    /** Returns the process that listens on a TCP port of this host. */
    Reading<HostProcess> listener(int port);

    /**
     * Returns the memory that a process may use: the host's, cut to what the limits of its control
     * groups leave. A container with a limit of 32 GiB on a host with 128 has 32 in all.
     */
    default HostMemory memoryFor(long pid) {
        return memory();
    }

    /** Returns who keeps a process running. */
    default Reading<Supervisor> supervisor(long pid) {
        return Reading.unsupported("this source does not tell who keeps a process running");
    }

    /**
     * Returns the share of the last 10 seconds, 0 to 1, in which at least one task waited for
     * memory (the kernel's pressure stall information).
     */
    default Reading<Double> memoryPressure() {
        return Reading.unsupported("this source does not tell the pressure on memory");
    }

    /**
     * Returns how often programs of this host had to wait until a page of their memory was read
     * back from the disk or the swap since the system started: the kernel's major page faults.
     */
    default Reading<Long> pageIns() {
        return Reading.unsupported("this source does not tell how often memory was read back");
    }

    /**
     * Returns how many blocks of 1, 2, 4, 8 … pages are free, over all nodes and zones: memory that
     * is free in small pieces only can't be given to who asks for a large one.
     */
    default Reading<List<Long>> freeBlocks() {
        return Reading.unsupported("this source does not tell how free memory is cut up");
    }

    /** Returns the memory of a process and its descendants. */
    TreeMemory tree(long rootPid);

    /** Returns the CPU time that a process and its living descendants have taken so far. */
    default Reading<Duration> cpuTime(long rootPid) {
        return Reading.unsupported("this source does not tell the CPU time of processes");
    }

    /** Returns the work of all CPUs since the machine was started. */
    default Reading<CpuLoad> cpuLoad() {
        return Reading.unsupported("this source does not tell the load of the CPUs");
    }

    /** Returns the processes with the most resident memory, largest first, at most so many. */
    List<MemoryUser> largestUsers(int count);

    /** Returns whether the CPU is slowed down by heat now, where the kernel tells. */
    Reading<Throttling> throttling();

    /** Returns what machine this is. */
    default Machine machine() {
        return Machine.unknown("this source does not tell what machine it is");
    }

    /**
     * Returns the options that a process was started with: its arguments and the variables that
     * servers and GPU drivers read, without secrets.
     */
    default Reading<String> launchOptions(long pid) {
        return Reading.unsupported("this source does not tell with which options a process runs");
    }

    /**
     * Returns exactly how a process was started, without secrets: for whoever has to read an option
     * out of it. Its variables are unknown where only the process's owner may read them.
     */
    default Reading<Launch> launch(long pid) {
        return Reading.unsupported("this source does not tell how a process was started");
    }

    /** Returns the processes that a process itself has started and that live now. */
    default Reading<List<HostProcess>> children(long pid) {
        return Reading.unsupported("this source does not tell which processes a process started");
    }

    /**
     * Returns when a process began, in ticks since the host's start: another process with the same
     * number has another mark. Empty when there is none such, or the source can't tell. Cheap: one
     * small file.
     */
    default OptionalLong startMark(long pid) {
        return OptionalLong.empty();
    }

    /** Returns whether this describes the machine that the program itself runs on. */
    boolean isLocal();
}
