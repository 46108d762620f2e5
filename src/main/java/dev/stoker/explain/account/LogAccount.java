package dev.stoker.explain.account;

import dev.stoker.explain.log.LoadLine;
import dev.stoker.explain.log.LogEvents;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps the account of a log while it is read. Its memory does not grow with the log. Used by one
 * thread.
 */
public final class LogAccount implements LogEvents {
    private Ledger sums = new Ledger();
    private Ledger llamaSums = new Ledger();
    private final Timing timing = new Timing();
    private final OllamaAccount ollama = new OllamaAccount(sums, timing);
    private final LlamaAccount llama = new LlamaAccount(llamaSums);
    private String version = "";
    private long memory;
    private boolean gpu;
    private LongSupplier arrival = () -> -1;

    /**
     * Says when a line arrives that tells no time: microseconds since 1970. From now on it is read
     * the moment it is written.
     */
    public void live(LongSupplier clock) {
        arrival = clock;
    }

    /**
     * Begins all sums anew. What is known of the server stays: its settings, what is loaded, what
     * had been.
     */
    public void beginAnew() {
        sums = Ledger.after(sums);
        llamaSums = Ledger.after(llamaSums);
        ollama.goOnIn(sums);
        llama.goOnIn(llamaSums);
        timing.forget();
    }

    /** Returns the address that asked for the latest load of a model, once its answer has ended. */
    public Optional<String> asker(String model) {
        String plain = ModelAccount.plainName(model);
        return sums.models.values().stream()
                .filter(m -> m.name.equals(plain) || m.names.contains(plain))
                .map(m -> m.asker)
                .filter(asker -> !asker.isEmpty())
                .findFirst();
    }

    /** Returns what the lines so far say. */
    public Attribution attribution() {
        boolean isOllama = ollama.seen();
        if (!isOllama) {
            llamaSums.truncated = sums.truncated;
            llamaSums.truncatedTokens = sums.truncatedTokens;
            llamaSums.shifts = sums.shifts;
        }
        return Attributing.of(
                isOllama ? sums : llamaSums,
                new Circumstance(
                        isOllama
                                ? Circumstance.Server.OLLAMA
                                : llama.isRouter()
                                        ? Circumstance.Server.ROUTER
                                        : Circumstance.Server.LLAMA_SERVER,
                        version,
                        isOllama ? ollama.from() : llama.from(),
                        isOllama ? ollama.to() : llama.to(),
                        ollama.keepAlive(),
                        ollama.keepAliveKnown(),
                        ollama.mostModels(),
                        isOllama ? ollama.slots() : llama.slots(),
                        memory,
                        gpu,
                        isOllama ? 0 : llama.wakesForNothing()));
    }

    @Override
    public void time(long micros, int offsetSeconds) {
        ollama.time(micros, offsetSeconds);
    }

    @Override
    public void config(Map<String, String> environment) {
        ollama.config(environment);
        memory = 0;
        gpu = false;
    }

    @Override
    public void listening(String told) {
        version = told;
    }

    @Override
    public void device(String library, long totalBytes) {
        boolean isGpu = !library.equals("cpu");
        if (isGpu && !gpu) {
            memory = 0;
        }
        gpu |= isGpu;
        if (isGpu == gpu) {
            memory = Math.min(Long.MAX_VALUE / 2, memory + totalBytes);
        }
    }

    @Override
    public void loadBegins(LoadLine load) {
        ollama.loadBegins(load);
    }

    @Override
    public void loadEnds() {
        ollama.loadEnds();
    }

    @Override
    public void loadFailed(String why) {
        ollama.loadFailed();
    }

    @Override
    public void loadAborted() {
        ollama.loadAborted();
    }

    @Override
    public void modelName(String name) {
        ollama.modelName(name);
    }

    @Override
    public void modelName(String name, String file) {
        ollama.modelName(name, file);
    }

    @Override
    public void loadedModels(int count) {
        ollama.loadedModels(count);
    }

    @Override
    public void makesRoom(Room why) {
        ollama.makesRoom(why);
    }

    @Override
    public void victim(String file) {
        ollama.victim(file);
    }

    @Override
    public void expired(String file) {
        ollama.expired(file);
    }

    @Override
    public void unloadAsked(String file) {
        ollama.unloadAsked(file);
    }

    @Override
    public void runnerDied(String how) {
        ollama.runnerDied();
    }

    @Override
    public void cpuFallback() {
        ollama.cpuFallback();
    }

    @Override
    public void gpuLost() {
        sums.gpuLost++;
    }

    @Override
    public void layers(long onGpu, long all) {
        ollama.layers(onGpu, all);
    }

    @Override
    public void buffer(boolean onGpu, long bytes) {
        ollama.buffer(onGpu, bytes);
    }

    @Override
    public void weightsBegin(int port, long at) {
        weights(port, true, at);
    }

    @Override
    public void weightsEnd(int port, long at) {
        weights(port, false, at);
    }

    private void weights(int port, boolean begin, long at) {
        ollama.weights(begin, arrival.getAsLong());
        llama.weights(port, begin, at);
    }

    @Override
    public void required(long bytes) {
        ollama.required(bytes);
    }

    @Override
    public void truncated(long limit, long prompt) {
        sums.truncated++;
        if (limit >= 0 && prompt > limit) {
            sums.truncatedTokens += prompt - limit;
        }
    }

    @Override
    public void contextShift() {
        sums.shifts++;
    }

    @Override
    public void slotBegins(int port, long slot, long at) {
        llama.begins(port, at);
    }

    @Override
    public void slotEnds(int port, long slot, long at) {
        llama.ends(port, at);
    }

    @Override
    public void promptTime(int port, long slot, long micros, long tokens) {
        timing.prompt(port, slot, micros, tokens);
    }

    @Override
    public void answerTime(int port, long slot, long micros, long tokens) {
        timing.answer(port, slot, micros, tokens);
    }

    @Override
    public void totalTime(int port, long slot, long micros, long at) {
        timing.total(port, slot)
                .ifPresent(done -> {
                    sums.promptTokens += Math.max(0, done.promptTokens());
                    sums.answerTokens += Math.max(0, done.answerTokens());
                    sums.answers++;
                    llama.answered(done);
                    if (ollama.timedLate(done)) {
                        timing.taken();
                    }
                });
    }

    @Override
    public void request(long localSecond, int status, long micros, Ask kind, String client) {
        ollama.request(localSecond, status, micros, kind, client);
    }

    @Override
    public void llamaLoads(int port, String file, long at) {
        llama.loads(port, file, at);
    }

    @Override
    public void llamaReady(int port, long at) {
        llama.ready(port, at);
    }

    @Override
    public void llamaSleeps(int port, long at) {
        llama.sleeps(port, at);
    }

    @Override
    public void llamaWakes(int port, long at) {
        llama.wakes(port, at);
    }

    @Override
    public void llamaSlots(int port, long slots) {
        llama.slots(port, slots);
    }

    @Override
    public void routerLoads(String name, int port, long at) {
        llama.routerLoads(name, port, at);
    }

    @Override
    public void routerEvicts(String victim, String by, long at) {
        llama.routerEvicts(victim, by, at);
    }

    @Override
    public void routerWaits(String name, long at) {
        llama.routerWaits(name, at);
    }

    @Override
    public void routerSends(String name, int port, long at) {
        llama.routerSends(name, at);
    }

    @Override
    public void routerEnded(String name, long status, long at) {
        llama.routerEnded(name, status, at);
    }
}
