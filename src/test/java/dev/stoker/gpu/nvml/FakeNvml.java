package dev.stoker.gpu.nvml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The fake NVML of {@code native/nvml}, built by the C compiler once for each set of hidden
 * symbols. Every instance is a copy with a state of its own, so that tests can run side by side.
 */
final class FakeNvml {
    private static final Path SOURCE = Path.of("native/nvml/fake.c");
    private static final Path BOXES = Path.of("native/nvml/boxes");
    private static final Map<Set<String>, Path> BUILT = new ConcurrentHashMap<>();

    private static Path compiled;

    private final Path library;
    private final SymbolLookup symbols;

    @SuppressWarnings("restricted") // what a fake of a native library is for
    private FakeNvml(Path library) {
        this.library = library;
        this.symbols = SymbolLookup.libraryLookup(library, Arena.global());
    }

    /** Returns a fake that says what a file of {@code native/nvml/boxes} says. */
    static FakeNvml box(Path folder, String name, String... hidden) throws IOException {
        return text(folder, Files.readString(BOXES.resolve(name + ".conf")), hidden);
    }

    /** Returns a fake that says what this text says. */
    static FakeNvml text(Path folder, String text, String... hidden) throws IOException {
        Path built = BUILT.computeIfAbsent(new TreeSet<>(List.of(hidden)), FakeNvml::build);
        Path own = Files.createTempDirectory(folder, "nvml").resolve("libnvidia-ml.so.1");
        Files.copy(built, own);
        FakeNvml fake = new FakeNvml(own);
        fake.load(text);
        return fake;
    }

    private static Path build(Set<String> hidden) {
        String gcc = "gcc";
        boolean there =
                List.of(String.valueOf(System.getenv("PATH")).split(":", -1)).stream()
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(gcc)));
        if ("true".equals(System.getenv("CI"))) {
            assertThat(there).as("gcc is needed to build the fake NVML").isTrue();
        }
        Assumptions.assumeTrue(there, "gcc is missing, so the fake NVML can not be built");
        try {
            Path folder = Files.createTempDirectory("fake-nvml");
            Path library = folder.resolve("libnvidia-ml.so.1");
            List<String> link =
                    new ArrayList<>(
                            List.of(gcc, "-shared", "-o", library.toString(), object().toString()));
            link.add("-lpthread");
            if (!hidden.isEmpty()) {
                Path script = folder.resolve("hidden.map");
                Files.writeString(script, "{ local: " + String.join("; ", hidden) + "; };\n");
                link.add("-Wl,--version-script=" + script);
            }
            run(link);
            return library;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compiling takes a second, so it is done once; the variants are only linked anew. */
    private static synchronized Path object() throws IOException {
        if (compiled == null) {
            Path object = Files.createTempDirectory("fake-nvml").resolve("fake.o");
            run(
                    List.of(
                            "gcc",
                            "-Wall",
                            "-Wextra",
                            "-Werror",
                            "-fPIC",
                            "-O1",
                            "-c",
                            "-o",
                            object.toString(),
                            SOURCE.toString()));
            compiled = object;
        }
        return compiled;
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        assertThat(process.exitValue()).as(said).isZero();
    }

    /** Lets it say something else from now on; handles that were given out stay as they were. */
    void load(String text) throws IOException {
        Path file = Files.createTempFile(library.getParent(), "box", ".conf");
        Files.writeString(file, text);
        NativeCall.call(symbol("fake_nvml_load"), text(file.toString()).address(), 0, 0, 0, 0);
    }

    /** Sets its time, which then stands still. */
    void time(double seconds) {
        NativeCall.call(symbol("fake_nvml_time"), Math.round(seconds * 1000), 0, 0, 0, 0);
    }

    /** Returns how often a function was called. */
    int calls(String function) {
        return NativeCall.call(symbol("fake_nvml_calls"), text(function).address(), 0, 0, 0, 0);
    }

    private MemorySegment symbol(String name) {
        return symbols.find(name).orElseThrow();
    }

    private static MemorySegment text(String text) {
        return Arena.global().allocateFrom(text);
    }

    Path path() {
        return library;
    }

    NvmlSource source() {
        return source(Clock.system());
    }

    NvmlSource source(Clock clock) {
        return new NvmlSource(
                Map.of("STOKER_NVML", library.toString()), Path.of("/"), clock, false);
    }
}
