package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.ModelResult;
import dev.stoker.stats.Spread;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A benchmark's result as CSV, one line a model; an unknown figure is an empty field. Stateless.
 */
final class BenchCsv {
    private BenchCsv() {}

    static void print(PrintWriter out, BenchReport report) {
        out.println(
                "run,model,quantization,outcome,reason,load_seconds,ttft_ms,prompt_tokens_per_second,"
                    + "decode_tokens_per_second,decode_sd,decode_min,decode_max,n,"
                    + "server_decode_tokens_per_second,taken_bytes,model_bytes,on_gpu_bytes,cleanup");
        for (ModelResult m : report.models()) {
            List<String> f = new ArrayList<>();
            f.add(report.id());
            f.add(m.name());
            f.add(m.quantization());
            f.add(m.outcome().name().toLowerCase(Locale.ROOT));
            f.add(m.reason());
            f.add(mean(m.loadSeconds()));
            f.add(mean(m.ttftMillis()));
            f.add(mean(m.promptTokensPerSecond()));
            f.add(mean(m.decodeTokensPerSecond()));
            if (m.decodeTokensPerSecond() instanceof Reading.Known<Spread>(Spread s)) {
                f.add(s.sd().isPresent() ? Double.toString(s.sd().getAsDouble()) : "");
                f.add(Double.toString(s.min()));
                f.add(Double.toString(s.max()));
                f.add(Integer.toString(s.n()));
            } else {
                f.addAll(List.of("", "", "", "0"));
            }
            f.add(mean(m.serverDecodeTokensPerSecond()));
            f.add(bytes(m.takenBytes()));
            f.add(bytes(m.modelBytes()));
            f.add(bytes(m.onGpuBytes()));
            f.add(cleanup(m.cleanup()));
            out.println(Csv.line(f));
        }
    }

    private static String cleanup(ModelResult.Cleanup cleanup) {
        return switch (cleanup) {
            case ModelResult.Cleanup.Clean c -> "clean";
            case ModelResult.Cleanup.Retained c -> "retained";
            case ModelResult.Cleanup.StillLoaded c -> "still-loaded";
            case ModelResult.Cleanup.Unverified c -> "unverified";
            case ModelResult.Cleanup.None c -> "none";
        };
    }

    private static String mean(Reading<Spread> reading) {
        return reading instanceof Reading.Known<Spread>(Spread s) ? Double.toString(s.mean()) : "";
    }

    private static String bytes(Reading<Bytes> reading) {
        return reading instanceof Reading.Known<Bytes>(Bytes b) ? Long.toString(b.count()) : "";
    }
}
