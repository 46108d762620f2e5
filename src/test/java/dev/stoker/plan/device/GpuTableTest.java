package dev.stoker.plan.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class GpuTableTest {
    private static final GpuTable TABLE = GpuTable.standard();

    @Test
    void names_ofAllRows_areUnique() {
        Set<String> keys = new HashSet<>();
        assertThat(TABLE.rows()).allMatch(r -> keys.add(GpuName.key(r.name())));
    }

    @Test
    void ids_ofAllRows_areUniqueAndWellFormed() {
        Set<String> ids = new HashSet<>();
        for (GpuModel row : TABLE.rows()) {
            assertThat(row.pciIds())
                    .allMatch(id -> id.matches("(10de|1002|8086):[0-9a-f]{4}"))
                    .allMatch(ids::add);
        }
    }

    @Test
    void aliases_sharedByRows_areToldApartByMemory() {
        Map<String, Map<Bytes, GpuModel>> rows = new HashMap<>();
        for (GpuModel row : TABLE.rows()) {
            for (String alias : row.aliases()) {
                GpuModel before =
                        rows.computeIfAbsent(GpuName.key(alias), k -> new HashMap<>())
                                .putIfAbsent(row.sold(), row);
                boolean bandwidthAlone = row.kind() == DeviceKind.METAL;
                assertThat(before == null || before == row || bandwidthAlone)
                        .as("%s of %s", alias, row.name())
                        .isTrue();
            }
        }
    }

    @Test
    void rows_always_haveASourceAndPlausibleFigures() {
        for (GpuModel r : TABLE.rows()) {
            assertThat(r.source()).as(r.name()).matches("(nv|amd|intel|apple)-[A-Za-z]+");
            assertThat(r.reported())
                    .as(r.name())
                    .isLessThanOrEqualTo(Bytes.gib(r.sold().toGib() * 1.03));
            assertThat(r.reported()).as(r.name()).isGreaterThan(Bytes.gib(r.sold().toGib() * 0.85));
            assertThat(r.idle()).as(r.name()).isLessThan(r.reported()).isGreaterThan(Bytes.gib(1));
            assertThat(r.bandwidth() / r.sold().toGib()).as(r.name()).isBetween(1.0, 90.0);
        }
    }

    /** Every GPU of the reference table, with its own figures. */
    @ParameterizedTest
    @CsvSource({
        "GTX 1080 Ti, 11, 484, 11, 250",
        "Quadro P4000, 8, 243, 5.3, 105",
        "Tesla P40, 24, 347, 11.8, 250",
        "Tesla T4, 16, 320, 65, 70",
        "V100 SXM2, 32, 900, 125, 300",
        "RTX 2060, 6, 336, 52, 160",
        "RTX 2080 Ti, 11, 616, 108, 250",
        "RTX 3060 12G, 12, 360, 51, 170",
        "RTX 3070, 8, 448, 81, 220",
        "RTX 3080 10G, 10, 760, 119, 320",
        "RTX 3090, 24, 936, 142, 350",
        "RTX 4060 Ti 16G, 16, 288, 88, 165",
        "RTX 4070, 12, 504, 117, 200",
        "RTX 4070 Ti Super, 16, 672, 176, 285",
        "RTX 4080, 16, 717, 195, 320",
        "RTX 4090, 24, 1008, 330, 450",
        "RTX 5060 Ti 16G, 16, 448, 95, 180",
        "RTX 5070, 12, 672, 123, 250",
        "RTX 5070 Ti, 16, 896, 176, 300",
        "RTX 5080, 16, 960, 225, 360",
        "RTX 5090, 32, 1792, 419, 575",
        "RTX A4000, 16, 448, 77, 140",
        "RTX A6000, 48, 768, 155, 300",
        "RTX 6000 Ada, 48, 960, 364, 300",
        "RTX PRO 6000 Blackwell, 96, 1792, 500, 600",
        "A10G, 24, 600, 70, 300",
        "A10, 24, 600, 125, 150",
        "L4, 24, 300, 121, 72",
        "L40S, 48, 864, 362, 350",
        "A100 40 PCIe, 40, 1555, 312, 250",
        "A100 80 SXM, 80, 2039, 312, 400",
        "H100 PCIe, 80, 2039, 756, 350",
        "H100 SXM, 80, 3350, 989, 700",
        "H200, 141, 4800, 989, 700",
        "B200, 192, 8000, 2250, 1000",
        "Jetson AGX Orin 64, 64, 204.8, 43, 60",
        "Jetson Thor T5000, 128, 273, 258, 130",
        "DGX Spark GB10, 128, 273, 125, 140",
        "Ryzen AI Max (Strix Halo), 128, 256, 59, 120",
        "RX 7900 XTX, 24, 960, 123, 355",
        "RX 9070 XT, 16, 640, 195, 304",
        "MI250X, 128, 3277, 383, 560",
        "MI300X, 192, 5300, 1307, 750",
        "Apple M1, 16, 68, 2.6, 20",
        "Apple M4 Pro, 64, 273, 9.2, 45",
        "Apple M1 Max, 64, 400, 10.4, 60",
        "Apple M5 Max, 128, 614, 22.8, 90",
        "Apple M3 Ultra, 512, 819, 28.4, 170",
    })
    void rows_ofTheReference_areThere(
            String name, double gib, double bandwidth, double tflops, double watts) {
        GpuModel row = TABLE.require(name);
        assertThat(row.sold()).isEqualTo(Bytes.gib(gib));
        assertThat(row.bandwidth()).isEqualTo(bandwidth);
        assertThat(row.tflops()).isCloseTo(tflops, within(tflops * 0.05));
        assertThat(row.watts()).isEqualTo(watts);
    }

    @ParameterizedTest
    @CsvSource({
        "NVIDIA GeForce RTX 3090, RTX 3090",
        "nvidia geforce rtx3090, RTX 3090",
        "rtx-4090, RTX 4090",
        "NVIDIA L4, L4",
        "NVIDIA L40S, L40S",
        "NVIDIA L40, L40",
        "NVIDIA A10G, A10G",
        "NVIDIA A100-SXM4-80GB, A100 SXM 80GB",
        "NVIDIA A100 80GB PCIe, A100 PCIe 80GB",
        "NVIDIA H100 80GB HBM3, H100 SXM",
        "NVIDIA GeForce RTX 4090 Laptop GPU, RTX 4090 Laptop",
        "AMD Radeon RX 7900 XTX (RADV NAVI31), RX 7900 XTX",
        "Intel(R) Arc(TM) A750 Graphics, Arc A750",
        "NVIDIA GB10, DGX Spark",
        "NVIDIA Thor, Jetson Thor T5000",
        "Quadro P4000, Quadro P4000",
        "NVIDIA GeForce GTX 1060 6GB, GTX 1060 6GB",
        "Tesla T4, T4",
    })
    void find_driversName_isItsRow(String driver, String name) {
        assertThat(TABLE.find(driver)).map(GpuModel::name).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "L",
                "L40SX",
                "4090",
                "RTX",
                "RTX 409",
                "Super L4",
                "T40",
                "xT4",
                "A1",
                "A100",
                "RTX 4090 Ti",
                "",
                "Apple M4 Ultra",
                "M4"
            })
    void find_partOfAName_isNone(String part) {
        assertThat(TABLE.find(part)).isEmpty();
        assertThat(TABLE.find(part, Bytes.gib(24))).isEmpty();
    }

    @Test
    void find_nameOfTwoBoards_needsTheMemory() {
        String name = "NVIDIA GeForce RTX 3080";
        assertThat(TABLE.find(name)).isEmpty();
        assertThat(TABLE.find(name, Bytes.mib(10240)))
                .map(GpuModel::name)
                .contains("RTX 3080 10GB");
        assertThat(TABLE.find(name, Bytes.mib(12288)))
                .map(GpuModel::name)
                .contains("RTX 3080 12GB");
        assertThat(TABLE.find(name, Bytes.gib(20))).isEmpty();
        assertThat(TABLE.find("NVIDIA GeForce RTX 2060", Bytes.gib(12)))
                .map(GpuModel::name)
                .contains("RTX 2060 12GB");
    }

    @Test
    void byPciId_knownAndUnknown_areTold() {
        assertThat(TABLE.byPciId("10DE:2204")).map(GpuModel::name).contains("RTX 3090");
        assertThat(TABLE.byPciId("10de:2204 ")).isPresent();
        assertThat(TABLE.byPciId("10de:220")).isEmpty();
        assertThat(TABLE.byPciId("1002:2204")).isEmpty();
    }

    @Test
    void require_nearMiss_namesCandidates() {
        assertThatThrownBy(() -> TABLE.require("RTX 4095"))
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> assertThat(e.hint()).contains("RTX 4090").contains("--gpu-memory"));
        assertThatThrownBy(() -> TABLE.require("RTX 3060"))
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> {
                            assertThat(e.sentence()).contains("several");
                            assertThat(e.hint()).contains("RTX 3060 8GB", "RTX 3060 12GB");
                        });
        assertThatThrownBy(() -> TABLE.require("toaster"))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.hint()).doesNotContain("one of"));
    }

    /** What logs told: Ollama's "total" of idle GPUs is what CUDA can hand out. */
    @ParameterizedTest
    @CsvSource({
        "A10G, 22.0",
        "RTX 5090, 31.4",
        "A100 SXM 80GB, 79.2",
        "RTX 3090, 23.6",
        "T4, 14.6",
        "L4, 22.0",
        "RTX 2080 Ti, 10.75",
        "Quadro P4000, 7.9",
    })
    void idle_measuredGpus_isWithinAQuarterGib(String name, double gib) {
        assertThat(TABLE.require(name).idle().toGib()).isCloseTo(gib, within(0.25));
    }

    @Test
    void idle_sharedMemory_leavesTheSystemItsPart() {
        assertThat(TABLE.require("DGX Spark").idle().toGib()).isBetween(105.0, 112.0);
        assertThat(TABLE.require("Apple M4 Pro").idle().toGib()).isEqualTo(48);
        assertThat(TABLE.require("Apple M4").idle().toGib()).isCloseTo(21.3, within(0.1));
    }

    @Test
    void with_ownRows_addsAndReplaces() {
        String own =
                "# mine\n"
                    + "CMP 90HX\t-\t10de:220d\tCUDA\t10\t-\t760\t85\tyes\t250\t50\tno\t-\tmeasured"
                    + " here\n"
                    + "RTX 3090\t-\t-\tvulkan\t24\t-\t900\t142\tyes\t280\t82\tno\t0.8\tmine\n";
        GpuTable table = TABLE.with(own, "gpus.tsv");
        assertThat(table.byPciId("10de:220d")).map(GpuModel::name).contains("CMP 90HX");
        assertThat(table.require("RTX 3090").watts()).isEqualTo(280);
        assertThat(table.require("RTX 3090").kind()).isEqualTo(DeviceKind.VULKAN);
        assertThat(table.rows()).hasSize(TABLE.rows().size() + 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x,y|fields",
                "A,-,-,CUDA,24,-,936,142,yes,350,82,no,-|13",
                "A,-,-,TPU,24,-,936,142,yes,350,82,no,-,s|CUDA, ROCM",
                "A,-,-,CUDA,many,-,936,142,yes,350,82,no,-,s|GiB",
                "A,-,-,CUDA,24,-,NaN,142,yes,350,82,no,-,s|GB/s",
                "A,-,-,CUDA,24,-,936,142,perhaps,350,82,no,-,s|yes or no",
                ",-,-,CUDA,24,-,936,142,yes,350,82,no,-,s|name",
            })
    void with_lineThatIsNone_saysWhichAndWhat(String line, String part) {
        List<String> ok = List.of("# comment", line.replace(',', '\t'));
        assertThatThrownBy(() -> TABLE.with(String.join("\n", ok), "own.tsv"))
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> assertThat(e.sentence()).contains("line 2 of own.tsv").contains(part));
    }
}
