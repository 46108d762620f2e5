package dev.stoker.host;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads what machine this is from the kernel's files. NVIDIA's driver tells its boards and its
 * version below {@code /proc/driver/nvidia}; other drivers do not, and their GPU stays unknown.
 * Stateless.
 *
 * <p>Source: proc_cpuinfo(5); NVIDIA driver README, chapter "The /proc interface".
 */
final class ProcMachine {
    private static final Pattern VERSION =
            Pattern.compile("NVRM version:.*?\\s([0-9]{3,4}\\.[0-9.]+)\\s");

    private ProcMachine() {}

    static Machine read(Path proc) {
        Reading<String> cpus = ProcFile.text(proc.resolve("cpuinfo"));
        return new Machine(
                line(proc.resolve("sys/kernel/hostname")),
                line(proc.resolve("sys/kernel/osrelease")),
                cpu(proc, cpus),
                cores(cpus),
                gpu(proc.resolve("driver/nvidia/gpus")),
                driver(proc.resolve("driver/nvidia/version")));
    }

    private static Reading<String> line(Path file) {
        return ProcFile.text(file).map(ProcMachine::clean);
    }

    /** A device tree ends its texts with a zero byte, which is no white space. */
    private static String clean(String text) {
        return Text.plain(text.replace('\0', ' ').strip(), 200);
    }

    /** ARM's kernels tell no name per processor; the device tree names the board. */
    private static Reading<String> cpu(Path proc, Reading<String> cpus) {
        Optional<String> model = cpus.isKnown() ? value(cpus.value(), "model name") : empty();
        return model.<Reading<String>>map(Reading::known)
                .orElseGet(() -> line(proc.resolve("device-tree/model")));
    }

    private static Optional<String> empty() {
        return Optional.empty();
    }

    private static Reading<String> cores(Reading<String> cpus) {
        if (!cpus.isKnown()) {
            return cpus;
        }
        long count =
                cpus.value().lines().filter(l -> l.matches("processor\\s*:\\s*[0-9]+")).count();
        return count > 0
                ? Reading.known(Long.toString(count))
                : Reading.unsupported("/proc/cpuinfo lists no processor");
    }

    private static Optional<String> value(String text, String label) {
        return text.lines()
                .filter(l -> l.startsWith(label))
                .map(l -> l.substring(l.indexOf(':') + 1).strip())
                .filter(v -> !v.isEmpty())
                .map(ProcMachine::clean)
                .findFirst();
    }

    private static Reading<String> gpu(Path boards) {
        if (!Files.isDirectory(boards)) {
            return Reading.unsupported("no driver tells of a GPU below " + boards);
        }
        try (Stream<Path> list = Files.list(boards)) {
            List<String> names =
                    list.sorted()
                            .map(b -> ProcFile.text(b.resolve("information")))
                            .filter(Reading::isKnown)
                            .flatMap(t -> value(t.value(), "Model").stream())
                            .toList();
            return names.isEmpty()
                    ? Reading.unsupported("the driver names no GPU")
                    : Reading.known(String.join(" + ", names));
        } catch (IOException e) {
            return Reading.failed(boards + " could not be read");
        }
    }

    private static Reading<String> driver(Path file) {
        Reading<String> text = ProcFile.text(file);
        if (!text.isKnown()) {
            return Reading.unsupported("no NVIDIA driver is loaded");
        }
        Matcher version = VERSION.matcher(text.value());
        return version.find()
                ? Reading.known(version.group(1))
                : Reading.failed(file + " holds no version");
    }
}
