package dev.stoker.host;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rates of block devices and network interfaces since the look before. Which name is a whole
 * device is asked once. Used by one thread.
 *
 * <p>Source: the kernel's iostats document (a sector is 512 bytes, whatever the disk has) and
 * proc_net_dev(5).
 */
final class DeviceRates {
    private static final int SECTOR = 512;

    /** A machine with more has tens of thousands of virtual ones: only that many are kept. */
    private static final int MOST = 4096;

    private final Path sys;
    private final Map<String, Boolean> whole = new HashMap<>();
    private final Map<String, Counters> disks = new HashMap<>();
    private final Map<String, Counters> networks = new HashMap<>();

    DeviceRates(Path sys) {
        this.sys = sys;
    }

    private static final class Counters {
        final Counter in = new Counter();
        final Counter out = new Counter();
        final Counter busy = new Counter();
    }

    /**
     * Returns the rates of all devices and partitions by name.
     *
     * @param seconds since the look before
     */
    Map<String, DiskUse> disks(Reading<String> file, double seconds) {
        Map<String, DiskUse> uses = new HashMap<>();
        for (String line : lines(file)) {
            Columns columns = Columns.of(line);
            columns.skip(2);
            String name = Text.plain(columns.word(), 64);
            columns.skip(2);
            long read = columns.number();
            columns.skip(3);
            long written = columns.number();
            columns.skip(2);
            long busy = columns.number();
            if (name.isEmpty() || read < 0 || written < 0) {
                continue;
            }
            Counters counters = disks.computeIfAbsent(name, _ -> new Counters());
            uses.put(
                    name,
                    new DiskUse(
                            name,
                            counters.in.rate(read, seconds, SECTOR),
                            counters.out.rate(written, seconds, SECTOR),
                            counters.busy.rate(busy, seconds, 1e-3).map(s -> Math.min(1, s))));
        }
        disks.keySet().retainAll(uses.keySet());
        return uses;
    }

    /** Returns those that are whole devices and no loop or memory ones, by name. */
    List<DiskUse> whole(Map<String, DiskUse> all) {
        whole.keySet().retainAll(new HashSet<>(all.keySet()));
        List<DiskUse> kept = new ArrayList<>();
        all.forEach((name, use) -> {
            if (whole.computeIfAbsent(name, this::isWhole)) {
                kept.add(use);
            }
        });
        kept.sort(Comparator.comparing(DiskUse::name));
        return kept;
    }

    private boolean isWhole(String name) {
        return !name.matches("(?:loop|ram|zram|sr|fd)[0-9]+")
                && !Files.exists(sys.resolve("class/block").resolve(name).resolve("partition"));
    }

    List<NetworkUse> networks(Reading<String> file, double seconds) {
        List<NetworkUse> uses = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String line : lines(file)) {
            int colon = line.indexOf(':'); // The first column may follow it without a space.
            String name = colon < 0 ? "" : Text.plain(line.substring(0, colon).strip(), 64);
            if (name.isEmpty() || name.equals("lo") || !names.add(name)) {
                continue;
            }
            Columns columns = Columns.of(line.substring(colon + 1));
            long received = columns.number();
            columns.skip(7);
            long sent = columns.number();
            Counters counters = networks.computeIfAbsent(name, _ -> new Counters());
            uses.add(
                    new NetworkUse(
                            name,
                            counters.in.rate(received, seconds, 1),
                            counters.out.rate(sent, seconds, 1)));
        }
        networks.keySet().retainAll(names);
        uses.sort(Comparator.comparing(NetworkUse::name));
        return uses;
    }

    private static List<String> lines(Reading<String> file) {
        return file.orElse("").lines().limit(MOST).toList();
    }
}
