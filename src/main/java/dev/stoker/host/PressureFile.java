package dev.stoker.host;

import dev.stoker.base.Reading;

import java.nio.file.Path;

/**
 * Reads the kernel's pressure files. Stateless.
 *
 * <p>Source: proc_pressure(5).
 */
final class PressureFile {
    private PressureFile() {}

    static Pressure parse(Reading<String> file, Path path) {
        if (!(file instanceof Reading.Known<String>(String text))) {
            return Pressure.unknown(file);
        }
        return new Pressure(share(text, "some", path), share(text, "full", path));
    }

    /** Returns the share of the last 10 seconds, 0 to 1, that a line tells. */
    static Reading<Double> share(String text, String line, Path path) {
        String label = " avg10=";
        int begin = text.startsWith(line + " ") ? 0 : text.indexOf("\n" + line + " ");
        int at = begin < 0 ? -1 : text.indexOf(label, begin);
        if (at < 0) {
            return Reading.failed(path + " has no 10-second average");
        }
        String percent = Columns.of(text.substring(at + label.length())).word();
        try {
            double share = Double.parseDouble(percent) / 100;
            return share >= 0 && share <= 1
                    ? Reading.known(share)
                    : Reading.failed(path + " holds no percentage");
        } catch (NumberFormatException e) {
            return Reading.failed(path + " holds no percentage");
        }
    }
}
