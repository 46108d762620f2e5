"""Dense decoders with attention in every layer."""

from shape import Model, family, model


def llama(layers, embd, ff, heads, kv, vocab, d=None, arch="llama", rope_freqs=True, bias=False, qk_norm=None, keys=None,
          **more):
    m = Model(arch, layers, embd, vocab, **more).set(**(keys or {}))
    size = d or embd // heads
    m.heads(heads, kv, d, rope=size).set(feed_forward_length=ff)
    m.begin()
    if rope_freqs:
        m.f32("rope_freqs.weight", size // 2)
    for il in range(layers):
        m.attention(il, heads, kv, size, bias=bias, qk_norm=qk_norm)
        m.ffn(il, ff)
    return m.end()


family(llama, [
    ("llama-3.2-1b-q4_k_m", "meta-llama/Llama-3.2-1B", dict(layers=16, embd=2048, ff=8192, heads=32, kv=8, d=64,
                                                           vocab=128256, tied=True)),
    ("llama-3.1-8b-q4_k_m", "meta-llama/Llama-3.1-8B", dict(layers=32, embd=4096, ff=14336, heads=32, kv=8,
                                                           vocab=128256)),
    ("llama-3.1-70b-q4_k_m", "meta-llama/Llama-3.1-70B", dict(layers=80, embd=8192, ff=28672, heads=64, kv=8,
                                                             vocab=128256, output_first=True)),
    ("llama-2-7b-q4_0", "meta-llama/Llama-2-7b-hf", dict(layers=32, embd=4096, ff=11008, heads=32, kv=32, vocab=32000,
                                                        mix="Q4_0", tokenizer="llama", rope_freqs=False, ctx=4096)),
    ("llama-3.2-3b-q8_0", "meta-llama/Llama-3.2-3B", dict(layers=28, embd=3072, ff=8192, heads=24, kv=8, d=128,
                                                         vocab=128256, tied=True, mix="Q8_0")),
    ("mistral-nemo-12b-q5_k_m", "mistralai/Mistral-Nemo-Instruct-2407",
     dict(layers=40, embd=5120, ff=14336, heads=32, kv=8, d=128, vocab=131072, mix="Q5_K_M", rope_freqs=False)),
    ("qwen2.5-7b-q4_k_m", "Qwen/Qwen2.5-7B", dict(arch="qwen2", layers=28, embd=3584, ff=18944, heads=28, kv=4,
                                                 vocab=152064, bias=True, rope_freqs=False, pre="qwen2")),
    ("qwen2.5-0.5b-f16", "Qwen/Qwen2.5-0.5B", dict(arch="qwen2", layers=24, embd=896, ff=4864, heads=14, kv=2,
                                                  vocab=151936, bias=True, rope_freqs=False, pre="qwen2", tied=True,
                                                  mix="F16")),
    ("qwen3-0.6b-q8_0", "Qwen/Qwen3-0.6B", dict(arch="qwen3", layers=28, embd=1024, ff=3072, heads=16, kv=8, d=128,
                                               vocab=151936, qk_norm="head", rope_freqs=False, pre="qwen2", tied=True,
                                               mix="Q8_0", ctx=40960)),
    ("qwen3-8b-q4_k_m", "Qwen/Qwen3-8B", dict(arch="qwen3", layers=36, embd=4096, ff=12288, heads=32, kv=8, d=128,
                                             vocab=151936, qk_norm="head", rope_freqs=False, pre="qwen2", ctx=40960,
                                             output_first=True)),
])


def gemma(arch, layers, embd, ff, heads, kv, d, window, ctx, scale=None, qk_norm=False, softcap=False, **more):
    m = Model(arch, layers, embd, more.pop("vocab", 262144), tokenizer="llama", tied=True, ctx=ctx, **more)
    m.heads(heads, kv, d).set(feed_forward_length=ff)
    if window:
        m.set(attention__sliding_window=window)
    if softcap:
        m.set(attn_logit_softcapping=50.0, final_logit_softcapping=30.0)
    m.begin()
    for il in range(layers):
        p = "blk.%d." % il
        m.attention(il, heads, kv, d, qk_norm="head" if qk_norm else None)
        m.norm(p + "post_attention_norm.weight", embd)
        m.ffn(il, ff)
        m.norm(p + "post_ffw_norm.weight", embd)
    return m.end()


family(gemma, [
    ("gemma-2-9b-q4_k_m", "google/gemma-2-9b", dict(arch="gemma2", layers=42, embd=3584, ff=14336, heads=16, kv=8,
                                                   d=256, window=4096, ctx=8192, softcap=True, vocab=256000)),
    ("gemma-3-1b-q8_0", "google/gemma-3-1b-it", dict(arch="gemma3", layers=26, embd=1152, ff=6912, heads=4, kv=1, d=256,
                                                    window=512, ctx=32768, qk_norm=True, mix="Q8_0")),
    ("gemma-3-4b-q4_k_m", "google/gemma-3-4b-it", dict(arch="gemma3", layers=34, embd=2560, ff=10240, heads=8, kv=4,
                                                      d=256, window=1024, ctx=131072, qk_norm=True, vocab=262208)),
    ("gemma-3-27b-q4_k_m", "google/gemma-3-27b-it", dict(arch="gemma3", layers=62, embd=5376, ff=21504, heads=32, kv=16,
                                                        d=128, window=1024, ctx=131072, qk_norm=True, vocab=262208)),
])


family(llama, [
    ("mistral-small-3.2-24b-q4_k_m", "mistralai/Mistral-Small-3.2-24B-Instruct-2506",
     dict(layers=40, embd=5120, ff=32768, heads=32, kv=8, d=128, vocab=131072, rope_freqs=False)),
    ("ministral-3-8b-q4_k_m", "mistralai/Ministral-3-8B-Instruct-2512",
     dict(arch="mistral3", layers=34, embd=4096, ff=14336, heads=32, kv=8, d=128, vocab=131072, rope_freqs=False,
          ctx=262144)),
    ("smollm3-3b-q4_k_m", "HuggingFaceTB/SmolLM3-3B", dict(arch="smollm3", layers=36, embd=2048, ff=11008, heads=16,
                                                          kv=4, vocab=128256, tied=True, rope_freqs=False, ctx=65536)),
    ("internlm2.5-7b-q5_k_m", "internlm/internlm2_5-7b-chat", dict(arch="internlm2", layers=32, embd=4096, ff=14336,
                                                                  heads=32, kv=8, vocab=92544, rope_freqs=False,
                                                                  tokenizer="llama", mix="Q5_K_M", ctx=32768)),
    ("ernie-4.5-0.3b-f16", "baidu/ERNIE-4.5-0.3B-PT", dict(arch="ernie4_5", layers=18, embd=1024, ff=3072, heads=16, kv=2,
                                                          d=128, vocab=103424, tied=True, rope_freqs=False, mix="F16",
                                                          tokenizer="llama")),
    ("hunyuan-7b-q4_k_m", "tencent/Hunyuan-7B-Instruct", dict(arch="hunyuan-dense", layers=32, embd=4096, ff=14336,
                                                             heads=32, kv=8, d=128, vocab=128167, tied=True,
                                                             qk_norm="head", rope_freqs=False, ctx=262144)),
    ("qwen3-4b-q6_k", "Qwen/Qwen3-4B", dict(arch="qwen3", layers=36, embd=2560, ff=9728, heads=32, kv=8, d=128,
                                           vocab=151936, qk_norm="head", rope_freqs=False, pre="qwen2", tied=True,
                                           mix="Q6_K", ctx=40960)),
    ("qwen3-32b-iq4_xs", "Qwen/Qwen3-32B", dict(arch="qwen3", layers=64, embd=5120, ff=25600, heads=64, kv=8, d=128,
                                               vocab=151936, qk_norm="head", rope_freqs=False, pre="qwen2",
                                               mix="IQ4_XS", ctx=40960)),
    ("qwen2.5-32b-q3_k_m", "Qwen/Qwen2.5-32B", dict(arch="qwen2", layers=64, embd=5120, ff=27648, heads=40, kv=8,
                                                   vocab=152064, bias=True, rope_freqs=False, pre="qwen2",
                                                   mix="Q3_K_M")),
    ("tinyllama-1.1b-q2_k", "TinyLlama/TinyLlama-1.1B-Chat-v1.0", dict(layers=22, embd=2048, ff=5632, heads=32, kv=4,
                                                                      vocab=32000, mix="Q2_K", tokenizer="llama",
                                                                      rope_freqs=False, ctx=2048)),
    ("granite-3.1-8b-q4_k_m", "ibm-granite/granite-3.1-8b-instruct",
     dict(arch="granite", layers=40, embd=4096, ff=12800, heads=32, kv=8, vocab=49155, tied=True, rope_freqs=False,
          keys=dict(logit_scale=16.0, residual_scale=0.22, embedding_scale=12.0, attention__scale=0.0078125))),
    ("yi-34b-q4_k_s", "01-ai/Yi-34B", dict(layers=60, embd=7168, ff=20480, heads=56, kv=8, vocab=64000,
                                                        mix="Q4_K_S", tokenizer="llama", rope_freqs=False, ctx=4096)),
])


@model("qwen2-vl-7b-q4_k_m", "Qwen/Qwen2-VL-7B-Instruct")
def qwen2vl():
    m = llama(arch="qwen2vl", layers=28, embd=3584, ff=18944, heads=28, kv=4, vocab=152064, bias=True, rope_freqs=False,
              pre="qwen2")
    return m.set(rope__dimension_sections=[16, 24, 24, 0])


@model("qwen3-vl-4b-q4_k_m", "Qwen/Qwen3-VL-4B-Instruct")
def qwen3vl():
    m = llama(arch="qwen3vl", layers=36, embd=2560, ff=9728, heads=32, kv=8, d=128, vocab=151936, qk_norm="head",
              rope_freqs=False, pre="qwen2", tied=True, ctx=262144)
    return m.set(rope__dimension_sections=[24, 20, 20, 0], n_deepstack_layers=3)


@model("seed-oss-36b-q4_k_m", "ByteDance-Seed/Seed-OSS-36B-Instruct")
def seed_oss():
    m = Model("seed_oss", 64, 5120, 155136, ctx=524288).heads(80, 8, 128).set(feed_forward_length=27648)
    m.begin()
    for il in range(64):
        m.attention(il, 80, 8, 128, bias=True)
        m.norm("blk.%d.post_attention_norm.weight" % il, 5120)
        m.ffn(il, 27648, norm=False)
    return m.end()


def gemma3n(layers, ff, shared, **more):
    embd, vocab, wide = 2048, 262144, 256
    m = Model("gemma3n", layers, embd, vocab, tokenizer="llama", tied=True, ctx=32768, **more)
    m.heads(8, 2, 256).set(feed_forward_length=[ff] * layers, attention__sliding_window=512,
                           attention__shared_kv_layers=shared, altup__active_idx=0, altup__num_inputs=4,
                           embedding_length_per_layer_input=wide,
                           attention__sliding_window_pattern=[il % 5 != 4 for il in range(layers)])
    m.begin()
    m.weight("per_layer_token_embd.weight", wide * layers, vocab)
    m.f16("altup_proj.weight", embd, embd, 3)
    m.f16("altup_unembd_proj.weight", embd, embd, 3)
    m.f16("per_layer_model_proj.weight", embd, wide * layers)
    m.norm("per_layer_proj_norm.weight", wide)
    for il in range(layers):
        p = "blk.%d." % il
        m.attention(il, 8, 2, 256, qk_norm="head")
        m.norm(p + "post_attention_norm.weight", embd)
        m.ffn(il, ff)
        m.norm(p + "post_ffw_norm.weight", embd)
        m.linear(p + "inp_gate", embd, wide)
        m.linear(p + "proj", wide, embd)
        m.norm(p + "post_norm.weight", embd)
        m.f32(p + "altup_correct_coef.weight", 4, 4)
        m.norm(p + "altup_correct_scale.weight", embd)
        m.f32(p + "altup_predict_coef.weight", 4, 16)
        m.f32(p + "altup_router.weight", embd, 4)
        m.norm(p + "altup_router_norm.weight", embd)
        m.linear(p + "laurel_l", embd, 64)
        m.linear(p + "laurel_r", 64, embd)
        m.norm(p + "laurel_post_norm.weight", embd)
    return m.end()


family(gemma3n, [
    ("gemma-3n-e4b-q4_k_m", "google/gemma-3n-E4B-it", dict(layers=35, ff=16384, shared=15)),
    ("gemma-3n-e2b-q8_0", "google/gemma-3n-E2B-it", dict(layers=30, ff=8192, shared=10, mix="Q8_0")),
])


def gemma4(layers, embd, ff, heads, kv, kv_full, period, window, wide=0, shared=0, experts=0, exp_ff=0, equal=False,
           double=0, **more):
    """`equal`: full layers have no value projection of their own. `double`: the last layers have twice the ff."""
    vocab, d, d_full = 262144, 256, 512
    m = Model("gemma4", layers, embd, vocab, tokenizer="llama", tied=True, experts=experts, ctx=131072, **more)
    swa = [il % period != period - 1 for il in range(layers)]
    wide_ff = [ff * 2 if il >= layers - double else ff for il in range(layers)]
    m.heads(heads, kv).set(
        attention__head_count_kv=[kv if s else kv_full for s in swa], attention__key_length=d_full,
        attention__value_length=d_full, attention__key_length_swa=d, attention__value_length_swa=d,
        attention__sliding_window=window, attention__sliding_window_pattern=swa, attention__shared_kv_layers=shared,
        embedding_length_per_layer_input=wide, feed_forward_length=wide_ff if double else ff,
        final_logit_softcapping=30.0, rope__dimension_count=512, rope__dimension_count_swa=256)
    if experts:
        m.set(expert_used_count=8, expert_feed_forward_length=exp_ff)
    m.begin()
    if wide:
        m.weight("per_layer_token_embd.weight", wide * layers, vocab)
        m.f16("per_layer_model_proj.weight", embd, wide * layers)
        m.norm("per_layer_proj_norm.weight", wide)
    m.f32("rope_freqs.weight", d_full // 2)
    for il in range(layers):
        p, size, heads_kv = "blk.%d." % il, d if swa[il] else d_full, kv if swa[il] else kv_full
        own = il < layers - shared
        m.norm(p + "attn_norm.weight", embd)
        m.linear(p + "attn_q", embd, heads * size)
        if own:
            m.linear(p + "attn_k", embd, heads_kv * size)
            m.norm(p + "attn_k_norm.weight", size)
            if swa[il] or not equal:
                m.linear(p + "attn_v", embd, heads_kv * size)
        m.linear(p + "attn_output", heads * size, embd)
        m.norm(p + "attn_q_norm.weight", size)
        m.norm(p + "post_attention_norm.weight", embd)
        m.f32(p + "layer_output_scale.weight", 1)
        m.ffn(il, wide_ff[il])
        m.norm(p + "post_ffw_norm.weight", embd)
        if experts:
            m.f32(p + "ffn_gate_inp.weight", embd, experts)
            m.f32(p + "ffn_gate_inp.scale", embd)
            for name in ("pre_ffw_norm_2", "post_ffw_norm_1", "post_ffw_norm_2"):
                m.norm(p + name + ".weight", embd)
            m.weight(p + "ffn_gate_up_exps.weight", embd, 2 * exp_ff, experts)
            m.weight(p + "ffn_down_exps.weight", exp_ff, embd, experts)
        if wide:
            m.linear(p + "inp_gate", embd, wide)
            m.linear(p + "proj", wide, embd)
            m.norm(p + "post_norm.weight", embd)
    return m.end()


family(gemma4, [
    ("gemma-4-e2b-q4_k_m", "google/gemma-4-E2B-it", dict(layers=35, embd=1536, ff=6144, heads=8, kv=1, kv_full=1, period=5,
                                                        window=512, wide=256, shared=20, double=20)),
    ("gemma-4-e4b-q8_0", "google/gemma-4-E4B-it", dict(layers=42, embd=2560, ff=10240, heads=8, kv=2, kv_full=2, period=6,
                                                      window=512, wide=256, shared=18, mix="Q8_0")),
    ("gemma-4-31b-q4_k_m", "google/gemma-4-31B-it", dict(layers=60, embd=5376, ff=21504, heads=32, kv=16, kv_full=4,
                                                        period=6, window=1024, equal=True)),
    ("gemma-4-26b-a4b-q4_k_m", "google/gemma-4-26B-A4B-it", dict(layers=30, embd=2816, ff=2112, heads=16, kv=8, kv_full=2,
                                                                period=6, window=1024, experts=128, exp_ff=704,
                                                                equal=True)),
])


def phi3(layers, embd, ff, heads, kv, d, vocab, window=0, factors=0, rope=None, **more):
    m = Model("phi3", layers, embd, vocab, **more).heads(heads, kv, rope=rope or d)
    m.set(feed_forward_length=ff, attention__sliding_window=window)
    if factors:
        m.set(rope__scaling__original_context_length=4096, rope__scaling__attn_factor=1.19)
    m.begin()
    if factors:
        m.f32("rope_factors_long.weight", factors)
        m.f32("rope_factors_short.weight", factors)
    for il in range(layers):
        m.attention(il, heads, kv, d, fused=True)
        m.ffn(il, ff, fused=True)
    return m.end()


family(phi3, [
    ("phi-3-mini-4k-q4_k_m", "microsoft/Phi-3-mini-4k-instruct", dict(layers=32, embd=3072, ff=8192, heads=32, kv=32, d=96,
                                                                     vocab=32064, window=2047, tokenizer="llama",
                                                                     ctx=4096)),
    ("phi-4-mini-q4_k_m", "microsoft/Phi-4-mini-instruct", dict(layers=32, embd=3072, ff=8192, heads=24, kv=8, d=128,
                                                               vocab=200064, window=262144, factors=48, rope=96,
                                                               tied=True, pre="gpt-4o")),
    ("phi-4-q4_k_m", "microsoft/phi-4", dict(layers=40, embd=5120, ff=17920, heads=40, kv=10, d=128, vocab=100352,
                                            ctx=16384, pre="dbrx")),
])


@model("phi-2-q4_k_m", "microsoft/phi-2")
def phi2():
    m = Model("phi2", 32, 2560, 51200, ctx=2048, pre="gpt-2").heads(32, 32, rms=False, rope=32)
    m.set(feed_forward_length=10240).begin()
    for il in range(32):
        m.norm("blk.%d.attn_norm.weight" % il, 2560)
        m.f32("blk.%d.attn_norm.bias" % il, 2560)
        m.attention(il, 32, 32, 80, bias=True, out_bias=True, fused=True, norm=False)
        m.ffn(il, 10240, gate=False, bias=True, norm=False)
    m.end(norm_bias=True)
    m.f32("output.bias", 51200)
    return m


def olmo2(window=0, **more):
    m = Model("olmo2", 32, 4096, 100278 if window else 100352, pre="dbrx", **more).heads(32, 32)
    m.set(feed_forward_length=11008)
    if window:
        m.set(attention__sliding_window=window, attention__sliding_window_pattern=[il % 4 != 3 for il in range(32)])
    m.begin()
    for il in range(32):
        m.attention(il, 32, 32, 128, qk_norm="all", norm=False)
        m.norm("blk.%d.post_attention_norm.weight" % il, 4096)
        m.ffn(il, 11008, norm=False)
        m.norm("blk.%d.post_ffw_norm.weight" % il, 4096)
    return m.end()


family(olmo2, [
    ("olmo-2-7b-q4_k_m", "allenai/OLMo-2-1124-7B", dict(ctx=4096)),
    ("olmo-3-7b-q4_k_m", "allenai/Olmo-3-7B-Instruct", dict(window=4096, ctx=65536)),
])


@model("glm-4-9b-0414-q4_k_m", "zai-org/GLM-4-9B-0414")
def glm4():
    m = Model("glm4", 40, 4096, 151552, ctx=32768, pre="glm4").heads(32, 2, rope=64).set(feed_forward_length=13696)
    m.begin()
    for il in range(40):
        p = "blk.%d." % il
        m.attention(il, 32, 2, 128)
        m.norm(p + "post_attention_norm.weight", 4096)
        m.ffn(il, 13696, fused=True)
        m.norm(p + "post_ffw_norm.weight", 4096)
    return m.end()


@model("chatglm3-6b-q4_0", "zai-org/chatglm3-6b")
def chatglm():
    m = Model("chatglm", 28, 4096, 65024, ctx=8192, pre="chatglm-bpe", mix="Q4_0").heads(32, 2, rope=64)
    m.set(feed_forward_length=13696).begin()
    for il in range(28):
        m.attention(il, 32, 2, 128, fused=True, bias=True)
        m.ffn(il, 13696, fused=True)
    return m.end()


def cohere(arch, layers, embd, ff, heads, kv, window=0, **more):
    m = Model(arch, layers, embd, 256000, tied=True, pre="command-r", **more).heads(heads, kv, rms=False)
    m.set(feed_forward_length=ff, logit_scale=0.25)
    if window:
        m.set(attention__sliding_window=window)
    m.begin()
    for il in range(layers):
        m.attention(il, heads, kv, embd // heads)
        m.ffn(il, ff, norm=False)
    return m.end()


family(cohere, [
    ("command-r7b-q4_k_m", "CohereLabs/c4ai-command-r7b-12-2024", dict(arch="cohere2", layers=32, embd=4096, ff=14336,
                                                                      heads=32, kv=8, window=4096)),
    ("command-r-08-2024-q4_k_m", "CohereLabs/c4ai-command-r-08-2024", dict(arch="command-r", layers=40, embd=8192,
                                                                          ff=24576, heads=64, kv=8)),
])


@model("starcoder2-3b-q8_0", "bigcode/starcoder2-3b")
def starcoder2():
    m = Model("starcoder2", 30, 3072, 49152, tied=True, mix="Q8_0", ctx=16384, pre="starcoder")
    m.heads(24, 2, rms=False).set(feed_forward_length=12288).begin()
    for il in range(30):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", 3072)
        m.f32(p + "attn_norm.bias", 3072)
        m.attention(il, 24, 2, 128, bias=True, out_bias=True, norm=False)
        m.norm(p + "ffn_norm.weight", 3072)
        m.f32(p + "ffn_norm.bias", 3072)
        m.ffn(il, 12288, gate=False, bias=True, norm=False)
    return m.end(norm_bias=True)


def exaone4(layers, embd, ff, heads, kv, window=0, **more):
    m = Model("exaone4", layers, embd, 102400, pre="exaone4", **more).heads(heads, kv).set(feed_forward_length=ff)
    if window:
        m.set(attention__sliding_window=window, attention__sliding_window_pattern=[il % 4 != 3 for il in range(layers)])
    m.begin()
    for il in range(layers):
        m.attention(il, heads, kv, embd // heads, qk_norm="head", norm=False)
        m.norm("blk.%d.post_attention_norm.weight" % il, embd)
        m.ffn(il, ff, norm=False)
        m.norm("blk.%d.post_ffw_norm.weight" % il, embd)
    return m.end()


family(exaone4, [
    ("exaone-4.0-1.2b-q8_0", "LGAI-EXAONE/EXAONE-4.0-1.2B", dict(layers=30, embd=2048, ff=4096, heads=32, kv=8, tied=True,
                                                                mix="Q8_0", ctx=65536)),
    ("exaone-4.0-32b-q4_k_m", "LGAI-EXAONE/EXAONE-4.0-32B", dict(layers=64, embd=5120, ff=27392, heads=40, kv=8,
                                                                window=4096)),
])


@model("minicpm3-4b-q4_k_m", "openbmb/MiniCPM3-4B")
def minicpm3():
    embd, heads, nope, rope, v, q_lora, kv_lora, ff = 2560, 40, 64, 32, 64, 768, 256, 6400
    m = Model("minicpm3", 62, embd, 73448, tied=True, ctx=32768, tokenizer="llama").heads(heads, heads, nope + rope, v, rope=rope)
    m.set(feed_forward_length=ff, attention__q_lora_rank=q_lora, attention__kv_lora_rank=kv_lora)
    m.begin()
    m.f32("rope_factors_long.weight", rope // 2)
    m.f32("rope_factors_short.weight", rope // 2)
    for il in range(62):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", embd)
        m.norm(p + "attn_q_a_norm.weight", q_lora)
        m.norm(p + "attn_kv_a_norm.weight", kv_lora)
        m.linear(p + "attn_q_a", embd, q_lora)
        m.linear(p + "attn_q_b", q_lora, heads * (nope + rope))
        m.linear(p + "attn_kv_a_mqa", embd, kv_lora + rope)
        m.linear(p + "attn_kv_b", kv_lora, heads * (nope + v))
        m.linear(p + "attn_output", heads * v, embd)
        m.ffn(il, ff)
    return m.end()


def stablelm(layers, embd, ff, heads, vocab, bias, **more):
    m = Model("stablelm", layers, embd, vocab, ctx=4096, pre="stablelm2", **more)
    m.heads(heads, heads, rms=False, rope=embd // heads // 4).set(feed_forward_length=ff, use_parallel_residual=False)
    m.begin()
    for il in range(layers):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", embd)
        m.f32(p + "attn_norm.bias", embd)
        m.attention(il, heads, heads, embd // heads, bias=bias, norm=False)
        m.norm(p + "ffn_norm.weight", embd)
        m.f32(p + "ffn_norm.bias", embd)
        m.ffn(il, ff, norm=False)
    return m.end(norm_bias=True)


family(stablelm, [
    ("stablelm-2-1.6b-q8_0", "stabilityai/stablelm-2-1_6b", dict(layers=24, embd=2048, ff=5632, heads=32, vocab=100352,
                                                                bias=True, mix="Q8_0")),
    ("stablelm-zephyr-3b-q4_k_m", "stabilityai/stablelm-zephyr-3b", dict(layers=32, embd=2560, ff=6912, heads=32,
                                                                        vocab=50304, bias=False)),
])


def plain_norms(arch, layers, embd, ff, heads, kv, vocab, fused=True, bias=True, tied=False, positions=0, alibi=False,
                ffn_bias=True, ffn_norm=True, token_norm=False, norm_2=False, rope=None, keys=None, **more):
    """The older families: LayerNorm with bias, two-matrix feed-forward."""
    m = Model(arch, layers, embd, vocab, tied=tied, **more).heads(heads, kv, rms=False, rope=rope)
    m.set(feed_forward_length=ff, **(keys or {})).begin()
    if positions:
        m.f32("position_embd.weight", embd, positions)
    if token_norm:
        m.norm("token_embd_norm.weight", embd)
        m.f32("token_embd_norm.bias", embd)
    for il in range(layers):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", embd)
        m.f32(p + "attn_norm.bias", embd)
        if norm_2:
            m.norm(p + "attn_norm_2.weight", embd)
            m.f32(p + "attn_norm_2.bias", embd)
        m.attention(il, heads, kv, embd // heads, fused=fused, bias=bias, out_bias=bias, norm=False)
        if ffn_norm:
            m.norm(p + "ffn_norm.weight", embd)
            m.f32(p + "ffn_norm.bias", embd)
        m.ffn(il, ff, gate=False, bias=ffn_bias, norm=False)
    return m.end(norm_bias=True)


family(plain_norms, [
    ("gpt2-f16", "openai-community/gpt2", dict(arch="gpt2", layers=12, embd=768, ff=3072, heads=12, kv=12, vocab=50257,
                                              positions=1024, mix="F16", ctx=1024, pre="gpt-2", tied=True)),
    ("pythia-1.4b-q8_0", "EleutherAI/pythia-1.4b", dict(arch="gptneox", layers=24, embd=2048, ff=8192, heads=16, kv=16,
                                                       vocab=50304, mix="Q8_0", ctx=2048, pre="olmo", rope=32,
                                                       keys=dict(use_parallel_residual=True))),
    ("bloom-7b1-q4_k_m", "bigscience/bloom-7b1", dict(arch="bloom", layers=30, embd=4096, ff=16384, heads=32, kv=32,
                                                     vocab=250880, ctx=2048, pre="bloom", tied=True, token_norm=True)),
    ("falcon-7b-q4_0", "tiiuae/falcon-7b", dict(arch="falcon", layers=32, embd=4544, ff=18176, heads=71, kv=1, vocab=65024,
                                               mix="Q4_0", ctx=2048, pre="falcon", bias=False, ffn_bias=False,
                                               ffn_norm=False, rope=64)),
    ("nemotron-mini-4b-q4_k_m", "nvidia/Nemotron-Mini-4B-Instruct", dict(arch="nemotron", layers=32, embd=3072, ff=9216,
                                                                        heads=24, kv=8, vocab=256000, ctx=4096,
                                                                        fused=False, bias=False, ffn_bias=False, rope=64,
                                                                        tokenizer="llama")),
])


@model("apertus-8b-q4_k_m", "swiss-ai/Apertus-8B-Instruct-2509")
def apertus():
    m = Model("apertus", 32, 4096, 131072, ctx=65536, pre="tekken").heads(32, 8, rope=128).set(feed_forward_length=21504)
    for key in ("alpha_n", "alpha_p", "beta", "eps"):
        m.keys["xielu." + key] = [0.5] * 32
    m.begin()
    m.f32("rope_freqs.weight", 64)
    for il in range(32):
        m.attention(il, 32, 8, 128, qk_norm="head")
        m.ffn(il, 21504, gate=False)
    return m.end()
