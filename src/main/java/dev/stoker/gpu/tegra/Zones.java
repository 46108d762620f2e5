package dev.stoker.gpu.tegra;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.sysfs.SysTree;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The thermal zones of a Jetson. The sensor of a part without power answers that it should be asked
 * again, or −256 °C: it is off, which is no temperature. To ask it again at once would block, so it
 * is left alone for a while. Used by one thread.
 *
 * <p>Source: the kernel's thermal sysfs document; Tegra's thermal driver gives −256000 for off.
 */
final class Zones {
    private static final long OFF = -256_000;
    private static final long ASK_AGAIN_NANOS = 10_000_000_000L;

    private final SysTree tree;
    private final Map<Path, Long> offSince = new HashMap<>();

    Zones(SysTree tree) {
        this.tree = tree;
    }

    /**
     * A zone.
     *
     * @param name without the suffixes that releases add: {@code gpu}, {@code tj}
     * @param celsius or why there is none
     */
    record Zone(String name, Reading<Double> celsius, Path folder) {}

    List<Zone> read(long nanos) {
        List<Zone> zones = new ArrayList<>();
        for (Path folder :
                tree.list(tree.path("sys/devices/virtual/thermal"), "thermal_zone[0-9]*")) {
            String name = name(tree.word(folder.resolve("type")));
            if (!name.isEmpty()) {
                zones.add(new Zone(name, celsius(folder, nanos), folder));
            }
        }
        return zones;
    }

    static String name(String type) {
        String name = Text.plain(type, 40).toLowerCase(Locale.ROOT);
        for (String suffix : List.of("-thermal", "_thermal", "-therm", "_therm")) {
            if (name.endsWith(suffix)) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return name;
    }

    private Reading<Double> celsius(Path folder, long nanos) {
        Long since = offSince.get(folder);
        if (since != null && nanos - since < ASK_AGAIN_NANOS) {
            return Reading.unsupported(SysTree.OFF);
        }
        Reading<Long> raw = tree.number(folder.resolve("temp"));
        boolean off =
                (raw instanceof Reading.Known<Long>(Long v) && v <= OFF)
                        || raw.reason().equals(SysTree.OFF);
        if (off) {
            offSince.put(folder, nanos);
            return Reading.unsupported(SysTree.OFF);
        }
        offSince.remove(folder);
        return SysTree.within(raw.map(v -> v * 1e-3), -60, 200);
    }

    static Optional<Zone> named(List<Zone> zones, String name) {
        return zones.stream().filter(z -> z.name().equals(name)).findFirst();
    }

    /** Returns the lowest mark of a kind at which the kernel acts on a zone. */
    Reading<Double> mark(Zone zone, String kind) {
        Reading<Double> lowest = Reading.unsupported("the zone of the GPU has no such mark");
        for (Path type : tree.list(zone.folder(), "trip_point_*_type")) {
            String name = SysTree.name(type);
            Path temp =
                    zone.folder()
                            .resolve(name.substring(0, name.length() - "type".length()) + "temp");
            Reading<Double> mark = tree.figure(temp, 1e-3, 1, 200);
            if (tree.word(type).equals(kind)
                    && mark.isKnown()
                    && mark.value() < lowest.orElse(Double.MAX_VALUE)) {
                lowest = mark;
            }
        }
        return lowest;
    }
}
