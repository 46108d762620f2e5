package dev.stoker.tui.view;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.server.state.Pace;
import dev.stoker.watch.ModelView;
import dev.stoker.watch.Moment;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The course of a machine's figures over the last hour of samples, each from 0 to 1 but for tokens
 * a second. What was not known is not a number. Used by one thread.
 */
public final class History {
    private static final int SAMPLES = 3600;
    private static final double HOTTEST = 100;

    /** Many models may come and go; those that are not seen for so many samples are forgotten. */
    private static final int MOST_SERIES = 200;

    private final long[] nanos = new long[SAMPLES];
    private final Map<String, float[]> series = new HashMap<>();
    private int next;
    private int size;

    /** How several samples of one place in a graph become one value. */
    enum Blend {
        MEAN,
        MOST
    }

    /** Notes what a moment shows. */
    public void add(Moment moment) {
        int at = next;
        next = (next + 1) % SAMPLES;
        size = Math.min(SAMPLES, size + 1);
        nanos[at] = moment.machine().nanos();
        series.values().forEach(values -> values[at] = Float.NaN);
        var memory = moment.machine().memory();
        for (GpuSample gpu : moment.machine().gpus()) {
            put(at, key(gpu, "util"), gpu.value(GpuMetric.UTILISATION), 100);
            put(at, key(gpu, "memory"), GpuFigures.memoryShare(gpu, memory), 1);
            put(at, key(gpu, "heat"), gpu.value(GpuMetric.TEMPERATURE), HOTTEST);
            Reading<Double> limit = gpu.value(GpuMetric.POWER_LIMIT);
            put(
                    at,
                    key(gpu, "power"),
                    limit.isKnown() && limit.value() > 0
                            ? GpuFigures.power(gpu)
                            : Reading.unsupported(""),
                    limit.orElse(1.0));
        }
        put(at, "cpu", moment.machine().host().cpu().busy(), 1);
        put(at, "memory", GpuFigures.share(GpuFigures.hostUsed(memory), memory.total()), 1);
        double tokens = 0;
        boolean told = false;
        for (ModelView model : moment.models()) {
            if (model.rates().generatedTokens() instanceof Reading.Known<Pace>(Pace pace)) {
                tokens += pace.perSecond();
                told = true;
                put(at, key(model), Reading.known(pace.perSecond()), 1);
            }
        }
        put(at, "tokens", told ? Reading.known(tokens) : Reading.unsupported(""), 1);
        if (series.size() > MOST_SERIES) {
            series.values().removeIf(values -> Float.isNaN(values[at]));
        }
    }

    static String key(GpuSample gpu, String figure) {
        return figure + " " + gpu.device().key();
    }

    static String key(ModelView model) {
        return "model " + model.server().url() + " " + model.name();
    }

    private void put(int at, String name, Reading<Double> value, double whole) {
        float[] values = series.get(name);
        if (values == null) {
            if (!value.isKnown()) {
                return;
            }
            values = new float[SAMPLES];
            Arrays.fill(values, Float.NaN);
            series.put(name, values);
        }
        values[at] = value.isKnown() ? (float) (value.value() / whole) : Float.NaN;
    }

    /**
     * Returns the course of a figure over the last so much time, oldest first, in so many values.
     * Places are kept to whole multiples of their length, so that a graph moves and does not
     * flicker. A place without a sample holds the value before it where samples are rarer than
     * places.
     */
    float[] course(String name, Duration span, int values, Blend blend) {
        float[] course = new float[Math.max(0, values)];
        Arrays.fill(course, Float.NaN);
        float[] all = series.get(name);
        if (all == null || size == 0 || values <= 0) {
            return course;
        }
        long place = Math.max(1, span.toNanos() / values);
        long newest = nanos[(next + SAMPLES - 1) % SAMPLES];
        long last = Math.floorDiv(newest, place);
        int[] counts = new int[values];
        long before = Long.MAX_VALUE;
        for (int i = 1; i <= size; i++) {
            int at = (next + SAMPLES - i) % SAMPLES;
            long back = last - Math.floorDiv(nanos[at], place);
            if (back >= values || nanos[at] > before) {
                break;
            }
            before = nanos[at];
            if (Float.isNaN(all[at])) {
                continue;
            }
            int index = values - 1 - (int) back;
            if (counts[index] == 0) {
                course[index] = all[at];
            } else if (blend == Blend.MEAN) {
                course[index] += (all[at] - course[index]) / (counts[index] + 1);
            } else {
                course[index] = Math.max(course[index], all[at]);
            }
            counts[index]++;
        }
        bridge(course, place);
        return course;
    }

    private void bridge(float[] course, long place) {
        if (size < 2) {
            return;
        }
        int at = (next + SAMPLES - 1) % SAMPLES;
        int earlier = (next + SAMPLES - 2) % SAMPLES;
        long step = Math.max(1, nanos[at] - nanos[earlier]);
        int most = (int) Math.min(course.length, 2 * step / place + 1);
        int gap = 0;
        for (int i = 1; i < course.length; i++) {
            if (Float.isNaN(course[i]) && !Float.isNaN(course[i - 1]) && gap < most) {
                course[i] = course[i - 1];
                gap++;
            } else if (!Float.isNaN(course[i])) {
                gap = 0;
            }
        }
    }

    /** Divides by the largest value, for figures without a natural whole. */
    static float[] toLargest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Float.isNaN(value) ? 0 : value);
        }
        if (largest > 0) {
            for (int i = 0; i < values.length; i++) {
                values[i] /= largest;
            }
        }
        return values;
    }
}
