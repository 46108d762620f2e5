"""Encoders for embeddings and reranking. `_encoder` tells run.py to ask for embeddings; it is no key of the file."""

from shape import Model, family, model


def bert(layers, embd, ff, heads, vocab, positions, pool=2, types=2, bias=True, gate=False, arch="bert", tokenizer="bert",
         **more):
    m = Model(arch, layers, embd, vocab, ctx=positions, tokenizer=tokenizer, **more).heads(heads, heads, rms=False)
    m.keys["_encoder"] = True
    m.keys["tokenizer.ggml.token_type_count"] = types
    m.set(feed_forward_length=ff, attention__causal=False, pooling_type=pool)
    m.weight("token_embd.weight", embd, vocab)
    m.f32("token_types.weight", embd, types)
    if arch == "bert":
        m.f32("position_embd.weight", embd, positions)
    m.norm("token_embd_norm.weight", embd)
    m.f32("token_embd_norm.bias", embd)
    for il in range(layers):
        p = "blk.%d." % il
        m.attention(il, heads, heads, embd // heads, bias=bias, out_bias=bias, norm=False, fused=arch == "nomic-bert")
        m.norm(p + "attn_output_norm.weight", embd)
        m.f32(p + "attn_output_norm.bias", embd)
        if arch == "jina-bert-v2":
            m.linear(p + "ffn_gate", embd, ff)
            m.linear(p + "ffn_up", embd, ff)
            m.linear(p + "ffn_down", ff, embd, True)
        else:
            m.ffn(il, ff, gate=gate, bias=bias, norm=False)
        m.norm(p + "layer_output_norm.weight", embd)
        m.f32(p + "layer_output_norm.bias", embd)
    return m


family(bert, [
    ("bge-small-en-v1.5-f16", "BAAI/bge-small-en-v1.5", dict(layers=12, embd=384, ff=1536, heads=12, vocab=30522,
                                                            positions=512, mix="F16")),
    ("bge-large-en-v1.5-q8_0", "BAAI/bge-large-en-v1.5", dict(layers=24, embd=1024, ff=4096, heads=16, vocab=30522,
                                                             positions=512, mix="Q8_0")),
    ("bge-m3-f16", "BAAI/bge-m3", dict(layers=24, embd=1024, ff=4096, heads=16, vocab=250002, positions=8192, types=1,
                                      mix="F16", tokenizer="t5")),
    ("nomic-embed-text-v1.5-f16", "nomic-ai/nomic-embed-text-v1.5", dict(arch="nomic-bert", layers=12, embd=768, ff=3072,
                                                                        heads=12, vocab=30522, positions=2048, pool=1,
                                                                        bias=False, gate=True, mix="F16")),
    ("jina-embeddings-v2-base-en-q8_0", "jinaai/jina-embeddings-v2-base-en",
     dict(arch="jina-bert-v2", layers=12, embd=768, ff=3072, heads=12, vocab=30528, positions=8192, pool=1, mix="Q8_0")),
])


@model("modernbert-base-f16", "answerdotai/ModernBERT-base")
def modern_bert():
    m = Model("modern-bert", 22, 768, 50368, mix="F16", ctx=8192, pre="olmo").heads(12, 12, rms=False)
    m.keys["_encoder"] = True
    m.set(feed_forward_length=1152, attention__causal=False, pooling_type=1, attention__sliding_window=128,
          attention__sliding_window_pattern=3)
    m.weight("token_embd.weight", 768, 50368)
    m.norm("token_embd_norm.weight", 768)
    for il in range(22):
        m.attention(il, 12, 12, 64, fused=True, norm=il > 0)
        m.ffn(il, 1152, fused=True)
    m.norm("output_norm.weight", 768)
    return m


@model("embeddinggemma-300m-q8_0", "google/embeddinggemma-300m")
def embedding_gemma():
    m = Model("gemma-embedding", 24, 768, 262144, mix="Q8_0", tied=True, tokenizer="llama", ctx=2048).heads(3, 1, 256)
    m.keys["_encoder"] = True
    m.set(feed_forward_length=1152, attention__sliding_window=512, pooling_type=1, dense_2_feat_in=768,
          dense_2_feat_out=3072, dense_3_feat_in=3072, dense_3_feat_out=768)
    m.begin()
    for il in range(24):
        m.attention(il, 3, 1, 256, qk_norm="head")
        m.norm("blk.%d.post_attention_norm.weight" % il, 768)
        m.ffn(il, 1152)
        m.norm("blk.%d.post_ffw_norm.weight" % il, 768)
    m.weight("dense_2.weight", 768, 3072)
    m.weight("dense_3.weight", 3072, 768)
    return m.end()


@model("qwen3-embedding-0.6b-q8_0", "Qwen/Qwen3-Embedding-0.6B")
def qwen3_embedding():
    m = Model("qwen3", 28, 1024, 151669, mix="Q8_0", tied=True, pre="qwen2", ctx=32768).heads(16, 8, 128)
    m.keys["_encoder"] = True
    m.set(feed_forward_length=3072, pooling_type=3).begin()
    for il in range(28):
        m.attention(il, 16, 8, 128, qk_norm="head")
        m.ffn(il, 3072)
    return m.end()


@model("t5-v1.1-xxl-encoder-q8_0", "google/t5-v1_1-xxl")
def t5_encoder():
    m = Model("t5encoder", 24, 4096, 32128, mix="Q8_0", tokenizer="t5", ctx=512).heads(64, 64, 64)
    m.keys["_encoder"] = True
    m.set(feed_forward_length=10240, attention__relative_buckets_count=32)
    m.weight("token_embd.weight", 4096, 32128)
    m.norm("enc.output_norm.weight", 4096)
    for il in range(24):
        p = "enc.blk.%d." % il
        m.norm(p + "attn_norm.weight", 4096)
        if il == 0:
            m.f32(p + "attn_rel_b.weight", 64, 32)
        for name in ("q", "k", "v", "o"):
            m.linear(p + "attn_" + name, 4096, 4096)
        m.norm(p + "ffn_norm.weight", 4096)
        m.linear(p + "ffn_gate", 4096, 10240)
        m.linear(p + "ffn_up", 4096, 10240)
        m.linear(p + "ffn_down", 10240, 4096)
    return m
