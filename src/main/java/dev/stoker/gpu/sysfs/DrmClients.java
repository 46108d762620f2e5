package dev.stoker.gpu.sysfs;

import dev.stoker.base.Text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who uses graphics cards: the kernel tells it beside the open files of each process. One client
 * may have its file open several times and in several processes; it counts once. Only root sees the
 * files of other users.
 *
 * <p>Looking through all files of all processes is dear, and a process opens a card soon after its
 * start or never: one without is looked at again after a second, then after twice as long each
 * time, up to a minute. Used by one thread.
 *
 * <p>Source: the kernel's drm-usage-stats document.
 */
public final class DrmClients {
    private static final long FIRST_REST_NANOS = 1_000_000_000L;
    private static final long LONGEST_REST_NANOS = 60_000_000_000L;
    private static final int MOST_FILES = 4096;
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})(?:\\s+(KiB|MiB|GiB))?");

    private final SysTree tree;
    private final Map<String, Rest> withoutCard = new HashMap<>();
    private final Set<String> hidden = new HashSet<>();

    /** How long a process without a card's file is left alone. */
    private record Rest(long until, long nanos) {}

    public DrmClients(SysTree tree) {
        this.tree = tree;
    }

    /**
     * One client of a card.
     *
     * @param pid the process that was seen first with it
     * @param pciBusId of the card
     * @param id the kernel's number, one of a card's
     * @param driver such as {@code amdgpu}
     * @param values sizes in bytes, engines in nanoseconds or cycles, by the kernel's keys without
     *     their {@code drm-}
     */
    public record Client(
            long pid, String pciBusId, String id, String driver, Map<String, Long> values) {

        /** Returns a value, or 0 where there is none. */
        public long value(String key) {
            return values.getOrDefault(key, 0L);
        }

        /** Returns the first of these that is told, or -1. */
        public long first(String... keys) {
            for (String key : keys) {
                Long value = values.get(key);
                if (value != null) {
                    return value;
                }
            }
            return -1;
        }

        public String key() {
            return pciBusId + "/" + id;
        }
    }

    /** Returns the clients of all cards that this user may see. */
    public List<Client> read(long nanos) {
        Map<String, Client> clients = new HashMap<>();
        Set<String> alive = new HashSet<>();
        for (Path process : tree.list(tree.path("proc"), "[0-9]*")) {
            String pid = SysTree.name(process);
            alive.add(pid);
            Rest rest = withoutCard.get(pid);
            if (!pid.matches("[0-9]{1,10}") || (rest != null && nanos - rest.until() < 0)) {
                continue;
            }
            if (look(process, Long.parseLong(pid), clients)) {
                withoutCard.remove(pid);
            } else {
                long next =
                        rest == null
                                ? FIRST_REST_NANOS
                                : Math.min(LONGEST_REST_NANOS, rest.nanos() * 2);
                withoutCard.put(pid, new Rest(nanos + next, next));
            }
        }
        withoutCard.keySet().retainAll(alive);
        hidden.retainAll(alive);
        return clients.values().stream().sorted((a, b) -> Long.compare(a.pid, b.pid)).toList();
    }

    /** Returns whether all processes could be looked at in the last reading. */
    public boolean sawAll() {
        return hidden.isEmpty();
    }

    private boolean look(Path process, long pid, Map<String, Client> clients) {
        boolean any = false;
        if (!tree.isReadable(process.resolve("fd"))) {
            hidden.add(Long.toString(pid));
            return false;
        }
        List<Path> files = tree.list(process.resolve("fd"), "[0-9]*");
        for (Path file : files.subList(0, Math.min(files.size(), MOST_FILES))) {
            String target = tree.linkTarget(file);
            if (!target.startsWith("/dev/dri/") && !target.startsWith("/dev/accel/")) {
                continue;
            }
            any = true;
            String text = tree.word(process.resolve("fdinfo").resolve(SysTree.name(file)));
            parse(pid, text).ifPresent(client -> clients.putIfAbsent(client.key(), client));
        }
        return any;
    }

    /** Reads what the kernel tells of one open file; nothing where it is no card's. */
    static Optional<Client> parse(long pid, String text) {
        String bus = "";
        String id = "";
        String driver = "";
        Map<String, Long> values = new HashMap<>();
        for (String line : text.lines().toList()) {
            int colon = line.indexOf(':');
            if (!line.startsWith("drm-") || colon < 0) {
                continue;
            }
            String key = line.substring(4, colon);
            String value = line.substring(colon + 1).strip();
            switch (key) {
                case "pdev" -> bus = Text.plain(value, 32).toLowerCase(Locale.ROOT);
                case "client-id" -> id = Text.plain(value, 24);
                case "driver" -> driver = Text.plain(value, 24);
                default -> {
                    long number = number(value);
                    if (number >= 0) {
                        values.merge(key, number, Math::max);
                    }
                }
            }
        }
        return bus.isEmpty() || id.isEmpty()
                ? Optional.empty()
                : Optional.of(new Client(pid, bus, id, driver, values));
    }

    private static long number(String value) {
        String text = value.endsWith(" ns") ? value.substring(0, value.length() - 3) : value;
        Matcher m = SIZE.matcher(text);
        if (!m.matches()) {
            return -1;
        }
        long number = Long.parseLong(m.group(1));
        int shift =
                m.group(2) == null
                        ? 0
                        : 10 * (List.of("KiB", "MiB", "GiB").indexOf(m.group(2)) + 1);
        return number > Long.MAX_VALUE >> (shift + 1) ? -1 : number << shift;
    }

    /** Returns the clients of one card. */
    public static List<Client> of(List<Client> all, String pciBusId) {
        List<Client> own = new ArrayList<>(all);
        own.removeIf(client -> !client.pciBusId.equals(pciBusId));
        return own;
    }
}
