package dev.stoker.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.gguf.GgmlType;
import dev.stoker.model.WeightGroups.Role;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;

class WeightGroupsTest {

    private static ModelDescription with(String... tensors) {
        Headers header = Headers.of("glm4moe", 4, 64, 2).with("nextn_predict_layers", 1);
        for (String name : tensors) {
            header.writer().tensor(name, GgmlType.F32, 64, 2);
        }
        return header.description();
    }

    @ParameterizedTest
    @CsvSource({
        "token_embd.weight,EMBEDDINGS",
        "per_layer_token_embd.weight,EMBEDDINGS",
        "position_embd.weight,EMBEDDINGS",
        "token_types.weight,EMBEDDINGS",
        "token_embd_norm.weight,NORMS",
        "blk.0.attn_q.weight,ATTENTION",
        "blk.0.attn_qkv.weight,ATTENTION",
        "blk.0.attn_kv_a_mqa.weight,ATTENTION",
        "blk.0.indexer.proj.weight,ATTENTION",
        "enc.blk.0.attn_rel_b.weight,ATTENTION",
        "blk.0.attn_q_norm.weight,NORMS",
        "blk.0.attn_q.bias,NORMS",
        "blk.0.ffn_up.weight,FEED_FORWARD",
        "blk.0.ffn_gate_inp.weight,FEED_FORWARD",
        "blk.0.channel_mix_key.weight,FEED_FORWARD",
        "blk.0.ffn_up_exps.weight,EXPERTS",
        "blk.0.ffn_down_exps.bias,EXPERTS",
        "blk.0.ffn_up_chexps.weight,EXPERTS",
        "blk.0.ffn_up_shexp.weight,SHARED_EXPERTS",
        "blk.0.ssm_in.weight,RECURRENT",
        "blk.0.shortconv.in_proj.weight,RECURRENT",
        "blk.0.time_mix_key.weight,RECURRENT",
        "output.weight,OUTPUT",
        "output_norm.weight,NORMS",
        "cls.output.weight,OUTPUT",
        "dense_2.weight,OUTPUT",
        "blk.3.attn_q.weight,PREDICTION",
        "blk.2.nextn.eh_proj.weight,PREDICTION",
        "v.blk.0.attn_q.weight,PROJECTOR",
        "mm.0.weight,PROJECTOR",
        "rope_freqs.weight,OTHER",
        "model.layers.0.self_attn.q_proj.weight,ATTENTION",
        "model.layers.0.mlp.experts.7.up_proj.weight,EXPERTS",
        "model.layers.0.input_layernorm.weight,NORMS",
        "model.embed_tokens.weight,EMBEDDINGS",
        "lm_head.weight,OUTPUT"
    })
    void tensor_hasItsRole(String name, Role role) {
        assertThat(WeightGroups.of(with(name)))
                .singleElement()
                .satisfies(g -> assertThat(g.role()).isEqualTo(role));
    }

    @Test
    void groups_sumUpByRoleAndType() {
        Headers header = Headers.of("llama", 2, 64, 2);
        header.writer()
                .tensor("blk.0.attn_q.weight", GgmlType.F16, 64, 4)
                .tensor("blk.1.attn_q.weight", GgmlType.F32, 64, 4)
                .tensor("blk.1.attn_k.weight", GgmlType.F32, 64, 2)
                .tensor("output.weight", GgmlType.Q8_0, 64, 10);
        assertThat(WeightGroups.of(header.description()))
                .isEqualTo(
                        List.of(
                                new WeightGroups.Group(
                                        Role.ATTENTION,
                                        Bytes.of(512 + 1024 + 512),
                                        256 + 256 + 128,
                                        3,
                                        Map.of("F16", Bytes.of(512), "F32", Bytes.of(1536))),
                                new WeightGroups.Group(
                                        Role.OUTPUT,
                                        Bytes.of(680),
                                        640,
                                        1,
                                        Map.of("Q8_0", Bytes.of(680)))));
    }
}
