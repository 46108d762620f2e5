package dev.stoker.plan.device;

import dev.stoker.base.Bytes;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machines that have a name, and machines made of GPUs that a user names. The names are those
 * of {@code stoker sim --box} and some common machines. Pure.
 *
 * <p>Source: {@code boxes.tsv} beside this class.
 */
public final class Boxes {
    /** Two channels of DDR4-3200, GB/s: what is taken where nothing else is known. */
    public static final double ASSUMED_RAM_BANDWIDTH = 50;

    /** A common SATA or slow NVMe disk, GB/s. */
    public static final double ASSUMED_DISK = 1;

    private static final Bytes ASSUMED_RAM = Bytes.gib(64);
    private static final Bytes TAKEN_BY_SYSTEM = Bytes.gib(4);
    private static final double ASSUMED_CPU_TFLOPS = 0.5;
    private static final int MOST_GPUS = 64;

    private Boxes() {}

    public static List<String> names() {
        return List.copyOf(Standard.BOXES.keySet());
    }

    /**
     * @throws UserError for a name that no box has
     */
    public static Box named(String name) {
        Box box = Standard.BOXES.get(name.strip());
        if (box == null) {
            throw UserError.wrongUse(
                    "There is no box '" + Text.plain(name, 60) + "'.",
                    "The boxes are " + String.join(", ", names()) + ".");
        }
        return box;
    }

    /** Returns a machine with so many idle GPUs of one kind and an ordinary host. */
    public static Box of(GpuModel model, int count) {
        return of(repeated(model, count).toList());
    }

    private static Stream<GpuModel> repeated(GpuModel model, int count) {
        if (count < 1 || count > MOST_GPUS) {
            throw UserError.wrongUse(
                    "Expected from 1 to " + MOST_GPUS + " GPUs, but got " + count + ".", "");
        }
        return Stream.generate(() -> model).limit(count);
    }

    /** Returns a machine with these idle GPUs and an ordinary host. */
    public static Box of(List<GpuModel> models) {
        List<ComputeDevice> gpus = new ArrayList<>();
        for (GpuModel model : models) {
            gpus.add(ComputeDevice.idle(model, numbered(model.name(), gpus)));
        }
        String title =
                models.stream()
                        .collect(
                                Collectors.groupingBy(
                                        GpuModel::name, LinkedHashMap::new, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(e -> (e.getValue() > 1 ? e.getValue() + " × " : "") + e.getKey())
                        .collect(Collectors.joining(" + "));
        return new Box("", title, gpus, hostOf(gpus), ASSUMED_DISK);
    }

    /** Returns a machine with so many GPUs of which memory and bandwidth are told. */
    public static Box told(Bytes memory, double bandwidth, int count) {
        ComputeDevice one = ComputeDevice.told(memory, bandwidth);
        if (count < 1 || count > MOST_GPUS) {
            throw UserError.wrongUse(
                    "Expected from 1 to " + MOST_GPUS + " GPUs, but got " + count + ".", "");
        }
        List<ComputeDevice> gpus = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            gpus.add(one);
        }
        String title = (count > 1 ? count + " × " : "") + memory.binary() + " at " + bandwidth;
        return new Box("", title + " GB/s", gpus, hostOf(gpus), ASSUMED_DISK);
    }

    /** A GPU without memory of its own has the host's. */
    private static ComputeDevice hostOf(List<ComputeDevice> gpus) {
        for (ComputeDevice gpu : gpus) {
            if (gpu.memory().unified()) {
                Bytes all = gpu.memory().capacity();
                Bytes free = Bytes.of(all.count() - Math.max(all.count() * 8 / 100, 2L << 30));
                return ComputeDevice.host(
                        all, free, gpu.bandwidth(), ASSUMED_CPU_TFLOPS, "shared with the GPU");
            }
        }
        return ComputeDevice.host(
                ASSUMED_RAM,
                ASSUMED_RAM.minus(TAKEN_BY_SYSTEM),
                ASSUMED_RAM_BANDWIDTH,
                ASSUMED_CPU_TFLOPS,
                "an ordinary host is assumed: 64 GiB at 50 GB/s");
    }

    private static String numbered(String name, List<ComputeDevice> before) {
        long same =
                before.stream()
                        .filter(d ->
                                d.memory().name().equals(name)
                                        || d.memory().name().startsWith(name + " #"))
                        .count();
        return same == 0 ? name : name + " #" + (same + 1);
    }

    /** Read once, when it is first asked for. */
    private static final class Standard {
        static final Map<String, Box> BOXES = read();

        private Standard() {}

        private static Map<String, Box> read() {
            try (InputStream in = Boxes.class.getResourceAsStream("boxes.tsv")) {
                if (in == null) {
                    throw new IllegalStateException("boxes.tsv is missing");
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .map(line -> line.split("\t"))
                        .collect(
                                Collectors.collectingAndThen(
                                        Collectors.groupingBy(
                                                f -> f[0], LinkedHashMap::new, Collectors.toList()),
                                        Standard::boxes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Map<String, Box> boxes(Map<String, List<String[]>> lines) {
            return lines.values().stream()
                    .map(Standard::box)
                    .collect(
                            Collectors.toMap(
                                    Box::name,
                                    Function.identity(),
                                    (a, b) -> a,
                                    LinkedHashMap::new));
        }

        private static Box box(List<String[]> lines) {
            String[] h = lines.getFirst();
            Bytes memory = Bytes.parse(h[3]);
            Bytes free = memory.minus(Bytes.parse(h[4]));
            ComputeDevice host =
                    ComputeDevice.host(
                            memory,
                            free,
                            Double.parseDouble(h[5]),
                            Double.parseDouble(h[6]),
                            "the box " + h[0]);
            List<ComputeDevice> gpus = new ArrayList<>();
            for (String[] g : lines.subList(1, lines.size())) {
                GpuModel model = GpuTable.standard().require(g[2]);
                Bytes left = model.unified() ? model.idle().min(free) : model.idle();
                if (!g[3].equals("-")) {
                    left = model.reported().minus(Bytes.parse(g[3]));
                } else if (model.unified() && model.kind() != DeviceKind.METAL) {
                    left = free;
                }
                gpus.add(ComputeDevice.of(model, numbered(model.name(), gpus), left));
            }
            return new Box(h[0], h[2], gpus, host, Double.parseDouble(h[7]));
        }
    }
}
