package dev.stoker.plan.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

class KnownModelsTest {

    @Test
    void all_areUniqueSortedAndOfPlausibleSize() {
        Set<String> names = new HashSet<>();
        double before = 0;
        for (ModelDescription m : KnownModels.all()) {
            assertThat(names.add(m.name())).as(m.name()).isTrue();
            double gb = m.fileSize().value().toGb();
            assertThat(gb).as(m.name()).isGreaterThanOrEqualTo(before);
            before = gb;
            double bytesEach = gb * 1e9 / m.parameters().value();
            assertThat(bytesEach).as(m.name()).isBetween(0.5, 2.1);
        }
        assertThat(names).hasSizeGreaterThan(30);
    }

    /** The dimensions give the number of parameters. */
    @Test
    void shapes_ofAll_giveTheirParameters() {
        for (ModelDescription m : KnownModels.all()) {
            ModelShape s = m.shape().value();
            double sum = 0;
            for (var l : s.layers()) {
                double feedForward =
                        l.experts()
                                ? 3.0 * s.experts().count() * s.experts().feedForward()
                                : 3.0 * l.feedForward();
                sum +=
                        s.embedding()
                                * ((double) l.heads() * l.keyLength() * 2
                                        + 2.0 * l.kvHeads() * l.keyLength()
                                        + feedForward);
            }
            double table = (double) s.vocabulary() * s.embedding();
            double told = m.parameters().value();
            assertThat(told).as(m.name()).isBetween((sum + table) * 0.97, (sum + 2 * table) * 1.03);
        }
    }

    @Test
    void named_unknown_isEmpty() {
        assertThat(KnownModels.named("toaster:1b")).isEmpty();
        assertThat(KnownModels.named("qwen3:8b")).isPresent();
    }
}
