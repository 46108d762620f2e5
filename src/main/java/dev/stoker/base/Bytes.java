package dev.stoker.base;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes. Memory is shown in binary units (GiB), model files and vendor sizes in decimal
 * ones (GB); both are always labelled.
 *
 * @param count bytes; negative only for differences
 */
public record Bytes(long count) implements Comparable<Bytes> {
    public static final Bytes ZERO = new Bytes(0);

    /** Made when a size is read: to show one takes no pattern. */
    private static final class Form {
        static final Pattern PATTERN =
                Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([kKmMgGtT]?)(i?)[bB]?");

        private Form() {}
    }

    public static Bytes of(long count) {
        return count == 0 ? ZERO : new Bytes(count);
    }

    public static Bytes gib(double gib) {
        return new Bytes(Math.round(gib * (1L << 30)));
    }

    public static Bytes mib(double mib) {
        return new Bytes(Math.round(mib * (1L << 20)));
    }

    public static Bytes gb(double gb) {
        return new Bytes(Math.round(gb * 1e9));
    }

    /**
     * Reads a size as a person writes it: {@code 40GB} and {@code 40G} are decimal, {@code 40GiB}
     * binary, a bare number is bytes.
     *
     * @throws UserError if the text is no size
     */
    public static Bytes parse(String text) {
        Matcher m = Form.PATTERN.matcher(text.strip());
        if (!m.matches()) {
            throw UserError.wrongUse(
                    "Expected a size such as 40GB or 24GiB, but got '" + Text.plain(text) + "'.",
                    "Write a number with a unit: kB, MB, GB, TB (decimal) or KiB, MiB, GiB, TiB"
                            + " (binary).");
        }
        int power =
                " kmgt"
                        .indexOf(
                                m.group(2).isEmpty()
                                        ? ' '
                                        : Character.toLowerCase(m.group(2).charAt(0)));
        double unit = Math.pow(m.group(3).isEmpty() ? 1000 : 1024, power);
        double value = Double.parseDouble(m.group(1)) * unit;
        if (value > Long.MAX_VALUE / 2.0) {
            throw UserError.wrongUse(
                    "The size '" + Text.plain(text) + "' is larger than any memory.", "");
        }
        return new Bytes(Math.round(value));
    }

    public Bytes plus(Bytes other) {
        return new Bytes(Math.addExact(count, other.count));
    }

    public Bytes minus(Bytes other) {
        return new Bytes(Math.subtractExact(count, other.count));
    }

    public Bytes max(Bytes other) {
        return count >= other.count ? this : other;
    }

    public Bytes min(Bytes other) {
        return count <= other.count ? this : other;
    }

    public double toGib() {
        return count / (double) (1L << 30);
    }

    public double toMib() {
        return count / (double) (1L << 20);
    }

    public double toGb() {
        return count / 1e9;
    }

    /** Returns the size in binary units, as memory is shown: {@code 5.3 GiB}, {@code 812 MiB}. */
    public String binary() {
        return shown(1024, "B", "KiB", "MiB", "GiB", "TiB");
    }

    /** Returns the size in decimal units, as files are shown: {@code 4.7 GB}. */
    public String decimal() {
        return shown(1000, "B", "kB", "MB", "GB", "TB");
    }

    private String shown(int step, String... units) {
        double value = Math.abs((double) count);
        int unit = 0;
        while (value >= step && unit < units.length - 1) {
            value /= step;
            unit++;
        }
        String sign = count < 0 ? "-" : "";
        boolean fraction = unit > 0 && value < 100;
        return sign + Decimal.of(value, fraction ? 1 : 0) + " " + units[unit];
    }

    @Override
    public int compareTo(Bytes other) {
        return Long.compare(count, other.count);
    }

    @Override
    public String toString() {
        return binary();
    }
}
