package dev.stoker.gpu.nvml;

import dev.stoker.base.Text;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The opened library and its symbols, each looked up on its own when it is first called: what a
 * driver lacks is answered like a driver that says so. The library stays loaded until the program
 * ends, since a call that hangs may still be in it. Used by one thread.
 *
 * <p>Source: where Linux distributions, WSL, NixOS and the container toolkit put the library.
 * CUDA's {@code stubs} folders hold an empty shell that only serves to link against.
 */
final class NvmlLibrary implements Nvml {
    /** A setting that names the library; then no other is looked for. */
    static final String OWN_PATH = "STOKER_NVML";

    private static final String SHORT_NAME = "libnvidia-ml.so.1";

    private static final int X86_64 = 62;
    private static final int AARCH64 = 183;

    private final SymbolLookup symbols;
    private final Map<NvmlFunction, List<MemorySegment>> found = new EnumMap<>(NvmlFunction.class);

    private NvmlLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * What came of opening it.
     *
     * @param library the library, if one was opened
     * @param broken files that are there and could not be opened
     */
    record Opening(@Nullable Nvml library, List<String> broken) {}

    /** Opens the first library that can be opened. */
    static Opening open(Map<String, String> env, Path root) {
        List<String> broken = new ArrayList<>();
        for (String candidate : candidates(env, root, System.getProperty("os.arch", ""))) {
            Optional<SymbolLookup> symbols = load(candidate);
            if (symbols.isPresent()) {
                return new Opening(new NvmlLibrary(symbols.get()), broken);
            }
            if (candidate.contains("/") && Files.exists(Path.of(candidate))) {
                broken.add(Text.plain(candidate));
            }
        }
        return new Opening(null, broken);
    }

    /** Returns the names to try, in order; a name without a slash is looked for by the system. */
    static List<String> candidates(Map<String, String> env, Path root, String arch) {
        String own = env.getOrDefault(OWN_PATH, "");
        if (!own.isBlank()) {
            return List.of(own.strip());
        }
        String triple = (arch.equals("amd64") ? "x86_64" : arch) + "-linux-gnu";
        List<String> names = new ArrayList<>();
        // Under WSL a package may have put a stub into /usr/lib, which the system would prefer.
        names.add(root.resolve("usr/lib/wsl/lib").resolve(SHORT_NAME).toString());
        if (root.equals(Path.of("/"))) { // The system knows nothing of a recorded tree.
            names.add(SHORT_NAME);
            names.add("libnvidia-ml.so");
        }
        for (String folder :
                List.of(
                        "usr/lib/" + triple,
                        "usr/lib/" + triple + "/nvidia/current",
                        "usr/lib/" + triple + "/nvidia",
                        "usr/lib64",
                        "usr/lib64/nvidia",
                        "usr/lib",
                        "run/nvidia/driver/usr/lib/" + triple,
                        "run/nvidia/driver/usr/lib64",
                        "usr/local/nvidia/lib64",
                        "run/opengl-driver/lib")) {
            names.add(root.resolve(folder).resolve(SHORT_NAME).toString());
        }
        return names;
    }

    @SuppressWarnings("restricted") // what this room is for
    private static Optional<SymbolLookup> load(String candidate) {
        boolean path = candidate.contains("/");
        if (path && (!isLibrary(Path.of(candidate)) || isStub(candidate))) {
            return Optional.empty();
        }
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(candidate, Arena.global());
            return !path && isStubLoaded() ? Optional.empty() : Optional.of(symbols);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // No such library, or one of another machine.
        }
    }

    /**
     * Looks at the head of the file (ELF, 64 bits, this machine's kind): the virtual machine prints
     * a warning of its own, into the result, when it is given anything else.
     */
    private static boolean isLibrary(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(20);
            int machine = System.getProperty("os.arch", "").equals("amd64") ? X86_64 : AARCH64;
            return head.length == 20
                    && head[0] == 0x7f
                    && head[1] == 'E'
                    && head[2] == 'L'
                    && head[3] == 'F'
                    && head[4] == 2
                    && ((head[18] & 0xff) | ((head[19] & 0xff) << 8)) == machine;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isStub(String path) {
        try {
            return Path.of(path).toRealPath().toString().contains("/stubs/");
        } catch (IOException e) {
            return path.contains("/stubs/");
        }
    }

    /** A library that was found by the system does not say where; the kernel's map of it does. */
    private static boolean isStubLoaded() {
        try {
            boolean stub = false;
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                if (line.contains("libnvidia-ml.so")) {
                    if (!line.contains("/stubs/")) {
                        return false;
                    }
                    stub = true;
                }
            }
            return stub;
        } catch (IOException e) {
            return false;
        }
    }

    /** Calls the newest generation of a function that the library has and that the driver knows. */
    @Override
    public int call(NvmlFunction function, long a, long b, long c, long d, long e) {
        int code = NvmlReturn.FUNCTION_NOT_FOUND;
        for (MemorySegment address : addresses(function)) {
            code = NativeCall.call(address, a, b, c, d, e);
            if (code != NvmlReturn.FUNCTION_NOT_FOUND) {
                return code;
            }
        }
        return code;
    }

    private List<MemorySegment> addresses(NvmlFunction function) {
        List<MemorySegment> known = found.get(function);
        if (known != null) {
            return known;
        }
        List<MemorySegment> addresses = new ArrayList<>(2);
        for (String symbol : function.symbols()) {
            symbols.find(symbol).ifPresent(addresses::add);
        }
        found.put(function, addresses);
        return addresses;
    }
}
