package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.util.List;

/**
 * The memory of a process and all its descendants at one moment.
 *
 * @param processes the tree, root first; empty when the root is gone
 * @param resident proportional set size summed over the tree where the kernel tells it, else
 *     resident set size (shared pages then count in each process)
 * @param measure what {@code resident} is: {@code pss} or {@code rss}
 * @param cgroup bytes charged to the control group of the root, page cache included, where it has
 *     one of its own (a container, a unit)
 */
public record TreeMemory(
        List<HostProcess> processes,
        Reading<Bytes> resident,
        String measure,
        Reading<Bytes> cgroup) {
    public TreeMemory {
        processes = List.copyOf(processes);
    }
}
