package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.time.Instant;
import java.util.Optional;

/**
 * What there is to say of a process beside what it does on a GPU. Immutable; texts are cleaned, and
 * secrets on the command line are left out.
 *
 * @param process its numbers, name and command line
 * @param user the name of its user, or the user's number
 * @param started when it began
 * @param cpuPercent of one processor since the look before: 200 is two processors
 * @param resident the memory of the host that it holds
 * @param container which it runs in; empty where in none
 */
public record ProcessDetails(
        HostProcess process,
        Reading<String> user,
        Reading<Instant> started,
        Reading<Double> cpuPercent,
        Reading<Bytes> resident,
        Reading<Optional<HostContainer>> container) {}
