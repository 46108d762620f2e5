package dev.stoker.gpu.tegra;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.sysfs.SysTree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who holds memory of the GPU on Orin and older: nvmap's own list, which only root may read.
 * Stateless.
 *
 * <p>Source: nvmap's debugfs: lines {@code user PROCESS PID SIZE}, sizes with K, M or none.
 */
final class NvMap {
    private static final Pattern LINE =
            Pattern.compile("^\\S+\\s+.{1,64}?\\s+([0-9]{1,10})\\s+([0-9]{1,15})([KMG]?)$");
    private static final String NO_SHARE = "nvgpu does not tell how much each process computes";

    private NvMap() {}

    static Reading<List<GpuProcess>> read(SysTree tree) {
        Reading<String> text = tree.text(tree.path("sys/kernel/debug/nvmap/iovmm/maps"));
        if (!text.isKnown()) {
            return text.map(_ -> List.of());
        }
        Map<Long, Long> sizes = new LinkedHashMap<>();
        for (String line : text.value().lines().toList()) {
            Matcher m = LINE.matcher(line.stripTrailing());
            if (m.matches() && !line.startsWith("total")) {
                long size = size(Long.parseLong(m.group(2)), m.group(3));
                sizes.merge(Long.parseLong(m.group(1)), size, NvMap::sum);
            }
        }
        List<GpuProcess> processes = new ArrayList<>();
        sizes.forEach((pid, size) -> {
            if (pid > 0 && size >= 0) {
                processes.add(
                        GpuProcess.of(
                                pid,
                                GpuProcess.Kind.COMPUTE,
                                Reading.known(Bytes.of(size)),
                                NO_SHARE));
            }
        });
        return Reading.known(processes);
    }

    private static long size(long number, String unit) {
        int shift = unit.isEmpty() ? 0 : 10 * ("KMG".indexOf(unit) + 1);
        return number > Long.MAX_VALUE >> (shift + 4) ? -1 : number << shift;
    }

    private static long sum(long a, long b) {
        return a < 0 || b < 0 || a + b < 0 ? -1 : a + b;
    }
}
