package dev.stoker.explain.account;

import dev.stoker.base.Bytes;
import dev.stoker.explain.account.Attribution.Cause;
import dev.stoker.explain.account.Circumstance.Server;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says in one sentence where the time went, and what to do. Pure. */
final class Verdict {
    /** From this share of the time on it is what the verdict speaks of. */
    private static final double MUCH = 0.10;

    /** The part of the memory that models can have. */
    private static final double ROOM = 0.95;

    private static final int MOST_ADVICE = 6;

    private final Ledger sums;
    private final Circumstance around;
    private final List<ModelAccount> swapped;
    private final List<Cause> causes;
    private final double swap;

    Verdict(Ledger sums, Circumstance around, List<ModelAccount> loaded, List<Cause> causes) {
        this.sums = sums;
        this.around = around;
        this.swapped = loaded.stream().filter(m -> m.swapMicros() > 0).toList();
        this.causes = causes;
        this.swap = part(sums.swapMicros);
    }

    private enum Together {
        FIT,
        DO_NOT_FIT,
        NOT_KNOWN
    }

    /** The cause that cost most. */
    private Optional<Why> main() {
        Map<Why, Long> cost = new EnumMap<>(Why.class);
        for (ModelAccount m : swapped) {
            m.causes.forEach((why, c) -> {
                if (why.isSwap()) {
                    cost.merge(why, c[1], Long::sum);
                }
            });
        }
        return cost.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }

    private long bytes() {
        return swapped.stream().mapToLong(m -> m.bytes).sum();
    }

    private Together together() {
        if (around.memoryBytes() <= 0 || swapped.stream().anyMatch(m -> m.bytes <= 0)) {
            return Together.NOT_KNOWN;
        }
        return bytes() <= around.memoryBytes() * ROOM ? Together.FIT : Together.DO_NOT_FIT;
    }

    String sentence() {
        if (sums.requests == 0) {
            return "There is no request to a model in it"
                    + (sums.loads == 0
                            ? "."
                            : ", but " + Amounts.count(sums.loads, "load", "loads") + ".");
        }
        if (sums.failed * 2 > sums.requests) {
            return sums.failed
                    + " of "
                    + Amounts.count(sums.requests, "request", "requests")
                    + " failed; of the time, "
                    + Amounts.percent(part(sums.loadMicros))
                    + " waited for loads.";
        }
        Optional<Why> why = main();
        if (swap >= MUCH && why.isPresent()) {
            return Amounts.percent(swap) + " of the time was " + swapping(why.get()) + ".";
        }
        double queue = part(sums.queueMicros);
        if (queue >= MUCH) {
            return Amounts.percent(queue)
                    + " of the time was waiting for a slot: more requests came at once than the "
                    + around.slots()
                    + " that are computed together.";
        }
        if (part(sums.fallbackMicros) >= MUCH) {
            return Amounts.percent(part(sums.fallbackMicros))
                    + " of the time was computed on the CPU, where a GPU should have done it.";
        }
        double first = part(sums.loadMicros - sums.swapMicros);
        if (first >= MUCH) {
            return Amounts.percent(first)
                    + " of the time was waiting for first loads"
                    + (swap > 0
                            ? "; loading models again cost " + Amounts.percent(swap) + "."
                            : "; no model was loaded again.");
        }
        return usual();
    }

    private String usual() {
        String lost =
                sums.loadMicros > 0
                        ? Amounts.percent(part(sums.loadMicros)) + " waited for loads"
                        : "nothing waited for loads";
        if (sums.unsplitMicros > sums.promptMicros + sums.answerMicros) {
            return Amounts.percent(part(sums.unsplitMicros))
                    + " of the time was reading prompts and writing answers; "
                    + lost
                    + ".";
        }
        boolean prompt = sums.promptMicros > sums.answerMicros;
        long micros = prompt ? sums.promptMicros : sums.answerMicros;
        long tokens = prompt ? sums.promptTokens : sums.answerTokens;
        String rate =
                micros > 0 && tokens > 0
                        ? String.format(Locale.ROOT, " (%.1f tok/s)", tokens * 1e6 / micros)
                        : "";
        return Amounts.percent(part(micros))
                + " of the time was "
                + (prompt ? "reading prompts" : "writing answers")
                + rate
                + "; "
                + lost
                + ".";
    }

    private String swapping(Why why) {
        String one = swapped.size() == 1 ? Amounts.shown(swapped.getFirst().name) : "models";
        return switch (why) {
            case CONTEXT ->
                    "loading " + one + " again because clients ask for different context lengths";
            case OPTIONS -> "loading " + one + " again because clients ask for different options";
            case DIED -> "loading " + one + " again after the runner had died";
            case OUT_OF_MEMORY -> "loading " + one + " again after a load that ran out of memory";
            case SLEPT -> "waking " + one + " up";
            default ->
                    swapped.size() == 1
                            ? "loading " + one + " again: " + why.words() + after(why)
                            : "swapping among "
                                    + Amounts.number(swapped.size())
                                    + " models"
                                    + fit()
                                    + ", mostly because "
                                    + why.words()
                                    + after(why);
        };
    }

    private String after(Why why) {
        return why == Why.KEEP_ALIVE
                ? " after " + GoDuration.words(around.keepAliveMicros())
                : why == Why.COUNT && around.mostModels() > 0
                        ? " (OLLAMA_MAX_LOADED_MODELS=" + around.mostModels() + ")"
                        : "";
    }

    private String fit() {
        String sizes = Bytes.of(bytes()).binary();
        String memory = Bytes.of(Math.max(0, around.memoryBytes())).binary();
        return switch (together()) {
            case FIT -> " that fit together (" + sizes + " of " + memory + ")";
            case DO_NOT_FIT -> " that do not fit together (" + sizes + " into " + memory + ")";
            case NOT_KNOWN -> "";
        };
    }

    List<String> next() {
        List<String> next = new ArrayList<>();
        if (sums.requests > 0 && swap >= MUCH) {
            main().ifPresent(why -> settings(why, next));
        }
        for (Cause cause : causes) {
            advice(cause).ifPresent(next::add);
        }
        if (next.isEmpty() && sums.requests > 0) {
            next.add("Take one request apart: stoker explain --probe MODEL");
        }
        return next.stream().distinct().limit(MOST_ADVICE).toList();
    }

    private void settings(Why why, List<String> next) {
        List<String> set = set();
        String names = String.join(" ", set);
        if (why == Why.CONTEXT || why == Why.OPTIONS) {
            next.add(
                    "Let all clients send the same num_ctx, or none and set OLLAMA_CONTEXT_LENGTH"
                            + " for all.");
        } else if (why == Why.ABORTED || why == Why.DIED || why == Why.OUT_OF_MEMORY) {
            return;
        } else if (why == Why.ASKED) {
            next.add(
                    "Find the client that sends keep_alive 0 or a short one: it counts for all, and"
                            + " more than OLLAMA_KEEP_ALIVE.");
        } else if (why == Why.SLEPT) {
            next.add("Start llama-server with a longer --sleep-idle-seconds.");
        } else if (around.server() == Server.OTHER) {
            next.add(seeFirst(set));
        } else if (around.server() != Server.OLLAMA) {
            next.add("Start the router with --models-max " + Math.max(2, set.size()) + ".");
            next.add(seeFirst(set));
        } else if (together() == Together.DO_NOT_FIT || why == Why.MEMORY) {
            next.add(
                    "See which contexts, KV types or quantisations let them stay together: stoker"
                            + " plan "
                            + names);
        } else {
            boolean tooFew = around.mostModels() > 0 && around.mostModels() < set.size();
            next.add(
                    "Set OLLAMA_KEEP_ALIVE=-1"
                            + (why == Why.COUNT || tooFew
                                    ? " and OLLAMA_MAX_LOADED_MODELS=" + Math.max(2, set.size())
                                    : "")
                            + " for the server: sudo systemctl edit ollama, and restart it.");
            next.add(seeFirst(set));
            next.add(
                    "Then keep "
                            + (set.size() == 1 ? "it" : "them")
                            + " ready: stoker warm "
                            + names);
        }
    }

    /** Returns the models that want to stay, and those that pushed them out. */
    private List<String> set() {
        TreeSet<String> set = new TreeSet<>();
        swapped.forEach(m -> set.add(Amounts.shown(m.name)));
        Set<String> victims = swapped.stream().map(m -> m.name).collect(Collectors.toSet());
        for (List<String> pair : sums.evictions.keySet()) {
            if (victims.contains(sums.model(pair.getLast()).name)) {
                set.add(Amounts.shown(sums.model(pair.getFirst()).name));
            }
        }
        return set.stream().limit(MOST_ADVICE).toList();
    }

    private static String seeFirst(List<String> set) {
        return "See first that "
                + (set.size() == 1 ? "it fits" : "they fit together")
                + ": stoker plan "
                + String.join(" ", set);
    }

    private static Optional<String> advice(Cause cause) {
        return switch (cause.code()) {
            case "queue.slots" ->
                    cause.share().orElse(1) < 0.02
                            ? Optional.empty()
                            : Optional.of(
                                    "Raise OLLAMA_NUM_PARALLEL (-np) as far as it fits: stoker plan"
                                            + " MODEL --parallel N");
            case "gpu.cpu-fallback" ->
                    Optional.of(
                            "See whether the GPU is there, and restart the server when it is:"
                                    + " stoker gpu");
            case "run.client-kills-load" ->
                    Optional.of("Give clients a longer timeout than the longest load.");
            case "run.ghost" ->
                    Optional.of(
                            "Look for the out-of-memory killer: journalctl -k --grep"
                                    + " 'out of memory'");
            case "ctx.truncated", "ctx.shifted" ->
                    Optional.of(
                            "Raise num_ctx (OLLAMA_CONTEXT_LENGTH) as far as it fits: stoker plan"
                                    + " MODEL --ctx N");
            case "probe.wakes" ->
                    Optional.of("Do not look at /metrics or /slots of a model that may sleep.");
            case "swap.doomed" ->
                    Optional.of("Find the request that can never fit: stoker plan MODEL --ctx N");
            default -> Optional.empty();
        };
    }

    private double part(long micros) {
        return sums.totalMicros <= 0 ? 0 : (double) micros / sums.totalMicros;
    }
}
