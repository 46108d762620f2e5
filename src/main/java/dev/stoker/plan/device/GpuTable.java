package dev.stoker.plan.device;

import dev.stoker.base.Bytes;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The GPUs that are known. One is found by its PCI identifier or by its whole name, never by a part
 * of it: {@code L4} is no {@code L40S}, and a laptop's GPU is not the desktop's. Immutable.
 *
 * <p>Source: {@code gpus.tsv} beside this class, whose rows name theirs.
 */
public final class GpuTable {
    private static final int CANDIDATES = 5;

    private final List<GpuModel> rows;
    private final Map<String, List<GpuModel>> names = new HashMap<>();
    private final Map<String, GpuModel> ids = new HashMap<>();

    private GpuTable(List<GpuModel> rows) {
        this.rows = List.copyOf(rows);
        for (GpuModel row : this.rows) {
            add(row.name(), row);
            row.aliases().forEach(alias -> add(alias, row));
            row.pciIds().forEach(id -> ids.putIfAbsent(id, row));
        }
    }

    private void add(String name, GpuModel row) {
        List<GpuModel> same = names.computeIfAbsent(GpuName.key(name), k -> new ArrayList<>());
        if (!same.contains(row)) {
            same.add(row);
        }
    }

    /** Returns the table that comes with the program. */
    public static GpuTable standard() {
        return Standard.TABLE;
    }

    /** Read once, when it is first asked for. */
    private static final class Standard {
        static final GpuTable TABLE = new GpuTable(GpuRows.read(text(), "the table of GPUs"));

        private Standard() {}

        private static String text() {
            try (InputStream in = GpuTable.class.getResourceAsStream("gpus.tsv")) {
                if (in == null) {
                    throw new IllegalStateException("gpus.tsv is missing");
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Returns this table with a user's rows before it: a row of a name that is there replaces it.
     *
     * @param text lines as in {@code gpus.tsv}
     * @param origin names the text in an error
     * @throws UserError for a line that is none
     */
    public GpuTable with(String text, String origin) {
        List<GpuModel> all = new ArrayList<>(GpuRows.read(text, origin));
        List<String> own = all.stream().map(r -> GpuName.key(r.name())).toList();
        rows.stream().filter(r -> !own.contains(GpuName.key(r.name()))).forEach(all::add);
        return new GpuTable(all);
    }

    public List<GpuModel> rows() {
        return rows;
    }

    /**
     * Returns the GPU with this identifier.
     *
     * @param id {@code vendor:device}, as {@code 10de:2204}
     */
    public Optional<GpuModel> byPciId(String id) {
        return Optional.ofNullable(ids.get(id.strip().toLowerCase(Locale.ROOT)));
    }

    /**
     * Returns the GPU of this name; empty where there is none, and where boards of different
     * memories have it.
     */
    public Optional<GpuModel> find(String name) {
        String key = GpuName.key(name);
        List<GpuModel> found = names.getOrDefault(key, List.of());
        if (found.size() > 1) {
            found = found.stream().filter(r -> GpuName.key(r.name()).equals(key)).toList();
        }
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /**
     * Returns the GPU of this name whose memory is the nearest, within an eighth: boards of
     * different memories have one name.
     *
     * @param memory all its memory, as the driver tells
     */
    public Optional<GpuModel> find(String name, Bytes memory) {
        List<GpuModel> found = names.getOrDefault(GpuName.key(name), List.of());
        return found.stream()
                .filter(r -> found.size() == 1 || apart(r, memory) <= r.sold().count() / 8)
                .min(Comparator.comparingLong(r -> apart(r, memory)));
    }

    private static long apart(GpuModel row, Bytes memory) {
        return Math.abs(row.reported().count() - memory.count());
    }

    /**
     * Returns the GPU that a user named.
     *
     * @throws UserError where there is none or several of this name; it names those that may be
     *     meant
     */
    public GpuModel require(String name) {
        Optional<GpuModel> found = find(name);
        if (found.isPresent()) {
            return found.get();
        }
        List<String> candidates = candidates(name);
        boolean several = names.containsKey(GpuName.key(name));
        throw UserError.wrongUse(
                (several ? "There are several GPUs" : "There is no GPU")
                        + " of the name '"
                        + Text.plain(name, 60)
                        + "' in the table.",
                (candidates.isEmpty()
                                ? ""
                                : "Is it one of: " + String.join(", ", candidates) + "? ")
                        + "Otherwise tell its memory and bandwidth: --gpu-memory 24GiB --bandwidth"
                        + " 936.");
    }

    /** Returns the names that may be meant by one that is not there, the likeliest first. */
    public List<String> candidates(String name) {
        String key = GpuName.key(name);
        record Near(String name, int distance) {}
        return rows.stream()
                .map(r -> new Near(r.name(), distance(r, key)))
                .filter(n -> n.distance <= 2 + key.length() / 4)
                .sorted(Comparator.comparingInt(Near::distance))
                .limit(CANDIDATES)
                .map(Near::name)
                .toList();
    }

    private static int distance(GpuModel row, String key) {
        int least = candidate(GpuName.key(row.name()), key);
        for (String alias : row.aliases()) {
            least = Math.min(least, candidate(GpuName.key(alias), key));
        }
        return least;
    }

    /** What is left out at the end, such as a memory, is a smaller fault than a wrong figure. */
    private static int candidate(String known, String key) {
        if (!key.isEmpty() && (known.startsWith(key) || key.startsWith(known))) {
            return known.length() == key.length() ? 0 : 1;
        }
        return GpuName.distance(known, key) + 1;
    }
}
