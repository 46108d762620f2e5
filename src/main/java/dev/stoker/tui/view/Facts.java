package dev.stoker.tui.view;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.host.ProcessDetails;
import dev.stoker.machine.GpuUser;
import dev.stoker.rules.Alert;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.Rates;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.Work;
import dev.stoker.watch.ModelView;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that is known of what is selected, and why the rest is not. Pure. */
final class Facts {
    private Facts() {}

    static List<Fact> of(Scene scene, ModelView model, Figures f) {
        ModelState state = model.state();
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of("name", String.join(", ", names(state))));
        facts.add(Fact.of("server", model.serverTitle() + " at " + model.server().url()));
        facts.add(Fact.of("condition", condition(state.condition())));
        ModelPanel.alert(scene, model).ifPresent(a -> facts.add(Fact.of("alert", alert(a))));
        facts.add(Fact.of("memory, the server says", state.total(), Bytes::binary));
        facts.add(Fact.of("on GPUs, the server says", state.onGpu(), Bytes::binary));
        facts.add(Fact.of("share on GPUs", state.onGpuShare(), s -> Math.round(s * 100) + " %"));
        facts.add(
                Fact.of(
                        "on GPUs, the driver says",
                        model.gpuMemory(),
                        m ->
                                m.isEmpty()
                                        ? "nothing"
                                        : String.join(
                                                ", ",
                                                m.entrySet().stream().map(Facts::held).toList())));
        facts.add(
                Fact.of(
                        "process",
                        model.process(),
                        p ->
                                p.process().pid()
                                        + ", "
                                        + p.resident().map(Bytes::binary).orElse("?")
                                        + " in the host's memory"));
        facts.add(Fact.of("context", state.contextLength(), n -> n + " tokens"));
        facts.addAll(of(state.work()));
        facts.addAll(of(model.rates(), f));
        facts.add(
                Fact.of(
                        "unloads in",
                        state.expiresAt(),
                        t -> f.until(Reading.known(t), scene.now()) + expiry(t)));
        facts.add(Fact.of("file", state.file(), Text::plain));
        facts.add(Fact.of("digest", state.digest(), Text::plain));
        return facts;
    }

    private static String held(Map.Entry<Integer, Bytes> part) {
        return "GPU " + part.getKey() + " " + part.getValue().binary();
    }

    private static String expiry(Instant time) {
        return time.getEpochSecond() > Integer.MAX_VALUE * 4L ? "" : " (" + time + ")";
    }

    private static List<String> names(ModelState state) {
        List<String> names = new ArrayList<>(List.of(state.name()));
        names.addAll(state.otherNames());
        return names;
    }

    private static String alert(Alert alert) {
        return alert.sentence() + (alert.next().isEmpty() ? "" : " " + alert.next());
    }

    static String condition(ModelCondition condition) {
        return switch (condition) {
            case ModelCondition.Loaded _ -> "in memory";
            case ModelCondition.Loading(String detail) ->
                    "on its way into memory" + (detail.isEmpty() ? "" : ": " + detail);
            case ModelCondition.Sleeping _ -> "out of memory until the next request";
            case ModelCondition.Failed(Reading<Long> code) ->
                    "could not be loaded, or its runner ended"
                            + code.map(c -> ", with exit code " + c).orElse("");
            case ModelCondition.RunnerGone _ ->
                    "listed as loaded, but its runner is gone; the next request loads it again";
            case ModelCondition.Silent(String detail) ->
                    "its runner lives and does not answer"
                            + (detail.isEmpty() ? "" : ": " + detail);
        };
    }

    private static List<Fact> of(Work work) {
        return List.of(
                Fact.of("running", work.running(), String::valueOf),
                Fact.of("waiting", work.waiting(), String::valueOf),
                Fact.of("slots", work.slots(), String::valueOf),
                Fact.of("busy slots", work.busySlots(), String::valueOf),
                Fact.of("KV cache used", work.kvCacheUse(), s -> Math.round(s * 100) + " %"));
    }

    private static List<Fact> of(Rates rates, Figures f) {
        return List.of(
                Fact.of(
                        "tokens/s",
                        rates.generatedTokens(),
                        p ->
                                f.pace(Reading.known(p))
                                        + (p.atLeast() ? ": requests may have ended unseen" : "")),
                Fact.of("prompt tokens/s", rates.promptTokens(), Figures::three),
                Fact.of("requests/s", rates.finishedRequests(), Figures::three),
                Fact.of("TTFT, mean", rates.meanTtft(), Figures::duration),
                Fact.of("gap between tokens", rates.meanItl(), Figures::duration),
                Fact.of(
                        "prefix cache hits",
                        rates.prefixHitRate(),
                        s -> Math.round(s * 100) + " %"),
                Fact.of("drafts taken", rates.draftAcceptance(), s -> Math.round(s * 100) + " %"),
                Fact.of("preemptions/s", rates.preemptions(), Figures::three));
    }

    static List<Fact> of(Scene scene, ServerState server, Figures f) {
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of("address", server.endpoint().url()));
        facts.add(Fact.of("kind", server.identity(), ServerIdentity::title));
        String why = server.health().reason();
        facts.add(Fact.of("health", server.health().code() + (why.isEmpty() ? "" : ": " + why)));
        facts.add(Fact.of("answers in", server.answerTime(), Figures::duration));
        facts.add(Fact.of("models", server.models(), m -> Integer.toString(m.size())));
        facts.addAll(of(server.work()));
        facts.addAll(of(ServerPanel.rates(scene, server), f));
        facts.add(Fact.of("build", server.settings().build(), Text::plain));
        facts.add(Fact.of("context", server.settings().contextLength(), n -> n + " tokens"));
        facts.add(Fact.of("most models", server.settings().mostModels(), String::valueOf));
        return facts;
    }

    static List<Fact> of(ProcessRow row, Instant now) {
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of("process", Long.toString(row.pid())));
        facts.add(Fact.of("model", row.model(), Text::plain));
        for (GpuUser user : row.uses()) {
            facts.add(
                    Fact.of(
                            "on GPU " + user.gpu().device().index(),
                            user.use().memory(),
                            Bytes::binary));
            facts.add(
                    Fact.of(
                            "its shaders there",
                            user.use().smPercent(),
                            p -> Math.round(p) + " %"));
        }
        if (row.details() instanceof Reading.Known<ProcessDetails>(ProcessDetails d)) {
            facts.add(Fact.of("user", d.user(), Text::plain));
            facts.add(
                    Fact.of(
                            "runs for",
                            d.started(),
                            t -> Figures.age(now.getEpochSecond() - t.getEpochSecond())));
            facts.add(Fact.of("CPU", d.cpuPercent(), p -> Math.round(p) + " % of one processor"));
            facts.add(Fact.of("resident", d.resident(), Bytes::binary));
            facts.add(
                    Fact.of(
                            "container",
                            d.container(),
                            c -> c.isEmpty() ? "none" : row.container()));
            facts.add(Fact.of("parent", Long.toString(d.process().parent())));
            facts.add(Fact.of("command", row.command(true)));
        } else {
            facts.add(Fact.of("details", row.details(), d -> ""));
        }
        return facts;
    }

    /** Puts into one line: what is known best first, then what is unknown, and why. */
    static String line(String head, List<Fact> facts) {
        String unknown = Fact.unknown(facts);
        return head + (unknown.isEmpty() ? "" : ". Unknown: " + unknown);
    }

    static String line(Scene scene, ModelView model, Figures f) {
        Optional<Alert> alert = ModelPanel.alert(scene, model);
        String head =
                model.name()
                        + ": "
                        + alert.map(Facts::alert).orElse(condition(model.state().condition()));
        return line(head, of(scene, model, f));
    }
}
