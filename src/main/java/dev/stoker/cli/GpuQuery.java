package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Answers {@code --query} as {@code nvidia-smi --query-gpu} does: its names, its units, its marks
 * for what is not known, so that scripts go on working. One query, any number of samples.
 *
 * <p>Source: {@code nvidia-smi --help-query-gpu}.
 */
final class GpuQuery {
    private static final String NOT_AVAILABLE = "[N/A]";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss.SSS", Locale.ROOT);

    /** Which bit of NVML's reasons a reason is, in the order of the bits. */
    private static final List<ThrottleReason> BITS =
            List.of(
                    ThrottleReason.IDLE,
                    ThrottleReason.APPLICATION_CLOCKS,
                    ThrottleReason.POWER_CAP,
                    ThrottleReason.HARDWARE_SLOWDOWN,
                    ThrottleReason.SYNC_BOOST,
                    ThrottleReason.SOFTWARE_THERMAL,
                    ThrottleReason.HARDWARE_THERMAL,
                    ThrottleReason.POWER_BRAKE,
                    ThrottleReason.DISPLAY_CLOCKS);

    /**
     * A column.
     *
     * @param unit as it stands in the title and behind the value; empty for none
     * @param value of a GPU in the picture it belongs to
     */
    private record Field(
            String title, String unit, BiFunction<GpuPicture, GpuSample, Reading<String>> value) {}

    private final List<Field> fields;
    private final boolean header;
    private final boolean units;

    private GpuQuery(List<Field> fields, boolean header, boolean units) {
        this.fields = fields;
        this.header = header;
        this.units = units;
    }

    /**
     * @param names the fields, separated by commas
     * @param format {@code csv}, with {@code noheader} and {@code nounits} behind it
     * @throws UserError if a field or a format is not known
     */
    static GpuQuery parse(String names, String format) {
        Map<String, Field> known = known();
        List<Field> fields = new ArrayList<>();
        for (String name : names.split(",", -1)) {
            Field field = known.get(name.strip());
            if (field == null) {
                throw UserError.wrongUse(
                        "'" + Text.plain(name.strip(), 60) + "' is no field that can be queried.",
                        "stoker gpu --help-query lists the fields.");
            }
            fields.add(field);
        }
        List<String> words = List.of(format.strip().split(",", -1));
        Set<String> allowed = Set.of("csv", "noheader", "nounits");
        if (!words.getFirst().equals("csv") || !allowed.containsAll(words)) {
            throw UserError.wrongUse(
                    "Expected --format csv[,noheader][,nounits], but got '"
                            + Text.plain(format, 60)
                            + "'.",
                    "");
        }
        return new GpuQuery(fields, !words.contains("noheader"), !words.contains("nounits"));
    }

    /** Returns the names of all fields, sorted. */
    static List<String> names() {
        return known().keySet().stream().sorted().toList();
    }

    /** Returns the title line, if one is wanted. */
    List<String> header() {
        if (!header) {
            return List.of();
        }
        return List.of(
                String.join(
                        ", ",
                        fields.stream()
                                .map(f ->
                                        f.unit.isEmpty() ? f.title : f.title + " [" + f.unit + "]")
                                .toList()));
    }

    /** Returns one line for each GPU. */
    List<String> lines(GpuPicture picture, List<GpuSample> gpus) {
        return gpus.stream()
                .map(gpu ->
                        String.join(", ", fields.stream().map(f -> cell(f, picture, gpu)).toList()))
                .toList();
    }

    private String cell(Field field, GpuPicture picture, GpuSample gpu) {
        return switch (field.value.apply(picture, gpu)) {
            case Reading.Known<String>(String text) ->
                    units && !field.unit.isEmpty() ? text + " " + field.unit : text;
            case Reading.Unsupported<String> _ -> NOT_AVAILABLE;
            case Reading.Failed<String> _ ->
                    switch (gpu.trouble().map(GpuTrouble::kind).orElse(GpuTrouble.Kind.FAILED)) {
                        case LOST -> "[GPU is lost]";
                        case RESET_REQUIRED -> "[GPU requires reset]";
                        default -> "[Unknown Error]";
                    };
        };
    }

    private static Map<String, Field> known() {
        Map<String, Field> known = new LinkedHashMap<>();
        text(
                known,
                "timestamp",
                (_, gpu) -> known(TIME.format(gpu.time().atZone(ZoneId.systemDefault()))));
        text(known, "driver_version", (_, gpu) -> gpu.device().driver());
        text(known, "count", (picture, _) -> known(Integer.toString(picture.gpus().size())));
        text(known, "index", (_, gpu) -> known(Integer.toString(gpu.device().index())));
        for (String name : List.of("name", "gpu_name")) {
            text(known, name, (_, gpu) -> gpu.device().name());
        }
        for (String name : List.of("uuid", "gpu_uuid")) {
            text(known, name, (_, gpu) -> gpu.device().uuid());
        }
        for (String name : List.of("pci.bus_id", "gpu_bus_id")) {
            text(known, name, (_, gpu) -> gpu.device().pciBusId());
        }
        for (GpuMetric metric : GpuMetric.values()) {
            for (String name : metric.queryNames()) {
                known.put(
                        name,
                        new Field(
                                name,
                                unit(metric),
                                (_, gpu) -> gpu.value(metric).map(v -> shown(metric, v))));
            }
        }
        for (String name : List.of("mig.mode.current")) {
            text(
                    known,
                    name,
                    (_, gpu) -> known(gpu.instances().isEmpty() ? "Disabled" : "Enabled"));
        }
        for (String group : List.of("clocks_event_reasons", "clocks_throttle_reasons")) {
            text(known, group + ".active", (_, gpu) -> gpu.throttleReasons().map(GpuQuery::bits));
            reason(known, group + ".gpu_idle", ThrottleReason.IDLE);
            reason(
                    known,
                    group + ".applications_clocks_setting",
                    ThrottleReason.APPLICATION_CLOCKS);
            reason(known, group + ".sw_power_cap", ThrottleReason.POWER_CAP);
            reason(known, group + ".hw_slowdown", ThrottleReason.HARDWARE_SLOWDOWN);
            reason(known, group + ".hw_thermal_slowdown", ThrottleReason.HARDWARE_THERMAL);
            reason(known, group + ".hw_power_brake_slowdown", ThrottleReason.POWER_BRAKE);
            reason(known, group + ".sw_thermal_slowdown", ThrottleReason.SOFTWARE_THERMAL);
            reason(known, group + ".sync_boost", ThrottleReason.SYNC_BOOST);
        }
        return known;
    }

    private static Reading<String> known(String text) {
        return Reading.known(text);
    }

    private static void text(
            Map<String, Field> known,
            String name,
            BiFunction<GpuPicture, GpuSample, Reading<String>> value) {
        known.put(name, new Field(name, "", value));
    }

    private static void reason(Map<String, Field> known, String name, ThrottleReason reason) {
        text(
                known,
                name,
                (_, gpu) ->
                        gpu.throttleReasons()
                                .map(set -> set.contains(reason) ? "Active" : "Not Active"));
    }

    private static String bits(Set<ThrottleReason> reasons) {
        long bits = 0;
        for (ThrottleReason reason : reasons) {
            int bit = BITS.indexOf(reason);
            bits |= bit >= 0 ? 1L << bit : 1L << 63;
        }
        return String.format(Locale.ROOT, "0x%016X", bits);
    }

    private static String unit(GpuMetric metric) {
        return switch (metric.unit()) {
            case PERCENT -> "%";
            case BYTES -> "MiB";
            case WATTS -> "W";
            case HERTZ -> "MHz";
            default -> "";
        };
    }

    private static String shown(GpuMetric metric, double value) {
        return switch (metric.unit()) {
            case BYTES -> Long.toString(Math.round(value / (1 << 20)));
            case WATTS -> String.format(Locale.ROOT, "%.2f", value);
            case HERTZ -> Long.toString(Math.round(value / 1e6));
            default ->
                    switch (metric) {
                        case PERFORMANCE_STATE -> "P" + Math.round(value);
                        case ROW_REMAP_PENDING, ROW_REMAP_FAILED -> value > 0 ? "Yes" : "No";
                        default -> Long.toString(Math.round(value));
                    };
        };
    }
}
