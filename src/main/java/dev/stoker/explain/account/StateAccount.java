package dev.stoker.explain.account;

import dev.stoker.base.Reading;
import dev.stoker.explain.account.Circumstance.Server;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.SlotState;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the account of a server of which nothing but its state is seen, again and again: what it
 * was doing at a look counts for the time since the look before. Used by one thread.
 */
public final class StateAccount {
    private static final long LONGEST_STEP_MICROS = 10_000_000;
    private static final long SOON_SECONDS = 2;

    private final Ledger ledger = new Ledger();
    private final Map<String, Why> gone = new HashMap<>();
    private final Map<String, Long> leftAt = new HashMap<>();
    private final Map<String, String> by = new HashMap<>();
    private final Map<String, Long> tasks = new HashMap<>();
    private @Nullable ServerState last;
    private long running;
    private long waiting;
    private long slots;
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;

    /** Takes the next look. */
    public void next(ServerState state) {
        ServerState before = last;
        last = state;
        lastMicros = micros(state.takenAt());
        firstMicros = Math.min(firstMicros, lastMicros);
        if (before == null) {
            return;
        }
        long step = Math.clamp((state.nanos() - before.nanos()) / 1000, 0, LONGEST_STEP_MICROS);
        List<ModelState> models = state.models().orElse(List.of());
        if (state.models().isKnown() && before.models().isKnown()) {
            changes(before, state);
        }
        boolean told = false;
        for (ModelState model : models) {
            told |= works(model, step);
        }
        long now = state.work().running().orElse(0L);
        if (!told) {
            ledger.unsplitMicros += now * step;
            ledger.totalMicros += now * step;
            ledger.requests += Math.max(0, now - running);
        }
        running = now;
        long queued = state.work().waiting().orElse(0L);
        ledger.queueMicros += queued * step;
        ledger.totalMicros += queued * step;
        ledger.queued += Math.max(0, queued - waiting);
        waiting = queued;
        slots = Math.max(slots, state.work().slots().orElse(0L));
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
    }

    /** Returns whether the model's own work is known. */
    private boolean works(ModelState model, long step) {
        if (model.condition() instanceof ModelCondition.Loading) {
            Why why =
                    ledger.model(model.name()).causes.keySet().stream()
                            .filter(Why::isSwap)
                            .findFirst()
                            .orElse(Why.FIRST);
            ledger.model(model.name()).waited(why, 0, step);
            ledger.model(model.name()).loadMicros += step;
            ledger.loadMicros += step;
            ledger.totalMicros += step;
            ledger.swapMicros += why.isSwap() ? step : 0;
            return true;
        }
        if (!(model.slots() instanceof Reading.Known<List<SlotState>>(List<SlotState> all))) {
            return false;
        }
        for (SlotState slot : all) {
            String key = model.name() + " " + model.runnerPid().orElse(0L) + " " + slot.id();
            long task = slot.task().orElse(-1L);
            Long known = tasks.put(key, task);
            if (task >= 0 && (known == null ? slot.busy() : known != task)) {
                ledger.requests++;
            }
            if (slot.busy()) {
                boolean answers = slot.decodedTokens().orElse(0L) > 0;
                ledger.answerMicros += answers ? step : 0;
                ledger.promptMicros += answers ? 0 : step;
                ledger.totalMicros += step;
                ledger.answers++;
            }
        }
        return true;
    }

    private void changes(ServerState before, ServerState now) {
        Map<String, ModelState> then = byName(before);
        Map<String, ModelState> here = byName(now);
        Set<String> came = new HashSet<>(here.keySet());
        came.removeAll(then.keySet());
        List<String> left = new ArrayList<>(then.keySet());
        left.removeAll(here.keySet());
        for (String name : left) {
            ModelState was = then.get(name);
            boolean over =
                    was != null
                            && was.expiresAt() instanceof Reading.Known<Instant>(Instant at)
                            && at.isBefore(now.takenAt().plusSeconds(SOON_SECONDS));
            gone.put(name, over ? Why.KEEP_ALIVE : Why.ASKED);
            leftAt.put(name, now.nanos());
        }
        for (String name : came) {
            loads(name, gone.getOrDefault(name, Why.FIRST));
            Optional.ofNullable(by.remove(name)).ifPresent(t -> ledger.evicted(t, name));
            gone.remove(name);
            // Whoever left just before made room for it.
            for (Map.Entry<String, Why> one : gone.entrySet()) {
                long since = now.nanos() - leftAt.getOrDefault(one.getKey(), Long.MIN_VALUE / 2);
                if (one.getValue() == Why.ASKED && since <= SOON_SECONDS * 1_000_000_000) {
                    one.setValue(Why.COUNT);
                    by.put(one.getKey(), name);
                }
            }
        }
        for (Map.Entry<String, ModelState> one : here.entrySet()) {
            ModelState old = then.get(one.getKey());
            ModelState m = one.getValue();
            ledger.model(one.getKey()).bytes = m.total().map(b -> b.count()).orElse(0L);
            if (old != null
                    && old.runnerPid().isKnown()
                    && m.runnerPid().isKnown()
                    && !old.runnerPid().value().equals(m.runnerPid().value())) {
                boolean other =
                        old.contextLength().isKnown()
                                && m.contextLength().isKnown()
                                && !old.contextLength().equals(m.contextLength());
                ledger.model(one.getKey()).context(other ? m.contextLength().value() : 0);
                ledger.model(one.getKey()).context(other ? old.contextLength().value() : 0);
                loads(one.getKey(), other ? Why.CONTEXT : Why.UNKNOWN);
            }
        }
    }

    private void loads(String name, Why why) {
        ModelAccount model = ledger.model(name);
        model.loads++;
        model.waited(why, 1, 0);
        ledger.loads++;
        ledger.waited++;
        ledger.loaded(name);
    }

    private static Map<String, ModelState> byName(ServerState state) {
        Map<String, ModelState> all = new HashMap<>();
        state.models().orElse(List.of()).forEach(m -> all.put(m.name(), m));
        return all;
    }

    /** Returns what was seen so far. */
    public Attribution attribution() {
        ServerState state = last;
        Optional<ServerKind> kind =
                state == null || !state.identity().isKnown()
                        ? Optional.empty()
                        : Optional.of(state.identity().value().kind());
        String version =
                state == null ? "" : state.identity().map(id -> id.version().orElse("")).orElse("");
        return Attributing.of(
                ledger,
                new Circumstance(
                        server(kind),
                        version,
                        firstMicros,
                        lastMicros,
                        OllamaAccount.USUAL_KEEP_ALIVE,
                        false,
                        state == null ? 0 : state.settings().mostModels().orElse(0L),
                        slots,
                        0,
                        false,
                        0));
    }

    private static Server server(Optional<ServerKind> kind) {
        return switch (kind.orElse(ServerKind.OPENAI)) {
            case OLLAMA -> Server.OLLAMA;
            case LLAMA_SERVER -> Server.LLAMA_SERVER;
            case LLAMA_ROUTER -> Server.ROUTER;
            default -> Server.OTHER;
        };
    }
}
