package dev.stoker.machine.wire;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The pieces that a sample is made of. A {@link Reading} is its value, or an object with the reason
 * why there is none, so that nothing unknown can be read back as zero. What comes from another
 * machine is not trusted: texts are cut and cannot move a cursor, numbers are such as sums can be
 * made of, lists end. Pure.
 */
final class Form {
    /** More GPUs, processes, models or slots than that no machine has. */
    static final int MOST = 4096;

    /** A PiB: sums of {@link #MOST} of them still fit into a long. */
    private static final long MOST_BYTES = 1L << 50;

    private static final int LONGEST_TEXT = 4096;
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Form() {}

    static IllegalArgumentException bad(String name, String expected) {
        return new IllegalArgumentException(
                "This is no sample of a machine: '" + name + "' has to be " + expected + ".");
    }

    /** Puts a value in its form, or the reason why there is none. */
    static <T> void put(ObjectNode o, String name, Reading<T> reading, Function<T, JsonNode> form) {
        switch (reading) {
            case Reading.Known<T>(T value) -> o.set(name, form.apply(value));
            case Reading.Unsupported<T>(String why) -> o.putObject(name).put("unsupported", why);
            case Reading.Failed<T>(String why) -> o.putObject(name).put("failed", why);
        }
    }

    /** Reads a value, or the reason why there is none. */
    static <T> Reading<T> reading(JsonNode o, String name, Function<JsonNode, T> value) {
        JsonNode at = o.path(name);
        if (at.isObject() && at.size() == 1) {
            Optional<String> unsupported = Json.text(at, "unsupported");
            if (unsupported.isPresent()) {
                return Reading.unsupported(clean(unsupported.get()));
            }
            Optional<String> failed = Json.text(at, "failed");
            if (failed.isPresent()) {
                return Reading.failed(clean(failed.get()));
            }
        }
        try {
            return Reading.known(value.apply(at));
        } catch (WrongKind e) {
            throw bad(name, e.expected + ", or an object with the reason why it is not known");
        }
    }

    /** A value that is of another kind; whoever knows its name says so. */
    private static final class WrongKind extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String expected;

        WrongKind(String expected) {
            super(expected, null, false, false);
            this.expected = expected;
        }
    }

    static void putText(ObjectNode o, String name, Reading<String> reading) {
        put(o, name, reading, NODES::stringNode);
    }

    static void putBytes(ObjectNode o, String name, Reading<Bytes> reading) {
        put(o, name, reading, b -> NODES.numberNode(b.count()));
    }

    static void putWhole(ObjectNode o, String name, Reading<Long> reading) {
        put(o, name, reading, n -> NODES.numberNode(n.longValue()));
    }

    static void putNumber(ObjectNode o, String name, Reading<Double> reading) {
        put(o, name, finite(reading), n -> NODES.numberNode(n.doubleValue()));
    }

    /** JSON has no form for what is no number. */
    static Reading<Double> finite(Reading<Double> reading) {
        return reading instanceof Reading.Known<Double>(Double value) && !Double.isFinite(value)
                ? Reading.failed("the source told " + value)
                : reading;
    }

    static Reading<String> texts(JsonNode o, String name) {
        return reading(o, name, Form::asText);
    }

    static Reading<Bytes> bytes(JsonNode o, String name) {
        return reading(
                o,
                name,
                at -> {
                    long count = asWhole(at);
                    if (count < 0 || count > MOST_BYTES) {
                        throw new WrongKind("a number of bytes from 0 to " + MOST_BYTES);
                    }
                    return Bytes.of(count);
                });
    }

    static Reading<Long> wholes(JsonNode o, String name) {
        return reading(o, name, Form::asWhole);
    }

    static Reading<Integer> counts(JsonNode o, String name) {
        return reading(o, name, at -> asCount(at, Integer.MAX_VALUE));
    }

    static Reading<Double> numbers(JsonNode o, String name) {
        return reading(o, name, Form::asNumber);
    }

    static Reading<Instant> times(JsonNode o, String name) {
        return reading(o, name, Form::asTime);
    }

    static Reading<Duration> nanos(JsonNode o, String name) {
        return reading(o, name, Form::asNanos);
    }

    static String text(JsonNode o, String name) {
        return value(o, name, Form::asText);
    }

    static long whole(JsonNode o, String name) {
        return value(o, name, Form::asWhole);
    }

    static int count(JsonNode o, String name) {
        return value(o, name, at -> asCount(at, Integer.MAX_VALUE));
    }

    static double number(JsonNode o, String name) {
        return value(o, name, Form::asNumber);
    }

    static boolean truth(JsonNode o, String name) {
        return Json.truth(o, name).orElseThrow(() -> bad(name, "true or false"));
    }

    static Instant time(JsonNode o, String name) {
        return value(o, name, Form::asTime);
    }

    static Duration duration(JsonNode o, String name) {
        return value(o, name, Form::asNanos);
    }

    private static <T> T value(JsonNode o, String name, Function<JsonNode, T> value) {
        try {
            return value.apply(o.path(name));
        } catch (WrongKind e) {
            throw bad(name, e.expected);
        }
    }

    static <T> ArrayNode array(Collection<T> all, Function<T, JsonNode> form) {
        ArrayNode array = Json.array();
        all.forEach(one -> array.add(form.apply(one)));
        return array;
    }

    /** Reads a list in a field. */
    static <T> List<T> list(JsonNode o, String name, Function<JsonNode, T> each) {
        return value(o, name, at -> asList(at, each));
    }

    /** Reads a list. */
    static <T> List<T> asList(JsonNode at, Function<JsonNode, T> each) {
        if (!at.isArray() || at.size() > MOST) {
            throw new WrongKind("a list of at most " + MOST);
        }
        List<T> all = new ArrayList<>(at.size());
        at.forEach(one -> all.add(each.apply(one)));
        return all;
    }

    /** Returns what is in a field, which may be missing. */
    static <T> Optional<T> optional(JsonNode o, String name, Function<JsonNode, T> form) {
        JsonNode at = o.path(name);
        return at.isMissingNode() ? Optional.empty() : Optional.of(form.apply(at));
    }

    static String asText(JsonNode at) {
        if (!at.isString()) {
            throw new WrongKind("a text");
        }
        return clean(at.stringValue());
    }

    static double asNumber(JsonNode at) {
        if (!at.isNumber() || !Double.isFinite(at.doubleValue())) {
            throw new WrongKind("a number");
        }
        return at.doubleValue();
    }

    private static long asWhole(JsonNode at) {
        if (!at.isIntegralNumber() || !at.canConvertToLong()) {
            throw new WrongKind("a whole number");
        }
        return at.longValue();
    }

    static int asCount(JsonNode at, int most) {
        long n = asWhole(at);
        if (n < 0 || n > most) {
            throw new WrongKind("a whole number from 0 to " + most);
        }
        return (int) n;
    }

    private static Instant asTime(JsonNode at) {
        try {
            Instant time = Instant.parse(at.isString() ? at.stringValue() : "");
            if (!time.isBefore(FIRST) && !time.isAfter(LAST)) {
                return time;
            }
        } catch (DateTimeException e) {
            // Said below.
        }
        throw new WrongKind("a time such as 2026-01-31T23:59:59Z");
    }

    private static Duration asNanos(JsonNode at) {
        long nanos = asWhole(at);
        if (nanos < 0) {
            throw new WrongKind("a number of nanoseconds from 0 on");
        }
        return Duration.ofNanos(nanos);
    }

    /** Texts of this program are left as they are. */
    static String clean(String text) {
        String kept =
                text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
        return kept.codePoints().allMatch(Form::isHarmless) ? kept : Text.plain(kept, LONGEST_TEXT);
    }

    private static boolean isHarmless(int c) {
        if (c >= ' ' && c < 0x7f) {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
