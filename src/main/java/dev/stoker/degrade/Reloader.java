package dev.stoker.degrade;

import dev.stoker.base.Cancellation;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.control.ControlException;
import dev.stoker.server.Ability;
import dev.stoker.server.LoadReport;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.UnloadReport;

import java.time.Duration;

/**
 * Takes the model out of memory and loads it again: by the server's own unloading where it has one
 * (Ollama, the router of llama-server, LM Studio, llama-swap, vLLM in sleep mode), else by a
 * restart of the server. Used by one thread.
 */
final class Reloader {
    private static final Duration UNLOAD_LIMIT = Duration.ofSeconds(60);
    private static final Duration STALL = Duration.ofMinutes(10);
    private static final Duration RESTART_LIMIT = Duration.ofSeconds(120);
    private static final Duration HEALTHY_LIMIT = Duration.ofMinutes(10);
    private static final Duration STEP = Duration.ofMillis(500);

    /** The model must not go by itself while the control waits. */
    static final RunnerOptions OPTIONS = RunnerOptions.defaults().keepAlive(Duration.ofMinutes(10));

    private final DegradeContext context;
    private final String model;
    private final Cancellation cancellation;

    Reloader(DegradeContext context, String model, Cancellation cancellation) {
        this.context = context;
        this.model = model;
        this.cancellation = cancellation;
    }

    /** Returns whether the server unloads on request. */
    static boolean unloads(DegradeContext context) {
        return context.server().abilities().contains(Ability.UNLOAD) || context.server().canSleep();
    }

    /**
     * Refuses a server that can neither unload nor be restarted.
     *
     * @throws UserError with what is missing
     */
    static void require(DegradeContext context) {
        if (!unloads(context) && !context.control().canRestart()) {
            throw new UserError(
                    ExitCode.REFUSED,
                    context.server().identity().title()
                            + " does not unload a model on request, and can't be restarted from"
                            + " here: "
                            + context.control().means()
                            + ".",
                    "Give --restart-command, or start vLLM with VLLM_SERVER_DEV_MODE=1"
                            + " --enable-sleep-mode.");
        }
    }

    /** Returns what one reload is, in words. */
    static String means(DegradeContext context) {
        return unloads(context) ? "unload and load" : context.control().means();
    }

    boolean isLoaded() throws ServerException {
        for (LoadedModel loaded : context.server().loaded()) {
            if (same(loaded.name(), model)) {
                return true;
            }
        }
        return false;
    }

    static boolean same(String listed, String model) {
        return listed.equals(model)
                || listed.equals(model + ":latest")
                || model.equals(listed + ":latest");
    }

    /** Takes the model out of memory. */
    void unload() throws ServerException, InterruptedException {
        if (unloads(context)) {
            UnloadReport report = context.server().unload(model, UNLOAD_LIMIT, cancellation);
            if (!report.gone()) {
                throw new ServerException(
                        new ServerFailure.Stalled(
                                report.time(), "while the model was being unloaded"));
            }
            return;
        }
        try {
            context.control().restart(RESTART_LIMIT, cancellation);
        } catch (ControlException e) {
            throw new ServerException(new ServerFailure.ServerDied(String.valueOf(e.getMessage())));
        }
        waitHealthy();
    }

    /** Waits until the server answers again. */
    void waitHealthy() throws ServerException, InterruptedException {
        long deadline = context.clock().nanos() + HEALTHY_LIMIT.toNanos();
        while (true) {
            try {
                context.server().ping();
                return;
            } catch (ServerException e) {
                if (cancellation.isCancelled() || context.clock().nanos() > deadline) {
                    throw e;
                }
                context.clock().sleep(STEP);
            }
        }
    }

    /** Loads the model and returns how long that took. */
    LoadReport load() throws ServerException {
        return context.server().load(model, OPTIONS, STALL, cancellation);
    }
}
