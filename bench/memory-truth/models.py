"""Synthetic models: the true shapes of published models, one function each, as GGUF keys and tensors.

Python 3 standard library only. `python3 models.py list` names them, `python3 models.py write NAME PATH` writes one
as a sparse file. Dimensions come from the config.json that the model's publisher put on Hugging Face (the `source`
of each model); names, shapes and keys are those that llama.cpp's loader asks for.
"""

import sys

import gguf
from gguf import F32, I32, STRING, Same


class Model:
    """Keys and tensors of a model in the making; `mix` picks a type for a weight."""

    def __init__(self, arch, layers, embd, vocab, mix="Q4_K_M", tokenizer="gpt2", pre="llama-bpe", source="",
                 experts=0, tied=False, ctx=131072, output_first=False, size=None):
        self.arch, self.layers, self.embd, self.vocab, self.mix = arch, layers, embd, vocab, mix
        self.experts, self.tied, self.output_first, self.source = experts, tied, output_first, source
        self.tensors = []
        self.keys = {"general.architecture": arch, "general.type": "model", "general.name": size or arch}
        self.set(context_length=ctx, embedding_length=embd, block_count=layers)
        if experts:
            self.set(expert_count=experts)
        self.tokenizer, self.pre = tokenizer, pre

    def set(self, **values):
        """Keys below the architecture; a double underscore is a dot."""
        for key, value in values.items():
            self.keys[self.arch + "." + key.replace("__", ".")] = value
        return self

    # --- tensors ---

    def f32(self, name, *shape):
        self.tensors.append((name, "F32", list(shape)))

    def f16(self, name, *shape):
        self.tensors.append((name, "F16", list(shape)))

    def typed(self, name, kind, *shape):
        self.tensors.append((name, kind, list(shape)))

    def weight(self, name, *shape):
        self.tensors.append((name, self.fitting(self.type_of(name), shape[0]), list(shape)))

    def norm(self, name, n):
        self.f32(name, n)

    def linear(self, name, rows, columns, bias=False):
        """`name.weight` of `rows` inputs and `columns` outputs."""
        self.weight(name + ".weight", rows, columns)
        if bias:
            self.f32(name + ".bias", columns)

    def fitting(self, kind, row):
        """llama-quantize's fallback for rows that are no multiple of the block."""
        if row % gguf.TYPES[kind][1] == 0:
            return kind
        fallback = {"Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0", "Q2_K": "Q4_0", "Q3_K": "Q4_0",
                    "IQ4_XS": "IQ4_NL"}.get(kind, "F16")
        return fallback if row % gguf.TYPES[fallback][1] == 0 else "F16"

    def type_of(self, name):
        mix = self.mix
        if mix in ("F16", "BF16", "Q8_0", "Q4_0", "F32"):
            if mix == "Q4_0" and name == "output.weight":
                return "Q6_K"
            return mix
        if mix == "MXFP4":  # gpt-oss as published: experts in MXFP4, all else Q8_0 (or F16 where small)
            return "MXFP4" if "_exps" in name else "Q8_0"
        base, high, top = {"Q4_K_M": ("Q4_K", "Q6_K", "Q6_K"), "Q5_K_M": ("Q5_K", "Q6_K", "Q6_K"),
                           "Q6_K": ("Q6_K", "Q6_K", "Q6_K"), "Q4_K_S": ("Q4_K", "Q4_K", "Q6_K"),
                           "Q3_K_M": ("Q3_K", "Q5_K", "Q6_K"), "Q2_K": ("Q2_K", "Q3_K", "Q6_K"),
                           "IQ4_XS": ("IQ4_XS", "IQ4_XS", "Q6_K")}[mix]
        if name == "output.weight" or (self.tied and name == "token_embd.weight"):
            return top
        if name.startswith("per_layer_token_embd"):
            return "Q6_K" if mix != "Q6_K" else mix
        if ".attn_v.weight" in name or ".ffn_down" in name or ".attn_qkv.weight" in name:
            if self.experts == 8 and ".attn_v.weight" in name:
                return "Q8_0"
            layer, n = int(name.split(".")[1]), self.layers
            more = layer < n // 8 or layer >= 7 * n // 8 or (layer - n // 8) % 3 == 2
            if ".attn_qkv.weight" in name:
                return "Q5_K" if mix == "Q4_K_M" else base
            return high if more else base
        return base

    # --- blocks ---

    def attention(self, il, heads, kv_heads, d, dv=None, qk_norm=None, bias=False, out_bias=False, embd=None, fused=False,
                  norm=True, sinks=False, kv=True):
        embd, dv, p = embd or self.embd, dv or d, "blk.%d." % il
        if norm:
            self.norm(p + "attn_norm.weight", embd)
        if fused:
            self.linear(p + "attn_qkv", embd, heads * d + kv_heads * (d + dv), bias)
        else:
            self.linear(p + "attn_q", embd, heads * d, bias)
            if kv:
                self.linear(p + "attn_k", embd, kv_heads * d, bias)
                self.linear(p + "attn_v", embd, kv_heads * dv, bias)
        self.linear(p + "attn_output", heads * dv, embd, out_bias)
        if qk_norm:
            self.norm(p + "attn_q_norm.weight", d if qk_norm == "head" else heads * d)
            if kv:
                self.norm(p + "attn_k_norm.weight", d if qk_norm == "head" else kv_heads * d)
        if sinks:
            self.f32(p + "attn_sinks.weight", heads)

    def ffn(self, il, ff, gate=True, bias=False, norm=True, fused=False):
        p = "blk.%d." % il
        if norm:
            self.norm(p + "ffn_norm.weight", self.embd)
        if fused:
            self.linear(p + "ffn_up", self.embd, 2 * ff, bias)
        else:
            if gate:
                self.linear(p + "ffn_gate", self.embd, ff, bias)
            self.linear(p + "ffn_up", self.embd, ff, bias)
        self.linear(p + "ffn_down", ff, self.embd, bias)

    def moe(self, il, ff, shared=0, probs_bias=False, norm="ffn_norm", bias=False, shared_gate=False, gate=True,
            experts=None):
        p, n = "blk.%d." % il, experts or self.experts
        if norm:
            self.norm(p + norm + ".weight", self.embd)
        self.f32(p + "ffn_gate_inp.weight", self.embd, n)
        if bias:
            self.f32(p + "ffn_gate_inp.bias", n)
        if probs_bias:
            self.f32(p + "exp_probs_b.bias", n)
        for part, a, b in (("gate", self.embd, ff), ("up", self.embd, ff), ("down", ff, self.embd)):
            if part == "gate" and not gate:
                continue
            self.weight(p + "ffn_%s_exps.weight" % part, a, b, n)
            if bias:
                self.f32(p + "ffn_%s_exps.bias" % part, b, n)
        if shared:
            if shared_gate:
                self.f32(p + "ffn_gate_inp_shexp.weight", self.embd)
            for part, a, b in (("gate", self.embd, shared), ("up", self.embd, shared), ("down", shared, self.embd)):
                if part == "gate" and not gate:
                    continue
                self.weight(p + "ffn_%s_shexp.weight" % part, a, b)

    # --- the whole ---

    def begin(self):
        if self.output_first and not self.tied:
            self.weight("output.weight", self.embd, self.vocab)
        self.weight("token_embd.weight", self.embd, self.vocab)
        return self

    def end(self, norm_bias=False, norm="output_norm"):
        if norm:
            self.norm(norm + ".weight", self.embd)
            if norm_bias:
                self.f32(norm + ".bias", self.embd)
        if not self.tied and not self.output_first:
            self.weight("output.weight", self.embd, self.vocab)
        return self

    def heads(self, heads, kv_heads, d=None, dv=None, rms=True, rope=None):
        self.set(attention__head_count=heads, attention__head_count_kv=kv_heads)
        if d:
            self.set(attention__key_length=d, attention__value_length=dv or d)
        if rms:
            self.set(attention__layer_norm_rms_epsilon=1e-6)
        else:
            self.set(attention__layer_norm_epsilon=1e-5)
        if rope:
            self.set(rope__dimension_count=rope)
        return self

    def all_keys(self):
        """Keys with a vocabulary of the true size whose strings are empty (the server then names them itself)."""
        keys = dict(self.keys)
        kind = self.tokenizer
        keys["tokenizer.ggml.model"] = kind
        if kind == "gpt2":
            keys["tokenizer.ggml.pre"] = self.pre
        if kind == "rwkv":
            keys["tokenizer.ggml.tokens"] = Same(STRING, "x", self.vocab)
        else:
            keys["tokenizer.ggml.tokens"] = Same(STRING, "", self.vocab)
        if kind in ("llama", "t5"):
            keys["tokenizer.ggml.scores"] = Same(F32, 0.0, self.vocab)
        keys["tokenizer.ggml.token_type"] = Same(I32, 1, self.vocab)
        if kind == "gpt2":
            keys["tokenizer.ggml.merges"] = Same(STRING, "", max(self.vocab - 300, 1))
        keys["tokenizer.ggml.bos_token_id"] = 1
        keys["tokenizer.ggml.eos_token_id"] = 2
        return keys

    def write(self, path):
        return gguf.write_sparse(path, self.all_keys(), self.tensors)


MODELS = {}


def model(name, source):
    def register(function):
        def make():
            made = function()
            made.source = source
            made.keys["general.name"] = name
            return made
        MODELS[name] = make
        return function
    return register


def family(function, rows):
    """Registers one function under many names: rows of (name, source, arguments)."""
    for name, source, arguments in rows:
        model(name, source)(lambda arguments=arguments: function(**arguments))


# --- dense ------------------------------------------------------------------------------------------------------------

def llama(layers, embd, ff, heads, kv, vocab, d=None, arch="llama", rope_freqs=True, bias=False, qk_norm=None, **more):
    m = Model(arch, layers, embd, vocab, **more)
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


# --- mixtures of experts ----------------------------------------------------------------------------------------------

@model("qwen3-30b-a3b-q4_k_m", "Qwen/Qwen3-30B-A3B")
def qwen3moe():
    m = Model("qwen3moe", 48, 2048, 151936, experts=128, ctx=40960, pre="qwen2")
    m.heads(32, 4, 128).set(feed_forward_length=6144, expert_used_count=8, expert_feed_forward_length=768)
    m.begin()
    for il in range(48):
        m.attention(il, 32, 4, 128, qk_norm="head")
        m.moe(il, 768)
    return m.end()


@model("gpt-oss-20b-mxfp4", "openai/gpt-oss-20b")
def gpt_oss():
    m = Model("gpt-oss", 24, 2880, 201088, experts=32, mix="MXFP4", pre="gpt-4o")
    m.heads(64, 8, 64).set(feed_forward_length=2880, expert_used_count=4, expert_feed_forward_length=2880,
                           attention__sliding_window=128, rope__scaling__type="yarn", rope__scaling__factor=32.0,
                           rope__scaling__original_context_length=4096)
    m.begin()
    for il in range(24):
        m.attention(il, 64, 8, 64, bias=True, out_bias=True, sinks=True)
        m.moe(il, 2880, norm="post_attention_norm", bias=True)
    return m.end()


def main():
    if sys.argv[1:] == ["list"]:
        for name in MODELS:
            print(name)
    elif len(sys.argv) == 4 and sys.argv[1] == "write":
        made = MODELS[sys.argv[2]]()
        print("header %d bytes, file %d bytes" % made.write(sys.argv[3]))
    else:
        sys.exit("usage: models.py list | write NAME PATH")


if __name__ == "__main__":
    main()
