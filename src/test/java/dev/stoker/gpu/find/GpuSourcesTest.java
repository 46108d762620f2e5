package dev.stoker.gpu.find;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.StubSource;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.host.HostMemory;
import dev.stoker.host.RecordedTree;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class GpuSourcesTest {
    private static final Reading<Bytes> NONE = Reading.unsupported("");
    private static final HostMemory HOST = new HostMemory(NONE, NONE, NONE, NONE, NONE, NONE);
    private static final String BOTH_CARDS =
            """
            == sys/class/drm/card0/device/vendor
            0x8086
            == sys/class/drm/card1/device/vendor
            0x1002
            """;

    @TempDir Path folder;
    private int opened;

    private List<String> names(String record, Map<String, String> env) {
        RecordedTree.parse(record, folder);
        List<GpuSource> found =
                new GpuSources(
                                new SysTree(folder),
                                env,
                                () -> {
                                    opened++;
                                    return new StubSource(
                                            Clock.system(),
                                            StubSource.nvidia("X", "0000:01:00.0", false),
                                            b -> b);
                                },
                                () -> HOST,
                                Clock.system())
                        .find();
        found.forEach(GpuSource::close);
        return found.stream().map(GpuSource::name).toList();
    }

    @Test
    void find_nothingThere_noSourceAndNoLibraryOpened() {
        assertThat(names("", Map.of())).isEmpty();
        assertThat(opened).isZero();
    }

    @Test
    void find_severalVendors_nvidiaFirst() {
        assertThat(names(BOTH_CARDS + "== dev/nvidiactl\n\n", Map.of()))
                .containsExactly("NVML", "AMD", "Intel");
    }

    @Test
    void find_otherVendorsAlone_libraryLeftAlone() {
        assertThat(names(BOTH_CARDS, Map.of())).containsExactly("AMD", "Intel");
        assertThat(opened).isZero();
    }

    @Test
    void find_libraryNamedOrOnThePath_opened() {
        assertThat(names("", Map.of("STOKER_NVML", "/x/libnvidia-ml.so.1")))
                .containsExactly("NVML");
        assertThat(
                        names(
                                "== opt/fake/libnvidia-ml.so.1\nELF\n",
                                Map.of(
                                        "LD_LIBRARY_PATH",
                                        "/nowhere::" + folder.resolve("opt/fake"))))
                .containsExactly("NVML");
    }

    @Test
    void find_libraryInTheLinkersCache_opened() {
        assertThat(names("== etc/ld.so.cache\nglibc-ld.so.cache1.1 libnvidia-ml.so.1\n", Map.of()))
                .containsExactly("NVML");
    }

    @Test
    void find_boardWithoutADriver_askedSoThatItIsSaid() {
        assertThat(
                        names(
                                """
                                == sys/bus/pci/devices/0000:01:00.0/vendor
                                0x10de
                                == sys/bus/pci/devices/0000:01:00.0/class
                                0x030000
                                """,
                                Map.of()))
                .containsExactly("NVML");
    }

    @Test
    void find_nvidiasSoundAlone_noGpu() {
        assertThat(
                        names(
                                """
                                == sys/bus/pci/devices/0000:01:00.1/vendor
                                0x10de
                                == sys/bus/pci/devices/0000:01:00.1/class
                                0x040300
                                """,
                                Map.of()))
                .isEmpty();
    }

    @Test
    void find_jetson_theSourceThatKnowsIt() {
        assertThat(names("== proc/device-tree/compatible\nnvidia,tegra264\n", Map.of()))
                .containsExactly("Tegra");
    }
}
