package dev.stoker.rules;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A figure from which on, or for which time, a rule speaks: its key in the rules' file, its unit
 * and its usual value.
 *
 * <p>Sources of the usual values: what operators watch for (utilisation under 50 % under load,
 * memory over 80 % and 95 %, 80 °C), and of the others the comment at each.
 */
public enum Mark {
    UTILISATION_BELOW(Rule.GPU_UTILISATION_LOW, "below", Unit.SHARE, 0.5),
    /** Prompts and short answers leave gaps that a mean over less would take for idleness. */
    UTILISATION_FOR(Rule.GPU_UTILISATION_LOW, "for", Unit.SECONDS, 30),

    GPU_MEMORY_WARNING(Rule.GPU_MEMORY_HIGH, "warning", Unit.SHARE, 0.8),
    GPU_MEMORY_CRITICAL(Rule.GPU_MEMORY_HIGH, "critical", Unit.SHARE, 0.95),
    HOST_MEMORY_WARNING(Rule.HOST_MEMORY_HIGH, "warning", Unit.SHARE, 0.8),
    HOST_MEMORY_CRITICAL(Rule.HOST_MEMORY_HIGH, "critical", Unit.SHARE, 0.95),

    TEMPERATURE_WARNING(Rule.GPU_TEMPERATURE_HIGH, "warning", Unit.CELSIUS, 80),
    /** Counts only where the device does not tell from when on it slows itself down. */
    TEMPERATURE_CRITICAL(Rule.GPU_TEMPERATURE_HIGH, "critical", Unit.CELSIUS, 90),
    /** How far below the device's own slowdown mark a warning comes at the latest. */
    TEMPERATURE_ROOM(Rule.GPU_TEMPERATURE_HIGH, "below-slowdown", Unit.CELSIUS, 5),

    POWER_FROM(Rule.GPU_POWER_AT_LIMIT, "from", Unit.SHARE, 0.98),
    /** Drivers average the power over about a second. */
    POWER_FOR(Rule.GPU_POWER_AT_LIMIT, "for", Unit.SECONDS, 10),

    /** Less lies in swap on most machines that run for days, and harms nobody. */
    SWAP_FROM(Rule.SWAP_IN_USE, "from", Unit.BYTES, 256L << 20),
    /** The share of time in which tasks wait for memory from which on the swap costs time now. */
    SWAP_PRESSURE(Rule.SWAP_IN_USE, "pressure", Unit.SHARE, 0.05),

    /** Contexts of CUDA and buffers of a runner take 300 to 600 MB beside what is reckoned. */
    PLACE_MARGIN(Rule.MODEL_PLACE_DISPUTED, "margin", Unit.BYTES, 1L << 30),

    QUEUE_FROM(Rule.QUEUE_GROWING, "from", Unit.COUNT, 4),
    QUEUE_FOR(Rule.QUEUE_GROWING, "for", Unit.SECONDS, 30),

    /** Chats and agents that send their history again find most of it in the cache. */
    CACHE_BELOW(Rule.CACHE_HIT_RATE_LOW, "below", Unit.SHARE, 0.1),
    CACHE_FOR(Rule.CACHE_HIT_RATE_LOW, "for", Unit.SECONDS, 120),

    KV_CACHE_FROM(Rule.KV_CACHE_FULL, "from", Unit.SHARE, 0.95),
    KV_CACHE_FOR(Rule.KV_CACHE_FULL, "for", Unit.SECONDS, 10);

    private final Rule rule;
    private final String key;
    private final Unit unit;
    private final double usual;

    Mark(Rule rule, String key, Unit unit, double usual) {
        this.rule = rule;
        this.key = key;
        this.unit = unit;
        this.usual = usual;
    }

    public Rule rule() {
        return rule;
    }

    /** Returns its key in the rules' file, below the rule's own. */
    public String key() {
        return key;
    }

    public Unit unit() {
        return unit;
    }

    public double usual() {
        return usual;
    }

    /** Returns the marks of a rule, in the order in which they are written. */
    public static List<Mark> of(Rule rule) {
        return Arrays.stream(values()).filter(mark -> mark.rule == rule).toList();
    }

    /** How a mark is counted and written. */
    public enum Unit {
        /** From 0 to 1. */
        SHARE("a share such as 80%") {
            @Override
            Optional<Double> read(String text) {
                return number(text, "%")
                        .map(v -> text.endsWith("%") ? v / 100 : v)
                        .filter(v -> v <= 1);
            }

            @Override
            public String write(double value) {
                return plain(value * 100) + "%";
            }
        },
        CELSIUS("a temperature such as 85°C") {
            @Override
            Optional<Double> read(String text) {
                return number(text, "(?:°\\s*)?C").filter(v -> v <= 200);
            }

            @Override
            public String write(double value) {
                return plain(value) + "°C";
            }
        },
        SECONDS("a time such as 30s or 2m") {
            @Override
            Optional<Double> read(String text) {
                double unit = text.endsWith("m") ? 60 : text.endsWith("h") ? 3600 : 1;
                return number(text, "[smh]").map(v -> v * unit).filter(v -> v <= 86_400);
            }

            @Override
            public String write(double value) {
                return plain(value) + "s";
            }
        },
        BYTES("a size such as 256MiB") {
            @Override
            Optional<Double> read(String text) {
                try {
                    return Optional.of((double) Bytes.parse(text).count());
                } catch (UserError e) {
                    return Optional.empty();
                }
            }

            @Override
            public String write(double value) {
                double mib = value / (1 << 20);
                return mib == Math.rint(mib) ? plain(mib) + "MiB" : plain(value);
            }
        },
        COUNT("a whole number from 1 on") {
            @Override
            Optional<Double> read(String text) {
                return number(text, "").filter(v -> v == Math.rint(v) && v >= 1 && v <= 1e6);
            }

            @Override
            public String write(double value) {
                return plain(value);
            }
        };

        private final String wanted;

        Unit(String wanted) {
            this.wanted = wanted;
        }

        /** Returns what is wanted, with an example. */
        public String wanted() {
            return wanted;
        }

        /** Reads a value as people write it; empty where the text is none. */
        abstract Optional<Double> read(String text);

        /** Returns the value in a form that can be read again. */
        public abstract String write(double value);

        private static Optional<Double> number(String text, String unit) {
            Matcher m =
                    Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,12})?)\\s*(?:" + unit + ")?")
                            .matcher(text.strip());
            return m.matches() ? Optional.of(Double.parseDouble(m.group(1))) : Optional.empty();
        }

        private static String plain(double value) {
            return BigDecimal.valueOf(value)
                    .setScale(6, RoundingMode.HALF_EVEN)
                    .stripTrailingZeros()
                    .toPlainString();
        }
    }
}
