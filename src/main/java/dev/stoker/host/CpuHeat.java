package dev.stoker.host;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Tells whether heat slows the CPU down. Two sources: the throttle counters of x86 CPUs, which are
 * compared with the look before (the first one was at construction), and the kernel's cooling
 * devices, of which those that slow a processor count (Jetson boards, other ARM boards, ACPI). Fans
 * do not count. Thread-safe.
 *
 * <p>Source: {@code /sys/devices/system/cpu/cpu*}{@code /thermal_throttle} and the kernel's thermal
 * sysfs document.
 */
final class CpuHeat {
    private static final Pattern SLOWS =
            Pattern.compile(
                    ".*throttle-alert|(?:thermal-)?cpufreq-.*|(?:thermal-)?devfreq-.*|Processor|hot-surface-alert");

    private final Path cpus;
    private final Path thermal;
    private final AtomicLong before;

    CpuHeat(Path sys) {
        cpus = sys.resolve("devices").resolve("system").resolve("cpu");
        thermal = sys.resolve("class").resolve("thermal");
        before = new AtomicLong(counters().sum());
    }

    Reading<Throttling> look() {
        Counters counters = counters();
        if (counters.cpus() > 0) {
            long risen = counters.sum() - before.getAndSet(counters.sum());
            if (risen > 0) {
                return Reading.known(
                        new Throttling(
                                true,
                                "the throttle counters of the CPU rose by "
                                        + risen
                                        + " since the last look"));
            }
        }
        List<String> slowing = new ArrayList<>();
        int devices = 0;
        for (Path device : entries(thermal, "cooling_device*")) {
            String type = ProcFile.word(device.resolve("type")).orElse("");
            OptionalLong state =
                    ProcFile.number(ProcFile.word(device.resolve("cur_state")).orElse(""));
            if (SLOWS.matcher(type).matches() && state.isPresent()) {
                devices++;
                if (state.getAsLong() > 0) {
                    slowing.add(Text.plain(type, 40) + " at " + state.getAsLong());
                }
            }
        }
        if (!slowing.isEmpty()) {
            return Reading.known(
                    new Throttling(true, "active cooling devices: " + String.join(", ", slowing)));
        }
        if (counters.cpus() == 0 && devices == 0) {
            return Reading.unsupported(
                    "the kernel shows no throttle counter and no cooling device of the CPU");
        }
        return Reading.known(
                new Throttling(
                        false,
                        counters.cpus() > 0
                                ? "the throttle counters of "
                                        + counters.cpus()
                                        + " CPUs have not risen since the last look"
                                : "none of " + devices + " cooling devices is active"));
    }

    private Counters counters() {
        int found = 0;
        long sum = 0;
        for (Path cpu : entries(cpus, "cpu[0-9]*")) {
            Path folder = cpu.resolve("thermal_throttle");
            boolean any = false;
            for (String name : List.of("core_throttle_count", "package_throttle_count")) {
                Reading<Long> count = ProcFile.number(folder.resolve(name));
                any |= count.isKnown();
                sum += count.orElse(0L);
            }
            found += any ? 1 : 0;
        }
        return new Counters(found, sum);
    }

    private static List<Path> entries(Path folder, String glob) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
            stream.forEach(entries::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        entries.sort(null);
        return entries;
    }

    private record Counters(int cpus, long sum) {}
}
