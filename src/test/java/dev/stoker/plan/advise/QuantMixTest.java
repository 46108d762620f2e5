package dev.stoker.plan.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.Tensor;
import dev.stoker.plan.Synthetic;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;

/** Sizes of published files, against those that follow from the mixes. */
class QuantMixTest {

    /** The quantize README of llama.cpp, Llama-3.1-8B. */
    @ParameterizedTest
    @CsvSource({
        "F16, 14.96",
        "Q8_0, 7.95",
        "Q6_K, 6.14",
        "Q5_K_M, 5.33",
        "Q5_K_S, 5.21",
        "Q4_K_M, 4.58",
        "Q4_K_S, 4.36",
        "IQ4_NL, 4.38",
        "IQ4_XS, 4.17",
        "Q4_0, 4.34",
        "Q3_K_L, 4.02",
        "Q3_K_M, 3.74",
        "IQ3_M, 3.52",
        "IQ3_XXS, 3.04",
        "Q3_K_S, 3.41",
        "IQ2_M, 2.74",
        "Q2_K, 2.95",
        "IQ2_XXS, 2.23",
        "IQ1_S, 1.87",
    })
    void size_ofLlama8_isThatOfTheFile(Quant quant, double gib) {
        assertThat(gib(Synthetic.llama8(quant))).isCloseTo(gib, within(gib * 0.01));
    }

    /** Llama-3-70B, table of dranger003 in llama.cpp #6745. */
    @ParameterizedTest
    @CsvSource({
        "IQ1_S, 14.29",
        "IQ1_M, 15.60",
        "IQ2_XXS, 17.79",
        "IQ2_XS, 19.69",
        "IQ2_S, 20.71",
        "Q2_K_S, 22.79",
        "IQ2_M, 22.46",
        "Q2_K, 24.56",
        "IQ3_XXS, 25.58",
        "IQ3_XS, 27.29",
        "Q3_K_S, 28.79",
        "IQ3_S, 28.79",
        "IQ3_M, 29.74",
        "Q3_K_M, 31.91",
        "Q3_K_L, 34.59",
        "IQ4_XS, 35.30",
        "IQ4_NL, 37.30",
        "Q4_K_S, 37.58",
        "Q4_K_M, 39.60",
        "Q5_K_S, 45.32",
        "Q5_K_M, 46.52",
        "Q6_K, 53.91",
        "Q8_0, 69.83",
    })
    void size_ofLlama70_isThatOfTheFile(Quant quant, double gib) {
        assertThat(gib(Synthetic.llama70(quant))).isCloseTo(gib, within(gib * 0.01));
    }

    /** Files of other families, GB as the stores tell them. */
    @Test
    void size_ofOtherFamilies_isThatOfTheFile() {
        check(Synthetic.llama2of7(Quant.Q4_K_M), 4.08);
        check(Synthetic.llama2of7(Quant.Q4_0), 3.83);
        check(Synthetic.mistral7(Quant.Q4_K_M), 4.37);
        check(Synthetic.mistral7(Quant.Q5_K_M), 5.14);
        check(Synthetic.mistral7(Quant.Q3_K_M), 3.52);
        check(Synthetic.llama3of3(Quant.Q4_K_M), 2.02);
        check(Synthetic.llama3of1(Quant.Q4_K_M), 0.808);
        check(Synthetic.llama3of1(Quant.Q8_0), 1.32);
        check(Synthetic.qwen3of8(Quant.Q4_K_M), 5.03);
        check(Synthetic.qwen3of8(Quant.Q5_K_M), 5.85);
        check(Synthetic.qwen3of8(Quant.Q6_K), 6.73);
        check(Synthetic.qwen3of8(Quant.Q8_0), 8.71);
        check(Synthetic.qwen2of32(Quant.Q4_K_M), 19.85);
        check(Synthetic.qwen2of7(Quant.Q4_K_M), 4.68);
        check(Synthetic.phi4(Quant.Q4_K_M), 9.05);
        check(Synthetic.mixtral(Quant.Q4_K_M), 28.45);
        check(Synthetic.qwen3mixture(Quant.Q4_K_M), 18.56);
        check(Synthetic.gptOss(), 13.8);
    }

    private static void check(ModelDescription model, double gb) {
        assertThat(model.fileSize().value().toGb())
                .as("%s %s", model.name(), model.quantization().value())
                .isCloseTo(gb, within(gb * 0.01));
    }

    private static double gib(ModelDescription model) {
        return Bytes.of(model.tensors().stream().mapToLong(t -> t.bytes().count()).sum()).toGib();
    }

    @Test
    void types_ofQ4KM_areTheKnownMix() {
        ModelDescription model = Synthetic.llama8(Quant.Q4_K_M);
        assertThat(type(model, "output.weight")).isEqualTo("Q6_K");
        assertThat(type(model, "token_embd.weight")).isEqualTo("Q4_K");
        assertThat(type(model, "blk.0.ffn_down.weight")).isEqualTo("Q6_K");
        assertThat(type(model, "blk.4.ffn_down.weight")).isEqualTo("Q4_K");
        assertThat(type(model, "blk.6.ffn_down.weight")).isEqualTo("Q6_K");
        assertThat(type(model, "blk.31.attn_v.weight")).isEqualTo("Q6_K");
        assertThat(type(model, "blk.5.attn_q.weight")).isEqualTo("Q4_K");
        assertThat(type(model, "blk.5.attn_norm.weight")).isEqualTo("F32");
    }

    @Test
    void as_fromAnotherQuantisation_isTheSame() {
        ModelDescription direct = Synthetic.llama8(Quant.Q5_K_M);
        ModelDescription over = Requantized.of(Synthetic.llama8(Quant.Q8_0)).as(Quant.Q5_K_M);
        assertThat(over.tensors()).isEqualTo(direct.tensors());
        assertThat(over.fileSize()).isEqualTo(direct.fileSize());
    }

    @Test
    void as_itself_isItself() {
        ModelDescription model = Synthetic.llama8(Quant.Q4_K_M);
        assertThat(Requantized.of(model).as(Quant.Q4_K_M)).isSameAs(model);
    }

    @Test
    void as_rowsThatBlocksDoNotDivide_takesSmallerBlocks() {
        ModelDescription wide = Synthetic.gptOss();
        ModelDescription model = Requantized.of(wide).as(Quant.Q4_K_M);
        // 2880 is no multiple of 256.
        assertThat(type(model, "blk.0.attn_q.weight")).isEqualTo("Q5_0");
        assertThat(type(model, "blk.3.attn_output.weight")).isEqualTo("Q4_K");
        assertThat(type(model, "output.weight")).isEqualTo("Q8_0");
    }

    @Test
    void as_withoutTensors_scalesTheFile() {
        ModelDescription m = Synthetic.llama8(Quant.Q4_K_M);
        ModelDescription bare =
                new ModelDescription(
                        m.name(),
                        m.origin(),
                        m.format(),
                        m.architecture(),
                        m.parameters(),
                        Reading.known("Q4_K_M"),
                        m.shape(),
                        List.<Tensor>of(),
                        m.fileSize(),
                        List.of(),
                        Map.of(),
                        List.of());
        Requantized other = Requantized.of(bare);
        assertThat(other.exact()).isFalse();
        assertThat(other.as(Quant.Q8_0).fileSize().value().toGb()).isCloseTo(8.55, within(0.1));
    }

    private static String type(ModelDescription model, String name) {
        return model.tensors().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow()
                .type();
    }
}
