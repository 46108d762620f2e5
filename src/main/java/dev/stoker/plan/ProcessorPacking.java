package dev.stoker.plan;

import dev.stoker.memory.llama.HostPacking;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Tells from {@code /proc/cpuinfo} in which order a processor's weights are stored. */
public final class ProcessorPacking {
    private static final int MOST_LINES = 200;

    private ProcessorPacking() {}

    /** Returns the packing of a host; that of a usual one where it does not tell. */
    public static HostPacking of(Path cpuInfo) {
        try (BufferedReader lines = Files.newBufferedReader(cpuInfo)) {
            for (int i = 0; i < MOST_LINES; i++) {
                String line = lines.readLine();
                if (line == null) {
                    break;
                }
                if (line.startsWith("flags") || line.startsWith("Features")) {
                    return of(Set.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")));
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            // Not Linux, or not told: the usual one.
        }
        return System.getProperty("os.arch", "").equals("aarch64")
                ? HostPacking.ARM
                : HostPacking.AVX2;
    }

    static HostPacking of(Set<String> flags) {
        if (flags.contains("asimddp") || flags.contains("asimd")) {
            return HostPacking.ARM;
        }
        if (flags.contains("amx_int8") && flags.contains("avx512_vnni")) {
            return HostPacking.AMX;
        }
        if (flags.contains("avx512f") && flags.contains("avx512bw")) {
            return HostPacking.AVX512;
        }
        return flags.contains("avx2") ? HostPacking.AVX2 : HostPacking.NONE;
    }
}
