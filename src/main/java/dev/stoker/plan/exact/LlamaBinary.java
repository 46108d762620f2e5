package dev.stoker.plan.exact;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.MemoryDevice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A llama-server on this host, asked for its devices, and for what it would allocate: with {@code
 * -fit on} it first goes through its whole start without allocating. It is ended as soon as it has
 * told that, before it loads anything. Every run is bounded in time and output.
 */
public final class LlamaBinary {
    private static final Duration DEVICES = Duration.ofSeconds(20);
    private static final Duration PASS = Duration.ofSeconds(60);
    private static final Duration START = Duration.ofSeconds(180);
    private static final int MOST_LINES = 200_000;
    private static final Bytes SOFTWARE_TENSOR = Bytes.mib(128);

    private static final Pattern DEVICE =
            Pattern.compile(
                    "\\s*([A-Za-z]+[0-9]+): (.*) \\(([0-9]{1,9}) MiB, ([0-9]{1,9}) MiB free\\)");
    private static final Pattern ROW =
            Pattern.compile(
                    ".*common_memory_breakdown_print: \\|\\s+- (\\S+)[^|]*\\|[^|]*?([0-9]+) ="
                            + " +([0-9]+) \\+ +([0-9]+) \\+ +([0-9]+).*");

    private final Path program;

    public LlamaBinary(Path program) {
        this.program = program;
    }

    public Path program() {
        return program;
    }

    /** Returns one that is on the path, or that Ollama brings; the first that is found. */
    public static Optional<LlamaBinary> find(Map<String, String> env) {
        List<Path> places = new ArrayList<>();
        for (String folder : env.getOrDefault("PATH", "").split(":", -1)) {
            if (folder.startsWith("/")) {
                places.add(Path.of(folder, "llama-server"));
            }
        }
        for (String folder :
                List.of("/usr/local/lib/ollama", "/usr/lib/ollama", "/opt/ollama/lib/ollama")) {
            places.add(Path.of(folder, "llama-server"));
        }
        return places.stream().filter(Files::isExecutable).findFirst().map(LlamaBinary::new);
    }

    /**
     * A device that it sees.
     *
     * @param title the board's name as its driver tells it, such as {@code NVIDIA H200}; the
     *     device's own name is the backend's: {@code CUDA0}
     */
    public record Seen(MemoryDevice device, String title) {}

    /**
     * Returns the devices that it sees, without the host.
     *
     * @throws UserError where it can't be run
     */
    public List<Seen> devices() {
        List<Seen> devices = new ArrayList<>();
        for (String line : run(List.of("--list-devices"), DEVICES, _ -> false)) {
            device(line).ifPresent(devices::add);
        }
        return devices;
    }

    static Optional<Seen> device(String line) {
        Matcher m = DEVICE.matcher(line);
        if (!m.matches()) {
            return Optional.empty();
        }
        String name = m.group(1);
        boolean software = m.group(2).contains("llvmpipe");
        return Optional.of(
                new Seen(
                        new MemoryDevice(
                                name,
                                kind(name),
                                Bytes.mib(Double.parseDouble(m.group(3))),
                                Bytes.mib(Double.parseDouble(m.group(4))),
                                false,
                                software ? SOFTWARE_TENSOR : MemoryDevice.ANY_TENSOR),
                        Text.plain(m.group(2).strip(), 80)));
    }

    private static DeviceKind kind(String name) {
        String letters = name.replaceAll("[0-9]+$", "").toUpperCase(java.util.Locale.ROOT);
        return switch (letters) {
            case "VULKAN" -> DeviceKind.VULKAN;
            case "ROCM", "HIP" -> DeviceKind.ROCM;
            case "MTL", "METAL" -> DeviceKind.METAL;
            case "SYCL" -> DeviceKind.SYCL;
            case "RPC" -> DeviceKind.RPC;
            default -> DeviceKind.CUDA;
        };
    }

    /**
     * What it would allocate on one device, in whole MiB as its table has it.
     *
     * @param device as it names it; {@code Host} for the host
     * @param context keys, values and states
     */
    public record Told(String device, Bytes model, Bytes context, Bytes compute) {
        public Bytes total() {
            return model.plus(context).plus(compute);
        }
    }

    /**
     * Asks what these options would allocate.
     *
     * @param arguments of llama-server, without the program
     * @throws UserError where it can't be run, or does not tell
     */
    public List<Told> ask(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--host", "127.0.0.1", "--port", "0", "-fit", "on", "-lv", "5"));
        List<String> lines =
                run(all, PASS, line -> line.contains("common_params_fit_impl: projected"));
        List<Told> told = lines.stream().flatMap(l -> told(l).stream()).toList();
        if (told.isEmpty()) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    program + " did not tell what it would allocate; it said: " + complaint(lines),
                    "Run it by hand with the printed options.");
        }
        return told;
    }

    static Optional<Told> told(String line) {
        Matcher m = ROW.matcher(line);
        if (!m.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                new Told(
                        m.group(1),
                        Bytes.mib(Double.parseDouble(m.group(3))),
                        Bytes.mib(Double.parseDouble(m.group(4))),
                        Bytes.mib(Double.parseDouble(m.group(5)))));
    }

    /**
     * Starts it as a server, waits until it listens, lets a look at it be taken, and ends it.
     *
     * @param arguments of llama-server, without the program
     * @param look is given the process's id while it runs
     * @throws UserError where it can't be run, or ends or is silent before it listens
     */
    public void started(List<String> arguments, LongConsumer look) {
        boolean[] looked = {false};
        List<String> lines =
                run(
                        arguments,
                        START,
                        line -> line.contains("listening on http"),
                        pid -> {
                            looked[0] = true;
                            look.accept(pid);
                        });
        if (!looked[0]) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    program + " did not start with this model; it said: " + complaint(lines),
                    "Run it by hand: " + program + " " + String.join(" ", arguments));
        }
    }

    private static String complaint(List<String> lines) {
        String last =
                lines.stream()
                        .filter(l -> l.contains(" E ") || l.contains("error"))
                        .reduce((_, b) -> b)
                        .orElse(lines.isEmpty() ? "nothing" : lines.getLast());
        return Text.plain(last, 300);
    }

    private List<String> run(List<String> arguments, Duration limit, Predicate<String> enough) {
        return run(arguments, limit, enough, _ -> {});
    }

    private List<String> run(
            List<String> arguments,
            Duration limit,
            Predicate<String> enough,
            LongConsumer atEnough) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Path folder = program.toAbsolutePath().getParent();
        if (folder != null && hasLibraries(folder)) {
            builder.environment()
                    .merge("LD_LIBRARY_PATH", folder.toString(), (a, b) -> b + ":" + a);
        }
        Clock clock = Clock.system();
        List<String> lines = new ArrayList<>();
        try {
            Process process = builder.start();
            Thread guard =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                                        process.destroyForcibly();
                                    }
                                } catch (InterruptedException e) {
                                    process.destroyForcibly();
                                }
                            });
            long end = clock.nanos() + limit.toNanos();
            try (BufferedReader reader =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8))) {
                String line = reader.readLine();
                while (line != null && lines.size() < MOST_LINES && clock.nanos() < end) {
                    lines.add(line);
                    if (enough.test(line)) {
                        atEnough.accept(process.pid());
                        break;
                    }
                    line = reader.readLine();
                }
            } finally {
                process.destroyForcibly();
                guard.interrupt();
            }
            return lines;
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    program
                            + " can't be run: "
                            + Text.plain(String.valueOf(e.getMessage()), 200)
                            + ".",
                    "Name a llama-server: --llama-server PATH.",
                    e);
        }
    }

    private static boolean hasLibraries(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(f -> String.valueOf(f.getFileName()).startsWith("libllama"));
        } catch (IOException e) {
            return false;
        }
    }
}
