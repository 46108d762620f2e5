package dev.stoker.gpu.tegra;

import dev.stoker.base.Reading;
import dev.stoker.gpu.sysfs.Hwmon;
import dev.stoker.gpu.sysfs.SysTree;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The rails that a Jetson measures: chips of the INA3221 tell voltage and current of three rails
 * each, an INA238 the power of the whole input. Used by one thread.
 *
 * <p>Source: the kernel's ina3221 and ina238 documents: in7 is the sum of the shunts' voltages and
 * no rail; {@code NC} is not connected. Which rail is the whole board: NVIDIA's power guides of the
 * modules; where none is, the measured rails lie side by side below the input and are added.
 */
final class Rails {
    private static final int SUM_OF_SHUNTS = 7;
    private static final Set<String> WHOLE = Set.of("VDD_IN", "POM_5V_IN", "VIN");

    /** What feeds the GPU, the more exact ones first; some feed other parts too. */
    private static final List<String> OF_GPU =
            List.of("VDD_GPU", "GPU", "POM_5V_GPU", "VDD_SYS_GPU", "VDD_GPU_SOC", "VDD_CPU_GPU_CV");

    private final SysTree tree;

    Rails(SysTree tree) {
        this.tree = tree;
    }

    /**
     * One rail.
     *
     * @param watts what it draws
     */
    record Rail(String name, Reading<Double> watts) {}

    /** Returns the rails that are there now, in the chips' order. */
    List<Rail> read() {
        List<Rail> rails = new ArrayList<>();
        for (Hwmon chip : Hwmon.below(tree, tree.path("sys/class"))) {
            switch (chip.name()) {
                case "ina3221" -> threeRails(chip, rails);
                case "ina238" -> rails.add(input(chip));
                default -> {}
            }
        }
        return rails;
    }

    private static void threeRails(Hwmon chip, List<Rail> rails) {
        for (String channel : chip.channels("in", "_label")) {
            String label = chip.label(channel);
            String number = channel.substring(2);
            boolean none =
                    label.isEmpty()
                            || List.of(label.toUpperCase(Locale.ROOT).split("[^A-Z0-9]+", -1))
                                    .contains("NC");
            if (none || number.equals(Integer.toString(SUM_OF_SHUNTS))) {
                continue;
            }
            rails.add(new Rail(label, watts(chip, number)));
        }
    }

    private static Reading<Double> watts(Hwmon chip, String number) {
        Reading<Long> millivolts = chip.number("in" + number + "_input");
        Reading<Long> milliamperes = chip.number("curr" + number + "_input");
        if (!millivolts.isKnown()) {
            return millivolts.map(_ -> 0.0);
        }
        // A current that flows back by the sensor's offset is none.
        return SysTree.within(
                milliamperes.map(ma -> Math.max(0, ma) * (millivolts.value() * 1e-6)), 0, 5000);
    }

    private static Rail input(Hwmon chip) {
        String label = chip.label("power1").isEmpty() ? chip.label("in1") : chip.label("power1");
        return new Rail(label.isEmpty() ? "VIN" : label, chip.watts("power1_input"));
    }

    /** Returns what the whole board draws. */
    static Reading<Double> board(List<Rail> rails) {
        Optional<Rail> whole = rails.stream().filter(r -> WHOLE.contains(r.name())).findFirst();
        if (whole.isPresent()) {
            return whole.get().watts();
        }
        double sum = 0;
        for (Rail rail : rails) {
            if (!rail.watts().isKnown()) {
                return Reading.failed("the rail " + rail.name() + " could not be read");
            }
            sum += rail.watts().value();
        }
        return rails.isEmpty()
                ? Reading.unsupported("no power monitor is to be seen")
                : Reading.known(sum);
    }

    /** Returns the rail that feeds the GPU. */
    static Optional<Rail> ofGpu(List<Rail> rails) {
        return OF_GPU.stream()
                .flatMap(name -> rails.stream().filter(r -> r.name().equals(name)))
                .findFirst();
    }
}
