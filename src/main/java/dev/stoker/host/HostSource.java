package dev.stoker.host;

import dev.stoker.base.Reading;
import java.util.List;

/**
 * Reads the state of the host that a server runs on. Every call reads anew, takes milliseconds, changes nothing, and
 * never throws: what can't be read is a {@link Reading} with its reason. Thread-safe.
 */
public interface HostSource {

    HostMemory memory();

    /** Returns the process that listens on a TCP port of this host. */
    Reading<HostProcess> listener(int port);

    /** Returns the memory of a process and its descendants. */
    TreeMemory tree(long rootPid);

    /** Returns the processes with the most resident memory, largest first, at most so many. */
    List<MemoryUser> largestUsers(int count);

    /** Returns whether the CPU is slowed down by heat now, and how it knows, where the kernel tells. */
    Reading<String> throttling();

    /** Returns whether this describes the machine that the program itself runs on. */
    boolean isLocal();
}
