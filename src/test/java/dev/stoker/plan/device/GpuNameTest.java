package dev.stoker.plan.device;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;

import java.util.Locale;
import java.util.Optional;

class GpuNameTest {
    private static final GpuTable TABLE = GpuTable.standard();

    @Provide
    Arbitrary<GpuModel> rows() {
        return Arbitraries.of(TABLE.rows());
    }

    @Property(tries = 500)
    void find_nameWithMore_isNeverThatGpu(
            @ForAll("rows") GpuModel row,
            @ForAll @AlphaChars @NumericChars @StringLength(min = 1, max = 4) String more) {
        String key = GpuName.key(row.name());
        String longer = row.name() + more;
        if (GpuName.key(longer).equals(key)) {
            return; // The maker's name again.
        }
        assertThat(TABLE.find(longer)).isNotEqualTo(Optional.of(row));
        assertThat(TABLE.find(more + row.name())).isNotEqualTo(Optional.of(row));
    }

    @Property(tries = 500)
    void find_nameCutShort_isNeverThatGpu(@ForAll("rows") GpuModel row) {
        String key = GpuName.key(row.name());
        String cut = key.substring(0, key.length() - 1);
        boolean alias = row.aliases().stream().anyMatch(a -> GpuName.key(a).equals(cut));
        if (!alias) {
            assertThat(TABLE.find(cut)).isNotEqualTo(Optional.of(row));
        }
    }

    @Property(tries = 300)
    void find_makersWayOfWriting_isThatGpu(@ForAll("rows") GpuModel row) {
        assertThat(TABLE.find(row.name().toUpperCase(Locale.ROOT))).isEqualTo(Optional.of(row));
        assertThat(TABLE.find("  " + row.name().replace(" ", "  ") + " (RADV TEST)"))
                .isEqualTo(Optional.of(row));
    }

    @Property
    void distance_ofTexts_isThatOfTheirLetters(
            @ForAll @AlphaChars @StringLength(max = 12) String a,
            @ForAll @AlphaChars @StringLength(max = 12) String b) {
        int distance = GpuName.distance(a, b);
        assertThat(distance).isEqualTo(GpuName.distance(b, a));
        assertThat(distance == 0).isEqualTo(a.equals(b));
        assertThat(distance)
                .isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
    }
}
