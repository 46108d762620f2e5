package dev.stoker.server.exposition;

import dev.stoker.server.LineSplitter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads a page in the Prometheus text format, or in OpenMetrics, from bytes that arrive in pieces
 * of any size. Never throws for what a page says: a line that is none is counted and left out, and
 * of two values of one series the first is kept, as Prometheus does. What is not wanted is passed
 * over by its name alone. Used by one thread, for one page.
 *
 * <p>Bounded: at most 200 000 values are kept, lines of at most 16 MiB are read, and a line of more
 * than 64 KiB is none.
 */
public final class ExpositionReader {
    private static final int LONGEST_LINE = 64 << 10;
    private static final int MOST_SERIES = 200_000;

    private record Key(String name, Map<String, String> labels) {}

    private final Predicate<String> wanted;
    private final int most;
    private final boolean described;
    private final LineSplitter splitter = new LineSplitter();
    private final List<Series> series = new ArrayList<>();
    private final Set<Key> seen = new HashSet<>();
    private final Map<String, MetricType> types = new HashMap<>();
    private final Map<String, String> helps = new HashMap<>();
    private byte[] passed = {};
    private boolean ended;
    private boolean cut;
    private long badLines;
    private long duplicates;

    /**
     * @param wanted whether values of that full name are to be kept
     */
    public ExpositionReader(Predicate<String> wanted) {
        this(wanted, MOST_SERIES);
    }

    ExpositionReader(Predicate<String> wanted, int most) {
        this(wanted, most, true);
    }

    private ExpositionReader(Predicate<String> wanted, int most, boolean described) {
        this.wanted = wanted;
        this.most = most;
        this.described = described;
    }

    /** Reads a whole page. */
    public static Exposition read(byte[] page, Predicate<String> wanted) {
        ExpositionReader reader = new ExpositionReader(wanted);
        reader.feed(page, 0, page.length);
        return reader.end();
    }

    /** Reads the values of a whole page, and neither types nor helps: for whoever knows them. */
    public static Exposition values(byte[] page, Predicate<String> wanted) {
        ExpositionReader reader = new ExpositionReader(wanted, MOST_SERIES, false);
        reader.feed(page, 0, page.length);
        return reader.end();
    }

    /** Takes the next bytes of the page. */
    public void feed(byte[] buffer, int offset, int length) {
        if (!ended && !cut && !splitter.feed(buffer, offset, length, this::line)) {
            cut = true;
        }
    }

    /** Takes the end of the page, and returns what stood on it. */
    public Exposition end() {
        if (!cut) {
            splitter.flush(this::line);
        }
        return new Exposition(series, types, helps, ended, cut, badLines, duplicates);
    }

    private void line(byte[] buffer, int offset, int length) {
        if (ended || length == 0 || isPassedOver(buffer, offset, length)) {
            return;
        }
        if (length > LONGEST_LINE) {
            badLines++;
            return;
        }
        String line = new String(buffer, offset, length, StandardCharsets.UTF_8).stripLeading();
        if (line.startsWith("#")) {
            comment(line);
        } else if (!line.isBlank()) {
            value(line);
        }
    }

    /**
     * Returns whether the line has the name that was last found to be of no interest: a histogram
     * has dozens of them, and most of a page is histograms.
     */
    private boolean isPassedOver(byte[] buffer, int offset, int length) {
        return passed.length > 0
                && length > passed.length
                && !SampleLine.isNameCharacter((char) (buffer[offset + passed.length] & 0xff))
                && Arrays.equals(buffer, offset, offset + passed.length, passed, 0, passed.length);
    }

    private void passOver(String name) {
        passed = name.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void value(String line) {
        String name = SampleLine.name(line);
        if (!name.isEmpty() && !wanted.test(name)) {
            passOver(name);
            return;
        }
        Optional<Series> read = SampleLine.read(line);
        if (read.isEmpty()) {
            badLines++;
            return;
        }
        Series one = read.get();
        if (!wanted.test(one.name())) {
            return;
        }
        if (series.size() >= most) {
            cut = true;
        } else if (seen.add(new Key(one.name(), one.labels()))) {
            series.add(one);
        } else {
            duplicates++;
        }
    }

    /** A comment that has no meaning is no error. */
    private void comment(String line) {
        if (line.startsWith("# EOF") && (line.length() == 5 || line.charAt(5) <= ' ')) {
            ended = true;
        } else if (described) {
            describe(line);
        }
    }

    private void describe(String line) {
        String[] words = line.split("[ \t]+", 4);
        if (words.length >= 3 && helps.size() + types.size() < most) {
            String rest = words.length == 4 ? words[3] : "";
            switch (words[1]) {
                case "TYPE" -> types.putIfAbsent(words[2], MetricType.of(rest.strip()));
                case "HELP" -> helps.putIfAbsent(words[2], unescaped(rest));
                default -> {}
            }
        }
    }

    private static String unescaped(String help) {
        if (help.indexOf('\\') < 0) {
            return help;
        }
        StringBuilder out = new StringBuilder(help.length());
        for (int i = 0; i < help.length(); i++) {
            char c = help.charAt(i);
            char next = i + 1 < help.length() ? help.charAt(i + 1) : '\0';
            if (c == '\\' && (next == 'n' || next == '\\' || next == '"')) {
                out.append(next == 'n' ? '\n' : next);
                i++;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
