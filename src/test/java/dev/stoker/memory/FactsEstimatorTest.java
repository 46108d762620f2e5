package dev.stoker.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.OptionalLong;

class FactsEstimatorTest {
    private final FactsEstimator estimator = new FactsEstimator();

    /**
     * The sizes that the operators of the five-model benchmark measured, and the ranges they go by.
     */
    @ParameterizedTest
    @CsvSource({
        "llama3.3:70b, 42, 49",
        "qwq:32b, 18, 24",
        "qwen2.5-coder:32b, 18, 24",
        "phi4:14b, 8, 11",
        "deepseek-r1:7b, 4.5, 6"
    })
    void estimate_nameOnly_withinWhatOperatorsSaw(String name, double leastGb, double mostGb) {
        MemoryEstimate estimate = estimator.estimate(named(name), OptionalLong.of(4096)).value();

        assertThat(estimate.expected().toGb()).isBetween(leastGb, mostGb);
        assertThat(estimate.items().getFirst().provenance())
                .startsWith("assumed: ")
                .contains("by its name");
    }

    @Test
    void estimate_seventyBillionByName_weightsOfAbout45Gb() {
        assertThat(weights(named("llama3.3:70b")).toGb()).isCloseTo(45.5, within(0.01));
        assertThat(weights(named("phi4:14b")).toGb()).isCloseTo(9.1, within(0.01));
    }

    @Test
    void estimate_mixtureByName_sharedPartsCountedOnce() {
        assertThat(weights(named("mixtral:8x7b")).toGb()).isBetween(26.4, 32.0);
    }

    @Test
    void estimate_activePartInTheName_wholeModelCounts() {
        assertThat(weights(named("Qwen3-30B-A3B"))).isEqualTo(weights(named("x:30b")));
    }

    @Test
    void estimate_quantizationInTheName_itsBits() {
        assertThat(weights(named("llama3:70b-instruct-q8_0")).toGb()).isCloseTo(74.4, within(0.1));
        assertThat(weights(named("Llama-2-7B-chat.Q4_K_M.gguf")).toGb())
                .isCloseTo(4.28, within(0.01));
        assertThat(weights(named("meta-llama/Llama-3.1-8B-Instruct-FP8")).toGb())
                .isCloseTo(8, within(0.01));
    }

    @Test
    void estimate_millionsInTheName_smallModel() {
        assertThat(weights(named("smollm2:135m")).toMib()).isLessThan(100);
    }

    @ParameterizedTest
    @CsvSource({
        "llama3:latest",
        "my-model",
        "gemma3n:e4b",
        "'\u001b[31mx'",
        "128k-context",
        "v2beta",
        "8bit"
    })
    void estimate_nameWithoutSize_unsupportedNeverZero(String name) {
        Reading<MemoryEstimate> estimate = estimator.estimate(named(name), OptionalLong.of(4096));

        assertThat(estimate).isInstanceOf(Reading.Unsupported.class);
        assertThat(estimate.reason()).contains("is unknown").doesNotContain("\u001b");
    }

    @Test
    void estimate_fileSizeAndShape_exactWeightsAndModelledCache() {
        ModelFacts facts =
                new ModelFacts(
                        "llama3:8b",
                        Reading.known(Bytes.gb(4.92)),
                        Reading.known(8_030_000_000L),
                        Reading.known("Q4_K_M"),
                        none(),
                        Reading.known(Bytes.of(131_072)));

        MemoryEstimate estimate = estimator.estimate(facts, OptionalLong.of(8192)).value();

        assertThat(estimate.items())
                .extracting(MemoryEstimate.Item::kind)
                .containsExactly("weights", "kv", "overhead");
        assertThat(estimate.items().get(0).bytes()).isEqualTo(Bytes.gb(4.92));
        assertThat(estimate.items().get(0).provenance()).startsWith("exact");
        assertThat(estimate.items().get(1).bytes()).isEqualTo(Bytes.mib(1024));
        assertThat(estimate.items().get(1).provenance()).startsWith("modelled");
        assertThat(estimate.items().get(2).provenance()).startsWith("assumed");
    }

    @Test
    void estimate_parametersAndUnknownQuantization_fourBitRule() {
        ModelFacts facts = facts(10_000_000_000L, "strange");

        assertThat(weights(facts).toGb()).isCloseTo(6.5, within(0.01));
    }

    @Property
    void estimate_anyFacts_itemsAddUpAndBandHoldsIt(
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long fileBytes,
            @ForAll @LongRange(min = 0, max = 1L << 40) long perToken,
            @ForAll @LongRange(min = -5, max = 1L << 40) long tokens) {
        ModelFacts facts =
                new ModelFacts(
                        "m",
                        Reading.known(Bytes.of(fileBytes)),
                        none(),
                        none(),
                        none(),
                        Reading.known(Bytes.of(perToken)));

        MemoryEstimate e = estimator.estimate(facts, OptionalLong.of(tokens)).value();

        Bytes sum =
                e.items().stream().map(MemoryEstimate.Item::bytes).reduce(Bytes.ZERO, Bytes::plus);
        assertThat(sum).isEqualTo(e.expected());
        assertThat(e.low()).isLessThanOrEqualTo(e.expected());
        assertThat(e.expected()).isLessThanOrEqualTo(e.high());
    }

    @Property
    void estimate_largerFile_neverLess(
            @ForAll @LongRange(min = 1, max = 1L << 42) long one,
            @ForAll @LongRange(min = 1, max = 1L << 42) long two) {
        Bytes small = ofFile(Math.min(one, two), 4096);
        Bytes large = ofFile(Math.max(one, two), 4096);

        assertThat(small).isLessThanOrEqualTo(large);
    }

    @Property
    void estimate_moreParameters_neverLess(
            @ForAll @LongRange(min = 1, max = 2_000_000_000_000L) long one,
            @ForAll @LongRange(min = 1, max = 2_000_000_000_000L) long two) {
        Bytes small =
                estimator
                        .estimate(facts(Math.min(one, two), "Q4_K_M"), OptionalLong.of(8192))
                        .value()
                        .expected();
        Bytes large =
                estimator
                        .estimate(facts(Math.max(one, two), "Q4_K_M"), OptionalLong.of(8192))
                        .value()
                        .expected();

        assertThat(small).isLessThanOrEqualTo(large);
    }

    @Property
    void estimate_moreContext_neverLess(
            @ForAll @LongRange(min = 0, max = 1 << 22) long one,
            @ForAll @LongRange(min = 0, max = 1 << 22) long two) {
        assertThat(ofFile(5_000_000_000L, Math.min(one, two)))
                .isLessThanOrEqualTo(ofFile(5_000_000_000L, Math.max(one, two)));
    }

    @Property
    void estimate_anyName_answersOrSaysWhyNot(@ForAll @StringLength(max = 300) String name) {
        Reading<MemoryEstimate> estimate = estimator.estimate(named(name), OptionalLong.of(4096));

        assertThat(estimate.isKnown() || !estimate.reason().isEmpty()).isTrue();
    }

    private Bytes ofFile(long bytes, long tokens) {
        ModelFacts facts =
                new ModelFacts("m", Reading.known(Bytes.of(bytes)), none(), none(), none(), none());
        return estimator.estimate(facts, OptionalLong.of(tokens)).value().expected();
    }

    private Bytes weights(ModelFacts facts) {
        return estimator.estimate(facts, OptionalLong.of(4096)).value().items().getFirst().bytes();
    }

    private static ModelFacts named(String name) {
        return new ModelFacts(name, none(), none(), none(), none(), none());
    }

    private static ModelFacts facts(long parameters, String quantization) {
        return new ModelFacts(
                "m",
                none(),
                Reading.known(parameters),
                Reading.known(quantization),
                none(),
                none());
    }

    private static <T> Reading<T> none() {
        return Reading.unsupported("not told");
    }
}
