"""Mixtures of experts with attention in every layer."""

from shape import Model, family, model


@model("qwen3-30b-a3b-q4_k_m", "Qwen/Qwen3-30B-A3B")
def qwen3moe():
    m = Model("qwen3moe", 48, 2048, 151936, experts=128, ctx=40960, pre="qwen2")
    m.heads(32, 4, 128).set(feed_forward_length=6144, expert_used_count=8, expert_feed_forward_length=768)
    m.begin()
    for il in range(48):
        m.attention(il, 32, 4, 128, qk_norm="head")
        m.moe(il, 768)
    return m.end()


def gpt_oss(layers, experts):
    m = Model("gpt-oss", layers, 2880, 201088, experts=experts, mix="MXFP4", pre="gpt-4o")
    m.heads(64, 8, 64).set(feed_forward_length=2880, expert_used_count=4, expert_feed_forward_length=2880,
                           attention__sliding_window=128, rope__scaling__type="yarn", rope__scaling__factor=32.0,
                           rope__scaling__original_context_length=4096)
    m.begin()
    for il in range(layers):
        m.attention(il, 64, 8, 64, bias=True, out_bias=True, sinks=True)
        m.moe(il, 2880, norm="post_attention_norm", bias=True)
    return m.end()


family(gpt_oss, [
    ("gpt-oss-20b-mxfp4", "openai/gpt-oss-20b", dict(layers=24, experts=32)),
    ("gpt-oss-120b-mxfp4", "openai/gpt-oss-120b", dict(layers=36, experts=128)),
])


def routed(arch, layers, embd, vocab, heads, kv, d, exp_ff, experts, used, shared=0, dense=0, ff=0, bias=False, qk_norm=None,
           probs_bias=False, shared_gate=False, norm="ffn_norm", fused=False, gating=0, keys=None, expert_key=True,
           shared_key=False, shared_count=0, rope=None, **more):
    """The common shape: `dense` leading dense layers, then routed experts with or without a shared one."""
    m = Model(arch, layers, embd, vocab, experts=experts, **more).heads(heads, kv, d, rope=rope or d)
    m.set(feed_forward_length=ff or exp_ff, expert_used_count=used)
    if expert_key:
        m.set(expert_feed_forward_length=exp_ff)
    if shared_key:
        m.set(expert_shared_feed_forward_length=shared)
    if shared_count:
        m.set(expert_shared_count=shared_count)
    if dense:
        m.set(leading_dense_block_count=dense)
    if gating:
        m.set(expert_gating_func=gating)
    m.set(**(keys or {})).begin()
    for il in range(layers):
        m.attention(il, heads, kv, d, bias=bias, qk_norm=qk_norm, fused=fused)
        if il < dense:
            m.ffn(il, ff)
        else:
            m.moe(il, exp_ff, shared, probs_bias, norm=norm, shared_gate=shared_gate)
    return m.end()


family(routed, [
    ("mixtral-8x7b-q4_k_m", "mistralai/Mixtral-8x7B-v0.1",
     dict(arch="llama", layers=32, embd=4096, vocab=32000, heads=32, kv=8, d=128, exp_ff=14336, experts=8, used=2,
          expert_key=False, tokenizer="llama", ctx=32768)),
    ("olmoe-1b-7b-q4_k_m", "allenai/OLMoE-1B-7B-0924",
     dict(arch="olmoe", layers=16, embd=2048, vocab=50304, heads=16, kv=16, d=128, exp_ff=1024, experts=64, used=8,
          expert_key=False, qk_norm="all", ctx=4096, pre="olmo")),
    ("granite-3.1-3b-a800m-q8_0", "ibm-granite/granite-3.1-3b-a800m-instruct",
     dict(arch="granitemoe", layers=32, embd=1536, vocab=49155, heads=24, kv=8, d=64, exp_ff=512, experts=40, used=8,
          expert_key=False, tied=True, mix="Q8_0", pre="refact",
          keys=dict(logit_scale=6.0, residual_scale=0.22, embedding_scale=12.0, attention__scale=0.015625))),
    ("qwen1.5-moe-a2.7b-q4_k_m", "Qwen/Qwen1.5-MoE-A2.7B",
     dict(arch="qwen2moe", layers=24, embd=2048, vocab=151936, heads=16, kv=16, d=128, exp_ff=1408, experts=60, used=4,
          shared=5632, ff=5632, bias=True, shared_gate=True, shared_key=True, ctx=8192, pre="qwen2")),
    ("deepseek-moe-16b-q4_k_m", "deepseek-ai/deepseek-moe-16b-base",
     dict(arch="deepseek", layers=28, embd=2048, vocab=102400, heads=16, kv=16, d=128, exp_ff=1408, experts=64, used=6,
          shared=2816, shared_count=2, dense=1, ff=10944, ctx=4096, pre="deepseek-llm", keys=dict(expert_weights_scale=1.0))),
    ("dots.llm1-q4_k_m", "rednote-hilab/dots.llm1.inst",
     dict(arch="dots1", layers=62, embd=4096, vocab=152064, heads=32, kv=32, d=128, exp_ff=1408, experts=128, used=6,
          shared=2816, shared_count=2, dense=1, ff=10944, qk_norm="head", probs_bias=True, gating=2, ctx=32768,
          pre="qwen2")),
    ("ling-lite-q4_k_m", "inclusionAI/Ling-lite",
     dict(arch="bailingmoe", layers=28, embd=2048, vocab=126464, heads=16, kv=4, d=128, exp_ff=1408, experts=64, used=6,
          shared=2816, shared_count=2, ff=5632, ctx=16384, pre="bailingmoe")),
    ("ling-mini-2.0-q4_k_m", "inclusionAI/Ling-mini-2.0",
     dict(arch="bailingmoe2", layers=20, embd=2048, vocab=157184, heads=16, kv=4, d=128, exp_ff=512, experts=256, used=8,
          shared=512, shared_count=1, dense=1, ff=5120, qk_norm="head", probs_bias=True, gating=2, fused=True, rope=64,
          ctx=32768, pre="bailingmoe2")),
    ("ernie-4.5-21b-a3b-q4_k_m", "baidu/ERNIE-4.5-21B-A3B-PT",
     dict(arch="ernie4_5-moe", layers=28, embd=2560, vocab=103424, heads=20, kv=4, d=128, exp_ff=1536, experts=64, used=6,
          shared=3072, shared_key=True, shared_count=2, dense=1, ff=12288, probs_bias=True, tied=True, tokenizer="llama",
          keys=dict(interleave_moe_layer_step=1))),
    ("hunyuan-a13b-q4_k_m", "tencent/Hunyuan-A13B-Instruct",
     dict(arch="hunyuan-moe", layers=32, embd=4096, vocab=128167, heads=32, kv=8, d=128, exp_ff=3072, experts=64, used=8,
          shared=3072, shared_key=True, shared_count=1, ff=3072, qk_norm="head", tied=True, ctx=262144, pre="hunyuan")),
    ("smallthinker-4b-a0.6b-q4_k_m", "PowerInfer/SmallThinker-4BA0.6B-Instruct",
     dict(arch="smallthinker", layers=32, embd=1536, vocab=151936, heads=12, kv=2, d=128, exp_ff=768, experts=32, used=4,
          tied=True, gating=2, ctx=32768, pre="qwen2", keys=dict(attention__sliding_window=0))),
    ("smallthinker-21b-a3b-q4_k_m", "PowerInfer/SmallThinker-21BA3B-Instruct",
     dict(arch="smallthinker", layers=52, embd=2560, vocab=151936, heads=28, kv=4, d=128, exp_ff=768, experts=64, used=6,
          gating=2, ctx=16384, pre="qwen2", keys=dict(attention__sliding_window=4096))),
    ("llama-4-scout-q4_k_m", "meta-llama/Llama-4-Scout-17B-16E-Instruct",
     dict(arch="llama4", layers=48, embd=5120, vocab=202048, heads=40, kv=8, d=128, exp_ff=8192, experts=16, used=1,
          shared=8192, ff=16384, pre="llama4", keys=dict(interleave_moe_layer_step=1))),
    ("minimax-m2-q4_k_m", "MiniMaxAI/MiniMax-M2",
     dict(arch="minimax-m2", layers=62, embd=3072, vocab=200064, heads=48, kv=8, d=128, exp_ff=1536, experts=256, used=8,
          qk_norm="all", probs_bias=True, gating=2, rope=64, ctx=196608, pre="minimax-m2")),
    ("qwen3-coder-30b-a3b-q8_0", "Qwen/Qwen3-Coder-30B-A3B-Instruct",
     dict(arch="qwen3moe", layers=48, embd=2048, vocab=151936, heads=32, kv=4, d=128, exp_ff=768, experts=128, used=8,
          ff=6144, qk_norm="head", mix="Q8_0", ctx=262144, pre="qwen2")),
    ("qwen3-235b-a22b-q2_k", "Qwen/Qwen3-235B-A22B",
     dict(arch="qwen3moe", layers=94, embd=4096, vocab=151936, heads=64, kv=4, d=128, exp_ff=1536, experts=128, used=8,
          ff=12288, qk_norm="head", mix="Q2_K", ctx=40960, pre="qwen2")),
])


def deepseek2(layers, embd, vocab, heads, q_lora, kv_lora, nope, rope, v, exp_ff, experts, used, shared, dense, ff, mla=True,
              probs_bias=False, gating=1, nextn=0, keys=None, **more):
    m = Model("deepseek2", layers + nextn, embd, vocab, experts=experts, **more)
    if mla:
        m.heads(heads, 1, kv_lora + rope, kv_lora, rope=rope)
        m.set(attention__key_length_mla=nope + rope, attention__value_length_mla=v)
    else:
        m.heads(heads, heads, nope + rope, v, rope=rope)
    if q_lora:
        m.set(attention__q_lora_rank=q_lora)
    if nextn:
        m.set(nextn_predict_layers=nextn)
    m.set(attention__kv_lora_rank=kv_lora, feed_forward_length=ff, expert_feed_forward_length=exp_ff,
          expert_used_count=used, expert_shared_count=shared, leading_dense_block_count=dense, expert_gating_func=gating,
          expert_weights_scale=1.0, **(keys or {}))
    m.begin()
    for il in range(layers + nextn):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", embd)
        if q_lora:
            m.norm(p + "attn_q_a_norm.weight", q_lora)
            m.linear(p + "attn_q_a", embd, q_lora)
            m.linear(p + "attn_q_b", q_lora, heads * (nope + rope))
        else:
            m.linear(p + "attn_q", embd, heads * (nope + rope))
        m.norm(p + "attn_kv_a_norm.weight", kv_lora)
        m.linear(p + "attn_kv_a_mqa", embd, kv_lora + rope)
        if mla:
            m.weight(p + "attn_k_b.weight", nope, kv_lora, heads)
            m.weight(p + "attn_v_b.weight", kv_lora, v, heads)
        else:
            m.linear(p + "attn_kv_b", kv_lora, heads * (nope + v))
        m.linear(p + "attn_output", heads * v, embd)
        if il < dense:
            m.ffn(il, ff)
        else:
            m.moe(il, exp_ff, shared * exp_ff, probs_bias)
        if il >= layers:
            next_token(m, il)
    return m.end()


def next_token(m, il):
    """The extra tensors of a block that predicts the token after the next."""
    p = "blk.%d.nextn." % il
    m.linear(p + "eh_proj", 2 * m.embd, m.embd)
    for name in ("enorm", "hnorm", "shared_head_norm"):
        m.norm(p + name + ".weight", m.embd)


LITE = dict(layers=27, embd=2048, vocab=102400, heads=16, q_lora=0, kv_lora=512, nope=128, rope=64, v=128, exp_ff=1408,
            experts=64, used=6, shared=2, dense=1, ff=10944, ctx=163840, pre="deepseek-llm")

family(deepseek2, [
    ("deepseek-v2-lite-q4_k_m", "deepseek-ai/DeepSeek-V2-Lite", LITE),
    ("deepseek-v2-lite-no-mla-q4_k_m", "deepseek-ai/DeepSeek-V2-Lite, converted before MLA", dict(LITE, mla=False)),
    ("deepseek-v3-q4_k_m", "deepseek-ai/DeepSeek-V3",
     dict(layers=61, embd=7168, vocab=129280, heads=128, q_lora=1536, kv_lora=512, nope=128, rope=64, v=128, exp_ff=2048,
          experts=256, used=8, shared=1, dense=3, ff=18432, probs_bias=True, gating=2, ctx=163840, pre="deepseek-v3",
          keys=dict(expert_group_count=8, expert_group_used_count=4))),
    ("glm-4.7-flash-q4_k_m", "zai-org/GLM-4.7-Flash",
     dict(layers=47, embd=2048, vocab=154880, heads=20, q_lora=768, kv_lora=512, nope=192, rope=64, v=256, exp_ff=1536,
          experts=64, used=4, shared=1, dense=1, ff=10240, probs_bias=True, gating=2, ctx=202752, pre="glm4")),
])


@model("glm-4.5-air-q4_k_m", "zai-org/GLM-4.5-Air")
def glm4moe():
    m = Model("glm4moe", 47, 4096, 151552, experts=128, pre="glm4").heads(96, 8, 128, rope=64)
    m.set(feed_forward_length=10944, expert_feed_forward_length=1408, expert_used_count=8, expert_shared_count=1,
          leading_dense_block_count=1, expert_gating_func=2, expert_weights_scale=1.0, expert_weights_norm=True,
          nextn_predict_layers=1)
    m.begin()
    for il in range(47):
        m.attention(il, 96, 8, 128, bias=True)
        if il < 1:
            m.norm("blk.%d.post_attention_norm.weight" % il, 4096)
            m.ffn(il, 10944, norm=False)
        else:
            m.moe(il, 1408, 1408, probs_bias=True, norm="post_attention_norm")
        if il == 46:
            next_token(m, il)
    return m.end()


@model("phi-3.5-moe-q4_k_m", "microsoft/Phi-3.5-MoE-instruct")
def phimoe():
    m = Model("phimoe", 32, 4096, 32064, experts=16, tokenizer="llama").heads(32, 8, rope=128)
    m.set(feed_forward_length=6400, expert_used_count=2, rope__scaling__original_context_length=4096,
          rope__scaling__attn_factor=1.19)
    m.begin()
    m.f32("rope_factors_long.weight", 64)
    m.f32("rope_factors_short.weight", 64)
    for il in range(32):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", 4096)
        m.f32(p + "attn_norm.bias", 4096)
        m.attention(il, 32, 8, 128, bias=True, out_bias=True, norm=False)
        m.norm(p + "ffn_norm.weight", 4096)
        m.f32(p + "ffn_norm.bias", 4096)
        m.moe(il, 6400, norm=None)
    m.end(norm_bias=True)
    m.f32("output.bias", 32064)
    return m


@model("dbrx-q4_k_m", "databricks/dbrx-base")
def dbrx():
    m = Model("dbrx", 40, 6144, 100352, experts=16, ctx=32768, pre="dbrx").heads(48, 8, rms=False)
    m.set(feed_forward_length=10752, expert_used_count=4, attention__clamp_kqv=8.0).begin()
    for il in range(40):
        m.attention(il, 48, 8, 128, fused=True)
        m.norm("blk.%d.attn_output_norm.weight" % il, 6144)
        m.moe(il, 10752, norm=None)
    return m.end()


@model("arctic-q4_k_m", "Snowflake/snowflake-arctic-instruct")
def arctic():
    m = Model("arctic", 35, 7168, 32000, experts=128, tokenizer="llama", ctx=4096).heads(56, 8, rope=128)
    m.set(feed_forward_length=4864, expert_used_count=2).begin()
    for il in range(35):
        m.attention(il, 56, 8, 128)
        m.ffn(il, 7168)
        m.moe(il, 4864, norm="ffn_norm_exps")
    return m.end()


def gated(arch, layers, embd, vocab, heads, kv, exp_ff, experts, used, dense, ff, window, gate_width, dense_first=False,
          post=True, **more):
    """afmoe and laguna: a gate on the attention's output, sliding windows, a shared expert, a sigmoid router."""
    m = Model(arch, layers, embd, vocab, experts=experts, **more).heads(heads, kv, 128)
    m.set(feed_forward_length=ff, expert_feed_forward_length=exp_ff, expert_used_count=used, expert_shared_count=1,
          leading_dense_block_count=dense, expert_gating_func=2, attention__sliding_window=window,
          attention__sliding_window_pattern=[(il % 4 != 0) if dense_first else (il % 4 != 3) for il in range(layers)])
    m.begin()
    for il in range(layers):
        p = "blk.%d." % il
        m.attention(il, heads, kv, 128, qk_norm="head")
        m.linear(p + "attn_gate", embd, gate_width)
        if post:
            m.norm(p + "post_attention_norm.weight", embd)
            m.norm(p + "post_ffw_norm.weight", embd)
        if il < dense:
            m.ffn(il, ff)
        else:
            m.moe(il, exp_ff, exp_ff, probs_bias=True)
    return m.end()


family(gated, [
    ("trinity-mini-q4_k_m", "arcee-ai/Trinity-Mini", dict(arch="afmoe", layers=32, embd=2048, vocab=200192, heads=32, kv=4,
                                                        exp_ff=1024, experts=128, used=8, dense=2, ff=6144, window=2048,
                                                        gate_width=4096, pre="afmoe")),
])
