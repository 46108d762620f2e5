#!/usr/bin/env python3
"""Cheap stand-ins for servers, for bench/watch: what they answer is prepared, and they keep connections open.

    servers.py ollama PORT RUNNER_PORT FILE    Ollama with one model, and below it the runner that computes it
    servers.py llama-server --port PORT --model FILE
    servers.py vllm PORT
"""

import asyncio
import json
import subprocess
import sys

NAME = "qwen3:8b"


def answer(body, kind="application/json", more=""):
    if not isinstance(body, str):
        body = json.dumps(body)
    data = body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def missing():
    return b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nnot found"


def ollama(file):
    model = {
        "name": NAME, "model": NAME, "size": 6_800_000_000, "size_vram": 6_800_000_000, "digest": "5" * 64,
        "details": {"parent_model": "", "format": "gguf", "family": "qwen3", "families": ["qwen3"],
                    "parameter_size": "8.2B", "quantization_level": "Q4_K_M"},
        "expires_at": "2318-11-25T10:00:00.123456789Z", "context_length": 8192,
    }
    return {
        "/": answer("Ollama is running", "text/plain"),
        "/api/version": answer({"version": "0.33.0"}),
        "/api/ps": answer({"models": [model]}),
        "/api/show": answer({"modelfile": f"# Modelfile\nFROM {file}\nTEMPLATE x\n"}),
    }


def llama_server(file):
    slot = {
        "id": 0, "n_ctx": 8192, "speculative": False, "is_processing": True, "id_task": 42, "n_prompt_tokens": 900,
        "params": {"seed": 4294967295, "temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05,
                   "samplers": ["penalties", "dry", "top_n_sigma", "top_k", "typ_p", "top_p", "min_p", "xtc"],
                   "stop": [], "n_predict": 512, "stream": True, "chat_format": "Content-only"},
        "next_token": [{"has_next_token": True, "has_new_line": False, "n_remain": 300, "n_decoded": "#####"}],
    }
    server = "Server: llama.cpp\r\n"
    return {
        "/": answer({}, more=server),
        "/health": answer({"status": "ok"}, more=server),
        "/props": answer({"default_generation_settings": {"n_ctx": 8192}, "total_slots": 4, "model_path": file,
                          "build_info": "b10434-0000000", "is_sleeping": False}, more=server),
        "/v1/models": answer({"data": [{"id": "model.gguf", "meta": {"n_ctx": 8192}}]}, more=server),
        "/slots": answer([dict(slot, id=i) for i in range(4)], more=server).replace(b'"#####"', b"  #####"),
    }


def vllm():
    """A page of some 100 kB, as large as vLLM's: two engines, one model, histograms with all their buckets."""
    lines = ["# HELP process_start_time_seconds Start time.", "# TYPE process_start_time_seconds gauge",
             "process_start_time_seconds 1.79535e+09"]
    engines = [f'engine="{e}",model_name="meta-llama/Llama-3.1-70B-Instruct"' for e in range(2)]
    plain = {
        "gauge": ["vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc"],
        "counter": [f"vllm:{n}_total" for n in (
            "prompt_tokens", "prompt_tokens_cached", "generation_tokens", "request_success", "num_preemptions",
            "prefix_cache_queries", "prefix_cache_hits", "external_prefix_cache_queries", "mm_cache_queries")],
    }
    for kind, names in plain.items():
        for name in names:
            lines += [f"# HELP {name} What it counts, in a sentence.", f"# TYPE {name} {kind}"]
            lines += [f"{name}{{{labels}}} #####" for labels in engines]
    for name in ("time_to_first_token_seconds", "inter_token_latency_seconds", "request_prompt_tokens",
                 "request_generation_tokens", "iteration_tokens_total", "request_max_num_generation_tokens",
                 "request_params_n", "request_params_max_tokens", "e2e_request_latency_seconds",
                 "request_queue_time_seconds", "request_inference_time_seconds", "request_prefill_time_seconds",
                 "request_decode_time_seconds", "request_time_per_output_token_seconds"):
        full = "vllm:" + name
        lines += [f"# HELP {full} Histogram of it.", f"# TYPE {full} histogram"]
        for labels in engines:
            lines += [f'{full}_bucket{{{labels},le="{i * 0.25}"}} {i * 10}.0' for i in range(1, 36)]
            lines += [f'{full}_bucket{{{labels},le="+Inf"}} 400.0', f"{full}_sum{{{labels}}} 12.5",
                      f"{full}_count{{{labels}}} 400.0"]
    return {
        "/": missing(),
        "/health": answer(""),
        "/version": answer({"version": "0.11.0"}),
        "/v1/models": answer({"object": "list", "data": [{"id": "meta-llama/Llama-3.1-70B-Instruct", "object": "model",
                                                          "owned_by": "vllm", "max_model_len": 8192}]}),
        "/metrics": answer("\n".join(lines) + "\n", "text/plain; version=0.0.4"),
    }


class Conversation(asyncio.Protocol):
    questions = 0

    def __init__(self, answers):
        self.answers = answers
        self.got = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.got += data
        head, end, rest = self.got.partition(b"\r\n\r\n")
        if not end:
            return
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if len(rest) < length:
            return
        self.got = b""
        path = head.split(b" ", 2)[1].decode()
        answer = self.answers.get(path, missing())
        Conversation.questions += 1
        # What a busy server counts is another number each time.
        self.transport.write(answer.replace(b"#####", b"%05d" % (10000 + Conversation.questions % 80000)))
        if b"Connection: close" in head:
            self.transport.close()


async def serve(port, answers):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(answers), "127.0.0.1", port)
    await server.serve_forever()


def main():
    kind, *rest = sys.argv[1:]
    if kind == "ollama":
        port, runner_port, file = rest
        subprocess.Popen([sys.executable, __file__, "llama-server", "--port", runner_port, "--model", file])
        asyncio.run(serve(int(port), ollama(file)))
    elif kind == "llama-server":
        asyncio.run(serve(int(rest[1]), llama_server(rest[3])))
    else:
        asyncio.run(serve(int(rest[0]), vllm()))


if __name__ == "__main__":
    main()
