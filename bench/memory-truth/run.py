"""Asks a real llama-server what it allocates, for models of many architectures under many settings.

Python 3 standard library only; README.md says what is needed and what the columns mean. One server at a time, each ended
by its process id and bounded in time. What was asked before is not asked again (OUT/starts.jsonl), so a run can be stopped
and resumed at any moment.

usage: run.py --out OUT [--models REGEX] [--only REGEX] [--cuda] [--port N]
"""

import argparse
import functools
import gzip
import json
import os
import re
import subprocess
import sys
import time

import gguf
import models

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = os.environ.get("STOKER_E2E", os.path.expanduser("~/.cache/stoker/e2e"))
BIN = os.path.join(PARTS, "llama-server", "bin")
ICD = os.environ.get("VK_ICD_FILENAMES", "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json")
PORT, RPC_PORTS = 18931, (18941, 18942)
GIB = 1 << 30
PASS_SECONDS, REAL_SECONDS = 60, 120

REAL = {
    "real-smollm2-135m-q4_1": "smollm2/smollm2-135m-q4_1.gguf",
    "real-gemma3-270m-q4_k_m": "gemma3/gemma3-270m-q4_k_m.gguf",
}

# name -> (GGML_VK_VISIBLE_DEVICES or None, bytes the software GPU shall claim or None, number of RPC servers)
DEVICES = {
    "cpu": (None, None, 0),
    "cpu+amx": (None, None, 0),
    "vulkan": ("0", None, 0),
    "vulkan+amx": ("0", None, 0),
    "vulkan2": ("0,0", None, 0),
    "gpu": ("0", 24 * GIB, 0),
    "gpu2": ("0,0", 24 * GIB, 0),
    "gpu3": ("0,0,0", 24 * GIB, 0),
    "plain": ("0", 24 * GIB, 0),
    "plain2": ("0,0", 24 * GIB, 0),
    "rpc": (None, None, 1),
    "rpc2": (None, None, 2),
    "gpu+rpc": ("0", 10 * GIB, 1),
    "cuda": (None, None, 0),
}

# asked under more settings than the rest: one of each kind
CORE = set(REAL) | set("""llama-3.2-1b-q4_k_m llama-3.1-8b-q4_k_m llama-3.1-70b-q4_k_m llama-2-7b-q4_0 llama-3.2-3b-q8_0
    mistral-nemo-12b-q5_k_m qwen2.5-7b-q4_k_m qwen2.5-0.5b-f16 qwen3-0.6b-q8_0 qwen3-8b-q4_k_m gemma-2-9b-q4_k_m
    gemma-3-1b-q8_0 gemma-3-4b-q4_k_m gemma-3-27b-q4_k_m qwen3-30b-a3b-q4_k_m gpt-oss-20b-mxfp4 mixtral-8x7b-q4_k_m
    deepseek-v2-lite-q4_k_m glm-4.5-air-q4_k_m lfm2-1.2b-q4_k_m falcon-h1-0.5b-q8_0 granite-4.0-h-tiny-q4_k_m
    qwen3.5-4b-q4_k_m qwen3-next-80b-a3b-q4_k_m gemma-4-e2b-q4_k_m gemma-3n-e4b-q4_k_m phi-4-mini-q4_k_m
    mamba-130m-f16 mamba2-2.7b-q4_k_m rwkv-7-world-1.5b-f16 command-r7b-q4_k_m olmo-3-7b-q4_k_m
    kimi-linear-48b-a3b-q4_k_m""".split())

AMX = "amx_int8" in open("/proc/cpuinfo").read()

STARTS = "start model devices ctx slots unified ctk ctv batch ubatch fa ngl args offloaded layers cells fa_used copies".split()
ROWS = "device device_kind free_mib kind bytes mib how".split()


class Config:
    """One start: a device set and the settings that the columns of the table name."""

    def __init__(self, devices, ctx=4096, slots=1, unified=0, ctk="f16", ctv="f16", batch=2048, ubatch=512, fa="auto",
                 ngl=999, args=""):
        self.devices, self.ctx, self.slots, self.unified = devices, ctx, slots, unified
        self.ctk, self.ctv, self.batch, self.ubatch, self.fa, self.ngl = ctk, ctv, batch, ubatch, fa, ngl
        self.args = args
        if devices.startswith("cpu"):
            self.ngl = 0
        if devices == "cpu" and "repack" not in args and "-nr" not in args.split():
            self.args = (args + " -nr").strip()

    def columns(self):
        return [self.devices, self.ctx, self.slots, self.unified, self.ctk, self.ctv, self.batch, self.ubatch, self.fa,
                self.ngl, self.args]

    def key(self):
        return " ".join(str(c) for c in self.columns())

    def flags(self):
        out = ["-c", self.ctx, "-np", self.slots, "-ctk", self.ctk, "-ctv", self.ctv, "-b", self.batch, "-ub",
               self.ubatch, "-fa", self.fa]
        out += ["-kvu"] if self.unified else ["-no-kvu"]
        out += ["-dev", "none"] if self.devices.startswith("cpu") else ["-ngl", self.ngl]
        return [str(f) for f in out] + [f for f in self.args.split() if f != "repack"]


def environment(config, real):
    visible, claim, _ = DEVICES[config.devices]
    libraries = ":".join(filter(None, (BIN, os.environ.get("LD_LIBRARY_PATH"))))
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LD_LIBRARY_PATH": libraries, "VK_ICD_FILENAMES": ICD,
           "LD_PRELOAD": os.path.join(os.environ["TRUTH_OUT"], "breakdown.so")}
    if not config.devices.endswith("+amx"):
        env["TRUTH_NO_AMX"] = "1"
    if visible is not None:
        env["GGML_VK_VISIBLE_DEVICES"] = visible
    else:
        env["VK_ICD_FILENAMES"] = "/nonexistent"
    if claim:
        env["TRUTH_GPU_BYTES"] = str(claim)
    if config.devices.startswith("plain"):
        env["GGML_VK_DISABLE_GRAPH_OPTIMIZE"] = "1"
    if not real:
        env["TRUTH_STOP"] = "1"
    return env


INTERESTING = re.compile(
    rb"TRUTH|buffer size =|cells, |n_ctx  |n_ctx_seq  |offloaded|Flash Attention|copies =|using device|rror|ailed|abort|ASSERT"
    rb"|dev = |does not|missing|wrong shape|unknown|unsupported|requires|not supported|graph splits|server is listening|not found"
    rb"|size = .*MiB|unable")


def ask(path, config, real=False, port=PORT):
    """Starts a server on the file and gives the lines of its log that tell something."""
    command = [os.path.join(BIN, "llama-server"), "-m", path, "--host", "127.0.0.1", "--port", str(port), "-lv", "5",
               "--no-webui", "-fit", "off" if real else "on"] + config.flags()
    rpcs = DEVICES[config.devices][2]
    if rpcs:
        command += ["--rpc", ",".join("127.0.0.1:%d" % p for p in RPC_PORTS[:rpcs])]
    if real:
        command.append("--no-warmup")
    lines, deadline = [], time.monotonic() + (REAL_SECONDS if real else PASS_SECONDS)
    server = subprocess.Popen(command, env=environment(config, real), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL)
    os.set_blocking(server.stdout.fileno(), False)
    rest, done = b"", False
    try:
        while not done and time.monotonic() < deadline:
            chunk = server.stdout.read(1 << 20)
            if chunk is None:
                time.sleep(0.005)
                continue
            if not chunk:
                break
            parts = (rest + chunk).split(b"\n")
            rest = parts.pop()
            for line in parts:
                if INTERESTING.search(line) and b"empty token" not in line:
                    lines.append(line.decode("utf-8", "replace"))
                    if b"TRUTH END" in line or (real and b"copies =" in line) \
                            or (not real and b"encountered an error" in line):
                        done = True
    finally:
        if server.poll() is None and not (lines and "TRUTH END" in lines[-1]):
            server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        server.stdout.close()
    return lines


class Refused(Exception):
    pass


def kind_of_device(name):
    return "gpu" if re.match(r"(Vulkan|RPC|CUDA)\d+$", name) else "host"


def plain(name):
    """RPC0[127.0.0.1:18941] -> RPC0."""
    return name.split("[")[0]


def reason(lines):
    """Why the server refused, from its log."""
    said = [re.sub(r"^\S+ [A-Z] ", "", line) for line in lines]
    said = [line for line in said if re.search(
        r"rror|ailed|abort\b|ASSERT|missing|wrong|unknown (?!id)|nsupported|requires|not supported|does not", line)
        and not re.search(r"using device|newline token|rope_finetuned|set_abort|in ggml_abort|fit params", line)]
    return "; ".join(re.sub(r"/\S*/", "", line) for line in said)[:300] or "no answer"


def read(lines, real):
    """The facts of one start."""
    fact = {"offloaded": "", "layers": "", "cells": [], "fa_used": "", "copies": "", "free": {}, "rows": []}
    exact, output, printed = {}, {}, {}
    kv_layers, rs_layers, caches, current = [], [], [], {}
    for line in lines:
        text = re.sub(r"^\S+ [A-Z] ", "", line)
        if m := re.match(r"TRUTH (\S+) (\d+) (\d+) (\d+)", text):
            name = plain(m[1])
            exact[name] = [a + int(b) for a, b in zip(exact.get(name, [0, 0, 0]), m.groups()[1:])]
        elif m := re.search(r"using device (\S+) .* - (\d+) MiB free", text):
            fact["free"][plain(m[1])] = int(m[2])
        elif m := re.search(r"offloaded (\d+)/(\d+) layers", text):
            fact["offloaded"], fact["layers"] = m.groups()
        elif m := re.search(r"Flash Attention (enabled|not supported, set to disabled)", text):
            fact["fa_used"] = "on" if m[1] == "enabled" else "off"
        elif m := re.search(r"sched copies = (\d+)", text):
            fact["copies"] = m[1]
        elif m := re.search(r"(llama_kv_cache\w*|llama_memory_recurrent\w*)[,:] layer +(\d+): dev = (\S+)", text):
            current.setdefault("layers", []).append(plain(m[3]))
        elif m := re.search(r"(llama_kv_cache\w*|llama_memory_recurrent\w*): size = +([\d.]+) MiB \( *(\d+) cells, +(\d+) layers", text):
            caches.append((m[1], float(m[2]), int(m[3]), int(m[4]), current.pop("layers", [])))
        elif m := re.search(r"(\w+): +(\S+) +(model|KV|RS|compute|output) buffer size = +([\d.]+) MiB", text):
            printed.setdefault(m[3], []).append((plain(m[2]), float(m[4])))
        elif m := re.search(r"(\w+): +(\S+) +output buffer size = +([\d.]+) MiB", text):
            printed.setdefault("output", []).append((plain(m[2]), float(m[3])))
    if (real and "compute" not in printed) or (not real and "TRUTH END" not in (lines[-1] if lines else "")):
        raise Refused(reason(lines))
    fact["cells"] = ",".join(str(c[2]) for c in caches)
    rows = fact["rows"]
    if real:
        for kind, name in (("model", "weights"), ("KV", "kv"), ("RS", "recurrent"), ("compute", "compute"),
                           ("output", "output")):
            last, count = {}, {}
            for device, mib in printed.get(kind, []):
                # every line is printed once in a start without the fit pass, but a cache of two parts prints two
                last[device] = last.get(device, 0.0) + mib if kind in ("KV", "model") else mib
            for device, mib in last.items():
                rows.append([device, kind_of_device(device), name, "", "%.2f" % mib])
        return fact
    attention = [c for c in caches if c[0].startswith("llama_kv")]
    recurrent = [c for c in caches if not c[0].startswith("llama_kv")]
    for name, (weights, context, compute) in sorted(exact.items()):
        kind = kind_of_device(name)
        if weights:
            rows.append([name, kind, "weights", weights])
        if context:
            if attention and recurrent:
                # the cache is the rest that the recurrent state, equal in each of its layers, leaves
                share = sum(c[1] * (1 << 20) * owner_share(c[4], name) for c in recurrent)
                rows.append([name, kind, "context", context])
                rows.append([name, kind, "recurrent", "", "%.2f" % (share / (1 << 20))])
                rows.append([name, kind, "kv", "", "%.2f" % ((context - share) / (1 << 20))])
            else:
                rows.append([name, kind, "recurrent" if recurrent else "kv", context])
        if compute:
            rows.append([name, kind, "compute", compute])
    last = dict(printed.get("output", []))
    for name, mib in last.items():
        rows.append([name, kind_of_device(name), "output", "", "%.2f" % mib])
    for row in rows:
        if len(row) == 4:
            row.append("%.2f" % (row[3] / (1 << 20)))
    return fact


def owner_share(layers, device):
    """The part of a cache's layers that a device holds; the host's buffer types are all CPU there."""
    if not layers:
        return 0.0
    name = device if kind_of_device(device) == "gpu" else "CPU"
    return layers.count(name) / len(layers)


# asked of further models of an architecture that a CORE model has
THIN = {c.key() for c in (Config("cpu"), Config("cpu", args="repack"), Config("rpc"), Config("rpc", ctx=16384, slots=4),
                          Config("vulkan"), Config("gpu", ctx=8192), Config("gpu", ctx=65536, slots=2, ubatch=2048),
                          Config("plain", ctx=8192), Config("gpu2", ctx=8192), Config("rpc", ctx=8192, fa="off"))}


@functools.cache
def core_architectures():
    return {models.MODELS[name]().arch for name in CORE - set(REAL)}


def configs(name, made):
    """The settings asked of a model: [(Config, real?)]. `made` is None for the two real files."""
    layers = made.layers if made else 30
    half, few = layers // 2, max(layers // 5, 1)
    encoder = made is not None and made.keys.get("_encoder", False)
    if encoder:
        out = [Config(d, ctx=c, ubatch=c, batch=c, args="--embedding", slots=s)
               for d in ("cpu", "rpc", "vulkan", "gpu") for c, s in ((512, 1), (2048, 1), (2048, 4))]
        out += [Config("gpu", ctx=1024, ubatch=1024, args="--embedding", fa="off"),
                Config("gpu", ctx=1024, ubatch=1024, args="--embedding", ngl=half),
                Config("gpu", ctx=2048, args="--embedding"), Config("rpc2", ctx=512, args="--embedding"),
                Config("gpu2", ctx=512, args="--embedding")]
        return out
    out = [
        Config("cpu"),
        Config("cpu", args="repack"),
        Config("rpc"),
        Config("rpc", ctx=16384, slots=4),
        Config("rpc", ctx=8192, ctk="q8_0", ctv="q8_0", fa="on"),
        Config("rpc", ctx=8192, fa="off"),
        Config("rpc", ctx=8192, ngl=half),
        Config("vulkan"),
        Config("vulkan", ctx=8192, ngl=half),
        Config("vulkan", ngl=0),
        Config("gpu", ctx=8192),
        Config("gpu", ctx=65536, slots=2, ubatch=2048),
        Config("gpu", ctx=6000, slots=3, ubatch=128),
        Config("gpu", ctx=8192, ngl=few),
        Config("gpu", ctx=8192, ngl=half),
        Config("gpu", ctx=8192, args="-nkvo"),
        Config("gpu2", ctx=8192),
        Config("gpu2", ctx=8192, ngl=half),
        Config("rpc2", ctx=8192),
        Config("gpu+rpc", ctx=8192, slots=2),
        Config("plain", ctx=8192),
        Config("plain", ctx=8192, ngl=half),
        Config("plain2", ctx=8192),
    ]
    if name not in CORE and made.arch in core_architectures():
        return [c for c in out if c.key() in THIN] + [Config("gpu", ctx=8192, args="-ncmoe %d" % few)] * bool(made.experts)
    if name in CORE:
        out += [
            Config("cpu", ctx=8192, slots=4, unified=1, ubatch=256),
            Config("cpu", ctx=8192, ctk="q8_0", ctv="q8_0", fa="on"),
            Config("rpc", ctx=32768),
            Config("rpc", ctx=16384, slots=4, unified=1, ubatch=1024),
            Config("vulkan", ctx=16384, slots=2),
            Config("vulkan", ctx=8192, ctk="q8_0", ctv="q4_0", fa="on"),
            Config("gpu", fa="off", ctx=6144, slots=2),
            Config("gpu", ctx=8192, ngl=layers),
            Config("gpu", ctx=8192, ngl=half, fa="off", ubatch=256),
            Config("gpu", ctx=16384, ngl=half, ctk="q4_0", ctv="q4_0", fa="on"),
            Config("gpu2", ctx=16384, slots=4, args="-ts 3,1"),
            Config("gpu2", ctx=8192, args="-sm none -mg 1"),
            Config("rpc2", ctx=8192, ngl=half + 1, args="-ts 1,2"),
            Config("gpu", ctx=2048, args="--embedding"),
            Config("gpu", ngl=half, args="--no-op-offload"),
            Config("rpc", ctx=4096, ctk="bf16", ctv="bf16"),
            Config("gpu3", ctx=8192),
            Config("rpc", ctk="q5_1", fa="on"),
            Config("plain", ctx=16384, slots=4, unified=1, ubatch=1024),
            Config("plain2", ctx=16384, slots=2, unified=1, ubatch=256, args="-ts 1,3"),
            Config("gpu", ctx=256),
            Config("gpu", slots=4, unified=1),
            Config("gpu", ctx=8192, ngl=half, args="-nkvo"),
            Config("rpc", ctx=8192, slots=8),
            Config("plain", ctx=8192, fa="off"),
            Config("plain", ctx=8192, ctk="q8_0", ctv="q8_0", fa="on"),
        ]
        if AMX:
            out += [Config("cpu+amx"), Config("vulkan+amx"), Config("vulkan+amx", ctx=8192, ngl=half)]
    if made and made.experts:
        out += [Config("gpu", ctx=8192, args="-cmoe"), Config("gpu", ctx=8192, args="-ncmoe %d" % few)]
        if name in CORE:
            out += [Config("rpc", ctx=8192, args="-ncmoe %d" % half), Config("gpu2", ctx=8192, args="-ncmoe %d" % few),
                    Config("cpu", ctx=4096, ubatch=2048)]
    if made is None or any("sliding_window" in k for k in made.keys):
        out += [Config("gpu", ctx=16384, slots=2, args="--swa-full"), Config("rpc", ctx=16384, slots=4, ubatch=256)]
    return out


def cuda_configs(name, made):
    """The settings asked where llama-server is built for CUDA and finds one device."""
    if made is not None and made.keys.get("_encoder", False):
        return [Config("cuda", ctx=c, ubatch=c, batch=c, args="--embedding", slots=s) for c, s in ((512, 1), (2048, 4))]
    layers = made.layers if made else 30
    half, few = layers // 2, max(layers // 5, 1)
    out = [Config("cuda", ctx=8192), Config("cuda", ctx=65536, slots=2, ubatch=2048), Config("cuda", ctx=8192, ngl=half)]
    if name in CORE:
        out += [
            Config("cuda", ctx=6000, slots=3, ubatch=128),
            Config("cuda", ctx=16384, slots=4, unified=1, ubatch=1024),
            Config("cuda", ctx=8192, ctk="q8_0", ctv="q8_0", fa="on"),
            Config("cuda", ctx=8192, fa="off"),
            Config("cuda", ctx=8192, ngl=few),
            Config("cuda", ctx=16384, ngl=layers - 1, ubatch=256),
            Config("cuda", ctx=8192, args="-nkvo"),
            Config("cuda", ngl=0),
            Config("cuda", ngl=half, args="--no-op-offload"),
        ]
    if made and made.experts:
        out += [Config("cuda", ctx=8192, args="-cmoe"), Config("cuda", ctx=8192, args="-ncmoe %d" % half)]
    return out


def real_configs(made):
    layers = made.layers if made else 30
    encoder = made is not None and made.keys.get("_encoder", False)
    if encoder:
        return [Config("cpu", ctx=512, args="--embedding"), Config("vulkan", ctx=512, args="--embedding")]
    return [Config("cpu"), Config("cpu", args="repack"), Config("cpu", args="-nr --no-mmap"), Config("vulkan"),
            Config("vulkan", ngl=layers // 2, ctx=8192), Config("vulkan", ngl=0), Config("rpc", ngl=layers // 2),
            Config("vulkan", ctx=8192, slots=4, unified=1, ctk="q8_0", ctv="q8_0", fa="on")]


class Book:
    """What was asked, in OUT/starts.jsonl, and the tables made of it."""

    def __init__(self, out):
        self.path = os.path.join(out, "starts.jsonl")
        self.out, self.starts = out, []
        if os.path.exists(self.path):
            with open(self.path) as stream:
                self.starts = [json.loads(line) for line in stream if line.endswith("\n")]
        self.known = {(s["model"], s["how"], s["key"]) for s in self.starts}

    def add(self, start):
        self.starts.append(start)
        self.known.add((start["model"], start["how"], start["key"]))
        with open(self.path, "a") as stream:
            stream.write(json.dumps(start) + "\n")

    def tables(self):
        truth, refused = os.path.join(self.out, "truth.tsv"), os.path.join(self.out, "refused.tsv")
        with open(truth + ".part", "w") as good, open(refused + ".part", "w") as bad:
            good.write("\t".join(STARTS + ROWS) + "\n")
            bad.write("\t".join(STARTS[1:13] + ["how", "reason"]) + "\n")
            for number, start in enumerate(self.starts, 1):
                head = [start["model"]] + start["columns"]
                if "refused" in start:
                    bad.write("\t".join(str(c) for c in head + [start["how"], start["refused"]]) + "\n")
                    continue
                fact = start["fact"]
                head = [number] + head + [fact["offloaded"], fact["layers"], fact["cells"], fact["fa_used"], fact["copies"]]
                for device, kind_device, kind, size, mib in fact["rows"]:
                    row = [device, kind_device, fact["free"].get(device, ""), kind, size, mib, start["how"]]
                    good.write("\t".join(str(c) for c in head + row) + "\n")
        os.replace(truth + ".part", truth)
        os.replace(refused + ".part", refused)


def save_header(out, name, head, length, source):
    folder = os.path.join(out, "models")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".gguf.gz"), "wb") as raw:
        with gzip.GzipFile("", "wb", 9, raw, 0) as packed:
            packed.write(head)
    path, lines = os.path.join(out, "models.tsv"), {}
    if os.path.exists(path):
        with open(path) as stream:
            lines = {line.split("\t")[0]: line for line in stream.readlines()[1:]}
    lines[name] = "%s\t%d\t%d\t%s\n" % (name, length, len(head), source)
    with open(path, "w") as stream:
        stream.write("model\tfile_bytes\theader_bytes\tsource\n" + "".join(lines[k] for k in sorted(lines)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--models", default=".")
    parser.add_argument("--only", default=".", help="regex on 'pass|real' + settings")
    parser.add_argument("--real-below", type=float, default=1.7, help="real allocations of files below so many GiB")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--cuda", action="store_true", help="ask a build for CUDA about its device, and nothing else")
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args()
    out = os.environ["TRUTH_OUT"] = os.path.abspath(options.out)
    os.makedirs(out, exist_ok=True)
    subprocess.run(["g++", "-shared", "-fPIC", "-O1", "-o", os.path.join(out, "breakdown.so"),
                    os.path.join(HERE, "breakdown.cpp"), "-ldl"], check=True)
    book, end = Book(out), time.monotonic() + 60 * options.minutes
    env = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": BIN, "VK_ICD_FILENAMES": "/nonexistent"}
    peers = [] if options.cuda else [subprocess.Popen([os.path.join(BIN, "ggml-rpc-server"), "-H", "127.0.0.1", "-p", str(p)], env=env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for p in RPC_PORTS]
    scratch = os.path.join(out, "scratch.gguf")
    try:
        for name in list(REAL) + list(models.MODELS):
            if not re.search(options.models, name):
                continue
            made = None if name in REAL else models.MODELS[name]()
            if made is None and options.cuda:
                continue
            if made is None:
                path = os.path.join(PARTS, REAL[name])
                head, length = gguf.blanked_header(path)
                size = os.path.getsize(path)
            else:
                head, length = gguf.header(made.all_keys(), made.tensors)
                path, size = scratch, length
            todo = [(c, False) for c in (cuda_configs if options.cuda else configs)(name, made)]
            if size < options.real_below * GIB and not options.cuda:
                todo += [(c, True) for c in real_configs(made)]
            todo = [(c, r) for c, r in todo if (name, "real" if r else "pass", c.key()) not in book.known
                    and re.search(options.only, ("real " if r else "pass ") + c.key())]
            if not todo:
                continue
            if made is not None:
                with open(scratch, "wb") as stream:
                    stream.write(head)
                    stream.truncate(length)
            failures = 0
            for config, real in todo:
                if time.monotonic() > end:
                    break
                start = {"model": name, "how": "real" if real else "pass", "key": config.key(),
                         "columns": config.columns()}
                lines = ask(path, config, real, options.port)
                try:
                    start["fact"] = read(lines, real)
                except Refused as reason:
                    start["refused"] = str(reason).replace("\t", " ")
                    failures += 1
                    print("%s %s: %s" % (name, config.key(), start["refused"]), flush=True)
                    if not any(s["model"] == name and "fact" in s for s in book.starts):
                        break  # the file itself is no good: nothing is noted
                book.add(start)
            else:
                save_header(out, name, head, length, made.source if made else "real file, vocabulary emptied")
            book.tables()
            print("%s: %d starts, %d refused" % (name, len(todo), failures), flush=True)
            if made is not None:
                os.remove(scratch)
            if time.monotonic() > end:
                break
    finally:
        for peer in peers:
            peer.terminate()
        for peer in peers:
            peer.wait()
        if os.path.exists(scratch):
            os.remove(scratch)


if __name__ == "__main__":
    main()
