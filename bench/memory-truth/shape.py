"""A model in the making: GGUF keys and tensors, the type of each tensor as llama-quantize would choose it, and the
register of models. Python 3 standard library only.
"""

import gguf
from gguf import F32, I32, STRING, Same


class Model:
    """Keys and tensors of a model in the making; `mix` picks a type for a weight."""

    def __init__(self, arch, layers, embd, vocab, mix="Q4_K_M", tokenizer="gpt2", pre="llama-bpe", source="",
                 experts=0, tied=False, ctx=131072, output_first=False):
        self.arch, self.layers, self.embd, self.vocab, self.mix = arch, layers, embd, vocab, mix
        self.experts, self.tied, self.output_first, self.source = experts, tied, output_first, source
        self.tensors = []
        self.keys = {"general.architecture": arch, "general.type": "model", "general.name": "synthetic"}
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
        keys = {key: value for key, value in self.keys.items() if not key.startswith("_")}
        kind = self.tokenizer
        keys["tokenizer.ggml.model"] = kind
        if kind == "gpt2":
            keys["tokenizer.ggml.pre"] = self.pre
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
            return made
        MODELS[name] = make
        return function
    return register


def family(function, rows):
    """Registers one function under many names: rows of (name, source, arguments)."""
    for name, source, arguments in rows:
        model(name, source)(lambda arguments=arguments: function(**arguments))
