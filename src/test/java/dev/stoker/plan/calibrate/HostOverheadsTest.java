package dev.stoker.plan.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.Provenance;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

class HostOverheadsTest {
    private static final Measured MEASURED =
            new Measured(
                    Bytes.mib(17),
                    Map.of(DeviceKind.CUDA, Bytes.mib(512)),
                    "tiny",
                    "/opt/llama-server",
                    Instant.parse("2026-11-26T22:10:28Z"));

    @TempDir Path folder;

    @Test
    void measured_keptAndRead_isTheSame() {
        HostOverheads.keep(folder.resolve("new"), MEASURED);

        assertThat(HostOverheads.read(folder.resolve("new"))).contains(MEASURED);
    }

    @Test
    void here_measured_replacesUsualValuesAndSaysSo() {
        HostOverheads.keep(folder, MEASURED);

        Overheads here = HostOverheads.here(folder);

        assertThat(here.host().bytes()).isEqualTo(Bytes.mib(17));
        assertThat(here.host().provenance()).isEqualTo(Provenance.CALIBRATED);
        assertThat(here.host().because()).isEqualTo("measured here on 2026-11-26 with tiny");
        assertThat(here.devices().get(DeviceKind.CUDA).bytes()).isEqualTo(Bytes.mib(512));
        assertThat(here.devices().get(DeviceKind.ROCM))
                .isEqualTo(Overheads.usual(HostPacking.AVX2).devices().get(DeviceKind.ROCM));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"schema\":\"stoker.other\",\"host_bytes\":1}",
                "{\"schema\":\"stoker.overheads\",\"host_bytes\":-1,\"at\":\"2026-11-26T22:10:28Z\"}",
                "{\"schema\":\"stoker.overheads\",\"host_bytes\":1e300,\"at\":\"2026-11-26T22:10:28Z\"}",
                "{\"schema\":\"stoker.overheads\",\"host_bytes\":1,\"at\":\"yesterday\"}"
            })
    void read_damagedFile_isAsIfNothingWasMeasured(String text) throws IOException {
        Files.writeString(folder.resolve("overheads.json"), text);

        assertThat(HostOverheads.read(folder)).isEmpty();
    }

    @Test
    void keep_folderThatIsAFile_isRefusedInOneSentence() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> HostOverheads.keep(file.resolve("in"), MEASURED))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("can't be kept");
    }

    @Test
    void anonymous_status_isInBytes() {
        assertThat(Calibrator.anonymous("VmRSS:\t  400 kB\nRssAnon:\t  123 kB\nRssFile:\t 5 kB\n"))
                .isEqualTo(Bytes.of(123 * 1024));
        assertThatThrownBy(() -> Calibrator.anonymous("")).isInstanceOf(UserError.class);
    }
}
