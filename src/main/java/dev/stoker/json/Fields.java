package dev.stoker.json;

import dev.stoker.base.Reading;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Fields of the program's own files, which have to be there and of their type, and the form of a
 * {@link Reading} in them: a number, or an object with the reason why there is none, so that
 * nothing unknown can be read back as zero. Pure.
 */
public final class Fields {
    private Fields() {}

    /** Puts a number, or the reason why there is none. */
    public static <T> void reading(
            ObjectNode o, String name, Reading<T> r, ToLongFunction<T> number) {
        switch (r) {
            case Reading.Known<T>(T value) -> o.put(name, number.applyAsLong(value));
            case Reading.Unsupported<T>(String why) -> o.putObject(name).put("unsupported", why);
            case Reading.Failed<T>(String why) -> o.putObject(name).put("failed", why);
        }
    }

    /** Writes a number, or the reason why there is none. */
    public static <T> void reading(
            JsonGenerator out, String name, Reading<T> r, ToLongFunction<T> number) {
        out.writeName(name);
        switch (r) {
            case Reading.Known<T>(T value) -> out.writeNumber(number.applyAsLong(value));
            case Reading.Unsupported<T>(String why) -> reason(out, "unsupported", why);
            case Reading.Failed<T>(String why) -> reason(out, "failed", why);
        }
    }

    private static void reason(JsonGenerator out, String kind, String why) {
        out.writeStartObject();
        out.writeStringProperty(kind, why);
        out.writeEndObject();
    }

    /** Reads a number, or the reason why there is none. */
    public static <T> Reading<T> reading(JsonNode o, String name, Function<Long, T> value) {
        JsonNode at = o.path(name);
        if (at.isIntegralNumber() && at.canConvertToLong()) {
            return Reading.known(value.apply(at.longValue()));
        }
        if (at.has("failed")) {
            return Reading.failed(text(at, "failed"));
        }
        return Reading.unsupported(text(at, "unsupported"));
    }

    /**
     * @throws IllegalArgumentException if there is no such text
     */
    public static String text(JsonNode o, String name) {
        return Json.text(o, name).orElseThrow(() -> missing(name));
    }

    /**
     * @throws IllegalArgumentException if there is no such whole number
     */
    public static long integer(JsonNode o, String name) {
        return Json.integer(o, name).orElseThrow(() -> missing(name));
    }

    /**
     * Returns a number that counts something: from 0, and small enough to be one.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static int count(JsonNode o, String name) {
        long n = integer(o, name);
        if (n < 0 || n > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no count: " + name);
        }
        return (int) n;
    }

    /**
     * @throws IllegalArgumentException if there is no such truth value
     */
    public static boolean truth(JsonNode o, String name) {
        return Json.truth(o, name).orElseThrow(() -> missing(name));
    }

    private static IllegalArgumentException missing(String name) {
        return new IllegalArgumentException("no " + name);
    }
}
