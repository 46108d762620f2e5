package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.bench.ModelResult.Cleanup;
import dev.stoker.bench.ModelResult.PromptResult;
import dev.stoker.json.Json;
import dev.stoker.stats.Spread;
import dev.stoker.suite.Task;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.Instant;

/**
 * The report as JSON, as {@code docs/schemas/bench.schema.json} describes it. A figure that is
 * unknown is null, and its reason stands in {@code unknown} beside it. Pure.
 */
public final class ReportJson {
    public static final String SCHEMA = "stoker.bench";
    public static final int VERSION = 1;

    private ReportJson() {}

    public static ObjectNode write(BenchReport report) {
        RunHeader h = report.header();
        ObjectNode o = Json.object();
        o.put("schema", SCHEMA).put("version", VERSION);
        ObjectNode run = o.putObject("run");
        run.put("id", report.id());
        run.put("started", Instant.ofEpochMilli(h.startedEpochMillis()).toString());
        run.put("stoker_version", h.stokerVersion());
        run.put("complete", report.complete());
        if (report.time() instanceof Reading.Known<Duration>(Duration time)) {
            run.put("seconds", time.toNanos() / 1e9);
        } else {
            UnknownJson.missing(run, "seconds", report.time().reason());
        }
        run.put("simulated", h.simulatedBox().isPresent());
        ArrayNode pending = run.putArray("pending");
        report.pending().forEach(pending::add);
        run.put("unreadable_lines", report.unreadableLines());
        ObjectNode server = o.putObject("server");
        server.put("kind", h.serverKind());
        server.put("version", h.serverVersion().isEmpty() ? null : h.serverVersion());
        if (h.serverVersion().isEmpty()) {
            UnknownJson.missing(server, "version", "the server does not tell it");
        }
        server.put("url", h.serverUrl());
        if (h.simulatedBox().isPresent()) {
            server.put("simulated_box", h.simulatedBox().get());
            server.put("simulated_speed", h.simulatedSpeed());
        }
        ObjectNode request = o.putObject("request");
        request.put("iterations", h.request().iterations());
        request.put("unload", EventJson.lower(h.request().unload()));
        request.put("restart", EventJson.lower(h.request().restart()));
        request.put("restart_above_bytes", h.request().restartAbove().count());
        request.put("stall_seconds", h.request().stall().toNanos() / 1e9);
        request.put("seed", h.request().seed());
        request.put("parallel_small", h.request().parallelSmall());
        h.request().contextLength().ifPresent(n -> request.put("context_tokens", n));
        if (h.request().checking().isSuite()) {
            request.put("suite", h.request().checking().suite());
            request.put("run_code", h.request().checking().runCode());
        }
        ArrayNode prompts = request.putArray("prompts");
        for (Task p : h.request().prompts()) {
            prompts.addObject().put("name", p.name()).put("max_tokens", p.maxTokens());
        }
        ObjectNode memory = o.putObject("memory");
        UnknownJson.bytes(memory, "peak_server_bytes", report.peakResident());
        UnknownJson.bytes(memory, "least_available_bytes", report.leastAvailable());
        ArrayNode models = o.putArray("models");
        report.models().forEach(m -> models.add(model(m)));
        return o;
    }

    private static ObjectNode model(ModelResult m) {
        ObjectNode o = Json.object();
        o.put("name", m.name());
        if (m.quantization().isEmpty()) {
            UnknownJson.missing(o, "quantization", "the server does not tell it");
        } else {
            o.put("quantization", m.quantization());
        }
        o.put("outcome", EventJson.lower(m.outcome()));
        o.put("reason", m.reason().isEmpty() ? null : m.reason());
        spread(o, "load_seconds", m.loadSeconds());
        spread(o, "server_load_seconds", m.serverLoadSeconds());
        spread(o, "ttft_ms", m.ttftMillis());
        spread(o, "prompt_tokens_per_second", m.promptTokensPerSecond());
        spread(o, "decode_tokens_per_second", m.decodeTokensPerSecond());
        spread(o, "server_decode_tokens_per_second", m.serverDecodeTokensPerSecond());
        o.set("memory", memory(m));
        o.set("cleanup", cleanup(m.cleanup()));
        o.putObject("requests").put("ok", m.requestsOk()).put("failed", m.requestsFailed());
        o.put("restarts", m.restarts());
        o.put("alone", m.alone());
        ArrayNode prompts = o.putArray("prompts");
        m.prompts().forEach(p -> prompts.add(prompt(p)));
        m.suite().ifPresent(s -> o.set("suite", SuiteJson.write(s)));
        m.spread().ifPresent(s -> o.set("spread", SuiteJson.spread(s)));
        return o;
    }

    private static ObjectNode memory(ModelResult m) {
        ObjectNode o = Json.object();
        phase(o, "before", m.memory().before());
        phase(o, "loaded", m.memory().loaded());
        phase(o, "peak", m.memory().peak());
        phase(o, "after", m.memory().after());
        UnknownJson.bytes(o, "footprint_bytes", m.footprint());
        UnknownJson.bytes(o, "taken_bytes", m.takenBytes());
        UnknownJson.bytes(o, "model_bytes", m.modelBytes());
        UnknownJson.bytes(o, "on_gpu_bytes", m.onGpuBytes());
        return o;
    }

    private static void phase(ObjectNode o, String name, Reading<MemoryMark> mark) {
        if (!(mark instanceof Reading.Known<MemoryMark>(MemoryMark m))) {
            UnknownJson.missing(o, name, mark.reason());
            return;
        }
        ObjectNode p = o.putObject(name);
        UnknownJson.bytes(p, "host_available_bytes", m.hostAvailable());
        UnknownJson.bytes(p, "server_bytes", m.serverResident());
        UnknownJson.bytes(p, "cgroup_bytes", m.cgroup());
    }

    private static ObjectNode cleanup(Cleanup cleanup) {
        ObjectNode o = Json.object();
        switch (cleanup) {
            case Cleanup.Clean c ->
                    o.put("verdict", "clean").put("seconds", c.time().toNanos() / 1e9);
            case Cleanup.Retained c ->
                    o.put("verdict", "retained")
                            .put("seconds", c.time().toNanos() / 1e9)
                            .put("retained_bytes", c.bytes().count());
            case Cleanup.StillLoaded c -> o.put("verdict", "still-loaded");
            case Cleanup.Unverified c ->
                    o.put("verdict", "unverified")
                            .put("seconds", c.time().toNanos() / 1e9)
                            .put("reason", c.reason());
            case Cleanup.None c -> o.put("verdict", "none").put("reason", c.reason());
        }
        return o;
    }

    private static ObjectNode prompt(PromptResult p) {
        ObjectNode o = Json.object();
        o.put("name", p.name());
        if (p.promptTokens() instanceof Reading.Known<Long>(Long n)) {
            o.put("prompt_tokens", n);
        } else {
            UnknownJson.missing(o, "prompt_tokens", p.promptTokens().reason());
        }
        spread(o, "output_tokens", p.outputTokens());
        spread(o, "ttft_ms", p.ttftMillis());
        spread(o, "ttfa_ms", p.ttfaMillis());
        spread(o, "e2e_ms", p.e2eMillis());
        spread(o, "prompt_tokens_per_second", p.promptTokensPerSecond());
        spread(o, "decode_tokens_per_second", p.decodeTokensPerSecond());
        spread(o, "server_decode_tokens_per_second", p.serverDecodeTokensPerSecond());
        if (p.cachedShare() instanceof Reading.Known<Double>(Double share)) {
            o.put("cached_share", share);
        } else {
            UnknownJson.missing(o, "cached_share", p.cachedShare().reason());
        }
        o.put("finish_reason", p.finish());
        return o;
    }

    static void spread(ObjectNode o, String name, Reading<Spread> reading) {
        if (!(reading instanceof Reading.Known<Spread>(Spread s))) {
            UnknownJson.missing(o, name, reading.reason());
            return;
        }
        ObjectNode f = o.putObject(name);
        f.put("mean", s.mean());
        if (s.sd().isPresent()) {
            f.put("sd", s.sd().getAsDouble());
        } else {
            f.putNull("sd");
        }
        f.put("min", s.min()).put("max", s.max()).put("n", s.n());
        if (s.ciLow().isPresent()) {
            f.putArray("ci95").add(s.ciLow().getAsDouble()).add(s.ciHigh().getAsDouble());
        } else {
            f.putNull("ci95");
        }
    }
}
