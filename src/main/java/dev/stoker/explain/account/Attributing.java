package dev.stoker.explain.account;

import dev.stoker.explain.account.Attribution.Cause;
import dev.stoker.explain.account.Attribution.Eviction;
import dev.stoker.explain.account.Attribution.Model;
import dev.stoker.explain.account.Attribution.Parts;
import dev.stoker.explain.account.Circumstance.Server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Makes shares, causes and a verdict from sums. Pure. */
final class Attributing {
    private static final int MOST_LISTED = 20;

    private final Ledger sums;
    private final Circumstance around;
    private final List<ModelAccount> loaded;

    private Attributing(Ledger sums, Circumstance around) {
        this.sums = sums;
        this.around = around;
        this.loaded =
                sums.models.values().stream()
                        .filter(m -> m.loads > 0)
                        .sorted(Comparator.comparingLong(m -> -waited(m)))
                        .toList();
    }

    static Attribution of(Ledger sums, Circumstance around) {
        return new Attributing(sums, around).make();
    }

    private Attribution make() {
        List<Cause> causes = new ArrayList<>();
        loadCauses(causes);
        patterns(causes);
        timeCauses(causes);
        qualityCauses(causes);
        causes.sort(Comparator.comparingDouble(c -> -c.share().orElse(-1)));
        Verdict verdict = new Verdict(sums, around, loaded, causes);
        return new Attribution(
                around,
                sums.requests,
                sums.failed,
                sums.totalMicros / 1e3,
                parts(),
                sums.waited,
                share(sums.swapMicros),
                loaded.stream().limit(MOST_LISTED).map(Attributing::model).toList(),
                evictions(),
                causes,
                verdict.sentence(),
                verdict.next());
    }

    private Parts parts() {
        boolean ollama = around.server() == Server.OLLAMA;
        boolean split = sums.answers > 0;
        return new Parts(
                OptionalDouble.empty(),
                only(ollama && split, sums.queueMicros),
                only(true, sums.loadMicros),
                sums.stages.shares(sums.loadMicros, sums.totalMicros),
                only(split, sums.promptMicros),
                only(split, sums.answerMicros),
                OptionalDouble.empty(),
                only(sums.unsplitMicros > 0, sums.unsplitMicros),
                only(ollama, sums.otherMicros));
    }

    private OptionalDouble only(boolean told, long micros) {
        return told && sums.totalMicros > 0 ? known(micros) : OptionalDouble.empty();
    }

    private OptionalDouble known(long micros) {
        return OptionalDouble.of(share(micros));
    }

    private double share(long micros) {
        return sums.totalMicros <= 0 ? 0 : (double) micros / sums.totalMicros;
    }

    private static long waited(ModelAccount m) {
        return m.causes.values().stream().mapToLong(c -> c[1]).sum();
    }

    private static Model model(ModelAccount m) {
        long done = m.loads - m.failed;
        return new Model(
                Amounts.shown(m.name),
                m.loads,
                m.swaps(),
                done > 0 ? m.loadMicros / 1e6 / done : 0,
                waited(m) / 1e3,
                m.bytes,
                m.causes.entrySet().stream()
                        .filter(e -> e.getKey().isSwap())
                        .max(Comparator.comparingLong(e -> e.getValue()[0]))
                        .map(e -> e.getKey().words())
                        .orElse(""));
    }

    private List<Eviction> evictions() {
        return sums.evictions.entrySet().stream()
                .sorted(
                        Map.Entry.<List<String>, Long>comparingByValue()
                                .reversed()
                                .thenComparing(e -> String.join(" ", e.getKey())))
                .limit(MOST_LISTED)
                .map(e ->
                        new Eviction(
                                Amounts.shown(sums.model(e.getKey().getFirst()).name),
                                Amounts.shown(sums.model(e.getKey().getLast()).name),
                                e.getValue(),
                                sums.askers.getOrDefault(e.getKey(), Set.of()).stream()
                                        .map(Amounts::shown)
                                        .toList()))
                .toList();
    }

    private void loadCauses(List<Cause> causes) {
        Map<Why, long[]> all = new EnumMap<>(Why.class);
        for (ModelAccount m : loaded) {
            m.causes.forEach((why, c) -> {
                long[] sum = all.computeIfAbsent(why, _ -> new long[2]);
                sum[0] += c[0];
                sum[1] += c[1];
            });
        }
        all.forEach((why, sum) ->
                causes.add(
                        new Cause(
                                why.code(),
                                known(sum[1]),
                                Amounts.count(sum[0], "load", "loads")
                                        + ", for which requests waited "
                                        + Amounts.seconds(sum[1])
                                        + ": "
                                        + why.words()
                                        + detail(why)
                                        + ".")));
    }

    private String detail(Why why) {
        return switch (why) {
            case KEEP_ALIVE ->
                    " after "
                            + GoDuration.words(around.keepAliveMicros())
                            + (around.keepAliveKnown()
                                    ? ""
                                    : " (the usual time: the log tells none)");
            case CONTEXT -> contexts();
            case COUNT ->
                    around.mostModels() > 0
                            ? " (OLLAMA_MAX_LOADED_MODELS=" + around.mostModels() + ")"
                            : "";
            default -> "";
        };
    }

    private String contexts() {
        return loaded.stream()
                .filter(m -> m.causes.containsKey(Why.CONTEXT))
                .findFirst()
                .map(m -> {
                    List<String> lengths =
                            m.contexts.stream().limit(5).map(String::valueOf).toList();
                    return " ("
                            + Amounts.shown(m.name)
                            + ": "
                            + String.join(", ", lengths)
                            + (m.names.size() > 1
                                    ? "; under the names "
                                            + Amounts.shown(String.join(", ", m.names))
                                    : "")
                            + ")";
                })
                .orElse("");
    }

    private void patterns(List<Cause> causes) {
        boolean pairs = sums.alternations >= sums.cycles;
        long times = pairs ? sums.alternations : sums.cycles;
        if (times < 2 || times * 4 < sums.loads) {
            return;
        }
        causes.add(
                remark(
                        "swap.alternation",
                        times
                                + " of "
                                + sums.loads
                                + (pairs
                                        ? " loads brought back the model that the load before had"
                                                + " replaced (A, B, A, B)."
                                        : " loads went round three models (A, B, C, A).")));
    }

    private static Cause remark(String code, String evidence) {
        return new Cause(code, OptionalDouble.empty(), evidence);
    }

    private void timeCauses(List<Cause> causes) {
        if (sums.queued > 0 && around.server() == Server.OLLAMA) {
            causes.add(
                    new Cause(
                            "queue.slots",
                            known(sums.queueMicros),
                            Amounts.count(sums.queued, "request", "requests")
                                    + " waited "
                                    + Amounts.seconds(sums.queueMicros)
                                    + " in all while others ran; slots for each model: "
                                    + around.slots()
                                    + "."));
        } else if (sums.queued > 0) {
            causes.add(
                    remark(
                            "queue.slots",
                            Amounts.count(sums.queued, "request", "requests")
                                    + " began the moment a slot was free, after all were taken"
                                    + " (slots: "
                                    + around.slots()
                                    + "): these had waited."));
        }
        if (sums.fallbackLoads > 0) {
            causes.add(
                    new Cause(
                            "gpu.cpu-fallback",
                            known(sums.fallbackMicros),
                            Amounts.count(sums.fallbackLoads, "load", "loads")
                                    + " that should have used the GPU got the CPU, without an error"
                                    + (sums.gpuLost > 0
                                            ? "; the GPU's memory could not be read "
                                                    + Amounts.count(sums.gpuLost, "time", "times")
                                            : "")
                                    + "."));
        }
        if (sums.aborted > 0) {
            causes.add(
                    remark(
                            "run.client-kills-load",
                            Amounts.count(sums.aborted, "load was", "loads were")
                                    + " given up because the client went away; whoever waited with"
                                    + " it began again."));
        }
        if (sums.failedLoads > 0) {
            causes.add(
                    remark(
                            "load.failed",
                            Amounts.count(sums.failedLoads, "load", "loads")
                                    + " did not succeed."));
        }
        if (around.wakesForNothing() > 0) {
            causes.add(
                    remark(
                            "probe.wakes",
                            Amounts.count(around.wakesForNothing(), "time", "times")
                                    + " the sleeping model was loaded and nobody asked it anything:"
                                    + " a look at /metrics or /slots wakes it."));
        }
    }

    private void qualityCauses(List<Cause> causes) {
        if (sums.truncated > 0) {
            causes.add(
                    remark(
                            "ctx.truncated",
                            Amounts.count(sums.truncated, "prompt was", "prompts were")
                                    + " cut without a word to the client, by "
                                    + sums.truncatedTokens
                                    + " tokens in all."));
        }
        if (sums.shifts > 0) {
            causes.add(
                    remark(
                            "ctx.shifted",
                            Amounts.count(sums.shifts, "time", "times")
                                    + " an answer outgrew its context, and its beginning was"
                                    + " forgotten."));
        }
        for (ModelAccount m : loaded) {
            if (m.mostLayers > 0 && m.fewestLayers < m.mostLayers) {
                causes.add(
                        remark(
                                "reload.fewer-layers",
                                Amounts.shown(m.name)
                                        + " was loaded with "
                                        + m.fewestLayers
                                        + " to "
                                        + m.mostLayers
                                        + " of its "
                                        + m.allLayers
                                        + " layers on the GPU."));
            }
        }
    }
}
