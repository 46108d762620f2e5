package dev.stoker.gpu.tegra;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.sysfs.SysTree;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which Jetson this is. Immutable.
 *
 * <p>Source: device trees of L4T; {@code /etc/nv_tegra_release}.
 *
 * @param model the board, as its device tree names it
 * @param thor whether its GPU has the desktop's driver (nvidia.ko), so that NVML is of use
 * @param release the L4T release, such as {@code R36.4.0}
 */
record TegraChip(Reading<String> model, boolean thor, Reading<String> release) {
    private static final String RELEASE =
            "R([0-9]{2,3}) \\(release\\), REVISION: ([0-9]{1,2}(?:\\.[0-9]{1,2})?)";

    /** The GPU's name in the device tree: Xavier, TX2, Orin, Thor, and the newer trees. */
    private static final Set<String> GPU_NODES =
            Set.of("gv11b", "gp10b", "ga10b", "gb10b", "gm20b", "gpu");

    /** Returns the chip, or nothing on a machine that is no Jetson. */
    static Optional<TegraChip> detect(SysTree tree) {
        String compatible = tree.word(tree.path("proc/device-tree/compatible"));
        if (!compatible.contains("nvidia,tegra") && gpu(tree).isEmpty()) {
            return Optional.empty();
        }
        boolean thor =
                compatible.contains("nvidia,tegra264")
                        || tree.exists(tree.path("sys/class/devfreq/gpu-gpc-0"));
        return Optional.of(
                new TegraChip(
                        tree.text(tree.path("proc/device-tree/model")).map(m -> Text.plain(m, 120)),
                        thor,
                        release(tree)));
    }

    /** Returns the folder of the GPU's frequency scaling. It may appear only after a while. */
    static Optional<Path> gpu(SysTree tree) {
        Path devfreq = tree.path("sys/class/devfreq");
        Path thor = devfreq.resolve("gpu-gpc-0");
        if (tree.exists(thor)) {
            return Optional.of(thor);
        }
        List<Path> all = tree.list(devfreq, "*");
        return all.stream()
                .filter(p -> GPU_NODES.contains(tree.word(p.resolve("device/of_node/name"))))
                .findFirst();
    }

    private static Reading<String> release(SysTree tree) {
        Reading<String> text = tree.text(tree.path("etc/nv_tegra_release"));
        if (!text.isKnown()) {
            return Reading.unsupported("there is no /etc/nv_tegra_release here");
        }
        Matcher release = Pattern.compile(RELEASE).matcher(text.value());
        return release.find()
                ? Reading.known("R" + release.group(1) + "." + release.group(2))
                : Reading.failed("/etc/nv_tegra_release names no release");
    }
}
