package dev.stoker.plan.device;

import dev.stoker.base.Bytes;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads the lines of a table of GPUs; the file that comes with the program explains the fields. */
final class GpuRows {
    private static final List<String> NAMES =
            List.of(
                    "name", "aliases", "pci", "kind", "GiB", "MiB", "GB/s", "TFLOPS", "matrix", "W",
                    "SM", "shared", "base", "source");
    private static final String FIELDS = String.join(", ", NAMES);
    private static final int MOST = 10_000;

    private final String[] fields;
    private final String place;

    private GpuRows(String[] fields, String place) {
        this.fields = fields;
        this.place = place;
    }

    /**
     * @throws UserError for a line that is none
     */
    static List<GpuModel> read(String text, String origin) {
        List<GpuModel> rows = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String place = "line " + number + " of " + origin;
            String[] fields = line.split("\t", -1);
            if (fields.length != NAMES.size() || rows.size() == MOST) {
                throw UserError.wrongUse(
                        "Expected "
                                + NAMES.size()
                                + " fields with tabs between them in "
                                + place
                                + ", but got "
                                + fields.length
                                + ".",
                        "The fields are " + FIELDS + "; '-' for what is not known.");
            }
            rows.add(new GpuRows(fields, place).row());
        }
        return rows;
    }

    private GpuModel row() {
        Bytes sold = Bytes.gib(number(4, 0.25, 1e5));
        return new GpuModel(
                text(0),
                list(1),
                list(2).stream().map(id -> id.toLowerCase(Locale.ROOT)).toList(),
                kind(),
                sold,
                absent(5) ? sold : Bytes.mib(number(5, 100, 1e8)),
                number(6, 1, 1e6),
                number(7, 0.01, 1e6),
                yes(8),
                number(9, 1, 1e5),
                absent(10) ? OptionalInt.empty() : OptionalInt.of((int) number(10, 1, 1e5)),
                yes(11),
                absent(12) ? OptionalDouble.empty() : OptionalDouble.of(number(12, 0.01, 1)),
                text(13));
    }

    private String text(int at) {
        String text = fields[at].strip();
        if (text.isEmpty() || text.length() > 120) {
            throw wrong(at, "a text of at most 120 characters");
        }
        return text;
    }

    private boolean absent(int at) {
        return fields[at].strip().equals("-");
    }

    private List<String> list(int at) {
        return absent(at)
                ? List.of()
                : Arrays.stream(fields[at].split(";"))
                        .map(String::strip)
                        .filter(s -> !s.isEmpty())
                        .toList();
    }

    private DeviceKind kind() {
        for (DeviceKind kind : DeviceKind.values()) {
            if (kind != DeviceKind.HOST && kind.name().equalsIgnoreCase(fields[3].strip())) {
                return kind;
            }
        }
        throw wrong(3, "CUDA, ROCM, VULKAN, METAL or SYCL");
    }

    private boolean yes(int at) {
        return switch (fields[at].strip()) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw wrong(at, "yes or no");
        };
    }

    private double number(int at, double least, double most) {
        try {
            double value = Double.parseDouble(fields[at].strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number out of its range is.
        }
        throw wrong(at, "a number of " + (long) Math.max(1, least) + " or more");
    }

    private UserError wrong(int at, String expected) {
        return UserError.wrongUse(
                "Expected "
                        + expected
                        + " as field "
                        + (at + 1)
                        + " ("
                        + NAMES.get(at)
                        + ") in "
                        + place
                        + ", but got '"
                        + Text.plain(fields[at], 60)
                        + "'.",
                "The fields are " + FIELDS + "; '-' for what is not known.");
    }
}
