"""State-space, linear-attention and convolution models, and the hybrids that have some layers of attention."""

from shape import Model, family, model


def ssm_keys(m, conv, inner, state, rank, groups=None):
    m.set(ssm__conv_kernel=conv, ssm__inner_size=inner, ssm__state_size=state, ssm__time_step_rank=rank)
    if groups is not None:
        m.set(ssm__group_count=groups)
    return m


def mamba1(m, il, inner, state, rank, conv=4, norms=False):
    p, embd = "blk.%d." % il, m.embd
    m.linear(p + "ssm_in", embd, 2 * inner)
    m.f32(p + "ssm_conv1d.weight", conv, inner)
    m.f32(p + "ssm_conv1d.bias", inner)
    m.linear(p + "ssm_x", inner, rank + 2 * state)
    if norms:
        m.norm(p + "ssm_dt_norm.weight", rank)
        m.norm(p + "ssm_b_norm.weight", state)
        m.norm(p + "ssm_c_norm.weight", state)
    m.f32(p + "ssm_dt.weight", rank, inner)
    m.f32(p + "ssm_dt.bias", inner)
    m.f32(p + "ssm_a", state, inner)
    m.f32(p + "ssm_d", inner)
    m.linear(p + "ssm_out", inner, embd)


def mamba2(m, il, inner, state, heads, groups, conv=4, norm=True):
    p, embd, wide = "blk.%d." % il, m.embd, inner + 2 * groups * state
    m.linear(p + "ssm_in", embd, inner + wide + heads)
    m.f32(p + "ssm_conv1d.weight", conv, wide)
    m.f32(p + "ssm_conv1d.bias", wide)
    m.f32(p + "ssm_dt.bias", heads)
    m.f32(p + "ssm_a", 1, heads)
    m.f32(p + "ssm_d", 1, heads)
    if norm:
        m.f32(p + "ssm_norm.weight", inner // groups, groups)
    m.linear(p + "ssm_out", inner, embd)


def mamba(arch, layers, embd, vocab, state, rank, groups=0, tied=True, keys=None, **more):
    m = Model(arch, layers, embd, vocab, tied=tied, ctx=1048576, pre="olmo", **more)
    m.set(attention__layer_norm_rms_epsilon=1e-5, attention__head_count=0, feed_forward_length=0, **(keys or {}))
    ssm_keys(m, 4, 2 * embd, state, rank, groups or None)
    m.begin()
    for il in range(layers):
        m.norm("blk.%d.attn_norm.weight" % il, embd)
        if groups:
            mamba2(m, il, 2 * embd, state, rank, groups)
        else:
            mamba1(m, il, 2 * embd, state, rank)
    return m.end()


family(mamba, [
    ("mamba-130m-f16", "state-spaces/mamba-130m-hf", dict(arch="mamba", layers=24, embd=768, vocab=50280, state=16, rank=48,
                                                         mix="F16")),
    ("mamba-2.8b-q4_k_m", "state-spaces/mamba-2.8b-hf", dict(arch="mamba", layers=64, embd=2560, vocab=50280, state=16,
                                                            rank=160)),
    ("falcon-mamba-7b-q8_0", "tiiuae/falcon-mamba-7b", dict(arch="mamba", layers=64, embd=4096, vocab=65024, state=16,
                                                           rank=256, tied=False, mix="Q8_0", keys=dict(ssm__dt_b_c_rms=True))),
    ("mamba2-2.7b-q4_k_m", "state-spaces/mamba2-2.7b", dict(arch="mamba2", layers=64, embd=2560, vocab=50288, state=128,
                                                           rank=80, groups=1)),
])


def jamba(layers, embd, ff, heads, kv, vocab, period, offset, rank, experts=0, **more):
    m = Model("jamba", layers, embd, vocab, experts=experts, ctx=262144, tokenizer="llama", **more)
    attends = [il % period == offset for il in range(layers)]
    m.heads(heads, kv).set(attention__head_count_kv=[kv if a else 0 for a in attends], feed_forward_length=ff)
    if experts:
        m.set(expert_used_count=2)
    ssm_keys(m, 4, 2 * embd, 16, rank).begin()
    for il in range(layers):
        m.norm("blk.%d.attn_norm.weight" % il, embd)
        if attends[il]:
            m.attention(il, heads, kv, embd // heads, norm=False)
        else:
            mamba1(m, il, 2 * embd, 16, rank, norms=True)
        if experts and il % 2 == 1:
            m.moe(il, ff)
        else:
            m.ffn(il, ff)
    return m.end()


family(jamba, [
    ("jamba-reasoning-3b-q4_k_m", "ai21labs/AI21-Jamba-Reasoning-3B", dict(layers=28, embd=2560, ff=8192, heads=20, kv=1,
                                                                          vocab=65536, period=14, offset=7, rank=160)),
    ("jamba-mini-1.7-q4_k_m", "ai21labs/AI21-Jamba-Mini-1.7", dict(layers=32, embd=4096, ff=14336, heads=32, kv=8,
                                                                  vocab=65536, period=8, offset=4, rank=256, experts=16)),
])


def falcon_h1(layers, embd, ff, heads, kv, d, vocab, inner, ssm_heads, state, **more):
    m = Model("falcon-h1", layers, embd, vocab, pre="falcon-h1", **more).heads(heads, kv, d, rope=d)
    m.set(feed_forward_length=ff)
    ssm_keys(m, 4, inner, state, ssm_heads, 1).begin()
    for il in range(layers):
        p = "blk.%d." % il
        mamba2(m, il, inner, state, ssm_heads, 1, norm=False)
        m.attention(il, heads, kv, d)
        m.norm(p + "ffn_norm", embd)
        m.ffn(il, ff, norm=False)
    return m.end()


family(falcon_h1, [
    ("falcon-h1-0.5b-q8_0", "tiiuae/Falcon-H1-0.5B-Instruct", dict(layers=36, embd=1024, ff=2048, heads=8, kv=2, d=64,
                                                                  vocab=32784, inner=1536, ssm_heads=24, state=128,
                                                                  mix="Q8_0", ctx=16384)),
    ("falcon-h1-7b-q4_k_m", "tiiuae/Falcon-H1-7B-Instruct", dict(layers=44, embd=3072, ff=12288, heads=12, kv=2, d=128,
                                                                vocab=130048, inner=3072, ssm_heads=24, state=256,
                                                                ctx=262144)),
])


def granite_hybrid(embd, ff, heads, kv, d, ssm_heads, experts=0, used=0, shared=0, attends=(5, 15, 25, 35), layers=40,
                   tied=True, **more):
    vocab, inner = 100352, 2 * embd
    m = Model("granitehybrid", layers, embd, vocab, experts=experts, tied=tied, ctx=1048576, pre="dbrx", **more)
    m.heads(heads, kv, d).set(
        attention__head_count_kv=[kv if il in attends else 0 for il in range(layers)], feed_forward_length=ff,
        rope__scaling__finetuned=False, logit_scale=8.0, residual_scale=0.22, embedding_scale=12.0,
        attention__scale=0.015625)
    if experts:
        m.set(expert_used_count=used, expert_shared_feed_forward_length=shared)
    ssm_keys(m, 4, inner, 128, ssm_heads, 1).begin()
    for il in range(layers):
        m.norm("blk.%d.attn_norm.weight" % il, embd)
        if il in attends:
            m.attention(il, heads, kv, d, norm=False)
        else:
            mamba2(m, il, inner, 128, ssm_heads, 1)
        if experts:
            m.moe(il, ff, shared)
        else:
            m.ffn(il, ff)
    return m.end()


family(granite_hybrid, [
    ("granite-4.0-h-tiny-q4_k_m", "ibm-granite/granite-4.0-h-tiny", dict(embd=1536, ff=512, heads=12, kv=4, d=128,
                                                                        ssm_heads=48, experts=64, used=6, shared=1024)),
    ("granite-4.0-h-micro-q8_0", "ibm-granite/granite-4.0-h-micro", dict(embd=2048, ff=8192, heads=32, kv=8, d=64,
                                                                        ssm_heads=64, mix="Q8_0")),
    ("granite-4.0-h-350m-q8_0", "ibm-granite/granite-4.0-h-350m", dict(embd=768, ff=2048, heads=12, kv=4, d=64,
                                                                      ssm_heads=48, layers=32, attends=(10, 13, 17, 27),
                                                                      mix="Q8_0")),
])


def nemotron_h(pattern, embd, heads, kv, ssm_heads, inner, ff, experts=0, used=0, shared=0, **more):
    """M = Mamba-2, * = attention, - = feed-forward, E = experts."""
    arch, layers = "nemotron_h_moe" if experts else "nemotron_h", len(pattern)
    m = Model(arch, layers, embd, 131072, experts=experts, ctx=131072, pre="pixtral", **more).heads(heads, kv, 128)
    m.set(attention__layer_norm_epsilon=1e-5,
          attention__head_count_kv=[kv if c == "*" else 0 for c in pattern],
          feed_forward_length=[ff if c in "-E" else 0 for c in pattern])
    if experts:
        m.set(expert_used_count=used, expert_feed_forward_length=ff, expert_shared_feed_forward_length=shared,
              expert_shared_count=1, expert_weights_norm=True, expert_weights_scale=2.5)
    ssm_keys(m, 4, inner, 128, ssm_heads, 8).begin()
    for il, kind in enumerate(pattern):
        m.norm("blk.%d.attn_norm.weight" % il, embd)
        if kind == "M":
            mamba2(m, il, inner, 128, ssm_heads, 8)
        elif kind == "*":
            m.attention(il, heads, kv, 128, norm=False)
        elif kind == "E":
            m.moe(il, ff, shared, probs_bias=True, norm=None, gate=False)
        else:
            m.ffn(il, ff, gate=False, norm=False)
    return m.end()


family(nemotron_h, [
    ("nemotron-nano-9b-v2-q4_k_m", "nvidia/NVIDIA-Nemotron-Nano-9B-v2",
     dict(pattern="M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-", embd=4480, heads=40, kv=8, ssm_heads=128,
          inner=10240, ff=15680)),
    ("nemotron-3-nano-30b-a3b-q4_k_m", "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16",
     dict(pattern="MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME", embd=2688, heads=32, kv=2, ssm_heads=64,
          inner=4096, ff=1856, experts=128, used=6, shared=3712)),
])


@model("plamo-2-1b-q4_k_m", "pfnet/plamo-2-1b")
def plamo2():
    layers, embd, heads, kv, d, inner, state, ff = 16, 2048, 16, 1, 128, 4096, 64, 8192
    dt = max(64, embd // 16)
    m = Model("plamo2", layers, embd, 100000, tied=True, ctx=10485760, pre="qwen2").heads(heads, kv, d)
    attends = [il % 2 == 1 for il in range(layers)]
    m.set(attention__head_count=[heads if a else 0 for a in attends],
          attention__head_count_kv=[kv if a else 0 for a in attends], feed_forward_length=ff)
    ssm_keys(m, 4, inner, state, 32, 0).begin()
    for il in range(layers):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", embd)
        if attends[il]:
            m.attention(il, heads, kv, d, fused=True, norm=False)
            m.f32(p + "attn_q_norm.weight", d, heads)
            m.f32(p + "attn_k_norm.weight", d, kv)
        else:
            m.linear(p + "ssm_in", embd, 2 * inner)
            m.f32(p + "ssm_conv1d.weight", 4, inner)
            m.linear(p + "ssm_x", inner, dt + 2 * state)
            m.f32(p + "ssm_dt.weight", dt, 32)
            m.f32(p + "ssm_dt.bias", 32)
            m.f32(p + "ssm_a", 32)
            m.f32(p + "ssm_d", 32)
            m.linear(p + "ssm_out", inner, embd)
            m.f32(p + "ssm_dt_norm", dt)
            m.f32(p + "ssm_b_norm", state)
            m.f32(p + "ssm_c_norm", state)
        m.f32(p + "post_attention_norm", embd)
        m.ffn(il, ff, fused=True)
        m.f32(p + "post_ffw_norm", embd)
    return m.end()


def rwkv_common(m, il, ff):
    p, n = "blk.%d." % il, m.embd
    for name in ("attn_norm", "attn_norm_2", "time_mix_ln"):
        m.norm(p + name + ".weight", n)
        m.f32(p + name + ".bias", n)
    for name in ("key", "value", "receptance", "output"):
        m.linear(p + "time_mix_" + name, n, n)
    m.f32(p + "channel_mix_lerp_k.weight", n, 1, 1)
    m.linear(p + "channel_mix_key", n, ff)
    m.linear(p + "channel_mix_value", ff, n)


def rwkv(arch, layers, embd, ff, head=64, **more):
    m = Model(arch, layers, embd, 65536, ctx=1048576, tokenizer="rwkv", **more)
    m.set(attention__head_count=0, attention__layer_norm_epsilon=1e-5, feed_forward_length=ff, wkv__head_size=head)
    return m


def rwkv_end(m):
    m.norm("token_embd_norm.weight", m.embd)
    m.f32("token_embd_norm.bias", m.embd)
    return m.end(norm_bias=True)


@model("rwkv-6-world-1.6b-q8_0", "RWKV/rwkv-6-world-1b6")
def rwkv6():
    n, ff, mix, decay = 2048, 7168, 32, 64
    m = rwkv("rwkv6", 24, n, ff, mix="Q8_0").set(time_mix_extra_dim=mix, time_decay_extra_dim=decay,
                                                 rescale_every_n_layers=6, token_shift_count=2)
    m.begin()
    for il in range(24):
        p = "blk.%d." % il
        rwkv_common(m, il, ff)
        m.f32(p + "time_mix_w1.weight", n, mix * 5)
        m.f32(p + "time_mix_w2.weight", mix, n, 5)
        m.f32(p + "time_mix_lerp_x.weight", n, 1, 1)
        m.f32(p + "time_mix_lerp_fused.weight", n, 1, 1, 5)
        m.f32(p + "time_mix_first.weight", 64, n // 64)
        m.f32(p + "time_mix_decay.weight", n)
        m.f32(p + "time_mix_decay_w1.weight", n, decay)
        m.f32(p + "time_mix_decay_w2.weight", decay, n)
        m.linear(p + "time_mix_gate", n, n)
        m.f32(p + "channel_mix_lerp_r.weight", n, 1, 1)
        m.linear(p + "channel_mix_receptance", n, n)
    return rwkv_end(m)


@model("rwkv-7-world-1.5b-f16", "RWKV/rwkv-7-world-1.5b")
def rwkv7():
    n, ff, decay, iclr, value, gate = 2048, 8192, 96, 96, 64, 256
    m = rwkv("rwkv7", 24, n, ff, mix="F16").set(
        attention__decay_lora_rank=decay, attention__iclr_lora_rank=iclr,
        attention__value_residual_mix_lora_rank=value, attention__gate_lora_rank=gate, token_shift_count=2)
    m.begin()
    for il in range(24):
        p = "blk.%d.time_mix_" % il
        rwkv_common(m, il, ff)
        for name, rank in (("w", decay), ("a", iclr), ("v", value if il else iclr)):
            m.f32(p + name + "0.weight", n)
            m.f32(p + name + "1.weight", n, rank)
            m.f32(p + name + "2.weight", rank, n)
        m.f32(p + "g1.weight", n, gate)
        m.f32(p + "g2.weight", gate, n)
        m.f32(p + "lerp_fused.weight", n, 1, 1, 6)
        for name in ("k_k", "k_a", "r_k"):
            m.f32(p + name + ".weight", n)
    return rwkv_end(m)


def lfm2(layers, embd, ff, heads, kv, attends, experts=0, exp_ff=0, dense=0, **more):
    m = Model("lfm2moe" if experts else "lfm2", layers, embd, 65536, experts=experts, tied=True, ctx=128000, pre="lfm2", **more)
    m.heads(heads, kv).set(attention__head_count_kv=[kv if il in attends else 0 for il in range(layers)],
                           feed_forward_length=ff, shortconv__l_cache=3)
    if experts:
        m.set(expert_used_count=4, expert_feed_forward_length=exp_ff, leading_dense_block_count=dense, expert_gating_func=2)
    m.begin()
    for il in range(layers):
        p = "blk.%d." % il
        if il in attends:
            m.attention(il, heads, kv, embd // heads, qk_norm="head")
        else:
            m.norm(p + "attn_norm.weight", embd)
            m.f32(p + "shortconv.conv.weight", 3, embd)
            m.linear(p + "shortconv.in_proj", embd, 3 * embd)
            m.linear(p + "shortconv.out_proj", embd, embd)
        if experts and il >= dense:
            m.moe(il, exp_ff, probs_bias=True)
        else:
            m.ffn(il, ff)
    return m.end(norm="token_embd_norm")


family(lfm2, [
    ("lfm2-1.2b-q4_k_m", "LiquidAI/LFM2-1.2B", dict(layers=16, embd=2048, ff=8192, heads=32, kv=8,
                                                   attends=(2, 5, 8, 10, 12, 14))),
    ("lfm2-350m-f16", "LiquidAI/LFM2-350M", dict(layers=16, embd=1024, ff=4608, heads=16, kv=8,
                                                attends=(2, 5, 8, 10, 12, 14), mix="F16")),
    ("lfm2-8b-a1b-q4_k_m", "LiquidAI/LFM2-8B-A1B", dict(layers=24, embd=2048, ff=7168, heads=32, kv=8,
                                                       attends=(2, 6, 10, 14, 18, 21), experts=32, exp_ff=1792, dense=2)),
])


def delta(arch, layers, embd, heads, kv, groups, rank, vocab, ff=0, experts=0, used=0, exp_ff=0, nextn=0, state=128,
          tied=False, **more):
    """Gated delta nets with full attention in every fourth layer: qwen3next, qwen35, qwen35moe."""
    d, inner, total = 256, rank * state, layers + nextn
    m = Model(arch, total, embd, vocab, experts=experts, tied=tied, ctx=262144, pre="qwen35" if "35" in arch else "qwen2",
              **more)
    m.heads(heads, kv, d, rope=64).set(full_attention_interval=4, feed_forward_length=ff or exp_ff)
    if nextn:
        m.set(nextn_predict_layers=nextn)
    if "35" in arch:
        m.set(rope__dimension_sections=[11, 11, 10, 0])
    if experts:
        m.set(expert_used_count=used, expert_feed_forward_length=exp_ff, expert_shared_feed_forward_length=exp_ff)
    ssm_keys(m, 4, inner, state, rank, groups).begin()
    wide = 2 * groups * state + inner
    for il in range(total):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", embd)
        m.norm(p + "post_attention_norm.weight", embd)
        if il % 4 == 3 or il >= layers:
            m.linear(p + "attn_q", embd, 2 * heads * d)
            m.linear(p + "attn_k", embd, kv * d)
            m.linear(p + "attn_v", embd, kv * d)
            m.linear(p + "attn_output", heads * d, embd)
            m.norm(p + "attn_q_norm.weight", d)
            m.norm(p + "attn_k_norm.weight", d)
        else:
            m.linear(p + "attn_qkv", embd, wide)
            m.linear(p + "attn_gate", embd, inner)
            m.f32(p + "ssm_conv1d.weight", 4, wide)
            m.f32(p + "ssm_dt.bias", rank)
            m.f32(p + "ssm_a", rank)
            if arch == "qwen3next":
                m.linear(p + "ssm_ba", embd, 2 * rank)
            else:
                m.linear(p + "ssm_beta", embd, rank)
                m.linear(p + "ssm_alpha", embd, rank)
            m.norm(p + "ssm_norm.weight", state)
            m.linear(p + "ssm_out", inner, embd)
        if experts:
            m.moe(il, exp_ff, exp_ff, norm=None, shared_gate=True)
        else:
            m.ffn(il, ff, norm=False)
        if il >= layers:
            m.linear(p + "nextn.eh_proj", 2 * embd, embd)
            for name in ("enorm", "hnorm", "shared_head_norm"):
                m.norm(p + "nextn." + name + ".weight", embd)
    return m.end()


family(delta, [
    ("qwen3-next-80b-a3b-q4_k_m", "Qwen/Qwen3-Next-80B-A3B-Instruct", dict(arch="qwen3next", layers=48, embd=2048, heads=16,
                                                                          kv=2, groups=16, rank=32, vocab=151936,
                                                                          experts=512, used=10, exp_ff=512)),
    ("qwen3.5-4b-q4_k_m", "Qwen/Qwen3.5-4B", dict(arch="qwen35", layers=32, embd=2560, heads=16, kv=4, groups=16, rank=32,
                                                 vocab=248320, ff=9216, tied=True)),
    ("qwen3.5-0.8b-q8_0", "Qwen/Qwen3.5-0.8B", dict(arch="qwen35", layers=24, embd=1024, heads=8, kv=2, groups=16, rank=16,
                                                   vocab=248320, ff=3584, tied=True, mix="Q8_0")),
    ("qwen3.5-27b-mtp-q4_k_m", "Qwen/Qwen3.5-27B", dict(arch="qwen35", layers=64, embd=5120, heads=24, kv=4, groups=16,
                                                       rank=48, vocab=248320, ff=17408, nextn=1)),
    ("qwen3.5-35b-a3b-q4_k_m", "Qwen/Qwen3.5-35B-A3B", dict(arch="qwen35moe", layers=40, embd=2048, heads=16, kv=2,
                                                           groups=16, rank=32, vocab=248320, experts=256, used=8,
                                                           exp_ff=512)),
])


@model("kimi-linear-48b-a3b-q4_k_m", "moonshotai/Kimi-Linear-48B-A3B-Instruct")
def kimi_linear():
    layers, embd, heads, d, kv_lora, nope, rope, exp_ff = 27, 2304, 32, 128, 512, 128, 64, 1024
    m = Model("kimi-linear", layers, embd, 163840, experts=256, ctx=1048576, pre="kimi-k2").heads(heads, 1, kv_lora + rope, kv_lora)
    attends = [il in (3, 7, 11, 15, 19, 23, 26) for il in range(layers)]
    m.set(attention__head_count_kv=[1 if a else 0 for a in attends], attention__key_length_mla=nope + rope,
          attention__value_length_mla=128, attention__kv_lora_rank=kv_lora, rope__dimension_count=rope,
          ssm__conv_kernel=4, kda__head_dim=d, feed_forward_length=9216, expert_feed_forward_length=exp_ff,
          expert_used_count=8, expert_shared_count=1, leading_dense_block_count=1, expert_gating_func=2,
          expert_weights_scale=2.446)
    m.begin()
    for il in range(layers):
        p = "blk.%d." % il
        m.norm(p + "attn_norm.weight", embd)
        if attends[il]:
            m.linear(p + "attn_q", embd, heads * (nope + rope))
            m.norm(p + "attn_kv_a_norm.weight", kv_lora)
            m.linear(p + "attn_kv_a_mqa", embd, kv_lora + rope)
            m.weight(p + "attn_k_b.weight", nope, kv_lora, heads)
            m.weight(p + "attn_v_b.weight", kv_lora, 128, heads)
            m.linear(p + "attn_output", heads * 128, embd)
        else:
            for name in ("q", "k", "v"):
                m.f32(p + "ssm_conv1d_%s.weight" % name, 4, 1, d * heads)
                m.linear(p + "attn_" + name, embd, d * heads)
            m.linear(p + "ssm_f_a", embd, d)
            m.linear(p + "ssm_f_b", d, d * heads)
            m.linear(p + "ssm_beta", embd, heads)
            m.f32(p + "ssm_a", 1, heads)
            m.f32(p + "ssm_dt.bias", d * heads)
            m.linear(p + "ssm_g_a", embd, d)
            m.linear(p + "ssm_g_b", d, d * heads)
            m.norm(p + "ssm_norm.weight", d)
            m.linear(p + "attn_output", d * heads, embd)
        if il < 1:
            m.ffn(il, 9216)
        else:
            m.moe(il, exp_ff, exp_ff, probs_bias=True)
    return m.end()
