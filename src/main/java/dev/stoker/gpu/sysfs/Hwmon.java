package dev.stoker.gpu.sysfs;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One device of the kernel's hardware monitoring. Their numbers are given anew at each start of the
 * machine, so a device is known by its name alone. Thread-safe.
 *
 * <p>Source: the kernel's hwmon sysfs-interface document: °C/1000, mV, mA, µW, µJ, Hz, pwm 0–255.
 *
 * @param tree where to read
 * @param folder such as {@code /sys/class/hwmon/hwmon3}
 */
public record Hwmon(SysTree tree, Path folder) {
    private static final double COLDEST = -60;
    private static final double HOTTEST = 200;
    private static final double MOST_WATTS = 20_000;
    private static final double FASTEST = 20e9;

    /** Returns all devices below a folder, such as a PCI device's or {@code sys/class}. */
    public static List<Hwmon> below(SysTree tree, Path folder) {
        List<Hwmon> found = new ArrayList<>();
        for (Path entry : tree.list(folder.resolve("hwmon"), "hwmon*")) {
            found.add(new Hwmon(tree, entry));
        }
        return found;
    }

    /** Returns the driver's name for it. */
    public String name() {
        return tree.word(folder.resolve("name"));
    }

    public Reading<Long> number(String file) {
        return tree.number(folder.resolve(file));
    }

    /** Returns the label of a channel, cleaned; empty where it has none. */
    public String label(String channel) {
        return Text.plain(tree.word(folder.resolve(channel + "_label")), 40);
    }

    /** Returns the channels of a kind, such as {@code temp1}, {@code temp2}. */
    public List<String> channels(String kind, String suffix) {
        List<String> found = new ArrayList<>();
        for (Path file : tree.list(folder, kind + "[0-9]*" + suffix)) {
            String name = SysTree.name(file);
            found.add(name.substring(0, name.length() - suffix.length()));
        }
        return found;
    }

    /** Returns the channel of a kind that has this label, whatever its case. */
    public Optional<String> channel(String kind, String label) {
        return channels(kind, "_label").stream()
                .filter(c -> label(c).toLowerCase(Locale.ROOT).equals(label))
                .findFirst();
    }

    public Reading<Double> celsius(String file) {
        return tree.figure(folder.resolve(file), 1e-3, COLDEST, HOTTEST);
    }

    /** Returns watts; 0 is a value that a part without power may have. */
    public Reading<Double> watts(String file) {
        return tree.figure(folder.resolve(file), 1e-6, 0, MOST_WATTS);
    }

    public Reading<Double> joules(String file) {
        return tree.figure(folder.resolve(file), 1e-6, 0, Double.MAX_VALUE);
    }

    public Reading<Double> hertz(String file) {
        return tree.figure(folder.resolve(file), 1, 0, FASTEST);
    }

    /** Returns what a fan is told, in percent. */
    public Reading<Double> fanPercent(String file) {
        return tree.figure(folder.resolve(file), 100 / 255.0, 0, 100);
    }

    public Reading<Double> fanSpeed(String file) {
        return tree.figure(folder.resolve(file), 1, 0, 100_000);
    }

    /** Returns the first of these that is known, else what is wrong with the first. */
    public static <T> Reading<T> first(Reading<T> a, Reading<T> b) {
        return a.isKnown() || !b.isKnown() ? a : b;
    }
}
