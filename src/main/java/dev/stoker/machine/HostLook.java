package dev.stoker.machine;

import dev.stoker.host.HostSample;

/** Looks at the host of a machine, again and again. Used by one thread. */
@FunctionalInterface
public interface HostLook {

    /** Looks now; never throws for what a kernel does. */
    HostSample look();

    /** Closes what is kept open. */
    default void close() {}
}
