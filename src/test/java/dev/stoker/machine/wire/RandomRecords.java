package dev.stoker.machine.wire;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.host.ProcessDetails;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Counters;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/**
 * Makes records of random content by their components, so that a component that is added later is
 * in the tests from its first day. One thread.
 */
public final class RandomRecords {
    private static final String LETTERS = "abcXYZ 019-_/:.\"\\{}äß→日🜁'<>&";

    private final Random random;

    public RandomRecords(long seed) {
        random = new Random(seed);
    }

    public MachineSample sample() {
        MachineSample made = (MachineSample) make(MachineSample.class);
        Map<Long, ProcessDetails> byNumber = new HashMap<>();
        made.processes().values().forEach(p -> byNumber.put(p.process().pid(), p));
        return new MachineSample(
                made.time(),
                made.nanos(),
                made.picture(),
                made.host(),
                byNumber,
                made.servers(),
                made.models());
    }

    private Object make(Type type) {
        if (type instanceof ParameterizedType generic) {
            return generic((Class<?>) generic.getRawType(), generic.getActualTypeArguments());
        }
        Class<?> plain = (Class<?>) type;
        if (plain == Counters.class) {
            return counters();
        }
        if (plain == Bytes.class) {
            return Bytes.of(random.nextLong(1L << random.nextInt(1, 51)));
        }
        if (plain == Endpoint.class) {
            return new Endpoint(
                    random.nextBoolean(),
                    random.nextBoolean() ? "::1" : "box" + random.nextInt(9),
                    1 + random.nextInt(65535),
                    random.nextBoolean() ? "" : "/v" + random.nextInt(9));
        }
        if (plain.isRecord()) {
            return record(plain);
        }
        if (plain.isSealed()) {
            Class<?>[] kinds = plain.getPermittedSubclasses();
            return make(kinds[random.nextInt(kinds.length)]);
        }
        if (plain.isEnum()) {
            Object[] all = plain.getEnumConstants();
            return all[random.nextInt(all.length)];
        }
        return scalar(plain);
    }

    private Object scalar(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "String" -> text();
            case "boolean", "Boolean" -> random.nextBoolean();
            case "int", "Integer" -> random.nextInt(70_000);
            case "long", "Long" -> random.nextLong() >> random.nextInt(64);
            case "double", "Double" -> number();
            case "Instant" ->
                    Instant.ofEpochSecond(
                            random.nextLong(-62_000_000_000L, 253_000_000_000L),
                            random.nextInt(1_000_000_000));
            case "Duration" -> Duration.ofNanos(random.nextLong() >>> random.nextInt(1, 64));
            case "OptionalInt" ->
                    random.nextBoolean() ? OptionalInt.of(random.nextInt(8)) : OptionalInt.empty();
            default -> throw new IllegalStateException("no random " + type);
        };
    }

    private Object generic(Class<?> raw, Type[] arguments) {
        if (raw == Reading.class) {
            return switch (random.nextInt(6)) {
                case 0 -> Reading.unsupported(text());
                case 1 -> Reading.failed(text());
                default -> Reading.known(make(arguments[0]));
            };
        }
        if (raw == Optional.class) {
            return random.nextBoolean() ? Optional.of(make(arguments[0])) : Optional.empty();
        }
        int size = random.nextInt(4);
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            all.add(make(arguments[raw == Map.class ? 1 : 0]));
        }
        if (raw == List.class) {
            return all;
        }
        if (raw == Set.class) {
            return new LinkedHashSet<>(all);
        }
        if (raw == Map.class) {
            Map<Object, Object> map = new LinkedHashMap<>();
            all.forEach(value -> map.put(make(arguments[0]), value));
            return map;
        }
        throw new IllegalStateException("no random " + raw);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = make(components[i].getGenericType());
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no random " + type, e);
        }
    }

    private Counters counters() {
        Map<Counter, Reading<Double>> values = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            values.put(
                    counter,
                    switch (random.nextInt(3)) {
                        case 0 -> Reading.unsupported("not counted");
                        case 1 -> Reading.failed(text());
                        default -> Reading.known(Math.abs(number()));
                    });
        }
        return new Counters(values, random.nextBoolean() ? Optional.of(text()) : Optional.empty());
    }

    private double number() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(1000);
            case 2 -> random.nextGaussian() * 1e6;
            default -> Double.longBitsToDouble(random.nextLong() & 0x7fdf_ffff_ffff_ffffL);
        };
    }

    private String text() {
        int[] points = LETTERS.codePoints().toArray();
        int length = random.nextInt(20);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }
}
